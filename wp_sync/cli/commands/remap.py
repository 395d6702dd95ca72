"""The command remap: changed mappings onto old posts."""

from __future__ import annotations

from typing import Annotated

import typer

from wp_sync.cli.frame import perform
from wp_sync.cli.options import (
    DEFAULT_CONFIG,
    ChannelOption,
    ConfigOption,
    DryRunOption,
    Face,
    JsonOption,
    QuietOption,
    SourceOption,
    VerboseOption,
    YesOption,
)


def remap(
    *,
    channel: ChannelOption = "",
    source: SourceOption = "",
    fields: Annotated[str, typer.Option(help="Only these fields, such as categories,tags.")] = "",
    yes: YesOption = False,
    dry_run: DryRunOption = False,
    config: ConfigOption = DEFAULT_CONFIG,
    json: JsonOption = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Bring changed mappings to posts that are there; what an editor changed stays.

    Example: wp-sync remap --channel hockey --fields categories,tags --dry-run
    """
    from wp_sync.cli.remapping import run_remap
    from wp_sync.pipeline.remap import Remapping

    names = tuple(filter(None, (name.strip() for name in fields.split(","))))
    asked = Remapping(channel=channel, source=source, fields=names)
    face = Face(json=json, quiet=quiet, verbose=verbose)
    perform(
        "remap", face, lambda screen: run_remap(config, asked, screen, yes=yes, dry_run=dry_run)
    )
