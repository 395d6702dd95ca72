"""An editor's desk: a directory with a configuration, and the command that works on it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

WP_SYNC = (sys.executable, "-m", "wp_sync")


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """One site's directory."""

    directory: Path
    site: str
    password: str = field(default="", repr=False)
    username: str = "editor"
    settle: str = "3s"

    def write(self, sources: str, more: str = "", **channels: str) -> None:
        """Write config.toml with these [[sources]] tables, and a mapping file a channel."""
        config = (
            f'[site]\nurl = "{self.site}"\nusername = "{self.username}"\nsettle = "{self.settle}"\n'
            f'[fetch]\ncontact = "editor@example.test"\n{more}\n{sources}\n'
        )
        (self.directory / "config.toml").write_text(config)
        (self.directory / "mappings").mkdir(exist_ok=True)
        for name, text in (channels or {"news": '[post]\nstatus = "publish"\n'}).items():
            (self.directory / "mappings" / f"{name}.toml").write_text(text)

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start a command and leave it running."""
        return subprocess.Popen(  # noqa: S603 (our own command)
            [*WP_SYNC, *arguments],
            cwd=self.directory,
            env={**os.environ, "WP_SYNC_PASSWORD": self.password},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str) -> Answer:
        """Run a command to its end."""
        process = self.start(*arguments)
        out, err = process.communicate(timeout=240)
        return Answer(code=process.returncode, out=out, err=err)

    def sync(self, *arguments: str) -> Answer:
        """Sync with --json."""
        return self.run("sync", "--json", *arguments)
