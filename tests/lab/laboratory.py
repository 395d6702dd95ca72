"""The processes of the laboratory: fakes and source farms, started, asked and ended."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fake_wordpress import PASSWORD

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Fake:
    """A running fake WordPress."""

    url: str
    database: Path
    password: str = PASSWORD

    def set_faults(self, *scripts: Mapping[str, object]) -> None:
        """Let these faults come (fake_wordpress tells their form)."""
        ask(f"{self.url}/-/faults", scripts)

    @property
    def faults(self) -> list[dict[str, Any]]:
        """The faults, with how many times each will still come."""
        return list(ask(f"{self.url}/-/faults"))

    @property
    def stages(self) -> int:
        """How many stages of requests there were since it was reset."""
        return int(ask(f"{self.url}/-/stages"))

    def kill_at_stage(self, pid: int, number: int) -> None:
        """Kill a client when a stage comes, by its number since the reset."""
        ask(f"{self.url}/-/stages", {"pid": pid, "number": number})

    def reset(self) -> None:
        """Empty the site."""
        ask(f"{self.url}/-/reset", {})

    def forget(self) -> None:
        """Begin the list of requests anew."""
        ask(f"{self.url}/-/requests", {})

    @property
    def seen(self) -> list[dict[str, Any]]:
        """What it was asked since it was reset: method, path, at."""
        return list(ask(f"{self.url}/-/requests"))

    @property
    def writes(self) -> list[str]:
        reads = {"GET", "HEAD"}
        return [
            f"{one['method']} {one['path']}"
            for one in self.seen
            if one["method"] not in reads and "xmlrpc" not in one["path"]
        ]


@contextmanager
def start_fake(database: Path) -> Iterator[Fake]:
    """Start a fake WordPress of its own."""
    with start_script("fake_wordpress.py", "--database", str(database)) as url:
        yield Fake(url=url, database=database)


@contextmanager
def start_script(name: str, *arguments: str) -> Iterator[str]:
    """Start a server of the laboratory; give the address that it prints."""
    command = (sys.executable, "-I", "-c", _RUN, str(HERE), name, *arguments)
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        try:
            assert process.stdout
            url = process.stdout.readline().strip()
            assert url.startswith("http://127.0.0.1:"), f"{name} did not start"
            yield url
        finally:
            process.kill()


# Isolated, so that a test's own hooks in the environment do not reach the servers.
_RUN = (
    "import sys, runpy; here, name, *rest = sys.argv[1:]; sys.path.insert(0, here);"
    "sys.argv = [name, *rest]; runpy.run_path(f'{here}/{name}', run_name='__main__')"
)


def ask(url: str, given: object = None) -> Any:  # noqa: ANN401
    """Ask a server of the laboratory over its own route."""
    content = None if given is None else json.dumps(given).encode()
    with urllib.request.urlopen(url, content, timeout=30) as answer:  # noqa: S310 (loopback)
        return json.load(answer)


@dataclass(frozen=True, slots=True, kw_only=True)
class Farm:
    """A running source farm."""

    url: str
    log: Path

    def put(self, path: str, content: str | bytes, kind: str = "") -> str:
        """Give something out; return its address."""
        body = content.encode() if isinstance(content, str) else content
        headers = {"Content-Type": kind or "application/rss+xml; charset=utf-8"}
        url = f"{self.url}{path}"
        request = urllib.request.Request(url, body, headers, method="PUT")  # noqa: S310 (loopback)
        with urllib.request.urlopen(request, timeout=30):  # noqa: S310
            return url

    @property
    def place(self) -> str:
        """Host and port, as allow_private names them."""
        return self.url.removeprefix("http://")


@contextmanager
def start_farm(log: Path) -> Iterator[Farm]:
    """Start a source farm of its own."""
    with start_script("source_farm.py", "--log", str(log)) as url:
        yield Farm(url=url, log=log)
