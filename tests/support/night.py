"""What an unattended run meets: feeds, and those who are told of it."""

from __future__ import annotations

import os
import socket
import sqlite3
import subprocess
from dataclasses import dataclass, field
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

from desk import WP_SYNC, Answer, run_command
from press import Kiosk, Story, rss

if TYPE_CHECKING:
    from desk import Desk

MARK = b"all that was sent before has come"


@dataclass(slots=True)
class Hook:
    """A webhook: what it was sent, and what it answers."""

    url: str = ""
    status: int = 200
    got: list[dict[str, Any]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)

    @property
    def texts(self) -> list[str]:
        return [str(one["text"]) for one in self.got]


@dataclass(slots=True)
class PostOffice:
    """A mail server: the messages it took, and what clients said before."""

    port: int = 0
    said: list[str] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Ear:
    """A notify socket, and what it heard."""

    address: str
    lines: list[str] = field(default_factory=list)

    _asked: SimpleQueue[None] = field(default_factory=SimpleQueue)  # one for each mark of ours

    def heard(self) -> list[str]:
        """List the lines that came so far: what was sent before our mark is read before it."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as wire:
            wire.sendto(MARK, self.address)
        self._asked.get(timeout=60)
        return list(self.lines)

    def listen(self, wire: socket.socket) -> None:
        """Read all the time, as systemd does: a queue of ten is soon full."""
        while word := wire.recv(65_536):
            if word == MARK:
                self._asked.put(None)
            else:
                self.lines += word.decode().splitlines()


def write_desk(desk: Desk, kiosk: Kiosk, feeds: dict[str, str], more: str = "") -> None:
    """Write a configuration of these sources: name -> address."""
    sources = "".join(
        f'[[sources]]\nname = "{name}"\nfeeds = ["{url}"]\nto = ["news"]\n'
        f'allow_private = ["{kiosk.place}"]\n'
        for name, url in feeds.items()
    )
    desk.write(sources, more)


def put_feed(kiosk: Kiosk, path: str, *numbers: int) -> str:
    """Give out a feed of stories with these numbers."""
    return kiosk.put(path, rss(*(Story(number=number) for number in numbers)))


def start(desk: Desk, *arguments: str, **environ: str) -> subprocess.Popen[str]:
    """Start a command with these variables and no other of ours."""
    return subprocess.Popen(  # noqa: S603 (our own command)
        [*WP_SYNC, *arguments],
        cwd=desk.directory,
        env=_variables(desk) | environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _variables(desk: Desk) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("WP_SYNC")}
    return kept | ({"WP_SYNC_PASSWORD": desk.password} if desk.password else {})


def end(process: subprocess.Popen[str]) -> Answer:
    """Wait for a command's end."""
    out, err = process.communicate(timeout=120)
    return Answer(code=process.returncode, out=out, err=err)


def unattended(desk: Desk, **environ: str) -> Answer:
    """Sync as the timer does."""
    variables = _variables(desk) | environ
    return run_command(("sync", "--unattended"), desk.directory, variables)


def hand_back(desk: Desk, hours: float, table: str = "feeds", column: str = "last_pulled") -> None:
    """Let time pass in the ledger."""
    columns = (column, "asked") if (table, column) == ("feeds", "last_pulled") else (column,)
    with sqlite3.connect(desk.directory / "wp-sync.db") as ledger:
        for one in columns:
            ledger.execute(
                f"UPDATE {table} SET {one} = strftime('%Y-%m-%dT%H:%M:%f000+00:00',"  # noqa: S608
                f" {one}, '-{int(hours * 60)} minutes')"
            )
    ledger.close()


class Night:
    """Nights, each with one more story."""

    def __init__(self, desk: Desk, kiosk: Kiosk) -> None:
        self.desk, self._kiosk = desk, kiosk
        self._stories = 1

    def fall(self, more: int = 1) -> Answer:
        """Run as the timer does."""
        self._stories += more
        put_feed(self._kiosk, "/feed", *range(1, self._stories))
        if more < self._stories - 1:
            hand_back(self.desk, 36)  # a day, and the tenth by which it may come later
        return unattended(self.desk)

    def examine(self, *arguments: str) -> tuple[str, str]:
        """Let a person look; return how the contract stands."""
        answer = self.desk.run("doctor", "--json", *arguments)
        checks = {one["check"]: one for one in answer.envelope["data"]["checks"]}
        assert answer.code == 0, answer.out
        return checks["contract"]["state"], checks["contract"]["message"]
