"""The end of a run or an order: what is given back, and which error is told."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from wp_sync.errors import WpSyncError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@contextmanager
def ending(give_back: Callable[[], None]) -> Iterator[None]:
    """Give something back at the end; what ended the work early is told, and nothing after it."""
    try:
        yield
    except BaseException:
        with suppress(WpSyncError):
            give_back()
        raise
    give_back()
