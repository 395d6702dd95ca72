"""How fast a site may be asked: connections at once, and pauses. It learns from every answer."""

from __future__ import annotations

import time
from collections import deque
from contextlib import contextmanager
from threading import Condition
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MOST = 2  # connections: one client keeps one PHP worker busy, and two are a small site's all
BUSY = 429  # too many requests
FAILED = 500  # and above
WINDOW = 10  # answers that are looked at together
SLOWER = 2.0  # times its own best: readers wait, too
SHARE = 0.95
UPLOAD = 2  # connections' weight: pictures are resized within the request, with a whole CPU


class Pace:
    """One run's manners towards one site; shared by all its connections."""

    def __init__(
        self, connections: int = MOST, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.connections = connections  # the most there may be
        self.allowed = connections  # by now
        self._clock = clock
        self._busy = 0
        self._until = 0.0  # nobody asks before
        self._well = 0  # answers since the last trouble, or the last connection more
        self._recent: dict[str, deque[float]] = {}  # seconds an item, by what was asked
        self._best: dict[str, float] = {}  # the slow end of the quickest window
        self._changed = Condition()

    @contextmanager
    def turn(self, sleep: Callable[[float], None], weight: int = 1) -> Iterator[None]:
        """Wait for a free connection, and until a pause that the site asked for is over.

        What weighs more than one takes the place of so many; alone, it may always go.
        """
        with self._changed:
            self._changed.wait_for(lambda: not self._busy or self._busy + weight <= self.allowed)
            self._busy += weight
            rest = self._until - self._clock()
        try:
            if rest > 0:
                sleep(rest)
            yield
        finally:
            with self._changed:
                self._busy -= weight
                self._changed.notify_all()

    def hold(self, seconds: float) -> float:
        """Let every connection rest, as Retry-After says; return until when."""
        with self._changed:
            self._until = max(self._until, self._clock() + seconds)
            return self._until

    def release(self, until: float) -> None:
        """End a pause that was slept through, unless a longer one was asked for meanwhile."""
        with self._changed:
            if self._until <= until:
                self._until = 0.0

    def tell(self, what: str, status: int, seconds: float, items: int = 1) -> None:
        """Learn from an answer to a write; one that never came has the status 504."""
        with self._changed:
            if status == BUSY or status >= FAILED or self._is_slower(what, seconds / items):
                self.allowed = max(1, self.allowed // 2)
                self._well = 0
                return
            self._well += 1
            if self._well >= WINDOW and self.allowed < self.connections:
                self.allowed += 1
                self._well = 0
                self._changed.notify_all()

    def _is_slower(self, what: str, seconds: float) -> bool:
        recent = self._recent.setdefault(what, deque(maxlen=WINDOW))
        recent.append(seconds)
        if len(recent) < WINDOW:
            return False
        slow_end = sorted(recent)[round(SHARE * (WINDOW - 1))]
        best = self._best[what] = min(slow_end, self._best.get(what, slow_end))
        if slow_end <= SLOWER * best:
            return False
        recent.clear()
        return True
