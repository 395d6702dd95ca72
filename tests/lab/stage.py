"""Where a case plays: a real WordPress or the fake one, seen and changed past every proxy."""

from __future__ import annotations

import shutil
import sqlite3
import threading
from abc import ABC, abstractmethod
from contextlib import closing, contextmanager
from http.server import ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import requests
from fake_rest import FakeWordPress
from fake_site import Site
from fake_wordpress import PASSWORD, Handler
from readers import run_sql
from webservers import named

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from wp_sync.sandbox.wordpress import WordPress


class Stage(ABC):
    """A WordPress on SQLite, and its administrator."""

    is_real: bool
    url: str
    username: str
    password: str
    database: Path
    _admin: tuple[str, str]

    @abstractmethod
    def named(self, url: str) -> AbstractContextManager[None]:
        """Make the site call itself by another address for a while."""

    @abstractmethod
    def clear(self) -> None:
        """Empty the site."""

    def sql(self, query: str) -> list[dict[str, Any]]:
        """Read from WordPress's tables."""
        return run_sql(self.database, query)

    def write(self, query: str) -> None:
        """Change WordPress's tables."""
        with closing(sqlite3.connect(self.database, timeout=20)) as db, db:
            db.execute(query)

    def back_up(self, copy: Path) -> Path:
        """Keep the site as it is now."""
        _copy(self.database, copy)
        return copy

    def put_back(self, copy: Path) -> None:
        """Make the site as it was: also its next ids."""
        _copy(copy, self.database)

    def admin(self, method: str, route: str, **values: Any) -> Any:  # noqa: ANN401 (JSON)
        """Do something as an administrator does, past every proxy."""
        url = f"{self.url}/index.php?rest_route=/wp/v2/{route.replace('?', '&')}"
        content = {"json": values} if values else {}
        with requests.Session() as session:
            session.trust_env = False
            answer = session.request(method, url, auth=self._admin, timeout=60, **content)  # type: ignore[arg-type]
        assert answer.ok, f"{method} {route}: {answer.status_code} {answer.text[:300]}"
        return answer.json()


class RealStage(Stage):
    """A sandbox WordPress."""

    is_real = True

    def __init__(self, site: WordPress, scratch: Path) -> None:
        self.site, self.url = site, site.url
        self.username, self.password = "editor", site.users["editor"].application_password
        self._admin = ("admin", site.users["admin"].application_password)
        self.database = site.directory / "wordpress.sqlite"
        self._empty: Path = self.back_up(scratch / "empty.sqlite")

    def named(self, url: str) -> AbstractContextManager[None]:
        return named(self.site, url)

    def clear(self) -> None:
        self.put_back(self._empty)
        shutil.rmtree(self.site.directory / "www/wp-content/uploads", ignore_errors=True)


class _Server(ThreadingHTTPServer):
    def handle_error(self, *_: object) -> None:
        """Say nothing: a client that went away is no news."""


class FakeStage(Stage):
    """The fake, in a thread of this process."""

    is_real = False
    username, password = "editor", PASSWORD

    def __init__(self, database: Path) -> None:
        self.database = database
        self.fake = FakeWordPress(Site(database))
        handler = type("FakeHandler", (Handler,), {"fake": self.fake})
        self._server = _Server(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        self.url = self.fake.url = f"http://127.0.0.1:{self._server.server_port}"
        self._admin = ("admin", PASSWORD)
        serve = self._server.serve_forever
        self._thread = threading.Thread(target=serve, args=(0.02,), daemon=True)
        self._thread.start()

    @contextmanager
    def named(self, url: str) -> Iterator[None]:
        self.fake.url = url
        try:
            yield
        finally:
            self.fake.url = self.url

    def clear(self) -> None:
        self.fake.faults.set([])
        self.fake.seen.clear()
        self.fake.site.reset()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@contextmanager
def open_fake(scratch: Path) -> Iterator[FakeStage]:
    """Start a fake WordPress of one's own."""
    stage = FakeStage(scratch / "fake.sqlite")
    try:
        yield stage
    finally:
        stage.close()


def _copy(source: Path, target: Path) -> None:
    with (
        closing(sqlite3.connect(source, timeout=20)) as one,
        closing(sqlite3.connect(target, timeout=20)) as other,
    ):
        one.backup(other)
