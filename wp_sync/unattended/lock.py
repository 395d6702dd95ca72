"""One run at a time: two writers would double what the other is making."""

from __future__ import annotations

import os
import socket
from contextlib import contextmanager
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
    lock = FileLock(path)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        who = holder.read_text().strip() if holder.exists() else "another process"
        raise AlreadyRunningError(
            f"a run is already under way: {who}", cure="wait until it has ended"
        ) from None
    try:
        since = f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC"
        holder.write_text(f"process {os.getpid()} on {socket.gethostname()}, since {since}\n")
        yield
    finally:
        holder.unlink(missing_ok=True)
        lock.release()
