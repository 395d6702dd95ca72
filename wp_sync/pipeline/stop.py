"""The wish to end a run: heard between writes, and at once where only reading goes on.

Who listens for it comes a step further each time, and that is told to whoever watches over the run.
"""

from __future__ import annotations

from threading import Event, Thread
from typing import TYPE_CHECKING

from wp_sync.errors import StoppedError

if TYPE_CHECKING:
    from collections.abc import Callable


class Stop:
    """Asked for by a signal's handler; nothing here waits or locks."""

    def __init__(self) -> None:
        self._event = Event()
        self._then: list[Callable[[], None]] = []
        self._watchers: list[Callable[[], None]] = []

    def __call__(self) -> bool:
        """Tell whether the run should end."""
        return self._event.is_set()

    def ask(self) -> None:
        """Ask the run to end. What must be cut is cut by a thread: a handler may hold locks."""
        self._event.set()
        for cut in self._then:
            Thread(target=cut, daemon=True).start()

    def then(self, cut: Callable[[], None]) -> None:
        """Name what to cut when the run should end."""
        self._then.append(cut)

    def watched_by(self, watcher: Callable[[], None]) -> None:
        """Name who is told of every step; from any thread."""
        self._watchers.append(watcher)

    def step(self) -> None:
        """Tell that the run came a step further. Never called by what only waits."""
        for watcher in self._watchers:
            watcher()

    def wait(self, seconds: float) -> None:
        """Sleep, but not beyond the wish to end."""
        self.step()
        self._event.wait(seconds)

    def check(self) -> None:
        """Raise StoppedError when the run should end; a step, as it is done once an item."""
        self.step()
        if self():
            raise StoppedError("interrupted")
