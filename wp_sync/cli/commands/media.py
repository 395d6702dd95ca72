"""media gc."""

from __future__ import annotations

import typer

from wp_sync.cli.frame import perform
from wp_sync.cli.options import (
    DEFAULT_CONFIG,
    ConfigOption,
    DryRunOption,
    Face,
    JsonOption,
    QuietOption,
    VerboseOption,
    YesOption,
)

media_app = typer.Typer(help="Look after the pictures that wp-sync uploaded.", no_args_is_help=True)


@media_app.callback()
def _group() -> None:
    """Look after the pictures that wp-sync uploaded."""


@media_app.command("gc")
def collect(
    *,
    yes: YesOption = False,
    dry_run: DryRunOption = False,
    config: ConfigOption = DEFAULT_CONFIG,
    json: JsonOption = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
) -> None:
    """List the uploads of wp-sync's that nothing on the site uses, and delete them.

    Example: wp-sync media gc --dry-run
    """
    from wp_sync.cli.taking_back import collect_media

    face = Face(json=json, quiet=quiet, verbose=verbose)
    perform(
        "media gc", face, lambda screen: collect_media(config, screen, yes=yes, dry_run=dry_run)
    )
