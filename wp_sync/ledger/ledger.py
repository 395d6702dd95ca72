"""Open the ledger, and find its stores."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Self

from sqlalchemy import select

from . import schema
from .alerts import Alerts
from .conflicts import Conflicts
from .database import Database, upsert
from .feeds import Feeds
from .health import Health
from .hosts import Hosts
from .items import Items
from .runs import Runs
from .withdrawals import Withdrawals

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from datetime import datetime
    from pathlib import Path

    from .assistant import AssistantMemory
    from .care import Care
    from .decisions import Decisions
    from .expiries import Expiries
    from .history import History
    from .pacing import Pacing
    from .pictures import Pictures
    from .posts import Posts
    from .recurring import Recurring
    from .sketches import Sketches
    from .story import Story, StoryItem
    from .terms import Terms
    from .topics import Topics
    from .twins import Twins


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
    """The stores over one database. Every call may raise LedgerError.

    Those that `status` does not ask are loaded when they are asked: 30 ms of its start.
    """

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database, self._clock = database, clock
        self.meta = Meta(database)
        self.feeds = Feeds(database, clock)
        self.hosts = Hosts(database)
        self.health = Health(database)
        self.items = Items(database, clock)
        self.runs = Runs(database, clock)
        self.conflicts = Conflicts(database, clock)
        self.withdrawals = Withdrawals(database, clock)
        self.alerts = Alerts(database)

    def together(self) -> AbstractContextManager[None]:
        """Make one commit of what this thread asks and keeps inside."""
        return self._database.together()

    @cached_property
    def posts(self) -> Posts:
        from .posts import Posts

        return Posts(self._database, self._clock)

    @cached_property
    def pictures(self) -> Pictures:
        from .pictures import Pictures

        return Pictures(self._database, self._clock)

    @cached_property
    def decisions(self) -> Decisions:
        from .decisions import Decisions

        return Decisions(self._database, self._clock)

    @cached_property
    def expiries(self) -> Expiries:
        from .expiries import Expiries

        return Expiries(self._database, self._clock)

    @cached_property
    def recurring(self) -> Recurring:
        from .recurring import Recurring

        return Recurring(self._database)

    @cached_property
    def assistant(self) -> AssistantMemory:
        from .assistant import AssistantMemory

        return AssistantMemory(self._database, self._clock)

    @cached_property
    def sketches(self) -> Sketches:
        from .sketches import Sketches

        return Sketches(self._database)

    @cached_property
    def terms(self) -> Terms:
        from .terms import Terms

        return Terms(self._database, self._clock)

    @cached_property
    def topics(self) -> Topics:
        from .topics import Topics

        return Topics(self._database, self._clock)

    @cached_property
    def twins(self) -> Twins:
        from .twins import Twins

        return Twins(self._database)

    @cached_property
    def history(self) -> History:
        from .history import History

        return History(self._database)

    @cached_property
    def pacing(self) -> Pacing:
        from .pacing import Pacing

        return Pacing(self._database)

    @cached_property
    def care(self) -> Care:
        from .care import Care

        return Care(self._database, self._clock)

    def story(self, target: str) -> Story | None:
        """Tell all about a post (id or address) or an article (address); None: nothing known."""
        from .story import tell_story

        with self._database.read() as connection:
            return tell_story(connection, target)

    def titled(self, words: str, most: int) -> tuple[StoryItem, ...]:
        """List the articles whose titles hold these words, in any capitals; newest first."""
        from .story import find_titled

        with self._database.read() as connection:
            return find_titled(connection, words, most)

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
