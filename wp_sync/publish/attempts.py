"""Tell whoever answers for a write that it is about to be sent, each time that it is.

A request may wait long: for its turn, or because the site asked for a pause. What the ledger says
of its moment must be true when it leaves, and only the wire knows when that is.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_TELL: ContextVar[Callable[[], object]] = ContextVar("tell", default=lambda: None)


@contextmanager
def told_before(tell: Callable[[], object]) -> Iterator[None]:
    """Call `tell` right before each request of this thread that may write.

    What it raises keeps that request from being sent.
    """
    token = _TELL.set(tell)
    try:
        yield
    finally:
        _TELL.reset(token)


def about_to_send() -> None:
    """Say that a request that may write leaves now."""
    _TELL.get()()
