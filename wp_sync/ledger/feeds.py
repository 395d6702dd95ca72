"""The feeds: which address is which feed, what its server gave us, how it is doing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, select, update

from wp_sync.model import Pull, Trouble, Validators

from . import schema
from .aliases import put_aliases, recognise
from .database import Database, chunks, from_row, upsert
from .families import tell_apart
from .health import put_health
from .items import OURS, find_known, has_items, put_items
from .manners import after_failure, after_pull
from .memory import make_memory
from .moving import find_predecessor, succeed

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Column, Connection

    from wp_sync.model import FeedHealth

    from .memory import Kept, Memory

_FEEDS, _ALIASES = schema.feeds, schema.feed_aliases
_ID = "this_feed"  # made once: a pull of a thousand feeds needs them as often
_READ = select(_FEEDS).where(_FEEDS.c.id == bindparam(_ID))
_REMEMBERED = select(
    *(_FEEDS.c[name] for name in ("id", "address", "source", "body_hash")),
    *(_FEEDS.c[name] for name in ("etag", "last_modified", "validators_url")),
)
_READ_SOME = select(_FEEDS).where(_FEEDS.c.id.in_(bindparam(_ID, expanding=True)))
_UPDATE = update(_FEEDS).where(_FEEDS.c.id == bindparam(_ID))
_ITEMS = schema.items
_HASHES = select(_ITEMS.c.guid, _ITEMS.c.hash, _ITEMS.c.trace).where(OURS)


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedRow:
    """A feed and its health."""

    id: str
    address: str
    source: str
    title: str
    format: str
    last_pulled: datetime | None
    last_ok: datetime | None
    last_error: str
    failures: int  # in a row
    first_seen: datetime | None  # None: before this was kept
    asked: datetime | None = None  # when the last request began
    fresh_until: datetime | None = None
    rest_until: datetime | None = None
    trouble: str = ""  # model.TroubleKind, or ""
    failing_since: datetime | None = None
    unmodified_since: datetime | None = None  # since when it answers nothing but 304
    has_validators: int = 0
    wait: int = 0  # seconds, as the feed wants it
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[int, ...] = ()
    newest: datetime | None = None
    rhythm: int = 0  # seconds between two items
    moved_to: str = ""
    moved_ok: int = 0

    @property
    def location(self) -> str:
        """Return where it is asked."""
        return self.moved_to if self.moved_ok else self.address

    @property
    def is_over(self) -> bool:
        """Tell whether its publisher has ended it: 410, or 451."""
        return self.trouble == "gone" and self.failures > 0


@dataclass(frozen=True, slots=True)
class Feeds:
    database: Database
    clock: Callable[[], datetime]

    def identify(self, address: str, source: str) -> str:
        """Return the feed's id: the first address under which it was known."""
        known = select(_ALIASES.c.feed).where(_ALIASES.c.address == address)
        with self.database.write() as connection:
            feed = connection.scalar(known)
            if feed is None:
                feed = address
                born = {"id": feed, "address": address, "first_seen": self.clock()}
                upsert(connection, _FEEDS, [born])
            _put_feed(connection, feed, {"address": address, "source": source}, alias=address)
        return str(feed)

    def recall(self, places: Sequence[tuple[str, str]]) -> dict[str, Memory]:
        """Identify feeds, each by its address and its source's name, and recall what they brought.

        By address. What a thousand feeds have is read at once, their items when they are needed.
        """
        with self.database.together():
            addresses = [address for address, _ in places]
            ids = dict(_chosen(self.database, _ALIASES.c.address, _ALIASES.c.feed, addresses))
            rows = {
                row["id"]: row
                for some in chunks(tuple(set(ids.values())))
                for row in self.database.rows(_REMEMBERED.where(_FEEDS.c.id.in_(some)))
            }
            for address, source in places:
                row = rows.get(ids.get(address, ""))
                if row is None or (row["address"], row["source"]) != (address, source):
                    ids[address] = self.identify(address, source)
        return {one: make_memory(ids[one], rows.get(ids[one]), self._items) for one in addresses}

    def find(self, address: str) -> str:
        """Return the feed's id as `identify` would, and keep nothing."""
        known = select(_ALIASES.c.feed).where(_ALIASES.c.address == address)
        return str(self.database.value(known) or address)

    def validators(self, feed: str) -> Validators:
        """Return what the next conditional request needs."""
        url = _FEEDS.c.validators_url.label("url")
        query = select(url, _FEEDS.c.etag, _FEEDS.c.last_modified).where(_FEEDS.c.id == feed)
        return next((from_row(Validators, row) for row in self.database.rows(query)), Validators())

    def known(self, feed: str) -> dict[str, str]:
        """Return guid -> hash of the feed's items."""
        return self._items(feed)[0]

    def _items(self, feed: str) -> Kept:
        """Return guid -> hash, and trace -> guid, of the feed's items."""
        with self.database.read() as connection:
            rows = connection.execute(_HASHES, {_ID: feed}).all()
        return (
            {guid: mark for guid, mark, _ in rows},
            {trace: guid for guid, _, trace in rows if trace},
        )

    def succeed(self, pull: Pull, address: str, source: str, configured: Collection[str]) -> Pull:
        """Know a feed that has only moved to another address: its pull, under its own id."""
        with self.database.write() as connection:
            before = find_predecessor(connection, pull, configured)
            return succeed(connection, pull, before, address, source) if before else pull

    def recognise(self, pull: Pull) -> Pull:
        """Give items that are known under other guids their own again."""
        if not pull.items:
            return pull
        with self.database.read() as connection:
            return recognise(connection, pull)

    def record_same(self, pulls: Sequence[tuple[Pull, str]]) -> None:
        """Keep that feeds, each with its source's name, have nothing new: `record_pull` of many."""
        now = self.clock()
        with self.database.write() as connection:
            rows = {
                row["id"]: dict(row)
                for some in chunks([pull.feed for pull, _ in pulls])
                for row in connection.execute(_READ_SOME, {_ID: some}).mappings()
            }
            alike: dict[tuple[str, ...], list[dict[str, Any]]] = {}
            for pull, source in pulls:
                row, alias = _after(pull, rows.get(pull.feed, _UNKNOWN), source, now, known=True)
                if alias or pull.feed not in rows:
                    _put_feed(connection, pull.feed, row, alias=alias)
                else:
                    alike.setdefault(tuple(row), []).append({**row, _ID: pull.feed})
            for some_rows in alike.values():
                connection.execute(_UPDATE, some_rows)

    def record_pull(self, pull: Pull, *, source: str, health: FeedHealth | None = None) -> Pull:
        """Keep the validators, the items that they cover and what they taught, in one commit.

        Validators without their items would lose these for ever: the next answer is 304. Returns
        the pull as it was kept: an item whose guid is another article's has another key.
        """
        now = self.clock()
        with self.database.write() as connection:
            is_new = not has_items(connection, pull.feed)
            known = bool(pull.unchanged) or (not is_new and _knows(connection, pull))
            before = _read_feed(connection, pull.feed)
            row, alias = _after(pull, before, source, now, known=known)
            _put_feed(connection, pull.feed, row, alias=alias)
            put_aliases(connection, pull, now)
            pull = tell_apart(connection, pull, is_new=is_new)
            put_items(connection, pull, now, is_new=is_new)
            if health:  # later, these items would be known ones
                put_health(connection, health)
        return pull

    def record_failure(
        self,
        feed: str,
        *,
        source: str,
        reason: str,
        trouble: Trouble = Trouble(),  # noqa: B008
    ) -> None:
        """Count a failed pull; the validators stay."""
        now = self.clock()
        row = {"source": source, "last_pulled": now, "last_error": reason}
        with self.database.write() as connection:
            before = _read_feed(connection, feed)
            row |= after_failure(trouble, before, now)
            _put_feed(connection, feed, row | {"failures": before["failures"] + 1})

    def begin(self, feeds: Sequence[str], *, afresh: Sequence[str] = ()) -> None:
        """Keep that these feeds are asked now: a run that dies has asked them, too.

        `afresh`: unconditionally, as they answered nothing but 304 for long.
        """
        now = self.clock()
        with self.database.write() as connection:
            for some in chunks(feeds):
                asked = update(_FEEDS).where(_FEEDS.c.id.in_(some))
                connection.execute(asked.values(asked=now))
            for some in chunks(afresh):
                stuck = update(_FEEDS).where(_FEEDS.c.id.in_(some))
                connection.execute(stuck.values(unmodified_since=now))

    def all(self) -> tuple[FeedRow, ...]:
        """List the feeds by source and address."""
        rows = self.database.rows(select(_FEEDS).order_by(_FEEDS.c.source, _FEEDS.c.address))
        return tuple(from_row(FeedRow, row) for row in rows)


def _chosen(
    database: Database, name: Column[Any], value: Column[Any], wanted: Sequence[str]
) -> Iterator[tuple[str, str]]:
    for some in chunks(wanted):
        for row in database.rows(select(name, value).where(name.in_(some))):
            yield row[name], row[value]


_UNKNOWN: dict[str, Any] = {
    "failures": 0,
    "failing_since": None,
    "unmodified_since": None,
    "newest": None,
    "rhythm": 0,
    "moved_to": "",
    "moved_since": None,
    "moved_count": 0,
    "moved_ok": 0,
}


def _read_feed(connection: Connection, feed: str) -> Mapping[str, Any]:
    row = connection.execute(_READ, {_ID: feed}).mappings().first()
    return _UNKNOWN if row is None else dict(row)


def _knows(connection: Connection, pull: Pull) -> bool:
    """Tell whether a pull has an item that was there before."""
    return bool(find_known(connection, pull.feed, (item.key.guid for item in pull.items)))


def _after(
    pull: Pull, before: Mapping[str, Any], source: str, now: datetime, *, known: bool
) -> tuple[dict[str, Any], str]:
    """Return what a pull makes of a feed's row, and the address that leads to the feed by now."""
    given = pull.validators
    row = {"source": source, "last_pulled": now, "last_ok": now, "last_error": "", "failures": 0}
    row |= {name: getattr(pull, name) for name in ("title", "format") if getattr(pull, name)}
    if pull.changed:
        row["body_hash"] = pull.body_hash
    if pull.changed or given != Validators():
        row |= {"etag": given.etag, "last_modified": given.last_modified}
        row |= {"validators_url": given.url}
    row |= after_pull(pull, before, now, known=known)
    # Where a redirect led is no alias, as it may have been for today, to anywhere, unless it was
    # permanent and is believed by now.
    return row, pull.manners.moved_to if row.get("moved_ok") else ""


def _put_feed(connection: Connection, feed: str, row: dict[str, Any], *, alias: str = "") -> None:
    if not alias and connection.execute(_UPDATE, {**row, _ID: feed}).rowcount:  # nearly always
        return
    full = {"id": feed, "address": feed, **row}
    upsert(connection, _FEEDS, [full], update=row, when_changed=tuple(row))
    aliases = [{"address": address, "feed": feed} for address in (feed, alias) if address]
    upsert(connection, _ALIASES, aliases)
