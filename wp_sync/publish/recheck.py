"""Does a change still hold that was decided on earlier? Values in, a reason out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wp_sync.model import Adopt, Create, Seen, Skip, Update

from .merge import FLOATING, fields_of, sent_hashes, stored_hashes
from .terms import missing_terms, term_paths

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from wp_sync.model import Change, Entry, NewTerm, Receipt, SavedChange, SitePost, SiteState

_NEEDLESS = frozenset({"featured"})  # a picture that could not be had is not sent: merge


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """What the ledger knows today of a change's article."""

    state: str = ""  # of the item; "" when the ledger does not know it
    reason: str = ""  # of that state
    item: str = ""  # as Entry.item
    receipt: Receipt | None = None
    buried: str = ""  # why a person wants no article like it


def seen_of(post: SitePost | None) -> Seen | None:
    """Keep of a post what tells later whether it is still as it was."""
    if post is None:
        return None
    return Seen(status=post.status, modified=post.modified, hashes=stored_hashes(post))


def is_done(change: SavedChange, receipt: Receipt | None) -> bool:
    """Tell whether the ledger has what a change would bring."""
    if receipt is None:
        return False
    wanted = sent_hashes(change.post) if not isinstance(change, Skip) else {}
    match change:
        case Create():
            fields: Collection[str] = wanted.keys()
        case Update(fields=fields):
            if change.wp_id != receipt.wp_id:
                return False
        case Adopt():
            return receipt.wp_id == change.found.wp_id
        case Skip():
            return False
    return all(receipt.sent.get(name) == wanted.get(name) for name in {*fields} - _NEEDLESS)


def why_not_ours(entry: Entry, now: Article) -> str:
    """Say why a change must not be made any more, going by the ledger; "" when it may."""
    change = entry.change
    approved = not isinstance(change, Skip) and change.post.approved
    if not now.state:
        return "the ledger does not know the article any more"
    if now.state in _DECIDED and not (approved and now.state == "approved"):
        return f"{_DECIDED[now.state]}{f': {now.reason}' if now.state == 'dropped' else ''}"
    if now.buried and isinstance(change, Create) and not approved:
        return now.buried
    if now.item != entry.item:
        return "its source changed it since the plan"
    return _why_written(change, now.receipt)


_DECIDED = {
    "rejected": "a person rejected it since the plan",
    "undone": "it was taken back since the plan",
    "approved": "a person approved it since the plan: the next sync publishes it",
    "dropped": "dropped since the plan",
}


def _why_written(change: SavedChange, receipt: Receipt | None) -> str:
    match change:
        case Update(wp_id=wp_id, receipt=before):
            if receipt is None or receipt.wp_id != wp_id:
                return f"post {wp_id} is not its post any more"
            if _written(receipt) != _written(before):
                return f"another run wrote post {wp_id} since the plan"
        case Create() | Adopt() if receipt:
            return f"another run made or took over post {receipt.wp_id} since the plan"
    return ""


def _written(receipt: Receipt) -> tuple[object, ...]:
    pending = {name: tuple(hashes) for name, hashes in receipt.pending.items()}
    return dict(receipt.sent), dict(receipt.stored), pending


def why_late(change: SavedChange, made: datetime, now: datetime) -> str:
    """Say that a scheduled post would go live at once, its turn being over; "" when it would not.

    A date ahead of the plan is a turn: those of sources never lie ahead.
    """
    if not isinstance(change, Create) or change.post.status != "publish":
        return ""
    turn = change.post.date
    if turn is None or not made < turn <= now:
        return ""
    return f"its turn, {turn:%Y-%m-%d %H:%M} UTC, has passed since the plan was made: plan again"


def why_moved(
    entry: Entry, today: Change, site: SiteState, planned: Collection[NewTerm] = ()
) -> str:
    """Say why a change must not be made any more, going by the site; "" when it may.

    `today` is what would be decided today for the same post, `planned` the terms that the plan
    makes: others it must not make.
    """
    change = entry.change
    if isinstance(today, Skip):
        return today.reason
    now_there = _post_of(today, site)
    if now_there and (moved := _find_moved(entry, now_there)):
        return moved
    if type(today) is not type(change) or _id_of(today) != _id_of(change):
        return f"today it is another case: {today.reason}"
    if isinstance(change, Create | Update):
        fields = change.fields if isinstance(change, Update) else fields_of(change.post)
        known = {(new.taxonomy, new.path) for new in planned}
        for new in missing_terms(term_paths(change.post, fields), site.terms):
            if (new.taxonomy, new.path) not in known:
                return f"it needs {' > '.join(new.path)!r}, which is gone from the site since"
    return ""


def _id_of(change: Change) -> int | None:
    return change.found.wp_id if isinstance(change, Adopt) else getattr(change, "wp_id", None)


def _post_of(today: Change, site: SiteState) -> SitePost | None:
    if isinstance(today, Adopt):
        return today.found
    return site.posts.get(today.wp_id) if isinstance(today, Update) else None


def _find_moved(entry: Entry, there: SitePost) -> str:
    before = entry.seen
    if before is None or isinstance(entry.change, Create):
        return ""
    current = stored_hashes(there)
    if there.status in FLOATING:  # it may be that of the last save
        current.pop("date", None)
    names = [name for name, value in before.hashes.items() if current.get(name, value) != value]
    if before.status != there.status and "status" not in names:
        names.append("status")
    if not names:
        return ""
    when = f" at {there.modified.replace('T', ' ')} UTC" if there.modified else ""
    return f"post {there.wp_id} was changed{when}, since the plan: {', '.join(names)}"
