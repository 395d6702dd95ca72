"""The one place that prints: text and tables for people, envelopes for programmes."""

from __future__ import annotations

import json
import sys
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

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
    "updated": "cyan",
    "held": "yellow",
    "failed": "red",
    "trashed": "red",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows for people; the first row of cells that has a colour's name is coloured."""

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


@dataclass(slots=True)
class Screen:
    """Standard output and standard error, as one command uses them."""

    face: Face
    _shown: list[str] = field(default_factory=list)

    def show(self, result: Result) -> None:
        """Print a result: one envelope, or the text and the messages."""
        for one in (result, *result.more):
            if self.face.json:
                print(json.dumps(envelope(one), ensure_ascii=False))  # noqa: T201
            elif not self.face.quiet:
                self._print_text(one.text)
            for message in one.messages:
                self.warn(message)

    def warn(self, message: str) -> None:
        """Print a message on standard error."""
        if not self.face.json:
            print(neutral(message), file=sys.stderr)  # noqa: T201

    def say(self, line: str) -> None:
        """Print a line now, for people: a command that stays up does not end in a result."""
        if not (self.face.json or self.face.quiet):
            print(neutral(line), flush=True)  # noqa: T201

    @contextmanager
    def progress(self, title: str) -> Iterator[Callable[[str], None]]:
        """Show a bar on a terminal while work goes on; elsewhere nothing."""
        if self.face.json or self.face.quiet or not sys.stderr.isatty():
            yield lambda _: None
            return
        from rich.console import Console
        from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

        columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
        with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task(title, total=None)
            yield lambda line: bar.update(task, description=neutral(line)[:100].replace("[", "\\["))

    def _print_text(self, parts: Sequence[str | Table]) -> None:
        for part in parts:
            if isinstance(part, Table):
                self._print_table(part)
            else:
                print(neutral(part))  # noqa: T201

    def _print_table(self, table: Table) -> None:
        if not sys.stdout.isatty():
            for row in table.rows:
                print("  ".join(neutral(cell).replace("\n", " ") for cell in row))  # noqa: T201
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


def neutral(text: str) -> str:
    """Take out of a text what would steer a terminal."""
    return text.translate(_CONTROLS | _KEPT)
