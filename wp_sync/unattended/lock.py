"""One run at a time: two writers would double what the other is making."""

from __future__ import annotations

import os
import socket
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from wp_sync.errors import AlreadyRunningError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def hold_lock(directory: Path) -> Iterator[None]:
    """Hold the site's lock; the system lets it go when the process dies, however it dies.

    Raises AlreadyRunningError, which names the holder: process, machine, and since when.
    """
    path = directory / ".wp-sync.lock"
    holder = directory / ".wp-sync.holder"
    draft = directory / ".wp-sync.holder.draft"
    lock = FileLock(path)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        who = _read(holder) or "another process"
        raise AlreadyRunningError(
            f"a run is already under way: {who}", cure="wait until it has ended"
        ) from None
    try:
        since = f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC"
        # At once: who finds the lock taken reads it at any moment.
        draft.write_text(f"process {os.getpid()} on {socket.gethostname()}, since {since}\n")
        draft.replace(holder)
        yield
    finally:
        holder.unlink(missing_ok=True)
        lock.release()


def _read(holder: Path) -> str:
    with suppress(FileNotFoundError):  # it has ended meanwhile, or has only begun
        return holder.read_text().strip()
    return ""
