"""terms list, accept, map, ignore."""

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
    SourceOption,
    VerboseOption,
)

terms_app = typer.Typer(help="The labels of feeds that are no tags of the site yet.")
NamesArgument = Annotated[list[str], typer.Argument(metavar="NAME…", help="From `terms list`.")]


@terms_app.command("list")
def list_command(
    *,
    source: SourceOption = "",
    least: Annotated[int, typer.Option(min=1, help="Only what so many articles have.")] = 1,
    near: Annotated[bool, typer.Option("--near", help="Only near doubles of a tag.")] = False,
    every: Annotated[
        bool, typer.Option("--all", help="Also what is decided, and what is too rare to ask.")
    ] = False,
    config: ConfigOption = DEFAULT_CONFIG,
    json: JsonOption = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Show the labels that wait for your word: those that most articles have come first.

    Example: wp-sync terms list --least 3
    """
    from wp_sync.cli.terms import Wanted, list_terms

    face = Face(json=json, quiet=quiet, verbose=verbose)
    wanted = Wanted(source=source, least=least, near=near, every=every)
    perform("terms list", face, lambda _: list_terms(config, wanted))


@terms_app.command("accept")
def accept_command(
    names: NamesArgument,
    *,
    dry_run: DryRunOption = False,
    config: ConfigOption = DEFAULT_CONFIG,
    json: JsonOption = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Take labels for tags: each is made when the next article has it.

    Example: wp-sync terms accept "Trail running" Parkour
    """
    from wp_sync.cli.terms import decide_terms

    face = Face(json=json, quiet=quiet, verbose=verbose)
    perform("terms accept", face, lambda _: decide_terms(config, "accept", names, dry_run=dry_run))


@terms_app.command("map")
def map_command(
    name: Annotated[str, typer.Argument(metavar="NAME", help="From `terms list`.")],
    to: Annotated[str, typer.Argument(metavar="TO", help="The tag that it means.")],
    *,
    dry_run: DryRunOption = False,
    config: ConfigOption = DEFAULT_CONFIG,
    json: JsonOption = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Let a label mean another tag, which is made if the site has none of the name.

    Example: wp-sync terms map NHL Hockey
    """
    from wp_sync.cli.terms import decide_terms

    face = Face(json=json, quiet=quiet, verbose=verbose)
    perform("terms map", face, lambda _: decide_terms(config, "map", [name], to, dry_run=dry_run))


@terms_app.command("ignore")
def ignore_command(
    names: NamesArgument,
    *,
    dry_run: DryRunOption = False,
    config: ConfigOption = DEFAULT_CONFIG,
    json: JsonOption = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Let labels be no tags, and ask about them no more.

    Example: wp-sync terms ignore Featured "Top stories"
    """
    from wp_sync.cli.terms import decide_terms

    face = Face(json=json, quiet=quiet, verbose=verbose)
    perform("terms ignore", face, lambda _: decide_terms(config, "ignore", names, dry_run=dry_run))
