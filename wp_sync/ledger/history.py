"""What runs wrote, made and took back: what undoing them needs to know."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import delete, func, select, tuple_, update

from . import schema
from .database import Database, chunks, from_row
from .runs import RunRow
from .story import StoryItem

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from wp_sync.model import ItemKey

_WRITES, _ITEMS = schema.writes, schema.items
_NOBODY = ""  # the feed of a write that is about no item: a term or an upload


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteRow:
    """One field of one write; a write without fields is one of these, its field ""."""

    id: int  # later writes have higher ones
    run: str
    key: ItemKey
    wp_id: int
    action: str
    field: str
    previous: Any
    value: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeTerm:
    taxonomy: Literal["categories", "tags"]
    wp_id: int
    name: str
    parent: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeUpload:
    wp_id: int
    name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class History:
    database: Database

    def writes(self, site: str, run: str) -> tuple[WriteRow, ...]:
        """List all writes, of any run, to the items that a run wrote; oldest first."""
        key = (_WRITES.c.feed, _WRITES.c.guid)
        touched = select(*key).where(
            _WRITES.c.run == run, _WRITES.c.site == site, _WRITES.c.feed != _NOBODY
        )
        which = (_WRITES.c.site == site, tuple_(*key).in_(touched))
        rows = self.database.rows(select(_WRITES).where(*which).order_by(_WRITES.c.id))
        return tuple(from_row(WriteRow, row) for row in rows)

    def discards(self, site: str, run: str = "") -> tuple[WriteRow, ...]:
        """List the terms and uploads that a run, or any run, deleted, hid or showed."""
        query = select(_WRITES).where(_WRITES.c.site == site, _WRITES.c.feed == _NOBODY)
        query = query.where(_WRITES.c.run == run) if run else query
        rows = self.database.rows(query.order_by(_WRITES.c.id))
        return tuple(from_row(WriteRow, row) for row in rows)

    def made_terms(self, site: str, run: str) -> tuple[MadeTerm, ...]:
        """List the terms that a run made."""
        ours = schema.terms.c
        query = select(schema.terms).where(ours.site == site, ours.run == run).order_by(ours.wp_id)
        return tuple(from_row(MadeTerm, row) for row in self.database.rows(query))

    def uploads(self, site: str, run: str = "") -> tuple[MadeUpload, ...]:
        """List the uploads of a run, or of all runs."""
        ours = schema.media.c
        query = select(schema.media).where(ours.site == site).order_by(ours.wp_id)
        rows = self.database.rows(query.where(ours.run == run) if run else query)
        return tuple(from_row(MadeUpload, row) for row in rows)

    def pictures(self, site: str, feeds: Sequence[str]) -> frozenset[int]:
        """List the ids that were ever written as the pictures of these feeds' posts."""
        ours = (_WRITES.c.site == site, _WRITES.c.feed.in_(feeds), _WRITES.c.field == "featured")
        rows = self.database.rows(select(_WRITES.c.value).where(*ours))
        return frozenset(row["value"] for row in rows if row["value"])

    def texts(self, site: str, feeds: Sequence[str]) -> tuple[str, ...]:
        """List the texts that were ever written to these feeds' posts."""
        ours = (_WRITES.c.site == site, _WRITES.c.feed.in_(feeds), _WRITES.c.field == "body")
        rows = self.database.rows(select(_WRITES.c.value).where(*ours))
        return tuple(str(row["value"]) for row in rows if row["value"])

    def begun_uploads(self, site: str, before: datetime) -> tuple[str, ...]:
        """Name the uploads that were begun before a moment and whose answer we do not have."""
        ours = schema.upload_intents.c
        query = select(ours.name).where(ours.site == site, ours.begun < before).order_by(ours.begun)
        return tuple(str(row["name"]) for row in self.database.rows(query))

    def items(self, keys: Sequence[ItemKey]) -> dict[ItemKey, StoryItem]:
        """Return what is known of these items."""
        found: dict[ItemKey, StoryItem] = {}
        for some in chunks(keys):
            query = select(_ITEMS).where(tuple_(_ITEMS.c.feed, _ITEMS.c.guid).in_(some))
            rows = (from_row(StoryItem, row) for row in self.database.rows(query))
            found |= {row.key: row for row in rows}
        return found

    def runs(self, wanted: str = "", count: int = 20) -> tuple[RunRow, ...]:
        """List the runs whose id begins so, newest first."""
        runs = schema.runs.c
        query = select(schema.runs).where(runs.id.startswith(wanted, autoescape=True))
        query = query.order_by(runs.started.desc(), runs.id.desc()).limit(count)
        return tuple(from_row(RunRow, row) for row in self.database.rows(query))

    def posts_written(self, runs: Sequence[str]) -> dict[str, int]:
        """Count the posts that each of these runs wrote; one that wrote none is left out."""
        count = func.count(_WRITES.c.wp_id.distinct()).label("count")
        query = select(_WRITES.c.run, count).group_by(_WRITES.c.run)
        query = query.where(_WRITES.c.run.in_(runs), _WRITES.c.feed != _NOBODY)
        return {row["run"]: row["count"] for row in self.database.rows(query)}

    def has_tombstones(self, run: str) -> bool:
        """Tell whether a run made tombstones."""
        stones = select(func.count()).where(schema.tombstones.c.run == run)
        return bool(self.database.value(stones))

    def lift_tombstones(self, run: str) -> None:
        """Forget the tombstones that a run made: what it rejected waits for a person again."""
        items, stones = schema.items, schema.tombstones
        theirs = select(stones.c.feed, stones.c.guid).where(stones.c.run == run)
        ours = (tuple_(items.c.feed, items.c.guid).in_(theirs), items.c.state == "rejected")
        with self.database.write() as connection:
            connection.execute(update(items).where(*ours).values(state="undone"))
            connection.execute(delete(stones).filter_by(run=run))
