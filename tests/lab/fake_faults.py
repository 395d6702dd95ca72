"""Requests to the small fake WordPress, and the faults that strike at their stages."""

from __future__ import annotations

import os
import re
import signal
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from fake_tables import no_pause

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from fake_site import Row


class GoneError(Exception):
    """The process that answers has died."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What was asked, for whom."""

    method: str
    route: str  # below /wp-json, with its leading slash
    query: Mapping[str, str]
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    given: Mapping[str, Any] = field(default_factory=dict)  # the JSON of the body
    user: Row | None = None
    pause: Callable[[str], None] = no_pause
    hang_up: Callable[[], None] = lambda: None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    status: int = 200
    data: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    text: str = ""  # instead of JSON


class AnswerError(Exception):
    """A fault answers in WordPress's place."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.status)
        self.reply = reply


class Faults:
    """The faults that are to come, each at its stage of the requests that it matches."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.scripts: list[dict[str, Any]] = []
        self.stages = 0  # that requests have come to
        self.victim: dict[str, int] = {}  # pid, and the number of the stage at which it is killed

    def reset(self) -> None:
        with self._lock:
            self.scripts, self.stages, self.victim = [], 0, {}

    def set(self, scripts: Sequence[Mapping[str, Any]]) -> None:
        with self._lock:
            self.scripts = [{"skip": 0, "times": 1, "at": "before row", **one} for one in scripts]

    def strike(self, what: str, stage: str, hang_up: Callable[[], None] = lambda: None) -> None:
        """Do what the next faults of this stage say."""
        for script in self._due(what, stage):
            if script["do"] in {"delay", "hang up"}:
                if script["do"] == "hang up":
                    hang_up()
                time.sleep(float(script.get("seconds", 0)))
            elif script["do"] == "hold":
                while script in self.scripts:
                    time.sleep(0.02)
            elif script["do"] == "die":
                raise GoneError
            else:
                headers = {str(k): str(v) for k, v in script.get("headers", {}).items()}
                status, text = int(script.get("status", 500)), str(script.get("body", ""))
                raise AnswerError(Reply(status=status, text=text, headers=headers))

    def _due(self, what: str, stage: str) -> list[dict[str, Any]]:
        due = []
        with self._lock:
            self.stages += 1
            if self.victim and self.victim["number"] == self.stages:
                os.kill(self.victim["pid"], signal.SIGKILL)
            for script in self.scripts:
                if script["at"] != stage or not re.search(script.get("match", ""), what):
                    continue
                if script["skip"]:
                    script["skip"] -= 1
                elif script["times"]:
                    script["times"] -= 1
                    due.append(script)
        return due
