"""Approve and reject what waits for a person: plans, carried out as every other."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from wp_sync.errors import LedgerError, PublishError
from wp_sync.hashing import digest
from wp_sync.model import Amend, Plan, Skip, Trash
from wp_sync.publish.moments import naive_utc
from wp_sync.publish.reversal import MADE, forget_sent
from wp_sync.review.plan_text import key_of

from .conflicts import keep_editors, plan_settling
from .freeing import hold_repeats
from .observe import stone_of
from .page import keep_page
from .teaching import teach_rejections
from .undo import check_settled, find_unanswered

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from wp_sync.config.schema import Config
    from wp_sync.ledger import Ledger
    from wp_sync.model import Change, ItemKey, Receipt
    from wp_sync.publish.target import SiteIdentity
    from wp_sync.review.waiting import Waiting

    from .orders import Office
    from .waiting import Desk

_APPROVED = "approved by a person"
# Kinds that have a post which only its status keeps from its readers.
_WITH_POST = frozenset({"draft", "pending", "undone", "rejected"})


class Approval(NamedTuple):
    """What an approval comes to: posts to publish, items to make posts of, and what can't be."""

    plan: Plan
    items: Mapping[ItemKey, str]  # -> channel
    refused: tuple[str, ...]


def plan_approval(desk: Desk, site: str, chosen: Sequence[Waiting], channel: str = "") -> Approval:
    """Publish posts of ours, and let held items pass into a channel."""
    conflicts = [one for one in chosen if one.kind == "conflict"]
    chosen = [one for one in chosen if one.kind != "conflict"]
    withdrawn = {one.feed: one for one in desk.ledger.withdrawals.all()}
    blocked = [one for one in chosen if one.key.feed in withdrawn]
    chosen = [one for one in chosen if one.key.feed not in withdrawn]
    posts = [one for one in chosen if one.wp_id and one.kind in _WITH_POST]
    receipts = desk.ledger.posts.receipts(site, [one.key for one in posts])
    undone = [one.wp_id for one in posts if one.wp_id and one.kind == "undone"]
    # With the run that was taken back went terms and pictures: the next sync makes them again.
    for there in desk.target.read_posts(undone) if undone else ():
        for ours in desk.ledger.posts.by_wp_ids(site, [there.wp_id]).values():
            receipts[ours.key] = forget_sent(ours, there, MADE)
    planned = _find_planned(posts, desk)
    publishing = [_publish(one, receipts[one.key], desk, planned) for one in posts]
    settling = plan_settling(desk.ledger, desk.target, site, conflicts)
    changes = [*_join(publishing, settling)]
    items: dict[ItemKey, str] = {}
    refused = [
        f"{one.handle}: its source is {withdrawn[one.key.feed]}; "
        f'`wp-sync takedown "{withdrawn[one.key.feed].source}" --lift` ends that'
        for one in blocked
    ]
    for one in chosen:
        if one.kind == "live":
            refused.append(f"{one.handle}: is on the site already")
        if one in posts or one.kind == "live":
            continue
        choices = _channels_of(one, desk.ledger, desk.config)
        place = channel or one.channel or (choices[0] if len(choices) == 1 else "")
        if not choices:
            refused.append(f"{one.handle}: no source of the configuration has its feed any more")
        elif place in desk.config.channels:
            items[one.key] = place
        else:
            refused.append(f"{one.handle}: say where it belongs: --to {' | '.join(choices)}")
    return Approval(Plan(changes=tuple(changes)), items, tuple(refused))


def _join(publishing: Sequence[Amend], settling: Sequence[Change]) -> Iterator[Change]:
    """Make one change of two to the same post."""
    amends = {key_of(one): one for one in settling if isinstance(one, Amend)}
    for one in publishing:
        if other := amends.pop(one.receipt.key, None):
            yield replace(
                other,
                values=dict(other.values) | dict(one.values),
                expected=dict(other.expected) | dict(one.expected),
                reason=f"{one.reason}; {other.reason}",
            )
        else:
            yield one
    joined = {key_of(one) for one in publishing}
    yield from (one for one in settling if isinstance(one, Amend) and key_of(one) not in joined)
    yield from (one for one in settling if not isinstance(one, Amend))


def plan_rejection(office: Office, chosen: Sequence[Waiting], reason: str = "") -> Plan:
    """Trash posts of ours, and drop held items; neither is made again. Of a conflict nothing goes.

    What a create without an answer made of them goes too: nobody would look for it any more.
    Raises SiteError while it rests.
    """
    told = f"rejected by a person{f': {reason}' if reason else ''}"
    conflicts = [one for one in chosen if one.kind == "conflict"]
    chosen = [one for one in chosen if one.kind != "conflict"]
    keys = {one.key for one in chosen}
    begun = [one for one in office.ledger.posts.intents(office.identity.address) if one.key in keys]
    check_settled(office, begun, "of these articles", cure="reject them again after")
    lost = {change.key: change for change in find_unanswered(office, begun, told)}
    there = office.target.read_posts(sorted({one.wp_id for one in chosen if one.wp_id}))
    statuses = {one.wp_id: one.status for one in there}
    ours = office.ledger.posts.receipts(office.identity.address, sorted(keys))
    changes = (
        lost.get(one.key) or _reject(one, told, statuses, ours.get(one.key)) for one in chosen
    )
    return Plan(changes=(*changes, *(_keep_editors(one, told) for one in conflicts)))


def _keep_editors(one: Waiting, reason: str) -> Skip:
    told = f"the editor's {one.field} stays; the source's is {reason}"
    return Skip(key=one.key, reason=told, wp_id=one.wp_id, title=one.title, url=one.url)


def bury(office: Office, chosen: Sequence[Waiting], reason: str, run: str) -> None:
    """Leave the tombstones, before the first write: a run at night comes in between."""
    keep_editors(
        office.ledger, office.identity.address, [one for one in chosen if one.kind == "conflict"]
    )
    told = f"rejected by a person{f' ({reason})' if reason else ''}"
    articles = [one for one in chosen if one.kind != "conflict"]
    teach_rejections(office.ledger, articles)
    stones = [stone_of(office.ledger, one.key, told, one.url) for one in articles]
    site = office.identity.address
    office.ledger.decisions.bury(site, stones, run)
    # It is the article that is rejected, and not its story; of what readers saw it is the story.
    unseen = [one.key for one in articles if one.kind != "live"]
    hold_repeats(office.ledger, site, unseen, run)


def refresh_page(desk: Desk, identity: SiteIdentity) -> str:
    """Keep the site's page of what waits up to date, where it is wanted.

    What was ordered is done by then, and told whatever becomes of the page.
    """
    if not desk.config.review.page:
        return ""
    try:
        return keep_page(desk, identity)
    except (PublishError, LedgerError) as error:
        return f"the review page was not written: {error}"


def _find_planned(posts: Sequence[Waiting], desk: Desk) -> frozenset[int]:
    """Find those to which an editor gave a day ahead; a draft without one shows its last save."""
    wanted = [one.wp_id for one in posts if one.wp_id and _is_dated(one.channel, desk)]
    now = naive_utc(desk.clock())
    there = desk.target.read_posts(wanted) if wanted else ()
    dates = ((post.wp_id, str(post.values.get("date", "")), post.modified) for post in there)
    return frozenset(wp_id for wp_id, date, saved in dates if now < date != saved)


def _is_dated(channel: str, desk: Desk) -> bool:
    """Tell whether posts of a channel get the date of their approval."""
    known = desk.config.channels.get(channel)
    return known is not None and known.post.date == "approval"


def _publish(one: Waiting, ours: Receipt, desk: Desk, planned: Collection[int]) -> Amend:
    values: dict[str, object] = {"status": "publish"}
    is_planned = one.wp_id in planned
    if _is_dated(ours.channel, desk) and not is_planned:
        values["date"] = desk.clock()
    before = one.kind if one.kind in {"draft", "pending"} else "trash"
    return Amend(
        receipt=ours,
        values=values,
        expected={"status": (digest(before),)},
        order="approve",
        reason=f"{_APPROVED}: it goes live on the day that was set on the site"
        if is_planned
        else _APPROVED,
        title=one.title,
        url=one.url,
    )


def _reject(one: Waiting, reason: str, statuses: Mapping[int, str], ours: Receipt | None) -> Change:
    if not one.wp_id:
        return Skip(key=one.key, reason=reason, status="dropped")
    if statuses.get(one.wp_id, "trash") != "trash":
        return Trash(
            key=one.key,
            wp_id=one.wp_id,
            reason=reason,
            receipt=ours,
            title=one.title,
            url=one.url,
        )
    gone = "in the trash of the site" if one.wp_id in statuses else "deleted on the site"
    told = f"{reason}; {gone} already"
    return Skip(key=one.key, reason=told, wp_id=one.wp_id, title=one.title, url=one.url)


def _channels_of(one: Waiting, ledger: Ledger, config: Config) -> tuple[str, ...]:
    """Name the channels of the item's source; none when no source has its feed."""
    for source in config.sources:
        for location in source.feeds:
            if ledger.feeds.find(location) == one.key.feed:
                return source.to
    return ()
