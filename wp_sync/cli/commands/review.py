"""review list, show, approve, reject, open."""

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

review_app = typer.Typer(help="What waits for a person: drafts, and held items.")

TargetArgument = Annotated[
    str, typer.Argument(metavar="ID", help="From `review list`; or an address.")
]
TargetsArgument = Annotated[
    list[str] | None, typer.Argument(metavar="ID…", help="From `review list`; or addresses.")
]
AllOption = Annotated[bool, typer.Option("--all", help="All that the filters fit.")]
ReasonOption = Annotated[str, typer.Option("--reason", help="Only with these words in the reason.")]


@review_app.command("list")
def review_list(
    *,
    channel: ChannelOption = "",
    source: SourceOption = "",
    reason: ReasonOption = "",
    config: ConfigOption = DEFAULT_CONFIG,
    json: JsonOption = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
) -> None:
    """List the drafts on the site and the held items, with their reasons.

    Example: wp-sync review list --channel hockey
    """
    from wp_sync.cli.reviewing import show_list
    from wp_sync.review.waiting import Filter

    face = Face(json=json, quiet=quiet, verbose=verbose)
    wanted = Filter(channel=channel, source=source, reason=reason)
    perform("review list", face, lambda screen: show_list(config, wanted, screen))


@review_app.command("show")
def review_show(
    target: TargetArgument,
    *,
    config: ConfigOption = DEFAULT_CONFIG,
    json: JsonOption = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Show one of them: its text, and why it waits.

    Example: wp-sync review show 1234
    """
    from wp_sync.cli.reviewing import show_one

    face = Face(json=json, quiet=quiet, verbose=verbose)
    perform("review show", face, lambda screen: show_one(config, target, screen))


@review_app.command("open")
def review_open(
    target: TargetArgument,
    *,
    config: ConfigOption = DEFAULT_CONFIG,
    json: JsonOption = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Open a draft in wp-admin's editor, a held item at its source.

    Example: wp-sync review open 1234
    """
    from wp_sync.cli.reviewing import open_one

    face = Face(json=json, quiet=quiet, verbose=verbose)
    perform("review open", face, lambda screen: open_one(config, target, screen))


@review_app.command("approve")
def review_approve(
    targets: TargetsArgument = None,
    *,
    everything: AllOption = False,
    channel: ChannelOption = "",
    source: SourceOption = "",
    reason: ReasonOption = "",
    to: Annotated[str, typer.Option(help="The channel for a held item that fits none.")] = "",
    yes: YesOption = False,
    dry_run: DryRunOption = False,
    config: ConfigOption = DEFAULT_CONFIG,
    json: JsonOption = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Publish drafts, and make posts of held items.

    Example: wp-sync review approve 1234 h-k3mx7q --to hockey
    """
    from wp_sync.cli.deciding import Decision, approve
    from wp_sync.review.waiting import Filter

    decision = Decision(
        targets=tuple(targets or ()),
        wanted=Filter(channel=channel, source=source, reason=reason),
        everything=everything,
        channel=to,
        yes=yes,
        dry_run=dry_run,
    )
    face = Face(json=json, quiet=quiet, verbose=verbose)
    perform("review approve", face, lambda screen: approve(config, decision, screen))


@review_app.command("reject")
def review_reject(
    targets: TargetsArgument = None,
    *,
    everything: AllOption = False,
    channel: ChannelOption = "",
    source: SourceOption = "",
    reason: ReasonOption = "",
    because: Annotated[str, typer.Option(help="Why, for whoever asks later.")] = "",
    yes: YesOption = False,
    dry_run: DryRunOption = False,
    config: ConfigOption = DEFAULT_CONFIG,
    json: JsonOption = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Trash drafts, and drop held items: they do not come again.

    Example: wp-sync review reject 1234 --because "an advertisement"
    """
    from wp_sync.cli.deciding import Decision, reject
    from wp_sync.review.waiting import Filter

    decision = Decision(
        targets=tuple(targets or ()),
        wanted=Filter(channel=channel, source=source, reason=reason),
        everything=everything,
        reason=because,
        yes=yes,
        dry_run=dry_run,
    )
    face = Face(json=json, quiet=quiet, verbose=verbose)
    perform("review reject", face, lambda screen: reject(config, decision, screen))
