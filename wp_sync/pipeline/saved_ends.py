"""Posts whose time is over in a saved plan: taken back where that still holds, else refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from wp_sync.model import Amend, Ended, Outcome, Trash

from .expiring import Ending, look_at_rights, take_back

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from wp_sync.model import Change, OutcomeStatus, Plan, SavedPlan

    from .collect import FeedJob
    from .deliver import Delivery
    from .tally import Tally


def ends_of(plan: Plan) -> tuple[Ended, ...]:
    """List the posts that the plan of a sync takes back, for their time is over."""
    return tuple(one for change in plan.changes if (one := _end_of(change)))


def ends_of_feed(saved: SavedPlan) -> dict[str, list[Ended]]:
    """Sort them by their feeds, in the order of the plan."""
    found: dict[str, list[Ended]] = {}
    for one in saved.ended:
        found.setdefault(one.key.feed, []).append(one)
    return found


def end_planned(
    delivery: Delivery, tally: Tally, planned: Sequence[Ended], job: FeedJob
) -> Iterator[Outcome]:
    """Take back what the plan has and the rights of today still ask; say why of the rest."""
    ending = look_at_rights(delivery, job, again=False) or Ending()
    today = {_end_of(change): change for change in ending.changes}
    over = delivery.shop.ledger.expiries.over([one.key for one in planned])
    for one in planned:
        if one.key in over:
            yield _told(one, "unchanged", "its time is over: decided since the plan")
        elif one not in today:
            yield refuse_end(one, _why_not(one, ending, job))
    standing = tuple(today[one] for one in planned if one in today)
    yield from take_back(delivery, tally, Ending(changes=standing), job)


def refuse_end(one: Ended, reason: str) -> Outcome:
    """Leave a post as it is."""
    return _told(one, "failed", f"refused: {reason}")


def _end_of(change: Change) -> Ended | None:
    how: Literal["draft", "trash"]
    match change:
        case Amend(receipt=ours, order="expiry"):
            key, wp_id, how = ours.key, ours.wp_id, "draft"
        case Trash():
            key, wp_id, how = change.key, change.wp_id, "trash"
        case _:
            return None
    return Ended(key=key, wp_id=wp_id, how=how, title=change.title, url=change.url)


def _why_not(one: Ended, ending: Ending, job: FeedJob) -> str:
    if one.key in ending.told:
        return f"post {one.wp_id} was changed, or taken back by hand, since the plan"
    rights = f"the rights of {job.source.name}, or the post, have changed since the plan"
    return f"post {one.wp_id} is not to be taken back any more: {rights}"


def _told(one: Ended, status: OutcomeStatus, reason: str) -> Outcome:
    return Outcome(
        key=one.key,
        status=status,
        stage="publish",
        reason=reason,
        title=one.title,
        url=one.url,
        wp_id=one.wp_id,
    )
