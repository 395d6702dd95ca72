"""Ask sources over HTTP: politely, within limits, with one clear error for whatever goes wrong."""

from __future__ import annotations

import re
import threading
import time
from collections import OrderedDict
from contextlib import closing, contextmanager, nullcontext
from functools import lru_cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Self
from urllib.parse import urldefrag, urljoin, urlsplit
from weakref import WeakSet

import requests
from urllib3.exceptions import DecodeError, HTTPError, IncompleteRead

from wp_sync.errors import (
    BlockedAddressError,
    NetworkError,
    RestingError,
    WebError,
)
from wp_sync.model import Validators

from .answers import Limits, Response, drain, read_answer, retry_after
from .deadline import Deadline
from .guard import Gate, GuardedAdapter
from .politeness import host_of
from .robots import MOST_BYTES, RobotsBook

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .politeness import Politeness, Purpose

_HOPS = 5
_REDIRECTS = (301, 302, 303, 307, 308)
_PERMANENT = (301, 308)
_MOST_ADAPTERS = 8  # a thread: each keeps connections alive
_KEPT_ALIVE = 128  # connections to hosts: more would use up the files that a process may open
_BAD_CERTIFICATE = re.compile(r"certificate verify failed: ([^(')]+)")

# The first that fits an error, or an error inside it, names the cause.
_CAUSES: tuple[tuple[type[Exception], str], ...] = (
    (requests.exceptions.SSLError, "no trusted TLS connection could be made"),
    (requests.exceptions.Timeout, "it did not answer in time"),
    (IncompleteRead, "the answer broke off before its announced end"),
    (DecodeError, "the compressed answer is damaged"),
    (requests.exceptions.ConnectionError, "the connection was closed without an answer"),
    (Exception, "the answer is not proper HTTP, or broke off"),
)


def make_user_agent(contact: str, feeds: int) -> str:
    """Say who asks, whom to write to, and for how many feeds."""
    from importlib.metadata import version

    reachable = contact.encode("ascii", "ignore").decode()
    about = f" (+{reachable}; feeds={feeds})" if reachable else ""
    return f"wp-sync/{version('wp-sync')}{about}"


class WebSession:
    """GET requests to sources, from any thread. Keeps no cookies and sends no Referer.

    With `polite`, hosts are spaced, left alone when they say so, and their robots.txt is heeded for
    what no person named: pages and pictures. Without, a person asks for one address.
    """

    def __init__(
        self, *, user_agent: str, polite: Politeness | None = None, feeds_too: bool = False
    ) -> None:
        self._user_agent = user_agent
        self._aborted = False
        self._dead: dict[tuple[str, int], str] = {}
        self._threads = threading.local()
        self._adapters: WeakSet[GuardedAdapter] = WeakSet()
        self._at_hosts: OrderedDict[str, GuardedAdapter] = OrderedDict()
        self._lock = threading.Lock()
        self.polite = polite
        self._robots = RobotsBook(self._fetch_robots, self._slow_down)
        self._by_robots = {"page", "picture", "feed" if feeds_too else ""}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections that are kept alive."""
        for adapter in list(self._adapters):
            adapter.close()

    def abort(self) -> None:
        """Cut the exchanges that are under way, and refuse new ones, by a NetworkError."""
        self._aborted = True
        if self.polite:
            self.polite.abort()
        for adapter in list(self._adapters):
            adapter.gate.deadline.abort()

    def forget_unreachable(self) -> None:
        """Let hosts be asked again that could not be reached."""
        self._dead.clear()

    def get(
        self,
        url: str,
        *,
        accept: str = "*/*",
        purpose: Purpose = "page",
        validators: Validators = Validators(),  # noqa: B008 (frozen)
        limit: Limits = Limits(),  # noqa: B008 (frozen)
        allow_private: frozenset[str] = frozenset(),
    ) -> Response:
        """Fetch an address. Raises a WebError that names the address, the cause and the cure.

        The validators are sent to their own address only, be it reached by redirects. A host
        that could not be reached is not asked again by this session.
        """
        left = limit.seconds  # waiting for a host's turn does not count
        moved_to, is_permanent = "", True
        for _ in range(_HOPS + 1):
            request = self._prepare(url, accept, validators)
            url = request.url or url
            polite = self._may_ask(url, purpose, allow_private)
            with polite.turn(url, purpose) if polite else nullcontext():
                if polite:
                    _heed_rest(polite, url)  # it may have asked for it while we waited our turn
                began = time.monotonic()
                with self._exchange(request, left, limit, allow_private, polite) as answer:
                    if answer.status_code not in _REDIRECTS or "location" not in answer.headers:
                        if polite:
                            _take_note(polite, answer, url, purpose)
                        return read_answer(answer, request, limit, moved_to)
                    # requests reads header bytes as Latin-1; addresses are sent in UTF-8.
                    drain(answer.raw)
                    target = answer.headers["location"].encode("latin-1").decode("utf-8", "replace")
                left -= time.monotonic() - began
            url = _join(url, target)
            is_permanent = is_permanent and answer.status_code in _PERMANENT
            moved_to = urldefrag(url).url if is_permanent else ""
        message = f"{url}: more than {_HOPS} redirects: the address leads nowhere"
        raise BlockedAddressError(message, url=url)

    def _may_ask(
        self, url: str, purpose: Purpose, allow_private: frozenset[str]
    ) -> Politeness | None:
        """Return by whose turns a host is asked; None: by nobody's, it is the owner's own."""
        if self.polite is None or is_private(url, allow_private):
            return None
        if purpose in self._by_robots:
            self._robots.check(url)
        _heed_rest(self.polite, url)
        return self.polite

    @contextmanager
    def _exchange(
        self,
        request: requests.PreparedRequest,
        seconds: float,
        limit: Limits,
        allow_private: frozenset[str],
        polite: Politeness | None,
    ) -> Iterator[requests.Response]:
        url = request.url or ""
        if self._aborted:
            raise NetworkError(f"{url}: not asked, as the run ends", url=url)
        adapter = self._at_host(host_of(url)) if polite else self._adapter(allow_private)
        with Deadline(max(seconds, 0.0)) as deadline:
            adapter.gate.deadline, adapter.gate.url = deadline, url
            if self._aborted:  # since the deadline could not be told
                deadline.abort()
            with (
                _one_error(url, deadline, limit),
                closing(adapter.send(request, stream=True, timeout=limit.seconds)) as answer,
            ):
                yield answer

    def _adapter(self, allow_private: frozenset[str]) -> GuardedAdapter:
        # One for each set: a connection that one source may open is not for another to reuse.
        adapters: dict[frozenset[str], GuardedAdapter]
        adapters = self._threads.__dict__.setdefault("adapters", {})
        adapter = adapters.pop(allow_private, None)
        if adapter is None:
            adapter = GuardedAdapter(Gate(allow_private, self._dead))
            self._adapters.add(adapter)
        adapters[allow_private] = adapter  # the last one is the one used last
        if len(adapters) > _MOST_ADAPTERS:
            adapters.pop(next(iter(adapters))).close()
        return adapter

    def _at_host(self, host: str) -> GuardedAdapter:
        """Return the way to a host, whose turn the thread has: all its feeds share a connection."""
        with self._lock:
            adapter = self._at_hosts.pop(host, None)
            if adapter is None:
                adapter = GuardedAdapter(Gate(frozenset(), self._dead))
                self._adapters.add(adapter)
            self._at_hosts[host] = adapter
            oldest = (
                self._at_hosts.popitem(last=False)[1] if len(self._at_hosts) > _KEPT_ALIVE else None
            )
        if oldest:
            oldest.close()  # what it has under way goes on
        return adapter

    def _fetch_robots(self, url: str) -> bytes:
        limit = Limits(max_bytes=MOST_BYTES, seconds=20, cut=True)
        return self.get(url, accept="text/plain, */*;q=0.1", purpose="robots", limit=limit).body

    def _slow_down(self, url: str, delay: float) -> None:
        if self.polite:
            self.polite.slow_down(url, delay)

    def _prepare(self, url: str, accept: str, validators: Validators) -> requests.PreparedRequest:
        headers = {"User-Agent": self._user_agent, "Accept": accept, "Accept-Encoding": "gzip"}
        try:
            parts = urlsplit(url)
            if parts.scheme not in ("http", "https") or parts.username is not None:
                message = f"{url}: only http and https addresses without a login are fetched"
                raise BlockedAddressError(message, url=url)
            request = requests.Request("GET", urldefrag(url).url, headers=headers).prepare()
        except (requests.RequestException, ValueError) as error:
            raise WebError(f"{url}: this is no web address", url=url) from error
        if validators.url == request.url:
            # Byte for byte as the server gave them: they are opaque (RFC 9110, 8.8).
            sent = {"If-None-Match": validators.etag, "If-Modified-Since": validators.last_modified}
            request.headers.update({name: value for name, value in sent.items() if value})
        return request


@lru_cache(4096)
def is_private(url: str, allow_private: frozenset[str]) -> bool:
    """Tell whether an address is at a host that a source opened as private: the owner's own."""
    if not allow_private:
        return False
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    return f"{host}:{port}" in allow_private


def _heed_rest(polite: Politeness, url: str) -> None:
    """Refuse to ask a host that is to be left alone. Raises RestingError."""
    if rest := polite.resting(url):
        until = f"{rest.until:%Y-%m-%d %H:%M} UTC"
        message = f"{url}: not asked, as {rest.host} is to be left alone until {until}"
        raise RestingError(message, url=url)


def _take_note(polite: Politeness, answer: requests.Response, url: str, purpose: Purpose) -> None:
    """Let a host rest that says that it is too much, and end its rest when it is not."""
    status = answer.status_code
    wait = retry_after(answer.headers)
    if status == HTTPStatus.TOO_MANY_REQUESTS or (
        status == HTTPStatus.SERVICE_UNAVAILABLE and wait is None
    ):
        polite.refuse(url, wait)
    elif status < 400:  # noqa: PLR2004 (HTTP)
        polite.welcome(url)
    robots, mining = (answer.headers.get(name, "") for name in ("x-robots-tag", "tdm-reservation"))
    if purpose == "page" and ("noai" in robots.lower() or mining.strip() == "1"):
        told = "X-Robots-Tag: noai" if "noai" in robots.lower() else "tdm-reservation: 1"
        polite.reserved[host_of(url)] = told


@contextmanager
def _one_error(url: str, deadline: Deadline, limit: Limits) -> Iterator[None]:
    """Map whatever the libraries raise to one NetworkError, and an expired deadline too."""
    error: Exception | None = None
    try:
        yield
    except (requests.RequestException, HTTPError, NetworkError, OSError, ValueError) as failure:
        error = failure
    if deadline.passed:
        late = f"it took longer than {limit.seconds:g} seconds"
        cause = "cut, as the run ends" if deadline.aborted else late
        raise NetworkError(f"{url}: {cause}", url=url) from error
    if isinstance(error, NetworkError):
        raise error
    if error is not None:
        chain = [error, *(part for part in error.args if isinstance(part, Exception))]
        kinds = (cause for kind, cause in _CAUSES if any(isinstance(one, kind) for one in chain))
        cause = next(kinds)
        if found := _BAD_CERTIFICATE.search(str(error)):
            cause = f"its certificate is not trusted: {found[1].strip()}"
        raise NetworkError(f"{url}: {cause}", url=url) from error


def _join(base: str, target: str) -> str:
    try:
        return urljoin(base, target)
    except ValueError as error:
        raise WebError(f"{base}: it redirects to what is no web address", url=base) from error
