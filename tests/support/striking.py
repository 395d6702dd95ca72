"""A signal that reaches a run amid one of its writes, which WordPress still carries out."""

from __future__ import annotations

import signal
import time
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import subprocess

    from watching_proxy import Traffic

PATIENCE = 120.0  # seconds, of which all takes a few
HEARD = 1.5  # seconds from a signal's delivery, in which the run's main thread has nothing to do


@dataclass(slots=True)
class Strike:
    """Holds the proxy's write of this number until the run has got the signal."""

    traffic: Traffic
    write: int
    word: signal.Signals = signal.SIGKILL
    _running: Future[subprocess.Popen[str]] = field(default_factory=Future)

    def __post_init__(self) -> None:
        self.traffic.on_write = self._hold

    def end(self, process: subprocess.Popen[str]) -> tuple[str, str]:
        """Wait for the end of a run that was just started, and of what it had sent by then."""
        self._running.set_result(process)
        said = process.communicate(timeout=PATIENCE)
        self.traffic.await_quiet()
        self.traffic.on_write = lambda _: None
        return said

    def _hold(self, number: int) -> None:
        if number != self.write:
            return
        process = self._running.result(PATIENCE)
        process.send_signal(self.word)
        if self.word == signal.SIGKILL:
            process.wait(PATIENCE)
        else:
            _await_delivery(process.pid)
            time.sleep(HEARD)


def _await_delivery(pid: int) -> None:
    """Wait until the system has told the process (proc(5), SigPnd and ShdPnd)."""
    status = Path(f"/proc/{pid}/status")
    end = time.monotonic() + PATIENCE
    while any(
        int(line.split()[1], 16)
        for line in status.read_text().splitlines()
        if line.startswith(("SigPnd:", "ShdPnd:"))
    ):
        assert time.monotonic() < end
        time.sleep(0.005)
