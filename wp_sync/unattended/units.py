"""The text of the systemd units: values in, text out."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MARK = "# Made by `wp-sync timer install`; `wp-sync timer remove` takes it away. For: "
HIDDEN = tuple(map(Path, ("/home", "/root", "/run/user", "/tmp", "/var/tmp")))  # noqa: S108

# The longest that a healthy run says nothing: one answer of a slow site (Patience.total, 300 s).
# Fetching a page or a picture takes 30 s, parsing one 125 s, a wait between two tries 120 s.
_WATCHDOG = 600
_STOP = 20  # a run ends within 10 s of SIGTERM
_HOUR, _DAY = 60, 1440  # minutes
_JITTER = 0.1  # of the time between two starts

# What works without a mount name space, which a user's own manager may not be able to make.
_CONFINED = """
UMask=0077
Nice=10
CPUWeight=20
IOWeight=20
LimitCORE=0
TasksMax=200
KillMode=mixed
NoNewPrivileges=yes
LockPersonality=yes
MemoryDenyWriteExecute=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
SystemCallArchitectures=native
SystemCallErrorNumber=EPERM
SystemCallFilter=@system-service
SystemCallFilter=~@privileged @resources
"""
_SANDBOX = """
AmbientCapabilities=
CapabilityBoundingSet=
DevicePolicy=closed
KeyringMode=private
PrivateDevices=yes
PrivateIPC=yes
PrivateMounts=yes
PrivateTmp=yes
PrivateUsers=yes
ProcSubset=pid
ProtectClock=yes
ProtectControlGroups=yes
ProtectHome=tmpfs
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectProc=invisible
ProtectSystem=strict
RemoveIPC=yes
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What the units of one site are made of."""

    config: Path  # absolute
    site: str
    command: Sequence[str]  # wp-sync, by its absolute path
    every: timedelta
    is_user: bool  # of a user's own manager
    owner: str = ""  # the user and the group that own the site's directory
    group: str = ""
    writable: Sequence[Path] = ()  # the site's directory, and the ledger's
    readable: Sequence[Path] = ()  # Python and wp-sync, and feeds that are files
    credentials: dict[str, Path] = field(default_factory=dict)
    alert_credentials: dict[str, Path] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Name the units after the site."""
        parts = urlsplit(self.site)
        name = re.sub(r"[^A-Za-z0-9.]+", "-", f"{parts.netloc}{parts.path}").strip("-.")
        return f"wp-sync-{name}"

    @property
    def mark(self) -> str:
        """The line by which our own files are known."""
        return f"{MARK}{self.config}"


def make_units(setting: Setting) -> dict[str, str]:
    """Write the units: file name -> text."""
    name = setting.name
    head = f"{setting.mark}\n"
    return {
        f"{name}.service": head + _run_service(setting),
        f"{name}.timer": head + _timer(setting, "Sync", calendar(setting.every), setting.every),
        f"{name}-failure.service": head + _side_service(setting, *_FAILURE),
        f"{name}-watch.service": head + _side_service(setting, *_WATCH),
        f"{name}-watch.timer": head + _timer(setting, "Watch", "hourly", timedelta(hours=1)),
    }


_FAILURE = (
    "tell that a run failed",
    "report-failure",
    "# Started by OnFailure= of the service: tells people once what the run could not tell itself.",
)
_WATCH = (
    "see that runs come",
    "watch",
    "# Looks at the last run in the ledger, and tells people, once, when none came for too long.",
)


def calendar(every: timedelta) -> str:
    """Write a time span as OnCalendar=, which alone can be persistent; "" where none fits."""
    minutes = int(every.total_seconds()) // 60
    if timedelta(minutes=minutes) != every or not minutes:
        return ""
    if minutes < _HOUR:
        return "" if _HOUR % minutes else f"*:0/{minutes}"
    hours = minutes // _HOUR
    if minutes % _HOUR or _DAY % minutes:
        return ""
    return "daily" if minutes == _DAY else f"0/{hours}:0"


def _run_service(setting: Setting) -> str:
    network = (
        () if setting.is_user else ("Wants=network-online.target", "After=network-online.target")
    )
    lines = (
        "[Unit]",
        f"Description=wp-sync: bring the feeds to {_plain(setting.site)}",
        *network,
        f"OnFailure={setting.name}-failure.service",
        "",
        "[Service]",
        "Type=notify",
        f"ExecStart={_command(setting, 'sync', '--unattended')}",
        "# Some feeds or items failed: told in alerts. Another run had the lock. It was stopped.",
        "SuccessExitStatus=1 75 143",
        "# Signs of life come from the run's own steps; the longest legal silence is 300 s.",
        f"WatchdogSec={_WATCHDOG}",
        f"TimeoutStopSec={_STOP}",
        *_place(setting, setting.credentials | setting.alert_credentials),
    )
    return "\n".join(lines) + "\n"


def _side_service(setting: Setting, what: str, command: str, comment: str) -> str:
    lines = (
        comment,
        "[Unit]",
        f"Description=wp-sync for {_plain(setting.site)}: {what}",
        "",
        "[Service]",
        "Type=oneshot",
        f"ExecStart={_command(setting, 'timer', command)}",
        "TimeoutStartSec=300",
        *_place(setting, setting.alert_credentials),
    )
    return "\n".join(lines) + "\n"


def _timer(setting: Setting, what: str, when: str, every: timedelta) -> str:
    lines = (
        "[Unit]",
        f"Description={what} for {_plain(setting.site)}",
        "",
        "[Timer]",
        f"OnCalendar={when}",
        f"RandomizedDelaySec={int(every.total_seconds() * _JITTER)}",
        "AccuracySec=10",
        "# What was missed while the machine was off is made up for.",
        "Persistent=yes",
        "",
        "[Install]",
        "WantedBy=timers.target",
    )
    return "\n".join(lines) + "\n"


def _place(setting: Setting, credentials: dict[str, Path]) -> Iterator[str]:
    """Write who runs it, where, and in which confinement."""
    yield f"WorkingDirectory={_percent(setting.config.parent)}"
    if not setting.is_user:
        yield f"User={setting.owner}"
        yield f"Group={setting.group}"
    for name, path in credentials.items():
        yield f"LoadCredential={name}:{_percent(path)}"
    yield from _CONFINED.strip().splitlines()
    if setting.is_user:
        return
    yield from _SANDBOX.strip().splitlines()
    for path in setting.writable:
        yield f"ReadWritePaths={_word(path)}"
        if _is_hidden(path):
            yield f"BindPaths={_word(path)}"
    for path in setting.readable:
        if _is_hidden(path):
            yield f"BindReadOnlyPaths={_word(path)}"


def _is_hidden(path: Path) -> bool:
    return any(path.is_relative_to(hidden) for hidden in HIDDEN)


def _command(setting: Setting, *arguments: str) -> str:
    words = (*setting.command, *arguments, "--config", str(setting.config))
    # $ begins a variable in a command line, and only there (systemd.service(5)).
    return " ".join(_word(word).replace("$", "$$") for word in words)


def _word(text: str | Path) -> str:
    """Quote a word where it needs it (systemd.syntax(7)); % begins a specifier."""
    word = str(text)
    if not re.fullmatch(r"[\w@%+=:,./$-]+", word, re.ASCII):
        quoted = word.replace("\\", "\\\\").replace('"', '\\"')
        word = f'"{quoted}"'
    return _percent(word)


def _percent(text: str | Path) -> str:
    return str(text).replace("%", "%%")


def _plain(text: str) -> str:
    return _percent("".join(c for c in text if c.isprintable()))
