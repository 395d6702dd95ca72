"""A systemd of one's own: the manager of a user without rights, who knows no units but ours."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from desk import WP_SYNC, Answer

import wp_sync

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

SYSTEMCTL = "/usr/bin/systemctl"
SYSTEMD = Path("/usr/lib/systemd/systemd")
GROUPS = (Path("/sys/fs/cgroup/unified"), Path("/sys/fs/cgroup"))  # where cgroup2 may be mounted
TARGETS = ("basic", "default", "paths", "shutdown", "sockets", "timers")
# Without rights, and without the machine's own units: what it starts can't touch what is not its.
AS_NOBODY = ("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", "--no-new-privs")
START = """set -eu
echo $$ > {group}/cgroup.procs
exec unshare --mount --propagation private sh -euc {inside}
"""
INSIDE = """
mount -t cgroup2 cgroup2 /sys/fs/cgroup
mkdir -p /run/systemd
mount -t tmpfs -o mode=755 tmpfs /run/systemd
mkdir /run/systemd/system
{places}
exec {command} --user
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manager:
    """A running user manager, and the home of its user."""

    home: Path
    environ: Mapping[str, str]
    process: subprocess.Popen[str]

    def systemctl(self, *arguments: str) -> str:
        """Ask the manager, or tell it what to do."""
        return self._run(SYSTEMCTL, "--user", *arguments).out

    def wp_sync(self, *arguments: str, directory: Path) -> Answer:
        """Run our command as the manager's user, who sees what the manager sees."""
        return self._run(*WP_SYNC, *arguments, directory=directory)

    def await_run(self, unit: str, seconds: float = 120) -> dict[str, str]:
        """Wait until a service has run to its end; return its properties."""
        end = time.monotonic() + seconds
        while True:
            told = self.systemctl("show", unit)
            state = dict(line.split("=", 1) for line in told.splitlines() if "=" in line)
            ran = int(state.get("ExecMainExitTimestampMonotonic", "0"))
            if ran and state["ActiveState"] in {"inactive", "failed"}:
                return state
            assert time.monotonic() < end, f"{unit} did not end: {state.get('ActiveState')}"
            time.sleep(0.2)

    def _run(self, *command: str, directory: Path | None = None) -> Answer:
        place = directory or self.home
        enter = ("/usr/bin/nsenter", f"--target={self.process.pid}", "--mount", f"--wd={place}")
        done = subprocess.run(  # noqa: S603 (our own command)
            (*enter, *AS_NOBODY, *command),
            env=dict(self.environ),
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        return Answer(code=done.returncode, out=done.stdout, err=done.stderr)


@contextmanager
def start_manager() -> Iterator[Manager]:
    """Start the manager in a control group of its own; what it started ends with it."""
    assert os.geteuid() == 0, "a manager of another user needs root: run these tests in a container"
    assert SYSTEMD.exists(), "systemd is missing: apt-get install systemd"
    top = next(place for place in GROUPS if (place / "cgroup.procs").exists())
    home = Path(tempfile.mkdtemp(prefix="wp-sync-home-"))
    group = top / home.name
    group.mkdir()
    units = home / ".config" / "systemd" / "user"
    units.mkdir(parents=True)
    for name in TARGETS:
        (units / f"{name}.target").write_text("[Unit]\nDefaultDependencies=no\n")
    (home / "run").mkdir(mode=0o700)
    environ = {
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "PATH": os.environ["PATH"],
        "SYSTEMD_UNIT_PATH": str(units),
        "XDG_RUNTIME_DIR": str(home / "run"),
    }
    for place in (home, *home.rglob("*"), group, group / "cgroup.procs"):
        shutil.chown(place, "nobody", "nogroup")
    if (group / "cgroup.subtree_control").exists():
        shutil.chown(group / "cgroup.subtree_control", "nobody", "nogroup")
    log = (home / "manager.log").open("w")
    process = subprocess.Popen(  # noqa: S603 (our own script)
        ("/bin/sh", "-c", _script(group)),
        env={**environ, "SYSTEMD_LOG_TARGET": "console"},
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        text=True,
    )
    try:
        socket = home / "run" / "systemd" / "private"
        end = time.monotonic() + 60
        while not socket.exists():
            said = (home / "manager.log").read_text()
            assert process.poll() is None, f"the manager did not start: {said}"
            assert time.monotonic() < end, f"the manager is not ready: {said}"
            time.sleep(0.05)
        yield Manager(home=home, environ=environ, process=process)
    finally:
        (group / "cgroup.kill").write_text("1")
        process.wait(timeout=60)
        _remove_group(group)
        log.close()
        shutil.rmtree(home)


def _script(group: Path) -> str:
    """Write what starts the manager: in its own control group and mounts, without rights."""
    inside = INSIDE.format(
        places="\n".join(_show_python()), command=shlex.join((*AS_NOBODY, str(SYSTEMD)))
    )
    return START.format(group=shlex.quote(str(group)), inside=shlex.quote(inside))


def _show_python() -> Iterator[str]:
    """Let nobody read Python and wp-sync, in this name space, where only root's home has them."""
    code = Path(wp_sync.__file__).parents[1]
    closed: dict[Path, Path] = {}
    for place in (Path(sys.base_prefix), Path(sys.prefix), code):
        tops = [one for one in reversed(place.parents) if not one.stat().st_mode & 0o001]
        if tops:
            closed[place] = tops[0]
    for number, place in enumerate(closed):
        yield f"mkdir /run/systemd/{number}"
        yield f"mount --bind {shlex.quote(str(place))} /run/systemd/{number}"
    for top in dict.fromkeys(closed.values()):
        yield f"mount -t tmpfs -o mode=755 tmpfs {shlex.quote(str(top))}"
    for number, place in enumerate(closed):
        yield f"mkdir -p {shlex.quote(str(place))}"
        yield f"mount --bind /run/systemd/{number} {shlex.quote(str(place))}"


def _remove_group(group: Path) -> None:
    places = [Path(place) for place, _, _ in os.walk(group, topdown=False)]
    end = time.monotonic() + 60
    while places:
        try:
            places[0].rmdir()
            places.pop(0)
        except OSError:  # a process is on its way out
            assert time.monotonic() < end, f"{places[0]} is still in use"
            time.sleep(0.05)
