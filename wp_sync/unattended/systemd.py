"""Tell systemd how the run is getting on (sd_notify(3)). Without a socket nothing is told."""

from __future__ import annotations

import os
import socket
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_PATIENCE = 0.2  # seconds: a manager that does not read does not hold the run up
_SIGNS_A_PERIOD = 20  # at most: a run takes many steps a second, systemd asks for two a period


def notify(state: str, environ: Mapping[str, str]) -> None:
    """Send one state, such as READY=1; an address with @ is in the abstract name space."""
    address = environ.get("NOTIFY_SOCKET", "")
    if not address.startswith(("/", "@")):
        return
    with (
        suppress(OSError),  # who does not listen any more does not stop the run
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as wire,
    ):
        wire.settimeout(_PATIENCE)
        wire.connect(f"\0{address[1:]}" if address.startswith("@") else address)
        wire.sendall(state.encode())


@dataclass(slots=True)
class Systemd:
    """The service manager that started us, if one did."""

    environ: Mapping[str, str] = field(repr=False)
    _last: float = 0.0  # when the last sign of life was given

    def ready(self, status: str) -> None:
        """Tell that the run has begun; from now on the watchdog waits for signs of life."""
        notify(f"READY=1\nSTATUS={_line(status)}", self.environ)

    def status(self, text: str) -> None:
        """Tell what is being done."""
        notify(f"STATUS={_line(text)}", self.environ)

    def stopping(self) -> None:
        """Tell that the run ends."""
        notify("STOPPING=1", self.environ)

    def alive(self) -> None:
        """Give a sign of life. Called by the steps of the run and by nothing that only waits."""
        now = time.monotonic()
        if now - self._last >= self._period / _SIGNS_A_PERIOD:
            self._last = now
            notify("WATCHDOG=1", self.environ)

    @property
    def _period(self) -> float:
        """Return the watchdog's patience in seconds; for ever, where it is not for us."""
        usec = self.environ.get("WATCHDOG_USEC", "")
        meant = self.environ.get("WATCHDOG_PID", str(os.getpid())) == str(os.getpid())
        return int(usec) / 1_000_000 if usec.isdigit() and meant else float("inf")


def _line(text: str) -> str:
    """Keep a text from being more states than one."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
