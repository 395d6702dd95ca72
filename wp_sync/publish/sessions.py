"""The connections to one site: each thread asks on one that nobody else has."""

from __future__ import annotations

import threading
from collections import deque
from contextlib import contextmanager, suppress
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

import requests
from requests.adapters import HTTPAdapter
from requests.auth import HTTPBasicAuth
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError

from wp_sync.web.deadline import Deadline

if TYPE_CHECKING:
    from collections.abc import Iterator

_EXCHANGE = threading.local()  # .deadline: of the exchange that this thread is at


class _Watched:
    """Have the deadline watch a connection, from before the request to the last byte."""

    def request(self, *what: Any, **how: Any) -> None:  # noqa: ANN401
        connection: Any = self
        if connection.sock is None:
            connection.connect()
        _EXCHANGE.deadline.watch(connection.sock)
        super().request(*what, **how)  # type: ignore[misc]


class _HttpConnection(_Watched, HTTPConnection):
    pass


class _HttpsConnection(_Watched, HTTPSConnection):
    pass


class _HttpPool(HTTPConnectionPool):
    ConnectionCls = _HttpConnection


class _HttpsPool(HTTPSConnectionPool):
    ConnectionCls = _HttpsConnection


class _Adapter(HTTPAdapter):
    """Repeats nothing (urllib3's Retry is 0): what was sent on a closed connection may be there."""

    def init_poolmanager(self, *what: Any, **how: Any) -> None:  # noqa: ANN401
        super().init_poolmanager(*what, **how)
        self.poolmanager.pool_classes_by_scheme = {"http": _HttpPool, "https": _HttpsPool}


class Sessions:
    """As many as are needed side by side; each keeps its connection open."""

    def __init__(self, login: tuple[str, str] | None) -> None:
        # As bytes: requests would encode text as Latin-1, WordPress compares UTF-8.
        self._auth = HTTPBasicAuth(*(part.encode() for part in login)) if login else None
        self._idle: deque[requests.Session] = deque()

    @contextmanager
    def lend(self, seconds: float) -> Iterator[requests.Session]:
        """Give out a session for one exchange, which is cut then, however slowly bytes drip."""
        try:
            session = self._idle.pop()
        except IndexError:
            session = self._open()
        try:
            with Deadline(seconds) as deadline:
                _EXCHANGE.deadline = deadline
                yield session
        finally:
            self._idle.append(session)

    def _open(self) -> requests.Session:
        session = requests.Session()
        for scheme in ("http://", "https://"):
            session.mount(scheme, _Adapter())
        session.trust_env = False  # no proxy, no .netrc
        session.headers["Accept"] = "application/json"  # else wp_die sends a web page
        session.headers["User-Agent"] = _user_agent()
        session.auth = self._auth
        return session


@contextmanager
def in_time() -> Iterator[None]:
    """Say of an exchange that was cut that its time ran out: raises requests.ReadTimeout."""
    try:
        yield
    except (requests.RequestException, HTTPError) as error:
        if _EXCHANGE.deadline.passed:
            raise requests.ReadTimeout from error
        raise
    if _EXCHANGE.deadline.passed:  # headers that were cut look like whole ones
        raise requests.ReadTimeout


def _user_agent() -> str:
    with suppress(PackageNotFoundError):
        return f"wp-sync/{version('wp-sync')}"
    return "wp-sync"  # run from a checkout that is not installed
