"""inspect feed, inspect page."""

from __future__ import annotations

from typing import Annotated

import typer

from wp_sync.cli.frame import perform
from wp_sync.cli.options import (
    DEFAULT_CONFIG,
    ConfigOption,
    Face,
    JsonOption,
    QuietOption,
    SourcesArgument,
    VerboseOption,
)

inspect_app = typer.Typer(help="What wp-sync makes of a feed or an article.", no_args_is_help=True)


@inspect_app.command("feed")
def inspect_feed(
    sources: SourcesArgument,
    *,
    config: ConfigOption = DEFAULT_CONFIG,
    json: JsonOption = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Show the items of a feed as wp-sync reads them.

    Example: wp-sync inspect feed https://example.news/feed
    """
    from wp_sync.cli.inspecting import inspect_feeds

    del config
    face = Face(json=json, quiet=quiet, verbose=verbose)
    perform("inspect feed", face, lambda _: inspect_feeds(sources))


@inspect_app.command("page")
def inspect_page(
    sources: SourcesArgument,
    *,
    url: Annotated[str, typer.Option(help="The address of a local file.")] = "",
    source: Annotated[
        str, typer.Option(help="Read it by the [sources.extract] of this source.")
    ] = "",
    config: ConfigOption = DEFAULT_CONFIG,
    json: JsonOption = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Show the article of a web page as wp-sync would clean it.

    Example: wp-sync inspect page saved.html --url https://example.news/story
    """
    from wp_sync.cli.inspecting import inspect_pages, rules_of

    face = Face(json=json, quiet=quiet, verbose=verbose)
    perform(
        "inspect page", face, lambda _: inspect_pages(sources, url, face, rules_of(source, config))
    )
