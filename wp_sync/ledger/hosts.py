"""Hosts that want to be left alone, from run to run."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from wp_sync.model import HostRest

from . import schema
from .database import Database, from_row, upsert

if TYPE_CHECKING:
    from collections.abc import Iterable

_FRESH = ("refusals", "until", "asked")


@dataclass(frozen=True, slots=True)
class Hosts:
    database: Database

    def all(self) -> tuple[HostRest, ...]:
        """List the hosts that rest, or did."""
        rows = self.database.rows(select(schema.hosts).where(schema.hosts.c.until.is_not(None)))
        return tuple(from_row(HostRest, {**row, "asked": bool(row["asked"])}) for row in rows)

    def put(self, rests: Iterable[HostRest]) -> None:
        """Keep how long hosts rest."""
        rows = [asdict(rest) | {"asked": int(rest.asked)} for rest in rests]
        if not rows:
            return
        with self.database.write() as connection:
            upsert(connection, schema.hosts, rows, update=_FRESH, when_changed=_FRESH)
