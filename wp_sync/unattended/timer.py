"""Install, look at and remove the systemd units of one site: files with our mark, and no others."""

from __future__ import annotations

import difflib
import grp
import os
import pwd
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from sqlalchemy import make_url

import wp_sync
from wp_sync.config.assistant import key_place
from wp_sync.config.secrets import CREDENTIAL
from wp_sync.errors import ConfigError, Problem, WpSyncError

from .delivery import check_smtp, smtp_place, webhook_place
from .units import Setting, calendar, make_units

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import timedelta

    from wp_sync.config.schema import Config

SYSTEM = Path("/etc/systemd/system")
_SECONDS = 60  # for systemctl, which may wait for a run to end
_SHOWN = ("Id", "ActiveState", "UnitFileState", "Result", "LastTriggerUSec")
_NEXT = "NextElapseUSecRealtime"


class TimerError(WpSyncError):
    """The units could not be installed, or systemd did not do as it was told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitFile:
    """One file, as it should be and as it is."""

    path: Path
    text: str
    now: str  # "" when there is none

    @property
    def change(self) -> Literal["new", "changed", "unchanged"]:
        """Tell what writing it would come to."""
        if not self.now:
            return "new"
        return "unchanged" if self.now == self.text else "changed"

    @property
    def shown(self) -> str:
        """Show a new file whole, and of a changed one what differs."""
        if self.change != "changed":
            return self.text if self.change == "new" else ""
        before, after = self.now.splitlines(), self.text.splitlines()
        return "\n".join(difflib.unified_diff(before, after, "now", "then", lineterm=""))


def make_setting(config: Config, every: timedelta, *, is_user: bool) -> Setting:
    """Look up what the units need. Raises ConfigError when they could not work."""
    if not calendar(every):
        raise _refusal(config, "", "--every divides an hour or a day, such as 15m, 1h, 6h or 1d")
    path = Path(os.path.abspath(config.path))  # noqa: PTH100 (a link in it stays one)
    if "\n" in str(path):
        raise _refusal(config, "", "a unit file can't name a path with a line break")
    owner = path.parent.stat()
    database = make_url(config.ledger.url)
    places = [path.parent]
    if database.get_backend_name() == "sqlite" and database.database:
        places.append((path.parent / database.database).parent)
    files = [Path(feed).parent for one in config.sources for feed in one.feeds if feed[:1] == "/"]
    code = Path(wp_sync.__file__).parents[1]
    return Setting(
        config=path,
        site=config.site.url,
        command=_find_command(),
        every=every,
        is_user=is_user,
        owner=pwd.getpwuid(owner.st_uid).pw_name,
        group=grp.getgrgid(owner.st_gid).gr_name,
        writable=tuple(dict.fromkeys(places)),
        readable=tuple(dict.fromkeys((Path(sys.prefix), Path(sys.base_prefix), code, *files))),
        credentials={
            CREDENTIAL: _find_password_file(config, path.parent),
            **_assistant_credential(config, path.parent),
        },
        alert_credentials=dict(_alert_credentials(config)),
    )


def _find_command() -> tuple[str, ...]:
    script = Path(sys.prefix) / "bin" / "wp-sync"
    # -P: a file in the site's directory is not taken for one of Python's modules.
    return (str(script),) if script.exists() else (sys.executable, "-P", "-m", "wp_sync")


def _find_password_file(config: Config, directory: Path) -> Path:
    if not config.site.password_file:
        message = (
            "is not set, and at night nobody unlocks a keyring: store the application password in"
            " a file of mode 0600 and name it here"
        )
        raise _refusal(config, "site.password_file", message)
    return _existing(config, "site.password_file", directory / config.site.password_file)


def _assistant_credential(config: Config, directory: Path) -> dict[str, Path]:
    section = config.assistant
    if section is None or not section.key_file:
        return {}
    place = key_place(section, directory / config.path.name)
    file = directory / section.key_file
    return {place.credential: _existing(config, place.key, file)}


def _alert_credentials(config: Config) -> Iterator[tuple[str, Path]]:
    if config.alerts.email:
        check_smtp(config)
    for place in (webhook_place(config), smtp_place(config)):
        if place.file:
            file = Path(os.path.abspath(place.file))  # noqa: PTH100
            yield place.credential, _existing(config, place.key, file)


def _existing(config: Config, key: str, file: Path) -> Path:
    if not file.is_file():
        raise _refusal(config, key, f"there is no file {file}")
    if file.stat().st_mode & 0o077:
        raise _refusal(config, key, f"{file}: others may read it: `chmod 600 {file}`")
    return file


def unit_directory(environ: Mapping[str, str], *, is_user: bool) -> Path:
    """Tell where units are kept."""
    if not is_user:
        return SYSTEM
    home = environ.get("XDG_CONFIG_HOME") or Path(environ.get("HOME", "~")).expanduser() / ".config"
    return Path(home) / "systemd" / "user"


def compare(setting: Setting, directory: Path) -> tuple[UnitFile, ...]:
    """Compare the units with what is there. Raises ConfigError on a file that is not ours."""
    found: list[UnitFile] = []
    for name, text in make_units(setting).items():
        path = directory / name
        now = path.read_text(encoding="utf-8") if path.exists() else ""
        if now and not is_ours(now, setting.config):
            message = f"{path} is there already, and was not made for this configuration"
            raise ConfigError([Problem(file=str(setting.config), line=0, key="", message=message)])
        found.append(UnitFile(path=path, text=text, now=now))
    return tuple(found)


def is_ours(text: str, config: Path) -> bool:
    """Tell whether a unit was made for this configuration: by the mark in its first line."""
    from .units import MARK

    return text.partition("\n")[0] == f"{MARK}{config}"


def write(files: Sequence[UnitFile]) -> None:
    """Write the units that are new or changed, each whole or not at all."""
    try:
        for one in files:
            if one.change != "unchanged":
                one.path.parent.mkdir(parents=True, exist_ok=True)
                fresh = one.path.with_name(f".{one.path.name}.new")
                fresh.write_text(one.text, encoding="utf-8")
                fresh.chmod(0o644)
                fresh.replace(one.path)
    except OSError as error:
        cure = "run it as root, or with --user"
        raise TimerError(f"{error.filename}: {error.strerror}", cure=cure) from None


def find_installed(config: Path, directory: Path) -> tuple[Path, ...]:
    """List the units that were made for this configuration."""
    return tuple(
        path
        for path in sorted(directory.glob("wp-sync-*"))
        if path.suffix in {".service", ".timer"}
        and is_ours(path.read_text(encoding="utf-8", errors="replace"), config)
    )


def commands_to_start(files: Sequence[Path], *, is_user: bool) -> tuple[tuple[str, ...], ...]:
    """List the commands by which new units begin to work."""
    timers = [path.name for path in files if path.suffix == ".timer"]
    base = _systemctl(is_user=is_user)
    return (*base, "daemon-reload"), (*base, "enable", "--now", *timers)


def is_running(*, is_user: bool) -> bool:
    """Tell whether the manager that would start the units is there."""
    if not shutil.which("systemctl"):
        return False
    asked = (*_systemctl(is_user=is_user), "show", "--property=Version")
    return not subprocess.run(asked, capture_output=True, check=False, timeout=_SECONDS).returncode  # noqa: S603


def act(command: Sequence[str]) -> str:
    """Run a systemctl command and return what it prints."""
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=_SECONDS)  # noqa: S603
    if done.returncode:
        raise TimerError(f"`{' '.join(command)}` failed: {done.stderr.strip()}")
    return done.stdout


def remove(files: Sequence[Path], *, is_user: bool) -> None:
    """Stop, disable and remove these units."""
    base, there = _systemctl(is_user=is_user), is_running(is_user=is_user)
    names = [path.name for path in files]
    timers = [name for name in names if name.endswith(".timer")]
    if there and timers:
        act((*base, "disable", "--now", *timers))
        act((*base, "stop", *names))
    try:
        for path in files:
            path.unlink()
            wanted = path.parent / "timers.target.wants" / path.name
            wanted.unlink(missing_ok=True)  # when no manager did it
    except OSError as error:
        raise TimerError(f"{error.filename}: {error.strerror}", cure="run it as root") from None
    if there:
        act((*base, "daemon-reload"))


def ask_states(files: Sequence[Path], *, is_user: bool) -> list[dict[str, str]]:
    """Ask the manager how the units are; a list of nothing where it is not there."""
    if not files or not is_running(is_user=is_user):
        return []
    wanted = ",".join((*_SHOWN, _NEXT))
    names = (path.name for path in files)
    told = act((*_systemctl(is_user=is_user), "show", f"--property={wanted}", *names))
    blocks = (block.splitlines() for block in told.split("\n\n"))
    return [dict(line.split("=", 1) for line in block if "=" in line) for block in blocks]


def _systemctl(*, is_user: bool) -> tuple[str, ...]:
    return ("systemctl", "--user") if is_user else ("systemctl",)


def _refusal(config: Config, key: str, message: str) -> ConfigError:
    return ConfigError([Problem(file=str(config.path), line=0, key=key, message=message)])
