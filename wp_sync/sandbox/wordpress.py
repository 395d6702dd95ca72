"""Start and stop a WordPress of one's own: PHP's built-in server, no internet.

An instance is a directory: `www` (WordPress; its core's files are links to the template's), `root`
(what the server gives out, when WordPress is only a part of it), `wordpress.sqlite` or `mariadb`,
`compiled` (what PHP keeps between its processes, if the site is brief), `site.json` (address, salt,
database), `users.json` (last written, so its presence says that the instance is whole), `php.log`
and `server.log`.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import secrets
import shutil
import sqlite3
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self
from urllib.parse import urlsplit

from wp_sync.errors import SandboxError

from .database import query_database, serve_database
from .install import TEMPLATE_URL, copy_template, name_core, put_below, write_private
from .php import SITE, check_php, run_php
from .processes import keep_port, open_guard, serve_site

if TYPE_CHECKING:
    import socket
    from collections.abc import Mapping

    from .php import Database


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

    url: str  # of the front page, without a slash at its end
    directory: Path
    database: Database
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
        return run_php(self.directory, "--", code=code)

    def sql(self, query: str) -> list[dict[str, Any]]:
        """Read from the site's tables (`wp_posts`, …) in the SQL of its database."""
        if self.database == "mariadb":
            return query_database(self.directory, query)
        address = f"file:{self.directory / 'wordpress.sqlite'}?mode=ro"
        with contextlib.closing(sqlite3.connect(address, uri=True, timeout=10)) as database:
            database.row_factory = sqlite3.Row
            return [dict(row) for row in database.execute(query)]


def start_wordpress(  # noqa: PLR0913  each is one choice of a site, beside its usual one
    directory: Path | None = None,
    *,
    core: Path | str | None = None,
    port: int = 0,
    permalinks: Literal["pretty", "plain"] = "pretty",
    empty: bool = False,
    database: Database = "sqlite",
    subdirectory: str = "",
    home_at_root: bool = False,
) -> WordPress:
    """Open a fresh site, or the one that `directory` already holds, on this machine.

    Without a directory one is made, and removed by the end. `core` is a cached one by its minor
    version ("6.1", "6.5", "6.8"), or an unpacked WordPress or its zip. `empty` leaves out the
    sample post and page. `subdirectory` ("/blog") is where WordPress stands below the server's
    root, and its front page too, unless that is `home_at_root`.
    """
    with ExitStack() as undo:
        site = directory.resolve() if directory else Path(tempfile.mkdtemp(prefix="wp-sync-site-"))
        if directory is None:
            undo.callback(shutil.rmtree, site, ignore_errors=True)
        fresh = not (site / "users.json").is_file()
        if fresh:
            check_php(database)
            copy_template(name_core(core), database, site, is_brief=directory is None)
            if subdirectory:
                put_below(site, subdirectory, home_at_root=home_at_root)
        settings = json.loads(_read(site / "site.json"))
        if not fresh:
            check_php(settings["database"])
        kept = undo.enter_context(_keep_port(settings["url"], port))
        settings["url"] = _address(settings["url"], kept)
        settings["salt"] = settings["salt"] or secrets.token_hex(32)
        write_private(site / "site.json", json.dumps(settings))
        guard = undo.enter_context(open_guard(None if directory else site))
        if settings["database"] == "mariadb":
            undo.enter_context(serve_database(site, guard))
        if fresh:
            options = (TEMPLATE_URL, permalinks, "empty" if empty else "")
            write_private(site / "users.json", run_php(site, str(SITE / "open.php"), *options))
        undo.enter_context(serve_site(site, guard, settings["url"]))
        end = undo.pop_all()
    atexit.register(end.close)
    end.callback(atexit.unregister, end.close)
    users = {user["login"]: SandboxUser(**user) for user in json.loads(_read(site / "users.json"))}
    return WordPress(
        url=settings["url"],
        directory=site,
        database=settings["database"],
        users=users,
        _end=end,
    )


def _keep_port(before: str, port: int) -> socket.socket:
    """Keep a port for a site: the wanted one, else the one it had, else any."""
    kept = keep_port(port or urlsplit(before).port or 0)
    if port and kept.getsockname()[1] != port:
        kept.close()
        raise SandboxError(f"port {port} is taken")
    return kept


def _address(before: str, kept: socket.socket) -> str:
    return f"http://127.0.0.1:{kept.getsockname()[1]}{urlsplit(before).path}"


def _read(path: Path) -> str:
    return path.read_text("utf-8", "replace") if path.is_file() else ""
