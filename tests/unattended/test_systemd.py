"""sd_notify over real sockets."""

from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING

from wp_sync.unattended.systemd import Systemd, notify

if TYPE_CHECKING:
    from night import Ear


def test_states_arrive_at_a_socket(ear: Ear) -> None:
    """READY, STATUS, STOPPING, each with its text."""
    systemd = Systemd({"NOTIFY_SOCKET": ear.address})

    systemd.ready("syncing https://example.news")
    systemd.status("3 feeds asked")
    systemd.stopping()

    assert ear.heard() == [
        "READY=1",
        "STATUS=syncing https://example.news",
        "STATUS=3 feeds asked",
        "STOPPING=1",
    ]


def test_an_abstract_socket_is_reached() -> None:
    """Systemd names it with an @."""
    name = f"wp-sync-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as wire:
        wire.bind(f"\0{name}")

        notify("READY=1", {"NOTIFY_SOCKET": f"@{name}"})

        wire.settimeout(1)
        assert wire.recv(100) == b"READY=1"


def test_a_status_stays_one_line(ear: Ear) -> None:
    """A text can't bring a state of its own."""
    Systemd({"NOTIFY_SOCKET": ear.address}).status("a\nSTOPPING=1\x1b[31m\u2028b")

    assert ear.heard() == ["STATUS=a STOPPING=1 [31m b"]


def test_signs_of_life_are_rationed(ear: Ear) -> None:
    """A thousand steps are one sign within a twentieth of the watchdog's patience."""
    systemd = Systemd({"NOTIFY_SOCKET": ear.address, "WATCHDOG_USEC": "600000000"})

    for _ in range(1000):
        systemd.alive()

    assert ear.heard() == ["WATCHDOG=1"]


def test_a_watchdog_of_another_process_is_not_answered(ear: Ear) -> None:
    """WATCHDOG_PID names whom it means."""
    environ = {"NOTIFY_SOCKET": ear.address, "WATCHDOG_USEC": "1000", "WATCHDOG_PID": "1"}

    Systemd(environ).alive()

    assert ear.heard() == []


def test_without_systemd_nothing_happens() -> None:
    """No socket, or one that is gone, stops no run."""
    notify("READY=1", {})
    notify("READY=1", {"NOTIFY_SOCKET": "/nowhere/notify"})
