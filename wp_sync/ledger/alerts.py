"""What was told to people, and what is still to be told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import delete, select, update

from . import schema
from .database import Database, from_row, upsert

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

_ALERTS = schema.alerts


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRow:
    """The state of one subject: a feed, the site, the runs."""

    subject: str
    state: str  # bad, well
    message: str
    since: datetime
    told: datetime | None = None  # None: the message has not gone out yet


@dataclass(frozen=True, slots=True)
class Alerts:
    database: Database

    def all(self) -> dict[str, AlertRow]:
        """Return the subjects of which something was to be told."""
        rows = self.database.rows(select(_ALERTS).order_by(_ALERTS.c.since, _ALERTS.c.subject))
        return {row["subject"]: from_row(AlertRow, row) for row in rows}

    def change(self, rows: Sequence[AlertRow], gone: Collection[str] = ()) -> None:
        """Keep new states, and forget subjects that are no more, in one commit."""
        columns = ("state", "message", "since", "told")
        values = [{"subject": row.subject, **{c: getattr(row, c) for c in columns}} for row in rows]
        with self.database.write() as connection:
            connection.execute(delete(_ALERTS).where(_ALERTS.c.subject.in_(gone)))
            upsert(connection, _ALERTS, values, update=columns)

    def told(self, rows: Sequence[AlertRow], at: datetime) -> None:
        """Keep that these messages have gone out, unless the state has changed since."""
        with self.database.write() as connection:
            for row in rows:
                same = (_ALERTS.c.subject == row.subject, _ALERTS.c.state == row.state)
                connection.execute(update(_ALERTS).where(*same).values(told=at))
