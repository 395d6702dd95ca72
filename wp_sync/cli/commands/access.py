"""login, logout."""

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

access_app = typer.Typer()
# What stands behind the options might be a password: it must not come back in a message.
_SILENT = {"allow_extra_args": True, "ignore_unknown_options": True}


@access_app.command(context_settings=_SILENT)
def login(
    context: typer.Context,
    *,
    browser: Annotated[
        bool, typer.Option("--browser", help="Have WordPress's own page make the password.")
    ] = False,
    stdin: Annotated[
        bool, typer.Option("--stdin", help="Read the password from standard input.")
    ] = False,
    keyring: Annotated[
        bool, typer.Option("--keyring", help="Keep it in the system keyring, not in a file.")
    ] = False,
    config: ConfigOption = DEFAULT_CONFIG,
    json: JsonOption = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Ask for the application password, try it on the site, and store it.

    Example: wp-sync login
    """
    from wp_sync.cli.access import REFUSED_ARGUMENT, Wish, log_in

    if context.args:
        raise typer.BadParameter(REFUSED_ARGUMENT)
    wish = Wish(browser=browser, stdin=stdin, keyring=keyring)
    face = Face(json=json, quiet=quiet, verbose=verbose)
    perform("login", face, lambda screen: log_in(config, wish, screen))


@access_app.command()
def logout(
    *,
    revoke: Annotated[
        bool, typer.Option("--revoke", help="Delete the password on the site as well.")
    ] = False,
    config: ConfigOption = DEFAULT_CONFIG,
    json: JsonOption = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Remove the stored application password.

    Example: wp-sync logout --revoke
    """
    from wp_sync.cli.access import log_out

    face = Face(json=json, quiet=quiet, verbose=verbose)
    perform("logout", face, lambda screen: log_out(config, screen, revoke=revoke))
