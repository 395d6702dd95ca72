"""One writer at a time, whatever the order in which the machines' requests come in."""

from __future__ import annotations

import random
import threading
from typing import TYPE_CHECKING

from lock_time import Time, make_lock

from wp_sync.errors import AlreadyRunningError
from wp_sync.publish.memory import MemoryTarget

if TYPE_CHECKING:
    from collections.abc import Callable

    from wp_sync.publish.target import Marker

SEED, SCHEDULES = 20_261_125, 300


class Turns:
    """Lets threads go on one at a time, each up to its next request, as a draw decides."""

    def __init__(self, draw: random.Random) -> None:
        self._draw, self._turn = draw, threading.Condition()
        self._waiting: set[str] = set()
        self._next = ""

    def wait(self) -> None:
        name = threading.current_thread().name
        with self._turn:
            self._waiting.add(name)
            self._turn.notify_all()
            assert self._turn.wait_for(lambda: self._next == name, timeout=20)
            self._next = ""

    def run(self, works: dict[str, Callable[[], None]]) -> None:
        threads = {
            name: threading.Thread(target=work, name=name, daemon=True)
            for name, work in works.items()
        }
        for thread in threads.values():
            thread.start()
        while alive := {name for name, thread in threads.items() if thread.is_alive()}:
            with self._turn:
                ready = self._turn.wait_for(lambda: not self._next, timeout=0.001)
                waiting = sorted(self._waiting & alive)
                if not ready or set(waiting) != alive:
                    continue
                self._next = self._draw.choice(waiting)
                self._waiting.discard(self._next)
                self._turn.notify_all()


class SlowMarkers:
    """Markers whose ids are given before their rows can be seen, and whose every step may wait."""

    def __init__(self, site: MemoryTarget, turns: Turns) -> None:
        self._markers, self._turns = site.markers, turns

    def make(self, token: str, title: str) -> Marker:
        self._turns.wait()
        made = self._markers.make(token, title)
        del self._markers.there[made.wp_id]
        self._turns.wait()
        self._markers.there[made.wp_id] = made
        return made

    def list_all(self) -> tuple[Marker, ...]:
        self._turns.wait()
        return self._markers.list_all()

    def renew(self, wp_id: int, title: str) -> bool:
        return self._markers.renew(wp_id, title)

    def drop(self, wp_id: int) -> None:
        self._turns.wait()
        self._markers.drop(wp_id)


def test_never_do_two_write_whatever_the_order_of_their_requests() -> None:
    """Three machines, every step in a drawn order: at most one writes at any moment."""
    time = Time()
    site = MemoryTarget(now=time.now)
    draw = random.Random(SEED)  # noqa: S311 (an order, not a secret)
    wins = 0
    for _ in range(SCHEDULES):
        turns, writing, most = Turns(draw), set[str](), list[int]()
        site.markers.there.clear()

        def work(
            name: str, turns: Turns = turns, writing: set[str] = writing, most: list[int] = most
        ) -> None:
            lock = make_lock(SlowMarkers(site, turns), time, name)
            try:
                lock.take()
            except AlreadyRunningError:
                return
            writing.add(name)
            for _ in range(draw.randrange(6)):
                most.append(len(writing))
                turns.wait()
            most.append(len(writing))
            writing.discard(name)
            lock.drop()

        turns.run({name: lambda name=name: work(name) for name in ("aa", "bb", "cc")})  # type: ignore[misc]
        wins += bool(most)
        assert max(most, default=0) <= 1
        assert site.markers.there == {}

    assert wins > SCHEDULES / 2
