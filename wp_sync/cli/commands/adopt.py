"""adopt."""

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


def adopt(
    *,
    pair: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ARTICLE=POST",
            help="This article (address or guid) is this post (id); repeatable.",
        ),
    ] = None,
    dry_run: DryRunOption = False,
    yes: YesOption = False,
    channel: ChannelOption = "",
    source: SourceOption = "",
    config: ConfigOption = DEFAULT_CONFIG,
    json: JsonOption = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Recognise the posts that the site has of the feeds' articles, and take them over.

    Writes to the ledger alone, never to the site.

    Example: wp-sync adopt --dry-run
    """
    from wp_sync.cli.adopting import read_pairs, run_adopt
    from wp_sync.cli.output import Result, Screen
    from wp_sync.pipeline.options import SyncOptions

    def work(screen: Screen) -> Result:
        options = SyncOptions(
            command="adopt",
            channel=channel,
            source=source,
            allowed=frozenset({"all"}),  # the limits are for what is made
            dry_run=True,
            pairs=read_pairs(pair or ()),
        )
        return run_adopt(config, options, screen, yes=yes, rehearsal=dry_run)

    perform("adopt", Face(json=json, quiet=quiet, verbose=verbose), work)
