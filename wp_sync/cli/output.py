"""The one place that prints: text and tables for people, envelopes for programmes."""

from __future__ import annotations

import json
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .options import Face

Status = Literal["success", "partial", "error"]
VERSION = 1  # of the envelope
# C0 and C1 controls, bidirectional controls: a feed's title must not steer a terminal.
_CONTROLS = dict.fromkeys(
    [*range(0x20), *range(0x7F, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A)]
)
_KEPT = {ord("\n"): "\n", ord("\t"): " "}
COLOURS = {
    "created": "green",
    "failed": "red",
    "held": "yellow",
    "not reached": "dim",
    "ok": "green",
    "trashed": "red",
    "updated": "cyan",
    "warning": "yellow",
    "well": "green",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows for people; a cell that is a word of COLOURS is coloured."""

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a command came to, before anybody decides how it looks."""

    command: str
    status: Status = "success"
    exit_code: int = 0
    data: Any = None
    messages: tuple[str, ...] = ()  # warnings and errors, for standard error
    text: tuple[str | Table, ...] = ()  # for people, on standard output
    more: tuple[Result, ...] = ()  # further envelopes, one a source


class Progress(Protocol):
    """Tell what is being done, and how many more of the total are done."""

    def __call__(self, line: str, done: int = 0, /) -> None: ...


@dataclass(slots=True)
class Screen:
    """Standard output and standard error, as one command uses them."""

    face: Face

    def show(self, result: Result) -> None:
        """Print a result: one envelope, or the text and the messages."""
        for one in (result, *result.more):
            if self.face.json:
                print(json.dumps(envelope(one), ensure_ascii=False), flush=True)  # noqa: T201
            elif not self.face.quiet:
                self._print_text(one.text)
            if self.face.quiet and one.status == "success":
                continue  # warnings
            for message in one.messages:
                self.warn(message)

    @property
    def asks(self) -> bool:
        """Tell whether there is somebody to ask."""
        return sys.stdin.isatty() and not (self.face.json or self.face.quiet)

    def warn(self, message: str) -> None:
        """Print a message on standard error."""
        if not self.face.json:
            print(neutral(message), file=sys.stderr)  # noqa: T201

    def say(self, line: str) -> None:
        """Print a line now, for people: a command that stays up does not end in a result."""
        if not (self.face.json or self.face.quiet):
            print(neutral(line), flush=True)  # noqa: T201

    @contextmanager
    def progress(self, title: str, total: int | None = None) -> Iterator[Progress]:
        """Show on a terminal how far the work is; elsewhere nothing."""
        if self.face.json or self.face.quiet or not sys.stderr.isatty():
            yield lambda _line, _done=0: None
            return
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, SpinnerColumn, TextColumn
        from rich.progress import Progress as Bar
        from rich.table import Column

        # One line, whatever a title holds: what wraps would stay on the screen.
        line = Column(ratio=1, no_wrap=True, overflow="ellipsis")
        counts = (BarColumn(bar_width=20), MofNCompleteColumn()) if total else ()
        text = TextColumn("{task.description}", markup=False, table_column=line)
        console = Console(stderr=True)
        with Bar(
            SpinnerColumn(), *counts, text, console=console, transient=True, expand=True
        ) as bar:
            task = bar.add_task(title, total=total)

            def tell(line: str, done: int = 0) -> None:
                bar.update(task, description=neutral(line), advance=done, refresh=bool(done))

            yield tell

    def _print_text(self, parts: Sequence[str | Table]) -> None:
        for part in parts:
            if isinstance(part, Table):
                self._print_table(part)
            else:
                print(neutral(part), flush=True)  # noqa: T201

    def _print_table(self, table: Table) -> None:
        if not sys.stdout.isatty():
            for row in table.rows:
                line = "  ".join(neutral(cell).replace("\n", " ") for cell in row)
                print(line.rstrip(), flush=True)  # noqa: T201
            return
        from rich.console import Console
        from rich.table import Table as RichTable
        from rich.text import Text

        drawn = RichTable(*table.headings, box=None, pad_edge=False, header_style="bold")
        for row in table.rows:
            cells = (Text(neutral(cell), style=COLOURS.get(cell, "")) for cell in row)
            drawn.add_row(*cells)
        Console().print(drawn)


def envelope(result: Result) -> dict[str, Any]:
    """Return what --json prints for a result."""
    return {
        "version": VERSION,
        "command": result.command,
        "status": result.status,
        "data": result.data,
        "messages": list(result.messages),
    }


def counted(number: int, noun: str) -> str:
    """Write a number with its noun, whose plural ends in s."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def neutral(text: str) -> str:
    """Take out of a text what would steer a terminal."""
    return text.translate(_CONTROLS | _KEPT)
