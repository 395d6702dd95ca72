"""The items of the feeds, and how each of them ended."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, insert, select, update

from wp_sync.hashing import digest
from wp_sync.model import Item, ItemKey
from wp_sync.text import normalise_address

from . import schema
from .database import Database, chunks, upsert

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sqlalchemy import Connection

    from wp_sync.model import Outcome, Pull

_ITEMS = schema.items
_DATES = ("published", "updated")
_FIELDS = frozenset(field.name for field in fields(Item)) - {"key"}
_STATES = {  # of an item, by the status of its outcome
    "created": "published",
    "updated": "published",
    "unchanged": "published",
    "trashed": "published",
    "held": "held",
    "dropped": "dropped",
    "failed": "failed",
}
_DUE = ("new", "failed", "held")


@dataclass(frozen=True, slots=True, kw_only=True)
class DueItem:
    """An item that waits for its first, or another, try."""

    item: Item
    first_seen: datetime
    state: str  # new, failed, held, dropped


@dataclass(frozen=True, slots=True)
class Items:
    database: Database
    clock: Callable[[], datetime]

    def due(self, feed: str, *, dropped_too: bool = False) -> tuple[DueItem, ...]:
        """List what a run must decide: oldest first, then as the feed had them."""
        states = (*_DUE, "dropped") if dropped_too else _DUE
        query = select(_ITEMS).where(_ITEMS.c.feed == feed, _ITEMS.c.state.in_(states))
        return tuple(
            DueItem(
                item=unpack_item(ItemKey(feed, row["guid"]), row["raw"]),
                first_seen=row["first_seen"],
                state=row["state"],
            )
            for row in self.database.rows(query.order_by(_ITEMS.c.first_seen, _ITEMS.c.position))
        )

    def counts(self) -> dict[str, int]:
        """Count the items by state."""
        count = func.count().label("count")
        rows = self.database.rows(select(_ITEMS.c.state, count).group_by(_ITEMS.c.state))
        return {row["state"]: row["count"] for row in rows}

    def settle(self, outcomes: Sequence[Outcome], run: str) -> None:
        """Keep how items ended, in one commit."""
        now = self.clock()
        with self.database.write() as connection:
            for one in outcomes:
                state = {"state": _STATES[one.status], "reason": one.reason, "updated_at": now}
                if one.channel:  # a failure may not know the channel that was found before
                    state["channel"] = one.channel
                ours = (_ITEMS.c.feed == one.key.feed, _ITEMS.c.guid == one.key.guid)
                same = (_ITEMS.c.state == "held", _ITEMS.c.reason == one.reason)
                waits_on = state["state"] == "held" and connection.scalar(
                    select(_ITEMS.c.guid).where(*ours, *same)
                )
                if waits_on:  # told once: a month of nights would fill the ledger with it
                    continue
                connection.execute(update(_ITEMS).where(*ours).values(state))
                row = asdict(one) | one.key._asdict() | {"run": run, "at": now}
                del row["key"]
                connection.execute(insert(schema.outcomes), row)


def put_items(connection: Connection, pull: Pull, now: datetime) -> None:
    """Keep a pull's items: new and changed ones become due."""
    rows = [
        {
            "feed": pull.feed,
            "guid": item.key.guid,
            "address": normalise_address(item.url),
            "url": item.url,
            "title": item.title,
            "raw": pack_item(item),
            "hash": pull.hashes.get(item.key.guid) or digest(item),
            "position": position,
            "first_seen": now,
            "last_seen": now,
            "state": "new",
            "updated_at": now,
        }
        for position, item in enumerate(pull.items)
    ]
    fresh = ("address", "url", "title", "raw", "hash", "state", "reason", "updated_at")
    upsert(connection, _ITEMS, rows, update=fresh, when_changed=("hash",))
    for guids in chunks(tuple(pull.hashes)):
        there = (_ITEMS.c.feed == pull.feed, _ITEMS.c.guid.in_(guids))
        connection.execute(update(_ITEMS).where(*there).values(last_seen=now))


def pack_item(item: Item) -> dict[str, Any]:
    """Make JSON of an item: without its key, and without what is empty."""
    values = {name: value for name, value in asdict(item).items() if name in _FIELDS and value}
    return values | {name: values[name].isoformat() for name in _DATES if name in values}


def unpack_item(key: ItemKey, raw: Mapping[str, Any]) -> Item:
    """Make an item of its JSON, which a newer or older wp-sync may have written."""
    values: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in raw.items()
        if name in _FIELDS
    }
    values |= {name: datetime.fromisoformat(values[name]) for name in _DATES if name in values}
    return Item(key=key, **values)
