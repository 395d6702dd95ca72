"""The options that commands share, and what they come to."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

STANDARD_INPUT = "-"  # in the place of a path; and standard output
ConfigOption = Annotated[
    Path,
    typer.Option("--config", "-c", envvar="WP_SYNC_CONFIG", help="The site's config.toml."),
]
JsonOption = Annotated[
    bool, typer.Option("--json", help="Print JSON envelopes, one a line, and nothing else.")
]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="Print errors only.")]
VerboseOption = Annotated[bool, typer.Option("--verbose", "-v", help="Print every item.")]
ChannelOption = Annotated[str, typer.Option(help="Only this channel, by the name of its file.")]
SourceOption = Annotated[str, typer.Option(help="Only this source, by its name.")]
LimitOption = Annotated[int | None, typer.Option(min=1, help="At most so many items of the run.")]
AllowOption = Annotated[
    list[str] | None,
    typer.Option(
        metavar="WHAT",
        help="Let a limit pass: first-run, flood:SOURCE, rekey:SOURCE, changed-hands:SOURCE,"
        " changes, all; and by its own name alone: new-site. Repeatable.",
    ),
]
DryRunOption = Annotated[bool, typer.Option("--dry-run", help="Stop before the first write.")]
YesOption = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
SourcesArgument = Annotated[
    list[str], typer.Argument(metavar="SOURCE", help="A URL, a path, or - for standard input.")
]

DEFAULT_CONFIG = Path("config.toml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """How to speak to whoever started the command."""

    json: bool = False
    quiet: bool = False
    verbose: bool = False
