"""An editor's desk: a directory with a configuration, and the command that works on it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from secrets import token_hex
from typing import TYPE_CHECKING, Any

from warm import is_usual, run_warm

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from wp_sync.sandbox.wordpress import WordPress

WP_SYNC = (sys.executable, "-m", "wp_sync")


def make_password(site: WordPress, login: str = "editor", name: str = "") -> str:
    """Make one more application password, as wp-admin does."""
    made = f"$user->ID, ['name' => '{name or token_hex(4)}']"  # a name is given once
    create = f"WP_Application_Passwords::create_new_application_password({made})"
    return site.run_php(f"$user = get_user_by('login', '{login}'); echo {create}[0];").strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def envelope(self) -> dict[str, Any]:
        """The first envelope on standard output."""
        first: dict[str, Any] = json.loads(self.out.splitlines()[0])
        return first

    @property
    def totals(self) -> dict[str, int]:
        """How many items ended how."""
        return dict(self.envelope["data"]["totals"])

    def outcomes(self, status: str) -> list[dict[str, Any]]:
        """List the outcomes with this status."""
        return [one for one in self.envelope["data"]["outcomes"] if one["status"] == status]


def run_command(
    arguments: Sequence[str], directory: Path, environ: Mapping[str, str], piped: str = ""
) -> Answer:
    """Run a command to its end, and pipe this into it."""
    if is_usual(environ):
        code, out, err = run_warm(arguments, directory, environ, piped)
        return Answer(code=code, out=out, err=err)
    done = subprocess.run(  # noqa: S603 (our own command)
        [*WP_SYNC, *arguments],
        cwd=directory,
        env=dict(environ),
        input=piped,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    return Answer(code=done.returncode, out=done.stdout, err=done.stderr)


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """One site's directory."""

    directory: Path
    site: str
    password: str = field(default="", repr=False)
    username: str = "editor"
    settle: str = "3s"
    api: str = "auto"
    lock: str = "auto"
    environ: dict[str, str] = field(default_factory=dict)  # beside the tests' own

    def write(self, sources: str, more: str = "", **channels: str) -> None:
        """Write config.toml with these [[sources]] tables, and a mapping file a channel."""
        config = (
            f'[site]\nurl = "{self.site}"\nusername = "{self.username}"\nsettle = "{self.settle}"\n'
            f'api = "{self.api}"\nlock = "{self.lock}"\n'
            f'[fetch]\ncontact = "editor@example.test"\n{more}\n{sources}\n'
        )
        (self.directory / "config.toml").write_text(config)
        (self.directory / "mappings").mkdir(exist_ok=True)
        for name, text in (channels or {"news": '[post]\nstatus = "publish"\n'}).items():
            (self.directory / "mappings" / f"{name}.toml").write_text(text)

    def start(
        self, *arguments: str, stdin: int = subprocess.DEVNULL, own_session: bool = False
    ) -> subprocess.Popen[str]:
        """Start a command and leave it running."""
        return subprocess.Popen(  # noqa: S603 (our own command)
            [*WP_SYNC, *arguments],
            cwd=self.directory,
            env=self._variables(),
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=own_session,
        )

    def run(self, *arguments: str, piped: str = "") -> Answer:
        """Run a command to its end, and pipe this into it."""
        return run_command(arguments, self.directory, self._variables(), piped)

    def _variables(self) -> dict[str, str]:
        return {**os.environ, "WP_SYNC_PASSWORD": self.password, **self.environ}

    def decide(self, deed: str, *arguments: str) -> Answer:
        """Approve, reject or settle what waits, with --json."""
        return self.run("review", deed, "--json", *arguments)

    def waiting(self, *filters: str) -> list[dict[str, Any]]:
        """List what waits for a person."""
        return list(self.decide("list", *filters).envelope["data"]["waiting"])

    def sync(self, *arguments: str) -> Answer:
        """Sync with --json."""
        return self.run("sync", "--json", *arguments)
