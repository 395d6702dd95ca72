"""The sources that were withdrawn: nothing of theirs is fetched or published."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, select, update

from wp_sync.text import normalise_address

from . import schema
from .database import Database, from_row, upsert

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

_ROWS, _ITEMS = schema.withdrawals, schema.items
_WAITING = ("new", "failed", "held", "deferred", "approved")
_STAGE = "sources"  # of what a withdrawal dropped: nothing else is dropped there


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal:
    """A feed that is not asked any more."""

    feed: str
    source: str  # as it was called then
    reason: str
    at: datetime

    def __str__(self) -> str:
        why = f" ({self.reason})" if self.reason else ""
        return f"withdrawn on {self.at:%Y-%m-%d}{why}"


@dataclass(frozen=True, slots=True)
class Withdrawals:
    database: Database
    clock: Callable[[], datetime]

    def all(self) -> tuple[Withdrawal, ...]:
        """List the withdrawn feeds."""
        rows = self.database.rows(select(_ROWS).order_by(_ROWS.c.source, _ROWS.c.feed))
        return tuple(from_row(Withdrawal, row) for row in rows)

    def add(self, feeds: Sequence[str], source: str, reason: str, run: str) -> None:
        """Withdraw feeds, and drop what of theirs waits, in one commit."""
        now = self.clock()
        told = f"the source {source} was withdrawn{f': {reason}' if reason else ''}"
        waiting = (_ITEMS.c.feed.in_(feeds), _ITEMS.c.state.in_(_WAITING))
        state = {"state": "dropped", "stage": _STAGE, "reason": told, "updated_at": now}
        row = {"source": source, "reason": reason, "run": run, "at": now}
        # So that `why` tells it: these items are in no plan.
        ended: dict[str, Any] = {"run": run, "status": "dropped", "stage": _STAGE}
        ended |= {"reason": told, "at": now, "wp_id": None, "link": ""}
        columns = [_ITEMS.c[name] for name in ("feed", "guid", "url", "title", "channel")]
        with self.database.write() as connection:
            upsert(connection, _ROWS, [{"feed": feed, **row} for feed in feeds], update=row)
            items = connection.execute(select(*columns).where(*waiting)).mappings().all()
            if items:
                outcomes = [{**item, **ended} for item in items]
                connection.execute(insert(schema.outcomes), outcomes)
            connection.execute(update(_ITEMS).where(*waiting).values(state))

    def lift(self, feeds: Sequence[str]) -> int:
        """End withdrawals; what they dropped becomes due. Returns how many items do."""
        dropped = (_ITEMS.c.state == "dropped", _ITEMS.c.stage == _STAGE)
        state = {"state": "new", "stage": "", "reason": "", "updated_at": self.clock()}
        due = update(_ITEMS).where(_ITEMS.c.feed.in_(feeds), *dropped).values(state)
        with self.database.write() as connection:
            connection.execute(delete(_ROWS).where(_ROWS.c.feed.in_(feeds)))
            return connection.execute(due).rowcount

    def sift(self, source: str, locations: Sequence[str]) -> tuple[tuple[str, ...], str]:
        """Leave out what is withdrawn of a source's feeds, and say so.

        A withdrawn feed is known by all addresses that it ever had, however they are written, and
        by its source's name: a new address of the source lifts nothing.
        """
        withdrawn = {one.feed: one for one in self.all()}
        if not withdrawn:
            return tuple(locations), ""
        aliases = schema.feed_aliases
        rows = self.database.rows(select(aliases).where(aliases.c.feed.in_(withdrawn)))
        known = {_place(feed): one for feed, one in withdrawn.items()}
        known |= {_place(row["address"]): withdrawn[row["feed"]] for row in rows}
        named = next((one for one in withdrawn.values() if one.source == source), None)
        blocked = {place: one for place in locations if (one := known.get(_place(place), named))}
        if not blocked:
            return tuple(locations), ""
        one = next(iter(blocked.values()))
        told = f'{source}: {one}, not asked (`wp-sync takedown "{one.source}" --lift` ends that)'
        return tuple(place for place in locations if place not in blocked), told


def _place(address: str) -> str:
    return normalise_address(address) or address
