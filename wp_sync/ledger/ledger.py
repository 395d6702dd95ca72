"""Open the ledger, and find its stores."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from sqlalchemy import select

from . import schema
from .alerts import Alerts
from .care import Care
from .conflicts import Conflicts
from .database import Database, upsert
from .decisions import Decisions
from .feeds import Feeds
from .history import History
from .items import Items
from .posts import Posts
from .runs import Runs
from .story import Story, tell_story
from .withdrawals import Withdrawals

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Meta:
    """What must be remembered and has no table of its own."""

    database: Database

    def get(self, key: str, default: str = "") -> str:
        value = self.database.value(select(schema.meta.c.value).where(schema.meta.c.key == key))
        return default if value is None else str(value)

    def set(self, key: str, value: str) -> None:
        with self.database.write() as connection:
            upsert(connection, schema.meta, [{"key": key, "value": value}], update=("value",))


class Ledger:
    """The stores over one database. Every call may raise LedgerError."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self.meta = Meta(database)
        self.feeds = Feeds(database, clock)
        self.items = Items(database, clock)
        self.posts = Posts(database, clock)
        self.runs = Runs(database, clock)
        self.decisions = Decisions(database, clock)
        self.history = History(database)
        self.conflicts = Conflicts(database, clock)
        self.withdrawals = Withdrawals(database, clock)
        self.alerts = Alerts(database)
        self.care = Care(database, clock)

    def story(self, target: str) -> Story | None:
        """Tell all about a post (id or address) or an article (address); None: nothing known."""
        with self._database.read() as connection:
            return tell_story(connection, target)

    def close(self) -> None:
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def open_ledger(
    url: str, directory: Path, *, clock: Callable[[], datetime], create: bool = True
) -> Ledger:
    """Open the ledger and bring it up to date; a relative SQLite path starts at `directory`.

    With `create` false nothing needs to be writable, and a missing file is an empty ledger in
    memory. Raises LedgerError.
    """
    return Ledger(Database(url, directory, create=create), clock)
