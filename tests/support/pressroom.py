"""Runs before a real WordPress, or one in memory, in this process, by a clock that a test sets."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from secrets import token_hex
from typing import TYPE_CHECKING, Any

from desk import Desk

from wp_sync.config import load_config
from wp_sync.config.secrets import find_password
from wp_sync.ledger import open_ledger
from wp_sync.model import SavedPlan
from wp_sync.pipeline.build import Workshop, open_target, open_web, utc_now
from wp_sync.pipeline.options import SyncOptions
from wp_sync.pipeline.saved import rules_of
from wp_sync.pipeline.saved_ends import ends_of
from wp_sync.pipeline.stop import Stop
from wp_sync.pipeline.sync import sync
from wp_sync.publish.memory import MemoryTarget
from wp_sync.web import make_user_agent

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager
    from datetime import datetime
    from pathlib import Path

    from wp_sync.confine import Confinement
    from wp_sync.ledger import Ledger
    from wp_sync.model import Outcome, Run
    from wp_sync.pipeline.options import SyncResult
    from wp_sync.publish.target import Target


@dataclass(slots=True)
class Pressroom:
    """One directory, and a clock that is so much ahead of the world's."""

    desk: Desk
    confinement: Confinement
    later: timedelta = field(default=timedelta(0))
    target: Target | None = None  # None: the desk's site
    allowed: frozenset[str] = frozenset({"all"})

    def clock(self) -> datetime:
        return utc_now() + self.later

    def ledger(self) -> AbstractContextManager[Ledger]:
        """Look into the ledger."""
        return open_ledger("sqlite:///wp-sync.db", self.desk.directory, clock=self.clock)

    def run(self, **options: Any) -> Run:  # noqa: ANN401
        """Sync once, with the safety limits passed that are allowed: else with all."""
        return self.sync(**options).run

    def save(self) -> SavedPlan:
        """Make the plan of a sync, as `plan --out` does."""
        result = self.sync(dry_run=True)
        return SavedPlan(
            site=result.site,
            made=self.clock(),
            rules=rules_of(load_config(self.desk.directory / "config.toml")),
            entries=result.entries,
            new_terms=result.plan.new_terms,
            ended=ends_of(result.plan),
        )

    def sync(self, **options: Any) -> SyncResult:  # noqa: ANN401
        """Sync once, and return the plan beside the run."""
        config = load_config(self.desk.directory / "config.toml")
        password = find_password(config, {"WP_SYNC_PASSWORD": self.desk.password})
        with ExitStack() as stack:
            ledger = stack.enter_context(self.ledger())
            web = stack.enter_context(open_web(config, make_user_agent(config.fetch.contact, 1)))
            shop = Workshop(
                config=config,
                ledger=ledger,
                web=web,
                confinement=self.confinement,
                clock=self.clock,
                stop=_Impatient(self),
                open_site=lambda: (
                    self.target or open_target(config, password, ledger.posts.types())
                ),
            )
            stack.callback(shop.close)
            result = sync(shop, SyncOptions(allowed=self.allowed, **options))
        assert result.error is None, result.error
        return result


class _Impatient(Stop):
    """Moves the clock on instead of waiting."""

    def __init__(self, room: Pressroom) -> None:
        super().__init__()
        self._room = room

    def wait(self, seconds: float) -> None:
        self._room.later += timedelta(seconds=seconds)


def memory_room(directory: Path, confinement: Confinement) -> Pressroom:
    """Open a room before a site in memory."""
    site, password = "https://memory.example", token_hex(4)
    desk = Desk(directory=directory, site=site, username="admin", password=password)
    room = Pressroom(desk, confinement)
    room.target = MemoryTarget(now=room.clock)
    return room


def outcomes(run: Run, status: str) -> Iterator[Outcome]:
    """List the outcomes with this status."""
    return (one for one in run.outcomes if one.status == status)
