"""Site locks whose machines share one clock, which only waiting moves on."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from wp_sync.publish.lock import SiteLock

if TYPE_CHECKING:
    from collections.abc import Callable

    from wp_sync.publish.target import Markers

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


@dataclass(slots=True)
class Time:
    """One clock for the site and all machines; who waits lets it go on."""

    seconds: float = 0
    waited: list[float] = field(default_factory=list)
    while_waiting: Callable[[], object] = int

    def now(self) -> datetime:
        return NOON + timedelta(seconds=self.seconds)

    def ticks(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.waited.append(seconds)
        self.seconds += seconds
        self.while_waiting()


def make_lock(markers: Markers, time: Time, name: str) -> SiteLock:
    title = f"wp-sync: a run is at work on {name}"
    return SiteLock(markers, name, title, remember=lambda _: (), ticks=time.ticks, sleep=time.sleep)
