"""Jobs that come at the same time share a child: a fork costs more than a small job."""

from __future__ import annotations

import os
import threading
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from wp_sync.errors import ConfinedError, WpSyncError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from .confinement import Confinement

_AT_ONCE = min(4, os.cpu_count() or 1)  # children
_MOST = 16  # jobs a child
_CPU_SECONDS = 2  # for all of a child's jobs: with more, each is done alone, within its own limit
RESULT, AGAIN = "result", "again"


@dataclass(frozen=True, slots=True)
class _Job:
    function: Callable[..., Any]
    args: tuple[object, ...]
    cpu_seconds: int
    done: Future[Any] = field(default_factory=Future)


class Sharing:
    """Runs jobs in shared children; one that breaks its child is run again alone, as are all."""

    def __init__(self, confinement: Confinement) -> None:
        self._confinement = confinement
        self._waiting: deque[_Job] = deque()
        self._lock = threading.Lock()
        self._pool: ThreadPoolExecutor | None = None
        self._stopped = False

    def run(self, function: Callable[..., Any], *args: object, cpu_seconds: int) -> Any:  # noqa: ANN401
        """Do as `Confinement.run`, with whatever else is waiting by then."""
        job = _Job(function, args, cpu_seconds)
        with self._lock:
            self._waiting.append(job)
            self._pool = self._pool or ThreadPoolExecutor(_AT_ONCE)
            self._pool.submit(self._work)
        return job.done.result()

    def stop(self) -> None:
        """Begin no job any more; those under way end with the process that forks the children."""
        with self._lock:
            self._stopped = True

    def join(self) -> None:
        """Wait for the threads."""
        if self._pool is not None:
            self._pool.shutdown()

    def _work(self) -> None:
        with self._lock:
            some = [self._waiting.popleft() for _ in range(min(_MOST, len(self._waiting)))]
        replies = self._run_together(some) if len(some) > 1 else [(AGAIN, None)] * len(some)
        for job, (kind, value) in zip(some, replies, strict=True):
            if kind == RESULT:
                job.done.set_result(value)
            else:
                self._run_alone(job)

    def _run_together(self, jobs: Sequence[_Job]) -> Sequence[tuple[str, Any]]:
        calls = [(job.function, job.args) for job in jobs]
        try:
            replies: list[tuple[str, Any]] = self._run(run_each, calls, cpu_seconds=_CPU_SECONDS)
        except BaseException:  # noqa: BLE001 (alone, each tells what it meets)
            return [(AGAIN, None)] * len(jobs)
        return replies

    def _run_alone(self, job: _Job) -> None:
        try:
            made = self._run(job.function, *job.args, cpu_seconds=job.cpu_seconds)
        except BaseException as error:  # noqa: BLE001 (for the thread that waits for it)
            # Else its frames, and with them the jobs, would live until the next full collection.
            job.done.set_exception(error.with_traceback(None))
        else:
            job.done.set_result(made)

    def _run(self, function: Callable[..., Any], *args: object, cpu_seconds: int) -> Any:  # noqa: ANN401
        if self._stopped:
            raise ConfinedError("was not begun, as the run ends")
        return self._confinement.run(function, *args, cpu_seconds=cpu_seconds)


def run_each(calls: Sequence[tuple[Callable[..., Any], tuple[object, ...]]]) -> list[Any]:
    """Run jobs one after the other; what fails is left to be run alone. For the confined child."""
    replies: list[tuple[str, Any]] = []
    for function, args in calls:
        try:
            replies.append((RESULT, function(*args)))
        except (WpSyncError, MemoryError):
            replies.append((AGAIN, None))
    return replies
