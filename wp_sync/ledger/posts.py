"""Our posts on the sites: what was begun, what was written, what it was before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import exists, func, select, tuple_, update

from wp_sync.model import Intent, ItemKey, Receipt

from . import schema
from .database import Database, chunks, from_row
from .decisions import Decisions
from .items import Items
from .journal import PostJournal
from .schema import FOUND
from .story import MOST

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement

    from wp_sync.model import Tombstone

_TOUCHING = ("update", "trash", "expiry")  # what a run may do to posts that are there
_RECEIPTS, _INTENTS, _WRITES = schema.receipts, schema.intents, schema.writes


@dataclass(frozen=True, slots=True)
class Posts:
    database: Database
    clock: Callable[[], datetime]

    def receipts(self, site: str, keys: Sequence[ItemKey]) -> dict[ItemKey, Receipt]:
        """Return our last writes of these items."""
        columns = tuple_(_RECEIPTS.c.feed, _RECEIPTS.c.guid)
        found = [one for some in chunks(keys) for one in self._find(site, columns.in_(some))]
        return {one.key: one for one in found}

    def by_wp_ids(self, site: str, wp_ids: Sequence[int]) -> dict[int, Receipt]:
        """Return our last writes of these posts."""
        possible = [wp_id for wp_id in wp_ids if wp_id < MOST]
        some = (self._find(site, _RECEIPTS.c.wp_id.in_(ids)) for ids in chunks(possible))
        return {one.wp_id: one for found in some for one in found}

    def with_status(self, site: str, *statuses: str) -> tuple[Receipt, ...]:
        """List our posts that had one of these statuses when we looked last."""
        return tuple(self._find(site, _RECEIPTS.c.status.in_(statuses)))

    def keep_seen(self, site: str, seen: Sequence[Receipt]) -> None:
        """Keep the status and the channel in which the site has posts of ours now."""
        with self.database.write() as connection:
            for one in seen:
                ours = update(_RECEIPTS).filter_by(site=site, **one.key._asdict())
                connection.execute(ours.values(status=one.status, channel=one.channel))

    def of_feeds(self, site: str, feeds: Sequence[str]) -> tuple[Receipt, ...]:
        """Return our last writes of all items of these feeds."""
        return tuple(self._find(site, _RECEIPTS.c.feed.in_(feeds)))

    def holders(self, site: str, addresses: Iterable[str]) -> dict[str, ItemKey]:
        """Return the items whose posts have these normalised addresses; the first of several."""
        ours, held = _RECEIPTS.c, dict[str, ItemKey]()
        for some in chunks(sorted(set(addresses) - {""})):
            query = select(ours.address, ours.feed, ours.guid).order_by(ours.created_at)
            which = (ours.site == site, ours.feed != FOUND, ours.address.in_(some))
            for row in self.database.rows(query.where(*which)):
                held.setdefault(row["address"], ItemKey(row["feed"], row["guid"]))
        return held

    def owners(self, site: str, wp_ids: Sequence[int]) -> dict[int, Receipt]:
        """Return our last writes of these posts, as far as their items are known."""
        found = self.by_wp_ids(site, wp_ids)
        return {wp_id: one for wp_id, one in found.items() if one.key.feed != FOUND}

    def seen(self, site: str) -> SeenPosts:
        """Answer what curation asks of memory."""
        return SeenPosts(self, site)

    def wp_ids(self, site: str, *, owned: bool = False) -> frozenset[int]:
        """List the ids of all our posts, or of those whose items are known."""
        query = select(_RECEIPTS.c.wp_id).where(_RECEIPTS.c.site == site)
        query = query.where(_RECEIPTS.c.feed != FOUND) if owned else query
        return frozenset(row["wp_id"] for row in self.database.rows(query))

    def types(self) -> frozenset[str]:
        """Name the types of our posts, and of the creates whose answer we do not have."""
        found = (select(table.c.type).distinct() for table in (_RECEIPTS, _INTENTS))
        told = (row["type"] for query in found for row in self.database.rows(query))
        return frozenset(told) - {""}

    def count(self, site: str) -> int:
        """Count our posts."""
        return sum(self.by_channel(site).values())

    def by_site(self) -> dict[str, int]:
        """Count our posts by the site that they are on."""
        query = select(_RECEIPTS.c.site, func.count().label("count")).group_by(_RECEIPTS.c.site)
        return {row["site"]: row["count"] for row in self.database.rows(query)}

    def by_channel(self, site: str) -> dict[str, int]:
        """Count our posts by channel."""
        query = select(_RECEIPTS.c.channel, func.count().label("count"))
        query = query.where(_RECEIPTS.c.site == site).group_by(_RECEIPTS.c.channel)
        return {row["channel"]: row["count"] for row in self.database.rows(query)}

    def made(self, site: str) -> dict[str, int]:
        """Count by channel the posts that we made, and did not take over."""
        ours, of = _RECEIPTS.c, _WRITES.c
        same = (of.site == site, of.feed == ours.feed, of.guid == ours.guid, of.action == "create")
        query = select(ours.channel, func.count().label("count"))
        query = query.where(ours.site == site, exists().where(*same)).group_by(ours.channel)
        return {row["channel"]: row["count"] for row in self.database.rows(query)}

    def touched(self, run: str) -> int:
        """Count the posts that a run changed or trashed."""
        changed = select(_WRITES.c.site, _WRITES.c.wp_id).distinct()
        changed = changed.where(_WRITES.c.run == run, _WRITES.c.action.in_(_TOUCHING))
        return int(self.database.value(select(func.count()).select_from(changed.subquery())))

    def intents(self, site: str, run: str = "") -> tuple[Intent, ...]:
        """List the creates, of one run or of all, whose answer we do not have, oldest first."""
        query = select(_INTENTS).where(_INTENTS.c.site == site).order_by(_INTENTS.c.begun)
        query = query.where(_INTENTS.c.run == run) if run else query
        return tuple(from_row(Intent, row) for row in self.database.rows(query))

    def journal(self, site: str, run: str) -> PostJournal:
        """Open the journal that publishing writes."""
        return PostJournal(self.database, self.clock, site, run)

    def _find(self, site: str, which: ColumnElement[bool]) -> list[Receipt]:
        query = select(_RECEIPTS).where(_RECEIPTS.c.site == site, which)
        rows = self.database.rows(query.order_by(_RECEIPTS.c.created_at))
        return [from_row(Receipt, row) for row in rows]


@dataclass(frozen=True, slots=True)
class SeenPosts:
    """Fits curate.seen.Seen."""

    posts: Posts
    site: str

    def owner(self, address: str) -> ItemKey | None:
        return self.posts.holders(self.site, [address]).get(address)

    def holders(self, addresses: Iterable[str]) -> dict[str, ItemKey]:
        return self.posts.holders(self.site, addresses)

    def title_of(self, key: ItemKey) -> str:
        return Items(self.posts.database, self.posts.clock).title(key)

    def has_buried(self) -> bool:
        return Decisions(self.posts.database, self.posts.clock).has_buried(self.site)

    def buried(self, article: Tombstone) -> Tombstone | None:
        return Decisions(self.posts.database, self.posts.clock).buried(self.site, article)

    def known_since(self, feed: str) -> datetime | None:
        query = select(schema.feeds.c.first_seen).where(schema.feeds.c.id == feed)
        since: datetime | None = self.posts.database.value(query)
        return since
