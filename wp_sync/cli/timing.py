"""timer: show, ask, install; look; remove; and what the units themselves start."""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from wp_sync.config import load_config
from wp_sync.config.values import parse_duration
from wp_sync.errors import ConfigError, Problem
from wp_sync.unattended import account, timer

from .output import Result, Table, counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from wp_sync.config.schema import Config
    from wp_sync.unattended.timer import UnitFile
    from wp_sync.unattended.units import Setting

    from .output import Screen

_LINGER = Path("/var/lib/systemd/linger")


def install(
    path: Path, screen: Screen, *, every: str, is_user: bool, yes: bool, dry_run: bool
) -> Result:
    """Show the units, ask, write them, and let systemd start the timers."""
    config = load_config(path)
    try:
        span = parse_duration(every)
    except ValueError as error:
        raise _refused(path, f"--every {error}") from None
    setting = timer.make_setting(config, span, is_user=is_user)
    files = timer.compare(setting, timer.unit_directory(os.environ, is_user=is_user))
    for one in files:
        screen.say(f"{one.path}: {one.change}")
        if one.shown:
            screen.say(f"{one.shown.rstrip()}\n")
    warnings = tuple(_warnings(config, setting))
    data = {
        "units": [{"path": str(one.path), "change": one.change, "text": one.text} for one in files]
    }
    if dry_run:
        told = "Nothing was written."
        return Result(command="timer install", data=data, messages=warnings, text=(told,))
    if not (yes or _agreed(files, path, screen)):
        told = "Nothing was written."
        return Result(command="timer install", data=data, messages=warnings, text=(told,))
    timer.write(files)
    remaining = _start(files, is_user=is_user)
    text: tuple[str, ...] = ("Installed. `wp-sync timer status` tells how it goes.",)
    if remaining:
        text = ("Written. systemd is not running here; what remains is:", *remaining)
    return Result(
        command="timer install",
        data=data | {"remaining": list(remaining)},
        messages=warnings,
        text=text,
    )


def _agreed(files: Sequence[UnitFile], path: Path, screen: Screen) -> bool:
    if not sys.stdin.isatty() or screen.face.json:
        raise _refused(path, "nobody is there to be asked: --yes installs the units as shown")
    if all(one.change == "unchanged" for one in files):
        return True
    return typer.confirm("Install these?", err=True)


def _start(files: Sequence[UnitFile], *, is_user: bool) -> tuple[str, ...]:
    """Let systemd start the timers; where it is not there, return what is left to do."""
    commands = timer.commands_to_start([one.path for one in files], is_user=is_user)
    if not timer.is_running(is_user=is_user):
        return tuple(shlex.join(command) for command in commands)
    for command in commands:
        timer.act(command)
    return ()


def _warnings(config: Config, setting: Setting) -> Iterator[str]:
    """Tell what will not go well at night."""
    if setting.owner == "root":
        yield (
            f"{setting.config.parent} belongs to root, and so runs are root's:"
            " better give it to a user of its own (`chown -R`)"
        )
    if setting.is_user and not (_LINGER / setting.owner).exists():
        cure = f"`sudo loginctl enable-linger {setting.owner}`"
        yield f"runs end when {setting.owner} logs out: {cure}"
    if config.alerts.silence < 2 * setting.every:
        yield "[alerts] silence is shorter than two starts: a single late run would be told"
    if not (config.alerts.email or config.alerts.webhook_file):
        yield "nobody is told of troubles: set email or webhook_file in [alerts]"


def show(path: Path) -> Result:
    """Tell how the units are, and when the last run came to its end."""
    config = load_config(path)
    absolute = Path(os.path.abspath(path))  # noqa: PTH100 (as the mark has it)
    rows: list[tuple[str, ...]] = []
    units: list[dict[str, str]] = []
    for is_user in (False, True):
        directory = timer.unit_directory(os.environ, is_user=is_user)
        files = timer.find_installed(absolute, directory)
        states = timer.ask_states(files, is_user=is_user)
        by_name = {state.get("Id", ""): state for state in states}
        for file in files:
            state = by_name.get(file.name, {})
            units.append({"path": str(file), **state})
            rows.append(_row(file, state))
    last = account.last_run(config)
    ended = f"{last:%Y-%m-%d %H:%M} UTC" if last else "never"
    text: list[str | Table] = [f"The last run that came to its end: {ended}."]
    if rows:
        headings = ("Unit", "State", "Enabled", "Result", "Last", "Next")
        text.insert(0, Table(headings=headings, rows=tuple(rows)))
    else:
        text.insert(0, "No timer is installed: `wp-sync timer install`")
    data = {"units": units, "last_run": last.isoformat() if last else None}
    return Result(command="timer status", data=data, text=tuple(text))


def _row(file: Path, state: dict[str, str]) -> tuple[str, ...]:
    names = ("ActiveState", "UnitFileState", "Result", "LastTriggerUSec", "NextElapseUSecRealtime")
    values = (state.get(name, "") for name in names)
    return (file.name, *values) if state else (file.name, "systemd is not running", "", "", "", "")


def remove(path: Path, *, is_user: bool) -> Result:
    """Take the units away that were made for this configuration."""
    absolute = Path(os.path.abspath(path))  # noqa: PTH100
    files = timer.find_installed(absolute, timer.unit_directory(os.environ, is_user=is_user))
    timer.remove(files, is_user=is_user)
    told = f"{counted(len(files), 'unit')} removed." if files else "There was no timer of ours."
    return Result(
        command="timer remove", data={"removed": [str(file) for file in files]}, text=(told,)
    )


def test_alert(path: Path) -> Result:
    """Send a test message by every channel."""
    config = load_config(path)
    sent = account.send_test(config, os.environ)
    failures = tuple(f"{name}: {error}" for name, error in sent.items() if error)
    if not sent:
        raise _refused(path, "nobody is named: set email or webhook_file", key="alerts")
    went = ", ".join(name for name, error in sent.items() if not error)
    return Result(
        command="timer test-alert",
        status="error" if failures else "success",
        exit_code=1 if failures else 0,
        data={"sent": sent},
        messages=failures,
        text=(f"A test message went out by {went}.",) if went else (),
    )


def watch(path: Path) -> Result:
    """Tell people when no run came for too long."""
    return _told("timer watch", *account.watch(path, os.environ))


def report_failure(path: Path) -> Result:
    """Tell people that the service failed."""
    return _told("timer report-failure", *account.report_failure(path, os.environ))


def _told(command: str, message: str, warnings: tuple[str, ...]) -> Result:
    return Result(
        command=command,
        status="error" if warnings else "success",
        exit_code=1 if warnings else 0,
        data={"message": message},
        messages=warnings,
        text=(message,),
    )


def _refused(path: Path, message: str, key: str = "") -> ConfigError:
    return ConfigError([Problem(file=str(path), line=0, key=key, message=message)])
