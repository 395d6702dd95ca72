"""How long a piece of work keeps a processor, whatever the machine's speed and load."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

USUAL = 0.027  # seconds that the yardstick takes on the machine where the limits were set


def measured(work: Callable[[], T]) -> tuple[T, float]:
    """Do some work; return what it returns, and its seconds on the usual machine.

    Of this thread and of CPU time: whoever else is at work does not count. A slow machine is slow
    at the yardstick, too, before the work or after it.
    """
    before = _yardstick()
    begun = time.thread_time()
    made = work()
    spent = time.thread_time() - begun
    return made, spent * USUAL / max(before, _yardstick())


def _yardstick() -> float:
    return min(_count_words() for _ in range(3))


def _count_words() -> float:
    counts: dict[str, int] = {}
    begun = time.thread_time()
    for number in range(200_000):
        word = str(number % 5_000)
        counts[word] = counts.get(word, 0) + len(word)
    return time.thread_time() - begun
