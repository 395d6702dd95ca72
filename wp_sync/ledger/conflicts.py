"""Fields in which the source and an editor want different values, until a person settles it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import delete, func, insert, select, update

from wp_sync.hashing import digest
from wp_sync.model import ItemKey

from . import schema
from .database import Database, from_row

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from wp_sync.model import Conflict

_CONFLICTS = schema.conflicts
_OPEN = ""
Settled = Literal["site", "source"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConflictRow:
    """One field, and both values."""

    key: ItemKey
    wp_id: int
    field: str
    ours: Any
    theirs: Any
    run: str
    at: datetime
    settled: str


@dataclass(frozen=True, slots=True)
class Conflicts:
    database: Database
    clock: Callable[[], datetime]

    def keep(self, site: str, run: str, key: ItemKey, found: Sequence[Conflict]) -> None:
        """Remember all conflicts of one item; those that it had before are over.

        One in which a person kept the editor's value stays settled until the source changes it.
        """
        with self.database.write() as connection:
            rows = self._rows(connection, site, key)
            for name in rows.keys() - {one.field for one in found}:
                connection.execute(delete(_CONFLICTS).filter_by(**_place(site, key, name)))
            for one in found:
                self._keep_one(connection, site, run, one, rows.get(one.field))

    def _keep_one(
        self, connection: Connection, site: str, run: str, one: Conflict, row: ConflictRow | None
    ) -> None:
        same = {"source": row and digest(row.ours) == digest(one.ours)}
        same["site"] = row and digest(row.theirs) == digest(one.theirs)
        if row and row.settled != "source" and same["source"] and (row.settled or same["site"]):
            return
        told = {"wp_id": one.wp_id, "ours": one.ours, "theirs": one.theirs, "settled": _OPEN}
        told |= {"run": run, "at": self.clock()}
        place = _place(site, one.key, one.field)
        if row:
            connection.execute(update(_CONFLICTS).filter_by(**place).values(told))
        else:
            connection.execute(insert(_CONFLICTS), place | told)

    def open(self, site: str) -> tuple[ConflictRow, ...]:
        """List what waits for a person's word, oldest first."""
        ours = _CONFLICTS.c
        query = select(_CONFLICTS).where(ours.site == site, ours.settled == _OPEN)
        rows = self.database.rows(query.order_by(ours.at, ours.wp_id, ours.field))
        return tuple(from_row(ConflictRow, row) for row in rows)

    def all(self, site: str) -> tuple[ConflictRow, ...]:
        """List those that wait, and those in which a person kept the editor's value."""
        query = select(_CONFLICTS).where(
            _CONFLICTS.c.site == site, _CONFLICTS.c.settled != "source"
        )
        return tuple(from_row(ConflictRow, row) for row in self.database.rows(query))

    def kept(self, site: str) -> Mapping[ItemKey, Collection[tuple[str, str]]]:
        """Tell in which a person kept the editor's value: field, hash of what the source wanted."""
        ours = _CONFLICTS.c
        query = select(_CONFLICTS).where(ours.site == site, ours.settled == "site")
        found: dict[ItemKey, set[tuple[str, str]]] = defaultdict(set)
        for row in self.database.rows(query):
            found[ItemKey(row["feed"], row["guid"])].add((row["field"], digest(row["ours"])))
        return found

    def settle(self, site: str, key: ItemKey, fields: Collection[str], how: Settled) -> None:
        """Keep a person's word."""
        with self.database.write() as connection:
            for name in fields:
                ours = update(_CONFLICTS).filter_by(**_place(site, key, name))
                connection.execute(ours.values(settled=how))

    def move(self, site: str, key: ItemKey, field: str, theirs: Any) -> None:  # noqa: ANN401
        """Take another value of the editor's."""
        ours = update(_CONFLICTS).filter_by(**_place(site, key, field))
        with self.database.write() as connection:
            connection.execute(ours.values(theirs=theirs, at=self.clock()))

    def count(self) -> int:
        """Count those that wait for a person's word, on any site."""
        query = select(func.count()).select_from(_CONFLICTS).where(_CONFLICTS.c.settled == _OPEN)
        return int(self.database.value(query))

    def by_run(self, runs: Collection[str]) -> dict[str, int]:
        """Count the conflicts that each of these runs found; one that found none is left out."""
        query = select(_CONFLICTS.c.run, func.count().label("count")).group_by(_CONFLICTS.c.run)
        rows = self.database.rows(query.where(_CONFLICTS.c.run.in_(list(runs))))
        return {row["run"]: row["count"] for row in rows}

    def _rows(self, connection: Connection, site: str, key: ItemKey) -> dict[str, ConflictRow]:
        query = select(_CONFLICTS).filter_by(site=site, **key._asdict())
        rows = connection.execute(query).mappings()
        return {row["field"]: from_row(ConflictRow, row) for row in rows}


def _place(site: str, key: ItemKey, field: str) -> dict[str, str]:
    return {"site": site, **key._asdict(), "field": field}
