"""The connections to one site: each thread asks on one that nobody else has."""

from __future__ import annotations

from collections import deque
from contextlib import contextmanager, suppress
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

import requests
from requests.auth import HTTPBasicAuth

if TYPE_CHECKING:
    from collections.abc import Iterator


class Sessions:
    """As many as are needed side by side; each keeps its connection open."""

    def __init__(self, login: tuple[str, str] | None) -> None:
        # As bytes: requests would encode text as Latin-1, WordPress compares UTF-8.
        self._auth = HTTPBasicAuth(*(part.encode() for part in login)) if login else None
        self._idle: deque[requests.Session] = deque()

    @contextmanager
    def lend(self) -> Iterator[requests.Session]:
        """Give out a session for one exchange."""
        try:
            session = self._idle.pop()
        except IndexError:
            session = self._open()
        try:
            yield session
        finally:
            self._idle.append(session)

    def _open(self) -> requests.Session:
        # Its adapter repeats nothing (urllib3's Retry is 0): a write that was sent on a connection
        # which the server had closed may have arrived.
        session = requests.Session()
        session.trust_env = False  # no proxy, no .netrc
        session.headers["Accept"] = "application/json"  # else wp_die sends a web page
        session.headers["User-Agent"] = _user_agent()
        session.auth = self._auth
        return session


def _user_agent() -> str:
    with suppress(PackageNotFoundError):
        return f"wp-sync/{version('wp-sync')}"
    return "wp-sync"  # run from a checkout that is not installed
