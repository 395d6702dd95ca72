"""Ends exchanges in time, however slowly bytes drip: a socket's time-out bounds one read."""

from __future__ import annotations

import heapq
import os
import socket
import threading
import time
from contextlib import suppress
from typing import Self

LITTLE = 0.01  # seconds


class Deadline:
    """The end of one exchange; its connections are cut when it comes."""

    def __init__(self, seconds: float) -> None:
        self.passed = self.aborted = self.is_over = False
        self.end = time.monotonic() + seconds
        self._sockets: list[socket.socket] = []
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        _WATCHMAN.watch(self)
        return self

    def __exit__(self, *_: object) -> None:
        self.is_over = True
        with self._lock:
            while self._sockets:
                self._sockets.pop().close()

    @property
    def remaining(self) -> float:
        """Count the seconds that are left; at least a little, as 0 means no limit to a socket."""
        return max(LITTLE, self.end - time.monotonic())

    def watch(self, sock: socket.socket) -> None:
        """Cut this connection too. Keeps a duplicate: TLS takes the descriptor from its object."""
        with self._lock:
            self._sockets.append(socket.socket(fileno=os.dup(sock.fileno())))
        if self.passed:
            self.cut()

    def abort(self) -> None:
        """End the exchange before its time."""
        self.aborted = True
        self.cut()

    def cut(self) -> None:
        """End the exchange now."""
        with self._lock:
            self.passed = True
            for sock in self._sockets:
                with suppress(OSError):
                    sock.shutdown(socket.SHUT_RDWR)


class _Watchman:
    """One thread for the deadlines of all exchanges: a timer each costs more than its exchange."""

    def __init__(self) -> None:
        self._due: list[tuple[float, int, Deadline]] = []  # a heap
        self._count = 0  # two that end at once keep their order
        self._news = threading.Condition()
        self._thread: threading.Thread | None = None

    def watch(self, deadline: Deadline) -> None:
        """Cut an exchange at its end, if it is not over by then."""
        with self._news:
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, daemon=True, name="deadlines")
                self._thread.start()
            self._count += 1
            heapq.heappush(self._due, (deadline.end, self._count, deadline))
            if self._due[0][2] is deadline:
                self._news.notify()

    def _work(self) -> None:
        while True:
            deadline = self._await()
            if not deadline.is_over:
                deadline.cut()

    def _await(self) -> Deadline:
        """Wait for the next one to end."""
        with self._news:
            while True:
                while self._due and self._due[0][2].is_over:
                    heapq.heappop(self._due)
                left = self._due[0][0] - time.monotonic() if self._due else None
                if left is not None and left <= 0:
                    return heapq.heappop(self._due)[2]
                self._news.wait(left)


_WATCHMAN = _Watchman()
