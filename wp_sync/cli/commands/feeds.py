"""feeds list, check, remove, approve, recurring, import, export."""

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

feeds_app = typer.Typer(help="Look after the feeds: how they are, which there are.")
FeedArgument = Annotated[
    str, typer.Argument(metavar="FEED", help="A feed's address, or a source's name for all of its.")
]


@feeds_app.command("list")
def list_command(
    *,
    config: ConfigOption = DEFAULT_CONFIG,
    json: JsonOption = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Show each feed: its state, rhythm, last item, length, pictures, full text, next poll.

    Example: wp-sync feeds list
    """
    from wp_sync.cli.feeds import list_feeds

    face = Face(json=json, quiet=quiet, verbose=verbose)
    perform("feeds list", face, lambda _: list_feeds(config))


@feeds_app.command("check")
def check_command(
    source: Annotated[
        str, typer.Argument(metavar="[SOURCE]", help="A source's name or a feed's address.")
    ] = "",
    *,
    config: ConfigOption = DEFAULT_CONFIG,
    json: JsonOption = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Ask the feeds now, and say what is wrong with them; nothing is published.

    Example: wp-sync feeds check Lifehacker
    """
    from wp_sync.cli.feeds import check_feeds

    face = Face(json=json, quiet=quiet, verbose=verbose)
    perform("feeds check", face, lambda screen: check_feeds(config, source, screen))


@feeds_app.command("remove")
def remove_command(
    feed: FeedArgument,
    *,
    yes: YesOption = False,
    dry_run: DryRunOption = False,
    config: ConfigOption = DEFAULT_CONFIG,
    json: JsonOption = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Take a feed, or a source, out of the configuration; its posts stay.

    Example: wp-sync feeds remove https://source.example/feed
    """
    from wp_sync.cli.removing import remove

    face = Face(json=json, quiet=quiet, verbose=verbose)
    perform(
        "feeds remove",
        face,
        lambda screen: remove(config, feed, screen, yes=yes, dry_run=dry_run),
    )


@feeds_app.command("approve")
def approve_command(
    feed: FeedArgument,
    *,
    dry_run: DryRunOption = False,
    config: ConfigOption = DEFAULT_CONFIG,
    json: JsonOption = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Take a feed as it is now: one that changed hands is published again by the next sync.

    Example: wp-sync feeds approve Lifehacker
    """
    from wp_sync.cli.feeds import approve_feeds

    face = Face(json=json, quiet=quiet, verbose=verbose)
    perform("feeds approve", face, lambda _: approve_feeds(config, feed, dry_run=dry_run))


@feeds_app.command("recurring")
def recurring_command(
    source: Annotated[
        str, typer.Argument(metavar="[SOURCE]", help="A source's name or a feed's address.")
    ] = "",
    *,
    keep: Annotated[
        list[str] | None,
        typer.Option(metavar="MARK", help="It is the articles' own and stays; repeatable."),
    ] = None,
    remove: Annotated[
        list[str] | None,
        typer.Option(metavar="MARK", help="It is the source's and goes; repeatable."),
    ] = None,
    dry_run: DryRunOption = False,
    config: ConfigOption = DEFAULT_CONFIG,
    json: JsonOption = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Show the paragraphs that feeds repeat at the ends of articles: left out, kept, or only seen.

    Example: wp-sync feeds recurring Lifehacker

    Example: wp-sync feeds recurring --keep r-0123456789ab
    """
    from wp_sync.cli.recurring import show_recurring

    face = Face(json=json, quiet=quiet, verbose=verbose)
    perform(
        "feeds recurring",
        face,
        lambda _: show_recurring(config, source, keep or (), remove or (), dry_run=dry_run),
    )


@feeds_app.command("import")
def import_command(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="An OPML file; - for standard input.")
    ],
    *,
    to: Annotated[
        str, typer.Option(metavar="CHANNEL", help="Where feeds go whose folder is no channel.")
    ] = "",
    dry_run: DryRunOption = False,
    config: ConfigOption = DEFAULT_CONFIG,
    json: JsonOption = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Add the feeds of an OPML file as sources: each into the channel of its folder's name.

    Example: wp-sync feeds import subscriptions.opml --to news
    """
    from wp_sync.cli.opml import import_feeds

    face = Face(json=json, quiet=quiet, verbose=verbose)
    perform("feeds import", face, lambda _: import_feeds(config, file, to, dry_run=dry_run))


@feeds_app.command("export")
def export_command(
    file: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help="Where to; - or none: standard output.")
    ] = None,
    *,
    config: ConfigOption = DEFAULT_CONFIG,
    json: JsonOption = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Write the sources as OPML, which feed readers and `feeds import` take.

    Example: wp-sync feeds export sources.opml
    """
    from wp_sync.cli.opml import export_feeds

    face = Face(json=json, quiet=quiet, verbose=verbose)
    perform("feeds export", face, lambda _: export_feeds(config, file))
