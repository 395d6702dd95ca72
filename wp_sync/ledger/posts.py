"""Our posts on the sites: what was begun, what was written, what it was before."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Protocol

from sqlalchemy import Table, delete, exists, func, insert, select, tuple_, update

from wp_sync.hashing import digest
from wp_sync.model import Intent, ItemKey, Receipt
from wp_sync.text import normalise_address

from . import schema
from .database import Database, chunks, from_row, upsert
from .decisions import Decisions
from .items import Items
from .story import MOST

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection

    from wp_sync.model import Claim, Discard, Post, Taxonomy, Term, Tombstone, Upload

# The feed of receipts for posts of ours that were found on the site and whose item is not known
# (any more); their guid is the article's normalised address. They own nothing: the item that comes
# again takes its post over, and this receipt goes.
FOUND = "wp-sync:found-on-the-site"

_RECEIPTS, _INTENTS, _WRITES, _MEDIA = schema.receipts, schema.intents, schema.writes, schema.media


class Written(Protocol):
    """publish.journal.Write: siblings do not import each other."""

    @property
    def action(self) -> str: ...
    @property
    def receipt(self) -> Receipt: ...
    @property
    def source_url(self) -> str: ...
    @property
    def values(self) -> Mapping[str, Any]: ...
    @property
    def previous(self) -> Mapping[str, Any]: ...


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

    def owner(self, site: str, address: str) -> ItemKey | None:
        """Return the item whose post has this normalised address; the first, if there are two."""
        which = (_RECEIPTS.c.address == address) & (_RECEIPTS.c.feed != FOUND)
        found = self._find(site, which) if address else []
        return found[0].key if found else None

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

    def count(self, site: str) -> int:
        """Count our posts."""
        return sum(self.by_channel(site).values())

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
        changed = changed.where(_WRITES.c.run == run, _WRITES.c.action.in_(("update", "trash")))
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
        return self.posts.owner(self.site, address)

    def title_of(self, key: ItemKey) -> str:
        return Items(self.posts.database, self.posts.clock).title(key)

    def buried(self, article: Tombstone) -> Tombstone | None:
        return Decisions(self.posts.database, self.posts.clock).buried(self.site, article)

    def known_since(self, feed: str) -> datetime | None:
        query = select(schema.feeds.c.first_seen).where(schema.feeds.c.id == feed)
        since: datetime | None = self.posts.database.value(query)
        return since


@dataclass(frozen=True, slots=True)
class PostJournal:
    """Fits publish.journal.Journal: every call is one commit."""

    database: Database
    clock: Callable[[], datetime]
    site: str
    run: str

    def begin(
        self, post: Post, sent: Mapping[str, str], pending: Mapping[str, Sequence[str]]
    ) -> None:
        told = {"slug": post.slug, "begun": self.clock(), "run": self.run}
        told |= {"sent": dict(sent), "pending": dict(pending)}
        with self.database.write() as connection:
            upsert(connection, _INTENTS, [self._key(post.key) | told], update=told)

    def forget(self, post: Post) -> None:
        with self.database.write() as connection:
            self._end_intent(connection, post.key)

    def keep_pending(self, receipt: Receipt) -> None:
        ours = update(_RECEIPTS).filter_by(**self._key(receipt.key))
        with self.database.write() as connection:
            connection.execute(ours.values(pending=dict(receipt.pending)))

    def expect(self, key: ItemKey, status: str) -> None:
        ours = _RECEIPTS.c
        which = (ours.site == self.site, ours.feed == key.feed, ours.guid == key.guid)
        with self.database.write() as connection:
            pending = dict(connection.scalar(select(ours.pending).where(*which)) or {})
            pending["status"] = [*pending.get("status", ()), digest(status)]
            connection.execute(update(_RECEIPTS).where(*which).values(pending=pending))

    def record(self, write: Written) -> None:
        now, ours = self.clock(), write.receipt
        told: dict[str, Any] = {
            "address": normalise_address(write.source_url),
            "channel": ours.channel,
            "link": ours.link,
            "sent": dict(ours.sent),
            "stored": dict(ours.stored),
            "modified": ours.modified,
            "status": ours.status,
            "doubt": ours.doubt,
        }
        row: dict[str, Any] = {"wp_id": ours.wp_id, "last_run": self.run, "updated_at": now}
        row |= {"pending": dict(ours.pending)}
        first = self._key(ours.key) | {"first_run": self.run, "created_at": now}
        # What a write does not tell, such as a trash its channel, stays as it was.
        known = [*row, *(name for name in told if told[name])]
        with self.database.write() as connection:
            upsert(connection, _RECEIPTS, [first | row | told], update=known)
            connection.execute(insert(_WRITES), self._field_rows(write, now))
            self._end_intent(connection, ours.key)
            found = {"site": self.site, "wp_id": ours.wp_id, "feed": FOUND}
            if ours.key.feed != FOUND:
                connection.execute(delete(_RECEIPTS).filter_by(**found))
            if address := told["address"]:
                self._end_twins(connection, address)

    def media_id(self, sha256: str) -> int | None:
        ours = (_MEDIA.c.site == self.site, _MEDIA.c.sha256 == sha256)
        wp_id: int | None = self.database.value(select(_MEDIA.c.wp_id).where(*ours))
        return wp_id

    def forget_media(self, sha256: str) -> None:
        with self.database.write() as connection:
            connection.execute(delete(_MEDIA).filter_by(site=self.site, sha256=sha256))

    def record_media(self, upload: Upload, wp_id: int) -> None:
        self._put(_MEDIA, {"sha256": upload.sha256, "wp_id": wp_id, "name": upload.name})

    def record_term(self, taxonomy: Taxonomy, term: Term) -> None:
        row = {"wp_id": term.wp_id, "name": term.name, "parent": term.parent}
        self._put(schema.terms, {"taxonomy": taxonomy, **row})

    def claim(self, change: Claim) -> None:
        ours, now = change.receipt, self.clock()
        kept = {name: value for name, value in asdict(ours).items() if name != "key"}
        with self.database.write() as connection:
            if change.ours:
                row = kept | {"address": normalise_address(change.url)}
                row |= {"last_run": self.run, "updated_at": now}
                first = self._key(ours.key) | {"first_run": self.run, "created_at": now}
                upsert(connection, _RECEIPTS, [first | row], update=row)
            else:
                connection.execute(delete(_RECEIPTS).filter_by(**self._key(ours.key)))
            told = {"previous": None, "value": kept} if change.ours else {"previous": kept}
            self._add_write(connection, ours.key, change.order, ours.wp_id, "receipt", told)

    def record_discard(self, one: Discard) -> None:
        table = _MEDIA if one.kind == "upload" else schema.terms
        same: dict[str, Any] = {"site": self.site, "wp_id": one.wp_id}
        same |= {} if one.kind == "upload" else {"taxonomy": one.kind}
        told = {"previous": one.name, "value": one.how}
        with self.database.write() as connection:
            if one.how == "delete":
                connection.execute(delete(table).filter_by(**same))
            nobody = ItemKey("", "")
            self._add_write(connection, nobody, one.order, one.wp_id, one.kind, told)

    def _add_write(
        self,
        connection: Connection,
        key: ItemKey,
        action: str,
        wp_id: int,
        field: str,
        told: Mapping[str, Any],
    ) -> None:
        row = {"run": self.run, "at": self.clock(), "wp_id": wp_id, "action": action}
        row |= {"field": field, "previous": None, "value": None, **told}
        connection.execute(insert(_WRITES), self._key(key) | row)

    def _put(self, table: Table, row: Mapping[str, Any]) -> None:
        full = {"site": self.site, "run": self.run, "at": self.clock(), **row}
        with self.database.write() as connection:
            upsert(connection, table, [full], update=full.keys() - table.primary_key.columns.keys())

    def _key(self, key: ItemKey) -> dict[str, Any]:
        return {"site": self.site, **key._asdict()}

    def _end_intent(self, connection: Connection, key: ItemKey) -> None:
        connection.execute(delete(_INTENTS).filter_by(**self._key(key)))

    def _end_twins(self, connection: Connection, address: str) -> None:
        """End the intents of the same article's other items: its post is known now."""
        items, key = schema.items, tuple_(_INTENTS.c.feed, _INTENTS.c.guid)
        twins = select(items.c.feed, items.c.guid).where(items.c.address == address)
        connection.execute(delete(_INTENTS).where(_INTENTS.c.site == self.site, key.in_(twins)))

    def _field_rows(self, write: Written, now: datetime) -> list[dict[str, Any]]:
        same = {"run": self.run, "at": now, "wp_id": write.receipt.wp_id, "action": write.action}
        return [
            {
                **self._key(write.receipt.key),
                **same,
                "field": name,
                "previous": write.previous.get(name),
                "value": write.values.get(name),
            }
            for name in sorted({*write.values, *write.previous}) or [""]
        ]
