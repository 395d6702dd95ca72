"""Start the servers of a site, and see that they end when the site does, or when we are killed."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import time
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from wp_sync.errors import SandboxError

from .php import SITE, find_root, php_command, php_environment

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

START_SECONDS = 60.0  # a start takes one; a busy machine many times that
STOP_SECONDS = 5.0  # for the requests in hand

# PHP's workers outlive their parent, and all outlive us when we are killed. This guard hears of
# each process group from us; the end of our pipe to it comes however we end, unless a word says
# that all is done. What is to be removed needs no orderly end.
GUARD = """
while read -r group; do
    [ "$group" = done ] && exit
    groups="$groups -$group"
done
[ -n "$groups" ] || exit
if [ -n "$1" ]; then kill -KILL $groups; else kill -TERM $groups; fi
sleep 0.1
[ -z "$1" ] || rm -rf -- "$1"
"""


@dataclass(frozen=True, slots=True)
class Guard:
    """Ends the processes of a site when we cannot."""

    _shell: subprocess.Popen[bytes]

    def watch(self, process: subprocess.Popen[bytes]) -> None:
        """End this process's group, too."""
        assert self._shell.stdin is not None  # noqa: S101  we opened it
        self._shell.stdin.write(f"{process.pid}\n".encode())
        self._shell.stdin.flush()


@contextlib.contextmanager
def open_guard(ephemeral: Path | None) -> Iterator[Guard]:
    """Guard a site's processes, and its directory when that is to go with them."""
    shell = subprocess.Popen(  # noqa: S603
        ("/bin/sh", "-c", GUARD, "guard", str(ephemeral or "")),
        stdin=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        yield Guard(shell)
    finally:
        shell.communicate(b"done\n")


@contextlib.contextmanager
def run_server(
    command: Sequence[str],
    guard: Guard,
    log: Path,
    *,
    directory: Path,
    environment: Mapping[str, str],
    word: signal.Signals,
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server in a process group of its own; `word` asks it to end."""
    with log.open("ab") as out:
        server = subprocess.Popen(  # noqa: S603  the commands stand in these files
            command,
            cwd=directory,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            start_new_session=True,
        )
    guard.watch(server)
    try:
        yield server
    finally:
        with contextlib.suppress(ProcessLookupError, subprocess.TimeoutExpired):
            os.killpg(server.pid, word)
            server.wait(STOP_SECONDS)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(server.pid, signal.SIGKILL)
        server.wait()


@contextlib.contextmanager
def serve_site(site: Path, guard: Guard, url: str) -> Iterator[None]:
    """Serve a site with PHP's own server, until its first answer and on."""
    log = site / "server.log"
    log.unlink(missing_ok=True)
    root = find_root(site)
    serving = ("-S", urlsplit(url).netloc, "-t", ".", str(SITE / "router.php"))
    with run_server(
        (*php_command(site), *serving),
        guard,
        log,
        directory=root,
        environment=php_environment(site),
        word=signal.SIGINT,  # at which PHP finishes the requests in hand and reaps its workers
    ) as server:
        _await_answer(server, site, url)
        yield


def keep_port(wanted: int = 0) -> socket.socket:
    """Take the wanted port if it is free, else any, and keep it for a server of ours.

    Seconds pass until that listens. Linux gives a bound port to nobody who asks for any, and lets a
    server that names it listen beside us, who do not (socket(7), SO_REUSEADDR).
    """
    for port in (wanted, 0):
        kept = socket.socket()
        kept.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with contextlib.suppress(OSError):
            kept.bind(("127.0.0.1", port))
            return kept
        kept.close()
    raise SandboxError("no port is free on 127.0.0.1")


def last_lines(log: Path, count: int = 12) -> str:
    """Return the end of a log, or nothing when there is none."""
    text = log.read_text("utf-8", "replace") if log.is_file() else ""
    return "\n".join(text.splitlines()[-count:])


def _await_answer(server: subprocess.Popen[bytes], site: Path, url: str) -> None:
    """Wait for WordPress's first answer, which also compiles most of it."""
    place = urlsplit(url)
    deadline = time.monotonic() + START_SECONDS
    status = 0
    while not status and server.poll() is None and time.monotonic() < deadline:
        time.sleep(0.02)
        connection = http.client.HTTPConnection("127.0.0.1", place.port, timeout=START_SECONDS)
        refused = (OSError, http.client.HTTPException)
        with contextlib.closing(connection), contextlib.suppress(*refused):
            connection.request("GET", f"{place.path}/?rest_route=/&_fields=name")
            status = connection.getresponse().status
    if status != HTTPStatus.OK:
        tail = last_lines(site / "server.log")
        raise SandboxError(f"WordPress did not start (HTTP status {status}):\n{tail}")
