"""A MariaDB of a site's own: on a private socket, small, without a network and without users."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import time
from typing import TYPE_CHECKING, Any

from wp_sync.errors import SandboxError

from .php import SITE, run_php
from .processes import START_SECONDS, last_lines, run_server

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator
    from pathlib import Path

    from .processes import Guard

PROGRAM = "mariadbd"
DIRECTORY = "mariadb"  # in the site's: data, socket and log; nobody else may enter
LONGEST_SOCKET = 107  # bytes; sockaddr_un.sun_path
CURE = "Debian: apt-get install mariadb-server-core php-mysql; elsewhere: MariaDB 10.5 or newer"
# As small and as fast as a database may be that nobody misses: nothing waits for the disk.
# Without grant tables there are no users: who may enter the directory may do all.
SETTINGS = (
    "--no-defaults",
    "--aria-pagecache-buffer-size=1M",
    "--character-set-server=utf8mb4",
    "--collation-server=utf8mb4_unicode_ci",
    "--innodb-buffer-pool-size=128M",
    "--innodb-doublewrite=0",
    "--innodb-flush-log-at-trx-commit=0",
    "--innodb-log-file-size=96M",
    "--innodb-stats-persistent=0",
    "--innodb-use-native-aio=0",
    "--key-buffer-size=1M",
    "--performance-schema=0",
    "--skip-grant-tables",
    "--skip-log-bin",
    "--skip-networking",
    "--table-open-cache=100",
)


@contextlib.contextmanager
def serve_database(site: Path, guard: Guard) -> Iterator[None]:
    """Run the site's MariaDB, with its database `wordpress`."""
    directory = site / DIRECTORY
    # In /usr/sbin, which is not on everybody's PATH.
    program = shutil.which(PROGRAM, path=f"{os.environ['PATH']}:/usr/sbin:/usr/local/sbin")
    if program is None:
        raise SandboxError(f"{PROGRAM} is missing", cure=CURE)
    address = _socket(site)
    if len(os.fsencode(address)) > LONGEST_SOCKET:
        raise SandboxError(f"{address} is too long for a socket", cure="take a shorter directory")
    (directory / "data").mkdir(mode=0o700, parents=True, exist_ok=True)
    directory.chmod(0o700)
    first = directory / "first.sql"
    first.write_text("CREATE DATABASE IF NOT EXISTS wordpress;\n", "utf-8")
    places = {"datadir": directory / "data", "init-file": first, "socket": address, "tmpdir": site}
    named = (f"--{name}={place}" for name, place in places.items())
    user = ("--user=root",) if os.getuid() == 0 else ()
    with run_server(
        (program, *SETTINGS, *user, *named),
        guard,
        directory / "server.log",
        directory=directory,
        environment={"PATH": os.environ["PATH"]},
        word=signal.SIGTERM,
    ) as server:
        _await_greeting(server, site)
        yield


def query_database(site: Path, query: str) -> list[dict[str, Any]]:
    """Read from the site's tables; what would write is refused."""
    rows: list[dict[str, Any]] = json.loads(
        run_php(site, str(SITE / "query.php"), str(_socket(site)), code=query)
    )
    return rows


def _socket(site: Path) -> Path:
    return site / DIRECTORY / "socket"


def _await_greeting(server: subprocess.Popen[bytes], site: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while server.poll() is None and time.monotonic() < deadline:
        with socket.socket(socket.AF_UNIX) as client, contextlib.suppress(OSError):
            client.settimeout(1)
            client.connect(str(_socket(site)))
            if client.recv(1):
                return
        time.sleep(0.02)
    tail = last_lines(site / DIRECTORY / "server.log")
    raise SandboxError(f"MariaDB did not start:\n{tail}", cure=CURE)
