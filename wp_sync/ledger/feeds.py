"""The feeds: which address is which feed, what its server gave us, how it is doing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from wp_sync.model import Pull, Validators

from . import schema
from .database import Database, from_row, upsert
from .items import put_items, tell_apart

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sqlalchemy import Connection

_FEEDS, _ALIASES = schema.feeds, schema.feed_aliases


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

    def find(self, address: str) -> str:
        """Return the id of the feed that has, or had, this address; "" for none."""
        known = select(_ALIASES.c.feed).where(_ALIASES.c.address == address)
        return str(self.database.value(known) or "")

    def validators(self, feed: str) -> Validators:
        """Return what the next conditional request needs."""
        url = _FEEDS.c.validators_url.label("url")
        query = select(url, _FEEDS.c.etag, _FEEDS.c.last_modified).where(_FEEDS.c.id == feed)
        return next((from_row(Validators, row) for row in self.database.rows(query)), Validators())

    def known(self, feed: str) -> dict[str, str]:
        """Return guid -> hash of the feed's items."""
        items = schema.items.c
        rows = self.database.rows(select(items.guid, items.hash).where(items.feed == feed))
        return {row["guid"]: row["hash"] for row in rows}

    def record_pull(self, pull: Pull, *, source: str) -> Pull:
        """Keep the validators and the items that they cover, in one commit.

        Validators without their items would lose these for ever: the next answer is 304. Returns
        the pull as it was kept: an item whose guid is another article's has another key.
        """
        now, given = self.clock(), pull.validators
        row = {"source": source, "last_pulled": now, "last_ok": now, "last_error": ""}
        row |= {name: getattr(pull, name) for name in ("title", "format") if getattr(pull, name)}
        if pull.changed or given != Validators():
            row |= {"etag": given.etag, "last_modified": given.last_modified}
            row |= {"validators_url": given.url}
        with self.database.write() as connection:
            # Where a redirect led is no alias: it may have been for today (302), to anywhere.
            _put_feed(connection, pull.feed, row | {"failures": 0})
            pull = tell_apart(connection, pull)
            put_items(connection, pull, now)
        return pull

    def record_failure(self, feed: str, *, source: str, reason: str) -> None:
        """Count a failed pull; the validators stay."""
        row = {"source": source, "last_pulled": self.clock(), "last_error": reason}
        count = select(_FEEDS.c.failures).where(_FEEDS.c.id == feed)
        with self.database.write() as connection:
            failures = connection.scalar(count) or 0
            _put_feed(connection, feed, row | {"failures": failures + 1})

    def all(self) -> tuple[FeedRow, ...]:
        """List the feeds by source and address."""
        rows = self.database.rows(select(_FEEDS).order_by(_FEEDS.c.source, _FEEDS.c.address))
        return tuple(from_row(FeedRow, row) for row in rows)


def _put_feed(connection: Connection, feed: str, row: dict[str, Any], *, alias: str = "") -> None:
    full = {"id": feed, "address": feed, **row}
    upsert(connection, _FEEDS, [full], update=row, when_changed=tuple(row))
    aliases = [{"address": address, "feed": feed} for address in (feed, alias) if address]
    upsert(connection, _ALIASES, aliases)
