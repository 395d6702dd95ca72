"""The runs, and the outcomes of each."""

from __future__ import annotations

import secrets
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from sqlalchemy import insert, select, update

from wp_sync.model import Outcome

from . import schema
from .database import Database, from_row

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

_RUNS, _OUTCOMES = schema.runs, schema.outcomes
_FIGURES = dict.fromkeys(map(ord, "0123456789"))  # of limits, which differ each night


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRow:
    """A run as it was remembered."""

    id: str
    started: datetime
    finished: datetime | None  # None: it is under way, or was killed
    command: str
    status: str
    totals: Mapping[str, int]
    messages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Runs:
    database: Database
    clock: Callable[[], datetime]

    def start(self, command: str) -> str:
        """Remember that a run begins; return its id, such as 20261123T185243-4f2a."""
        now = self.clock()
        run = f"{now:%Y%m%dT%H%M%S}-{secrets.token_hex(2)}"
        row = {"id": run, "started": now, "command": command, "totals": {}, "messages": []}
        with self.database.write() as connection:
            connection.execute(insert(_RUNS), row)
        return run

    def finish(
        self, run: str, status: str, totals: Mapping[str, int], messages: Sequence[str]
    ) -> None:
        """Remember how a run ended."""
        row = {"status": status, "totals": dict(totals), "messages": list(messages)}
        ended = update(_RUNS).where(_RUNS.c.id == run).values(finished=self.clock(), **row)
        with self.database.write() as connection:
            connection.execute(ended)

    def last(self, count: int) -> tuple[RunRow, ...]:
        """List the last runs, newest first."""
        query = select(_RUNS).order_by(_RUNS.c.started.desc(), _RUNS.c.id.desc()).limit(count)
        return tuple(from_row(RunRow, row) for row in self.database.rows(query))

    def last_whole(self, command: str, before: datetime) -> RunRow | None:
        """Return the last run of a command that came to its end, of those begun before a time."""
        ours = (_RUNS.c.command == command, _RUNS.c.status == "done", _RUNS.c.started < before)
        newest = select(_RUNS).where(*ours).order_by(_RUNS.c.finished.desc()).limit(1)
        return next((from_row(RunRow, row) for row in self.database.rows(newest)), None)

    def outcomes(self, run: str) -> tuple[Outcome, ...]:
        """List a run's outcomes, as they landed."""
        query = select(_OUTCOMES).where(_OUTCOMES.c.run == run).order_by(_OUTCOMES.c.id)
        return tuple(from_row(Outcome, row) for row in self.database.rows(query))


def is_told(connection: Connection, one: Outcome) -> bool:
    """Tell whether what is held now was held before for the same reason, whatever its figures."""
    if one.status != "held":
        return False
    query = select(_OUTCOMES).filter_by(**one.key._asdict()).order_by(_OUTCOMES.c.id.desc())
    last = connection.execute(query.limit(1)).mappings().first()
    same = (one.status, one.reason.translate(_FIGURES))
    return last is not None and (last["status"], last["reason"].translate(_FIGURES)) == same


def add_outcome(connection: Connection, one: Outcome, run: str, now: datetime) -> None:
    """Keep an outcome beside what commits with it."""
    known = {name: value for name, value in asdict(one).items() if name in _OUTCOMES.c}
    row = known | one.key._asdict() | {"run": run, "at": now}
    connection.execute(insert(_OUTCOMES), row)
