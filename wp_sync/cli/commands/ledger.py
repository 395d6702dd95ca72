"""ledger check, backup, rebuild."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

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

ledger_app = typer.Typer(help="Look after what wp-sync remembers.", no_args_is_help=True)


@ledger_app.command("check")
def check_ledger(
    *,
    config: ConfigOption = DEFAULT_CONFIG,
    json: JsonOption = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Read the whole ledger, and tell what is damaged or does not fit together.

    Example: wp-sync ledger check
    """
    from wp_sync.cli.ledgering import check

    face = Face(json=json, quiet=quiet, verbose=verbose)
    perform("ledger check", face, lambda _: check(config))


@ledger_app.command("backup")
def back_up_ledger(
    file: Annotated[
        Path | None,
        typer.Argument(help="Where to; by default beside the ledger, named by the time."),
    ] = None,
    *,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
    config: ConfigOption = DEFAULT_CONFIG,
    json: JsonOption = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Copy the ledger as it is at this moment, also while a run is writing to it.

    Example: wp-sync ledger backup
    """
    from wp_sync.cli.ledgering import back_up

    face = Face(json=json, quiet=quiet, verbose=verbose)
    perform("ledger backup", face, lambda _: back_up(config, file, force=force))


@ledger_app.command("rebuild")
def rebuild_ledger(
    *,
    dry_run: DryRunOption = False,
    yes: YesOption = False,
    config: ConfigOption = DEFAULT_CONFIG,
    json: JsonOption = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Learn from the site and the feeds what a lost, old or damaged ledger does not know.

    Writes to the ledger alone, never to the site.

    Example: wp-sync ledger rebuild --dry-run
    """
    from wp_sync.cli.ledgering import rebuild

    face = Face(json=json, quiet=quiet, verbose=verbose)
    perform("ledger rebuild", face, lambda screen: rebuild(config, screen, yes, dry_run))
