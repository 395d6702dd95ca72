"""When posts of ours went live, or will, and which items wait for their turn."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

from sqlalchemy import func, or_, select, update

from wp_sync.model import ItemKey

from . import schema
from .items import DEFERRED

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from wp_sync.model import Receipt

    from .database import Database

_RECEIPTS, _FEEDS, _ITEMS = schema.receipts, schema.feeds, schema.items
SCHEDULED = "future"  # as WordPress calls it
LIVE = ("publish", SCHEDULED, "private")
DRAFTS = ("draft", "pending")


class Landed(Protocol):
    """publish.journal.Write: siblings do not import each other."""

    @property
    def action(self) -> str: ...
    @property
    def receipt(self) -> Receipt: ...
    @property
    def values(self) -> Mapping[str, Any]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class AiredRow:
    """A post of ours that took a place among the new ones."""

    key: ItemKey
    wp_id: int
    channel: str
    source: str  # "" where its feed is not known
    status: str  # in which the site had it when we looked last
    live: datetime | None  # when it went live, or will; None: it has not
    created: datetime


@dataclass(frozen=True, slots=True)
class Pacing:
    database: Database

    def aired(self, site: str, since: datetime) -> tuple[AiredRow, ...]:
        """List our posts that went live since then or will, and the drafts that we made."""
        ours = _RECEIPTS.c
        drafts = ours.live.is_(None) & ours.status.in_(DRAFTS) & (ours.created_at > since)
        query = select(_RECEIPTS, _FEEDS.c.source).outerjoin(_FEEDS, _FEEDS.c.id == ours.feed)
        query = query.where(ours.site == site, or_(ours.live > since, drafts))
        return tuple(
            AiredRow(
                key=ItemKey(row["feed"], row["guid"]),
                wp_id=row["wp_id"],
                channel=row["channel"],
                source=row["source"] or "",
                status=row["status"],
                live=row["live"],
                created=row["created_at"],
            )
            for row in self.database.rows(query.order_by(ours.created_at))
        )

    def scheduled(self, site: str, until: datetime) -> tuple[int, ...]:
        """List the posts that should be live by then, and waited when we looked last."""
        ours = _RECEIPTS.c
        which = (ours.site == site, ours.status == SCHEDULED, ours.live <= until)
        rows = self.database.rows(select(ours.wp_id).where(*which).order_by(ours.wp_id))
        return tuple(row["wp_id"] for row in rows)

    def correct(self, site: str, seen: Mapping[ItemKey, tuple[str, datetime | None]]) -> None:
        """Keep what the site says of posts: their status, and when they go live."""
        with self.database.write() as connection:
            for key, (status, live) in seen.items():
                ours = update(_RECEIPTS).filter_by(site=site, **key._asdict())
                connection.execute(ours.values(status=status, live=live))

    def waiting(self) -> tuple[int, datetime | None]:
        """Count the deferred items, and tell when a run looks at the next of them."""
        columns = (func.count(), func.min(_ITEMS.c.due_at))
        query = select(*columns).where(_ITEMS.c.state == DEFERRED)
        with self.database.read() as connection:
            number, due = connection.execute(query).one()
        return number, due


def live_at(write: Landed, now: datetime, begun: datetime | None = None) -> datetime | None:
    """Tell when a post goes live by this write; None: it does not, or did so before.

    `begun` is when a create without an answer was sent.
    """
    ours = write.receipt
    if write.action == "adopt":
        return found_live(ours, now, begun)
    if ours.status not in LIVE or write.values.get("status") != "publish":
        return None
    date = write.values.get("date")
    if ours.status != SCHEDULED or date is None:
        return now
    return date if isinstance(date, datetime) else _moment(date)


def found_live(ours: Receipt, now: datetime, begun: datetime | None = None) -> datetime | None:
    """Tell when a post went live that we found on the site, as far as the site tells it.

    Until somebody saves it, its last change is its own date (wp_insert_post).
    """
    if ours.status not in LIVE:
        return None
    changed = _moment(ours.modified) if ours.modified else now
    if ours.status == SCHEDULED:
        return changed
    return min(max(changed, begun or changed), now)


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
