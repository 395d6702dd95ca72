"""A terminal of one's own: a command runs on it, reads what is typed, and sees a Ctrl-C."""

from __future__ import annotations

import os
import pty
import select
import signal
import termios
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from desk import WP_SYNC

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

CTRL_C = "\x03"


@dataclass(slots=True)
class Terminal:
    """What a person sees and types."""

    pid: int
    handle: int
    shown: str = ""
    _raw: bytes = field(default=b"", repr=False)
    _read: int = 0  # characters that were awaited already

    def await_text(self, text: str, seconds: float = 60) -> None:
        """Read until this text is shown, after what was awaited before."""
        end = time.monotonic() + seconds
        while (place := self.shown.find(text, self._read)) < 0:
            assert time.monotonic() < end, f"never shown: {text!r} in {self.shown!r}"
            assert self._read_more(0.1), f"ended before {text!r}: {self.shown!r}"
        self._read = place + len(text)

    def type(self, keys: str) -> None:
        """Press keys."""
        os.write(self.handle, keys.encode())

    def answer(self, question: str, line: str, *, hidden: bool = False) -> None:
        """Wait for a question, and answer it; a hidden answer when typing is no longer shown."""
        self.await_text(question)
        while hidden and termios.tcgetattr(self.handle)[3] & termios.ECHO:
            assert self._read_more(0.01), f"ended at {question!r}: {self.shown!r}"
        self.type(f"{line}\n")

    def interrupt(self) -> int:
        """Press Ctrl-C, and as people do once more where nothing happens; return the exit code.

        Python sees a signal that comes right before it waits for a line when it has the line.
        """
        self.type(CTRL_C)
        if self._is_open(30):
            self.type(CTRL_C)
        return self.end()

    def end(self) -> int:
        """Read to the end; return the exit code."""
        if self._is_open(60):
            os.kill(self.pid, signal.SIGKILL)
            self._is_open(60)
        os.close(self.handle)
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])

    def _is_open(self, seconds: float) -> bool:
        """Read for so long, or to the end; tell whether it goes on."""
        end = time.monotonic() + seconds
        while self._read_more(0.1):
            if time.monotonic() > end:
                return True
        return False

    def _read_more(self, seconds: float) -> bool:
        if not select.select([self.handle], [], [], seconds)[0]:
            return True
        try:
            part = os.read(self.handle, 65_536)
        except OSError:  # EIO: nobody has the other side open
            return False
        self._raw += part
        self.shown = self._raw.decode("utf-8", "ignore")
        return bool(part)


def open_terminal(directory: Path, *arguments: str, more: Mapping[str, str]) -> Terminal:
    """Start wp-sync on a terminal of 100 columns."""
    environ = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "100", **more}
    environ.pop("NO_COLOR", None)
    pid, handle = pty.fork()
    if pid == 0:
        # A shell that starts its tests in the background has them ignore it, for ever after.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.chdir(directory)
        os.execve(WP_SYNC[0], [*WP_SYNC, *arguments], environ)  # noqa: S606 (our own command)
    return Terminal(pid, handle)
