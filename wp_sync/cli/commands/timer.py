"""timer install, status, remove, test-alert; and what the units start."""

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

timer_app = typer.Typer(help="Run alone, by systemd, and tell of troubles.", no_args_is_help=True)
UserOption = Annotated[
    bool, typer.Option("--user", help="In your own systemd, not in the machine's.")
]


@timer_app.command("install")
def install_timer(
    *,
    user: UserOption = False,
    every: Annotated[str, typer.Option(help="How often: 15m, 1h, 6h, 1d.")] = "15m",
    yes: YesOption = False,
    dry_run: DryRunOption = False,
    config: ConfigOption = DEFAULT_CONFIG,
    json: JsonOption = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Show hardened systemd units for this site, ask, and install them.

    Example: wp-sync timer install --every 15m
    """
    from wp_sync.cli.timing import install

    face = Face(json=json, quiet=quiet, verbose=verbose)
    perform(
        "timer install",
        face,
        lambda screen: install(config, screen, every=every, is_user=user, yes=yes, dry_run=dry_run),
    )


@timer_app.command("remove")
def remove_timer(
    *,
    user: UserOption = False,
    config: ConfigOption = DEFAULT_CONFIG,
    json: JsonOption = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Stop, disable and remove the units that were made for this site, and no others.

    Example: wp-sync timer remove
    """
    from wp_sync.cli.timing import remove

    face = Face(json=json, quiet=quiet, verbose=verbose)
    perform("timer remove", face, lambda _: remove(config, is_user=user))


@timer_app.command("status")
def timer_status(
    *,
    config: ConfigOption = DEFAULT_CONFIG,
    json: JsonOption = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Show the units, their last and next start, and the last run.

    Example: wp-sync timer status
    """
    from wp_sync.cli.timing import show

    face = Face(json=json, quiet=quiet, verbose=verbose)
    perform("timer status", face, lambda _: show(config))


@timer_app.command("test-alert")
def send_test_alert(
    *,
    config: ConfigOption = DEFAULT_CONFIG,
    json: JsonOption = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Send a test message to everybody that [alerts] names.

    Example: wp-sync timer test-alert
    """
    from wp_sync.cli.timing import test_alert

    face = Face(json=json, quiet=quiet, verbose=verbose)
    perform("timer test-alert", face, lambda _: test_alert(config))


@timer_app.command("watch", hidden=True)
def watch_runs(
    *,
    config: ConfigOption = DEFAULT_CONFIG,
    json: JsonOption = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Tell people when no run came for too long; started by a timer of its own.

    Example: wp-sync timer watch
    """
    from wp_sync.cli.timing import watch

    face = Face(json=json, quiet=quiet, verbose=verbose)
    perform("timer watch", face, lambda _: watch(config))


@timer_app.command("report-failure", hidden=True)
def report_failed_run(
    *,
    config: ConfigOption = DEFAULT_CONFIG,
    json: JsonOption = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
) -> None:
    """Tell people that a run failed; started by OnFailure= of the service.

    Example: wp-sync timer report-failure
    """
    from wp_sync.cli.timing import report_failure

    face = Face(json=json, quiet=quiet, verbose=verbose)
    perform("timer report-failure", face, lambda _: report_failure(config))
