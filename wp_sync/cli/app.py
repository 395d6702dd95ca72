"""Every command, with its options and its help; the work stands in the file beside it.

Nothing heavy is imported before a command runs: `--help` and shell completion stay quick.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .commands.access import access_app
from .commands.add import add_app
from .commands.adopt import adopt
from .commands.feeds import feeds_app
from .commands.inspect import inspect_app
from .commands.ledger import ledger_app
from .commands.media import media_app
from .commands.remap import remap
from .commands.review import review_app
from .commands.taking_back import taking_back_app
from .commands.terms import terms_app
from .commands.timer import timer_app
from .commands.topics import topics_app
from .frame import perform
from .options import (
    DEFAULT_CONFIG,
    AllowOption,
    ChannelOption,
    ConfigOption,
    DryRunOption,
    Face,
    JsonOption,
    LimitOption,
    QuietOption,
    SourceOption,
    VerboseOption,
)

if TYPE_CHECKING:
    from typer.models import CommandInfo

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
app.add_typer(inspect_app, name="inspect")
app.add_typer(review_app, name="review", no_args_is_help=True)
app.add_typer(access_app)
app.add_typer(add_app)
app.add_typer(taking_back_app)
app.command()(adopt)
app.command()(remap)
app.add_typer(timer_app, name="timer")
app.add_typer(ledger_app, name="ledger")
app.add_typer(media_app, name="media")
app.add_typer(feeds_app, name="feeds", no_args_is_help=True)
app.add_typer(terms_app, name="terms", no_args_is_help=True)
app.add_typer(topics_app, name="topics", no_args_is_help=True)


def keep_only(name: str) -> None:
    """Leave out what was not asked for: Typer makes the options of all commands, in 20 ms."""
    commands = [one for one in app.registered_commands if _name_of(one) == name]
    groups = [
        one
        for one in app.registered_groups
        if one.name == name or (not one.name and name in _names_in(one.typer_instance))
    ]
    if commands or groups:
        app.registered_commands, app.registered_groups = commands, groups


def _names_in(group: typer.Typer | None) -> list[str]:
    return [_name_of(one) for one in group.registered_commands] if group else []


def _name_of(command: CommandInfo) -> str:
    return command.name or (command.callback.__name__ if command.callback else "")


def show_version(wanted: bool) -> None:
    """Print the version, and no more."""
    if wanted:
        from importlib.metadata import version

        from .output import Screen

        Screen(Face()).say(f"wp-sync {version('wp-sync')}")
        raise typer.Exit


@app.callback()
def whole(
    *,
    version: Annotated[
        bool,
        typer.Option(
            "--version", help="Show the version and exit.", callback=show_version, is_eager=True
        ),
    ] = False,
) -> None:
    """Keep a themed WordPress site supplied from source feeds.

    Start with: wp-sync init
    """
    del version


@app.command()
def init(
    *,
    config: ConfigOption = DEFAULT_CONFIG,
    site: Annotated[str, typer.Option(help="The address of the WordPress site.")] = "",
    username: Annotated[str, typer.Option(help="The user wp-sync logs in as.")] = "",
    source: Annotated[
        list[str] | None, typer.Option(help="The address of a site or a feed; repeatable.")
    ] = None,
    contact: Annotated[str, typer.Option(help="Your e-mail address, for the User-Agent.")] = "",
    json: JsonOption = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Write a first config.toml and mapping, and check them.

    Example: wp-sync init --site https://example.news --username editor --source URL
    """
    from .begin import Answers, begin

    answers = Answers(site=site, username=username, sources=tuple(source or ()), contact=contact)
    face = Face(json=json, quiet=quiet, verbose=verbose)
    perform("init", face, lambda screen: begin(config, answers, screen))


@app.command()
def doctor(
    *,
    write: Annotated[
        bool,
        typer.Option("--write", help="Also make a draft with a picture, and delete both again."),
    ] = False,
    config: ConfigOption = DEFAULT_CONFIG,
    json: JsonOption = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Check configuration, ledger, site, login, rights, other importers and sources.

    Example: wp-sync doctor --write
    """
    from .checkup import examine

    face = Face(json=json, quiet=quiet, verbose=verbose)
    perform("doctor", face, lambda screen: examine(config, screen, write=write))


@app.command()
def plan(
    *,
    config: ConfigOption = DEFAULT_CONFIG,
    channel: ChannelOption = "",
    source: SourceOption = "",
    limit: LimitOption = None,
    allow: AllowOption = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Keep the plan in a file, for sync --plan."),
    ] = None,
    html: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="Write its posts as pages, each beside its original, to look at."
        ),
    ] = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Show what a sync would do, with reasons. Writes nothing to the site.

    Example: wp-sync plan --channel hockey --out plan.json

    Example: wp-sync plan --html pages
    """
    from wp_sync.pipeline.options import SyncOptions

    from .planning import run_plan

    options = SyncOptions(
        command="plan",
        channel=channel,
        source=source,
        limit=limit,
        allowed=frozenset(allow or ()),
        dry_run=True,
    )
    face = Face(json=json, quiet=quiet, verbose=verbose)
    perform("plan", face, lambda screen: run_plan(config, options, screen, out, html))


@app.command()
def sync(
    *,
    config: ConfigOption = DEFAULT_CONFIG,
    channel: ChannelOption = "",
    source: SourceOption = "",
    limit: LimitOption = None,
    allow: AllowOption = None,
    dry_run: DryRunOption = False,
    plan: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Carry out a plan of plan --out, and nothing else."),
    ] = None,
    unattended: Annotated[
        bool,
        typer.Option(
            "--unattended",
            help="As a timer runs it: only feeds that are due, word to systemd, alerts.",
        ),
    ] = False,
    refetch: Annotated[
        str,
        typer.Option(
            metavar="FEED", help="Ask this feed, or this source's, as if it was never asked before."
        ),
    ] = "",
    json: JsonOption = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Pull the feeds, plan, and bring the posts to the site.

    Example: wp-sync sync --source Lifehacker --allow flood:Lifehacker

    Example: wp-sync sync --plan plan.json
    """
    from wp_sync.pipeline.options import SyncOptions

    from .running import run_sync

    options = SyncOptions(
        channel=channel,
        source=source,
        limit=limit,
        allowed=frozenset(allow or ()),
        dry_run=dry_run,
        refetch=refetch,
    )
    face = Face(json=json, quiet=quiet, verbose=verbose)
    if unattended and refetch:
        raise typer.BadParameter("--refetch is for a run by hand, without --unattended")
    if unattended and dry_run:
        raise typer.BadParameter("--dry-run is for a run by hand, without --unattended")
    if plan:
        if channel or source or limit or unattended or refetch:
            raise typer.BadParameter("--plan goes with --allow and --dry-run alone: it is one plan")
        from .planning import run_saved

        perform("sync", face, lambda screen: run_saved(config, plan, options, screen))
        return
    perform("sync", face, lambda screen: run_sync(config, options, screen, unattended=unattended))


@app.command()
def status(
    *,
    config: ConfigOption = DEFAULT_CONFIG,
    json: JsonOption = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Show the feeds, what waits, and the last run.

    Example: wp-sync status
    """
    from .looking import show_status

    face = Face(json=json, quiet=quiet, verbose=verbose)
    perform("status", face, lambda _: show_status(config))


@app.command()
def why(
    target: Annotated[
        str,
        typer.Argument(
            metavar="TARGET",
            help="A post's id or address, an article's address, or words of its title.",
        ),
    ],
    *,
    config: ConfigOption = DEFAULT_CONFIG,
    json: JsonOption = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Tell the whole story of a post, or of an article that never became one.

    Example: wp-sync why https://example.news/story
    """
    from .looking import tell_why

    face = Face(json=json, quiet=quiet, verbose=verbose)
    perform("why", face, lambda _: tell_why(config, target))


@app.command()
def demo(
    *,
    keep: Annotated[bool, typer.Option("--keep", help="Stay up until stopped.")] = False,
    core: Annotated[
        str, typer.Option(help="Another WordPress: 6.8 when cached, an unpacked one, or its zip.")
    ] = "",
    config: ConfigOption = DEFAULT_CONFIG,
    json: JsonOption = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Sync the model site from sample sources into a throw-away WordPress on this machine.

    Example: wp-sync demo --keep
    """
    from .demonstration import demonstrate

    del config
    face = Face(json=json, quiet=quiet, verbose=verbose)
    perform("demo", face, lambda screen: demonstrate(keep=keep, core=core, screen=screen))
