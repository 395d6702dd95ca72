"""Count the system-call boundaries of a command, and kill it before one of them.

strace counts each call of each thread for itself, and "the n-th call" is that of the thread which
comes to its n-th first. It lets go of what the command executes (-b execve): the process that reads
untrusted bytes, and its children, are neither slowed nor counted nor killed. SIGKILL comes before
the call is carried out, and ends the whole process.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections import Counter, defaultdict
from dataclasses import dataclass
from shutil import which
from typing import TYPE_CHECKING

from desk import WP_SYNC

if TYPE_CHECKING:
    from collections.abc import Mapping

    from desk import Desk

# Where the ledger, the sockets and the files change. read is not among them: sockets are read by
# recvfrom here, and files are read by the thousand while Python starts.
CALLS = (
    *("connect", "sendto", "sendmsg", "recvfrom", "write", "pwrite64", "fsync", "fdatasync"),
    *("unlink", "rename", "ftruncate"),
)
SYNC = (*WP_SYNC, "sync", "--allow", "all", "--json")
FOLLOW = ("-qq", "-f", "-b", "execve")
KILLED = -9


@dataclass(frozen=True, slots=True, kw_only=True)
class Boundary:
    """The moment before the n-th call of this name."""

    call: str
    number: int

    def __str__(self) -> str:
        return f"{self.call} {self.number}"


def count_boundaries(desk: Desk) -> Counter[str]:
    """Run a sync undisturbed; count its calls by name, of the thread that makes the most."""
    log = desk.directory.with_name("strace.log")
    code, err = _run(desk, "-o", str(log), "-e", f"trace={','.join(CALLS)}")
    assert code == 0, err
    threads: dict[str, Counter[str]] = defaultdict(Counter)
    for thread, call in re.findall(
        r"^(\d+) +(\w+)\(", log.read_text("utf-8", "replace"), re.MULTILINE
    ):
        threads[thread][call] += 1
    most: Counter[str] = Counter()
    for counts in threads.values():
        most |= counts
    return most


def list_boundaries(counts: Mapping[str, int]) -> list[Boundary]:
    """List every boundary, call by call."""
    return [
        Boundary(call=call, number=number)
        for call in CALLS
        for number in range(1, counts.get(call, 0) + 1)
    ]


def kill_at(desk: Desk, boundary: Boundary) -> bool:
    """Run a sync and kill it there; False when it ended without coming there."""
    call = boundary.call
    inject = f"inject={call}:signal=KILL:when={boundary.number}"
    code, _ = _run(desk, "-o", "/dev/null", "-e", f"trace={call}", "-e", inject)
    return code == KILLED


def _run(desk: Desk, *options: str) -> tuple[int, str]:
    strace = which("strace")
    assert strace, "strace is missing: apt-get install strace"
    ended = subprocess.run(  # noqa: S603 (our own command)
        (strace, *FOLLOW, *options, *SYNC),
        cwd=desk.directory,
        env={**os.environ, "WP_SYNC_PASSWORD": desk.password, **desk.environ},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )
    return ended.returncode, ended.stderr
