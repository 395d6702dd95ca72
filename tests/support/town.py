"""Names of the public web that all lead to a test's own server, in a time that runs faster."""

from __future__ import annotations

import socket
import time
from typing import TYPE_CHECKING, Any

from wp_sync.web import Politeness
from wp_sync.web.guard import Gate

if TYPE_CHECKING:
    import pytest

FACTOR = 20.0


def lead_to(port: int, monkeypatch: pytest.MonkeyPatch, address: str = "127.0.0.1") -> None:
    """Let every name be at a server on loopback, as if it was public."""

    def resolve(_gate: Gate, _host: str, _port: int) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    monkeypatch.setattr(Gate, "_resolve", resolve)


def clock() -> float:
    """Tell the faster time."""
    return time.monotonic() * FACTOR


def hasty() -> Politeness:
    """Make a politeness whose seconds are short."""
    return Politeness(clock=clock, wait=lambda seconds: time.sleep(seconds / FACTOR))
