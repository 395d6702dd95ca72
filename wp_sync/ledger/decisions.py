"""What persons decided: what waits for them, what they approved, and what must not come again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import delete, or_, select, tuple_, update

from wp_sync.model import ItemKey, Tombstone
from wp_sync.text import normalise_address

from . import schema
from .database import Database, chunks, from_row, upsert
from .packing import unpack_item

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement

    from wp_sync.model import Item

_ITEMS, _FEEDS, _TOMBSTONES = schema.items, schema.feeds, schema.tombstones
HELD = ("held", "deferred", "undone", "approved")  # states of items that a person may decide on


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemRow:
    """An item as it stands."""

    key: ItemKey
    source: str
    url: str
    title: str
    state: str
    channel: str
    reason: str
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Decisions:
    database: Database
    clock: Callable[[], datetime]

    def held(self) -> tuple[ItemRow, ...]:
        """List the items that wait for a person's word, oldest first."""
        return self._items(_ITEMS.c.state.in_(HELD))

    def items(self, keys: Sequence[ItemKey]) -> dict[ItemKey, ItemRow]:
        """Return these items as they stand."""
        columns = tuple_(_ITEMS.c.feed, _ITEMS.c.guid)
        found = (one for some in chunks(keys) for one in self._items(columns.in_(some)))
        return {one.key: one for one in found}

    def find(self, target: str) -> tuple[ItemRow, ...]:
        """Find items by the article's address."""
        return self._items(_ITEMS.c.address == (normalise_address(target) or None))

    def raw(self, key: ItemKey) -> Item | None:
        """Return an item as its feed gave it."""
        return next(iter(self.raws([key])), None)

    def raws(self, keys: Sequence[ItemKey]) -> list[Item]:
        """Return these items as their feeds gave them, in this order; what is unknown is left out.

        One question for many: one each would grow with the articles.
        """
        ours = tuple_(_ITEMS.c.feed, _ITEMS.c.guid)
        columns = (_ITEMS.c.feed, _ITEMS.c.guid, _ITEMS.c.raw)
        found: dict[ItemKey, Item] = {}
        for some in chunks(keys):
            for row in self.database.rows(select(*columns).where(ours.in_(some))):
                key = ItemKey(row["feed"], row["guid"])
                if row["raw"] is not None:
                    found[key] = unpack_item(key, row["raw"])
        return [found[key] for key in keys if key in found]

    def approve(self, channels: Mapping[ItemKey, str]) -> None:
        """Let items pass, whatever the rules say, each into a channel."""
        now = self.clock()
        with self.database.write() as connection:
            for key, channel in channels.items():
                ours = update(_ITEMS).filter_by(**key._asdict())
                values = {"state": "approved", "channel": channel, "updated_at": now}
                connection.execute(ours.values(stage="curate", reason="approved", **values))

    def bury(self, site: str, stones: Sequence[Tombstone], run: str) -> None:
        """Remember what must not come again.

        An address that another item's post has too stands for no article, but for a page of many.
        """
        now = self.clock()
        shared = {one.key for one in stones if self._is_shared(site, one)}
        rows = [
            {
                "site": site,
                **one.key._asdict(),
                "address": "" if one.key in shared else normalise_address(one.url),
                "fingerprint": one.fingerprint,
                "reason": one.reason,
                "run": run,
                "at": now,
            }
            for one in stones
        ]
        told = ("address", "fingerprint", "reason", "run", "at")
        with self.database.write() as connection:
            upsert(connection, _TOMBSTONES, rows, update=told)

    def unbury(self, site: str, keys: Collection[ItemKey]) -> None:
        """Forget tombstones: a person changed their mind."""
        with self.database.write() as connection:
            for key in keys:
                connection.execute(delete(_TOMBSTONES).filter_by(site=site, **key._asdict()))

    def has_buried(self, site: str) -> bool:
        """Tell whether this site has any tombstone."""
        any_of_it = select(_TOMBSTONES.c.guid).where(_TOMBSTONES.c.site == site).limit(1)
        return self.database.value(any_of_it) is not None

    def buried_keys(self, site: str, keys: Collection[ItemKey]) -> set[ItemKey]:
        """Choose the items among these that a person rejected, by their own names."""
        columns = tuple_(_TOMBSTONES.c.feed, _TOMBSTONES.c.guid)
        query = select(_TOMBSTONES.c.feed, _TOMBSTONES.c.guid).where(_TOMBSTONES.c.site == site)
        found = (self.database.rows(query.where(columns.in_(some))) for some in chunks([*keys]))
        return {ItemKey(row["feed"], row["guid"]) for rows in found for row in rows}

    def buried(self, site: str, stone: Tombstone) -> Tombstone | None:
        """Find what was buried under this key, address or fingerprint."""
        ours = _TOMBSTONES.c
        same: list[ColumnElement[bool]] = []
        same.append((ours.feed == stone.key.feed) & (ours.guid == stone.key.guid))
        if address := normalise_address(stone.url):
            same.append(ours.address == address)
        if stone.fingerprint:
            same.append(ours.fingerprint == stone.fingerprint)
        query = select(_TOMBSTONES).where(ours.site == site, or_(*same)).order_by(ours.at)
        rows = (dict(row) | {"url": row["address"]} for row in self.database.rows(query))
        return next((from_row(Tombstone, row) for row in rows), None)

    def _is_shared(self, site: str, stone: Tombstone) -> bool:
        theirs, address = schema.receipts.c, normalise_address(stone.url)
        others = or_(theirs.feed != stone.key.feed, theirs.guid != stone.key.guid)
        same = (theirs.site == site, theirs.address == address, theirs.status != "trash", others)
        return bool(address and self.database.value(select(theirs.wp_id).where(*same)))

    def _items(self, which: ColumnElement[bool]) -> tuple[ItemRow, ...]:
        query = select(_ITEMS, _FEEDS.c.source).join(_FEEDS, _FEEDS.c.id == _ITEMS.c.feed)
        rows = self.database.rows(query.where(which).order_by(_ITEMS.c.updated_at))
        return tuple(from_row(ItemRow, row) for row in rows)
