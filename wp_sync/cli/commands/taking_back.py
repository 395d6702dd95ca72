"""undo, takedown, history."""

from __future__ import annotations

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

taking_back_app = typer.Typer()


@taking_back_app.command()
def undo(
    run: Annotated[
        str,
        typer.Argument(
            metavar="[RUN]", help="A run's id or its beginning, or last; without: list the runs."
        ),
    ] = "",
    *,
    yes: YesOption = False,
    dry_run: DryRunOption = False,
    config: ConfigOption = DEFAULT_CONFIG,
    json: JsonOption = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Take a run back: what it made, changed or trashed. What people touched since stays.

    Example: wp-sync undo last
    """
    from wp_sync.cli.taking_back import take_back

    face = Face(json=json, quiet=quiet, verbose=verbose)
    perform("undo", face, lambda screen: take_back(config, run, screen, yes=yes, dry_run=dry_run))


@taking_back_app.command()
def takedown(
    source: Annotated[str, typer.Argument(metavar="SOURCE", help="The source's name.")],
    *,
    reason: Annotated[str, typer.Option(help="Why, for the ledger.")] = "",
    delete_images: Annotated[
        bool, typer.Option("--delete-images", help="Delete its images for good, not hide them.")
    ] = False,
    lift: Annotated[bool, typer.Option("--lift", help="Ask its feeds again; no post changes.")] = (
        False
    ),
    yes: YesOption = False,
    dry_run: DryRunOption = False,
    config: ConfigOption = DEFAULT_CONFIG,
    json: JsonOption = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Withdraw a source: its posts become drafts, its images hidden, its feeds are not asked.

    Example: wp-sync takedown Lifehacker --reason "agreement ended"
    """
    from wp_sync.cli.taking_back import Withdrawing, withdraw

    asked = Withdrawing(source=source, reason=reason, delete_images=delete_images, lifted=lift)
    face = Face(json=json, quiet=quiet, verbose=verbose)
    perform(
        "takedown", face, lambda screen: withdraw(config, asked, screen, yes=yes, dry_run=dry_run)
    )


@taking_back_app.command()
def history(
    run: Annotated[
        str, typer.Argument(metavar="[RUN]", help="A run's id or its beginning, or last.")
    ] = "",
    *,
    config: ConfigOption = DEFAULT_CONFIG,
    json: JsonOption = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
) -> None:
    """List the last runs, or tell what one of them did.

    Example: wp-sync history last
    """
    from wp_sync.cli.taking_back import list_runs, show_run

    face = Face(json=json, quiet=quiet, verbose=verbose)
    perform(
        "history", face, lambda _: show_run(config, run) if run else list_runs(config, "history")
    )
