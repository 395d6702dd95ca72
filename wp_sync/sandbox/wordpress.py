"""Start and stop a WordPress of one's own: PHP's built-in server, SQLite, no internet.

An instance is a directory: `www` (WordPress; its core's files are links to the template's),
`wordpress.sqlite`, `site.json` (address and salt), `users.json` (last written, so its presence says
that the instance is whole), `php.log` and `server.log`.
"""

from __future__ import annotations

import atexit
import contextlib
import http.client
import json
import os
import secrets
import shutil
import signal
import socket
import sqlite3
import subprocess
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self
from urllib.parse import urlsplit

from filelock import FileLock

from wp_sync.errors import SandboxError
from wp_sync.hashing import digest

from .download import THEME, find_cache, find_core

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

SITE = Path(__file__).parent / "site"  # our PHP
TEMPLATE_URL = "http://127.0.0.1:0"  # where nobody can listen
START_SECONDS = 20.0  # a start takes one; a busy machine many times that
STOP_SECONDS = 5.0  # for the requests in hand

EXTENSIONS = ("curl", "gd", "mbstring", "pdo_sqlite", "xml")
PHP_CURE = (
    "Debian: apt-get install php-cli php-curl php-gd php-mbstring php-sqlite3 php-xml; "
    f"elsewhere: PHP 8 or newer with {', '.join(EXTENSIONS)}"
)
CORE_CURE = "run `make setup` or `python -m wp_sync.sandbox.download`"
SETTINGS = (
    "display_errors=0",
    "log_errors=1",
    "memory_limit=256M",
    "opcache.enable_cli=1",
    "opcache.revalidate_freq=0",  # a plugin that a test replaces counts at once
    "post_max_size=32M",
    "sendmail_path=/bin/true",
    "upload_max_filesize=32M",
)
# Ours on top of any core: both taken from the cached one.
PARTS = ("wp-content/plugins/sqlite-database-integration", f"wp-content/themes/{THEME}")

# PHP's workers outlive their parent, and both outlive us when we are killed. This guard waits for
# the end of our pipe to it, which comes however we end, unless a word says that all is done.
GUARD = 'read -r _ || { kill -TERM "-$1"; [ -z "$2" ] || rm -rf -- "$2"; }'


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxUser:
    """Someone who can log in."""

    login: str
    role: str
    slug: str
    password: str = field(repr=False)  # for wp-admin
    application_password: str = field(repr=False)  # for REST and XML-RPC


@dataclass(frozen=True, slots=True, kw_only=True)
class WordPress:
    """A running site; leaving its `with` block ends it."""

    url: str  # without a slash at its end
    directory: Path
    users: Mapping[str, SandboxUser]  # by login
    _end: ExitStack = field(repr=False, compare=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """End every process of the site, and remove its directory unless that was given."""
        self._end.close()

    @property
    def php_log(self) -> str:
        """What PHP complained about."""
        return _read(self.directory / "php.log")

    def add_mu_plugin(self, name: str, php: str) -> Path:
        """Run this code (without `<?php`) in every later request, until the file is removed."""
        plugins = self.directory / "www/wp-content/mu-plugins"
        plugins.mkdir(exist_ok=True)
        draft = plugins / f"{name}.draft"
        draft.write_text(f"<?php\n{php}\n", "utf-8")
        return draft.replace(plugins / f"{name}.php")

    def run_php(self, php: str) -> str:
        """Run this code (without `<?php`) with WordPress loaded; return what it prints."""
        code = f"<?php require getcwd() . '/wp-load.php';\n{php}\n"
        return _run_php(self.directory, "--", code=code)

    def sql(self, query: str) -> list[dict[str, Any]]:
        """Read from the site's tables (`wp_posts`, …) in SQLite's own SQL."""
        address = f"file:{self.directory / 'wordpress.sqlite'}?mode=ro"
        with contextlib.closing(sqlite3.connect(address, uri=True, timeout=10)) as database:
            database.row_factory = sqlite3.Row
            return [dict(row) for row in database.execute(query)]


def start_wordpress(
    directory: Path | None = None,
    *,
    core: Path | None = None,
    port: int = 0,
    permalinks: Literal["pretty", "plain"] = "pretty",
    empty: bool = False,
) -> WordPress:
    """Open a fresh site, or the one that `directory` already holds, on this machine.

    Without a directory one is made, and removed by the end. `core` is an unpacked WordPress or its
    zip, in place of the cached one. `empty` leaves out the sample post and page.
    """
    check_php()
    with ExitStack() as undo:
        site = directory.resolve() if directory else Path(tempfile.mkdtemp(prefix="wp-sync-site-"))
        if directory is None:
            undo.callback(shutil.rmtree, site, ignore_errors=True)
        fresh = not (site / "users.json").is_file()
        if fresh:
            _copy_template(core or find_core(), site)
        before = json.loads(_read(site / "site.json"))
        free = _find_port(port or urlsplit(before["url"]).port or 0)
        if port and free != port:
            raise SandboxError(f"port {port} is taken")
        url = f"http://127.0.0.1:{free}"
        salt = before["salt"] or secrets.token_hex(32)
        _write_private(site / "site.json", json.dumps({"url": url, "salt": salt}))
        if fresh:
            options = (TEMPLATE_URL, permalinks, "empty" if empty else "")
            _write_private(site / "users.json", _run_php(site, str(SITE / "open.php"), *options))
        undo.enter_context(_serve(site, free, ephemeral=directory is None))
        end = undo.pop_all()
    atexit.register(end.close)
    end.callback(atexit.unregister, end.close)
    users = {user["login"]: SandboxUser(**user) for user in json.loads(_read(site / "users.json"))}
    return WordPress(url=url, directory=site, users=users, _end=end)


def check_php() -> None:
    """Refuse to go on without a PHP that can run WordPress, and say what to install."""
    php = shutil.which("php")
    if php is None:
        raise SandboxError("there is no PHP on the PATH", cure=PHP_CURE)
    modules = subprocess.check_output((php, "-m"), text=True).lower().split()  # noqa: S603
    missing = [name for name in EXTENSIONS if name not in modules]
    if missing:
        raise SandboxError(f"{php} lacks {', '.join(missing)}", cure=PHP_CURE)


def _copy_template(core: Path, site: Path) -> None:
    if (site / "www").exists():
        raise SandboxError(f"{site} holds half a WordPress", cure="remove it and start again")
    find_cache().mkdir(parents=True, exist_ok=True)
    with FileLock(find_cache() / "wordpress.lock"):
        template = _make_template(core)
        shutil.copytree(template / "www", site / "www", copy_function=_link_or_copy)
        for name in ("wordpress.sqlite", "site.json"):
            shutil.copy(template / name, site / name)


def _link_or_copy(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:  # another file system, or one without links
        shutil.copy2(source, target)


def _make_template(core: Path) -> Path:
    """Install a core once for all starts; again when it, or our PHP, has changed."""
    origin = core if core.is_file() else core / "wp-includes/version.php"
    for path in (origin, *(find_core() / part for part in PARTS)):
        if not path.exists():
            raise SandboxError(f"no WordPress: {path} is missing", cure=CORE_CURE)
    ours = [path.read_text("utf-8") for path in sorted(SITE.iterdir())]
    mark = digest([origin.stat().st_mtime_ns, ours])
    template = find_cache() / "templates" / digest(str(core.resolve()))
    if _read(template / "mark") != mark:
        shutil.rmtree(template, ignore_errors=True)
        _unpack(core, template)
        _write_private(template / "site.json", json.dumps({"url": TEMPLATE_URL, "salt": ""}))
        _run_php(template, str(SITE / "install.php"))
        (template / "mark").write_text(mark, "utf-8")
    return template


def _unpack(core: Path, template: Path) -> None:
    www = template / "www"
    if core.is_file():
        shutil.unpack_archive(core, template / "unpacked", "zip")
        found = next((template / "unpacked").glob("**/wp-includes/version.php"))
        found.parent.parent.rename(www)
    else:
        shutil.copytree(core, www)
    for part in PARTS:
        shutil.rmtree(www / part, ignore_errors=True)
        shutil.copytree(find_core() / part, www / part)
    shutil.copy(find_core() / "wp-content/db.php", www / "wp-content/db.php")
    shutil.copy(SITE / "wp-config.php", www / "wp-config.php")


def _find_port(wanted: int) -> int:
    """Take the wanted port if it is free, else any."""
    for port in (wanted, 0):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            return int(probe.getsockname()[1])
    raise SandboxError("no port is free on 127.0.0.1")


@contextlib.contextmanager
def _serve(site: Path, port: int, *, ephemeral: bool) -> Iterator[None]:
    serving = ("-S", f"127.0.0.1:{port}", "-t", ".", str(SITE / "router.php"))
    with (site / "server.log").open("wb") as log:
        server = subprocess.Popen(  # noqa: S603  our own PHP
            (*_command(site), *serving),
            cwd=site / "www",
            env=_environment(site),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    watched = (str(server.pid), str(site) if ephemeral else "")
    guard = subprocess.Popen(  # noqa: S603
        ("/bin/sh", "-c", GUARD, "guard", *watched), stdin=subprocess.PIPE, start_new_session=True
    )
    try:
        _await_answer(server, site, port)
        yield
    finally:
        # At an interrupt PHP finishes the requests in hand and reaps its workers.
        with contextlib.suppress(ProcessLookupError, subprocess.TimeoutExpired):
            os.killpg(server.pid, signal.SIGINT)
            server.wait(STOP_SECONDS)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(server.pid, signal.SIGKILL)
        server.wait()
        guard.communicate(b"done\n")


def _await_answer(server: subprocess.Popen[bytes], site: Path, port: int) -> None:
    """Wait for WordPress's first answer, which also compiles most of it."""
    deadline = time.monotonic() + START_SECONDS
    status = 0
    while not status and server.poll() is None and time.monotonic() < deadline:
        time.sleep(0.02)
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=START_SECONDS)
        refused = (OSError, http.client.HTTPException)
        with contextlib.closing(connection), contextlib.suppress(*refused):
            connection.request("GET", "/?rest_route=/&_fields=name")
            status = connection.getresponse().status
    if status != HTTPStatus.OK:
        tail = "\n".join(_read(site / "server.log").splitlines()[-12:])
        raise SandboxError(f"WordPress did not start (HTTP status {status}):\n{tail}")


def _run_php(site: Path, *arguments: str, code: str = "") -> str:
    to_us = ("-d", "log_errors=0", "-d", "display_errors=stderr")
    done = subprocess.run(  # noqa: S603  our own PHP
        (*_command(site), *to_us, *arguments),
        cwd=site / "www",
        env=_environment(site),
        input=code,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        complaint = "\n".join(done.stderr.splitlines()[-5:]) or done.stdout[-500:]
        raise SandboxError(f"PHP ended with {done.returncode} in {site}: {complaint}")
    return done.stdout


def _command(site: Path) -> tuple[str, ...]:
    settings = (*SETTINGS, f"error_log={site / 'php.log'}")
    return ("php", *(part for setting in settings for part in ("-d", setting)))


def _environment(site: Path) -> dict[str, str]:
    """Hand PHP nothing of ours, least of all a password; its temporary files go with the site."""
    temporary = site / "tmp"
    temporary.mkdir(exist_ok=True)
    return {
        "PATH": os.environ["PATH"],
        "PHP_CLI_SERVER_WORKERS": "2",
        "TMPDIR": str(temporary),
    }


def _read(path: Path) -> str:
    return path.read_text("utf-8", "replace") if path.is_file() else ""


def _write_private(path: Path, text: str) -> None:
    path.touch(mode=0o600)
    path.write_text(text, "utf-8")
