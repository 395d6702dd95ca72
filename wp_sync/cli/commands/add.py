"""add."""

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
    VerboseOption,
)

add_app = typer.Typer()


@add_app.command("add")
def add_command(
    url: Annotated[
        str, typer.Argument(metavar="URL", help="A site's or a feed's address, or a path.")
    ],
    *,
    to: Annotated[
        list[str] | None,
        typer.Option(metavar="CHANNEL", help="Where it goes; needed when there are several."),
    ] = None,
    name: Annotated[str, typer.Option(help="The tag and the credit; else the feed's title.")] = "",
    rights: Annotated[
        str, typer.Option(help="What you may show: title, excerpt (default), feed, full.")
    ] = "",
    licence: Annotated[
        str, typer.Option(help="A note of your own, why you may: needed for feed and full.")
    ] = "",
    config: ConfigOption = DEFAULT_CONFIG,
    json: JsonOption = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Add a source to config.toml, found from its site's or its feed's address.

    Example: wp-sync add https://source.example --to news
    """
    from wp_sync.cli.adding import NewSource, add

    wanted = NewSource(address=url, to=tuple(to or ()), name=name, rights=rights, licence=licence)
    face = Face(json=json, quiet=quiet, verbose=verbose)
    perform("add", face, lambda screen: add(config, wanted, screen))
