"""Ask sources over HTTP: politely, within limits, with one clear error for whatever goes wrong."""

from __future__ import annotations

import re
import threading
import time
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Self
from urllib.parse import urldefrag, urljoin, urlsplit
from weakref import WeakSet

import requests
from urllib3.exceptions import DecodeError, HTTPError, IncompleteRead

from wp_sync.errors import BlockedAddressError, NetworkError, StatusError, TooLargeError, WebError
from wp_sync.model import Validators

from .guard import Deadline, Gate, GuardedAdapter

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from urllib3 import BaseHTTPResponse

_HOPS = 5
_REDIRECTS = (301, 302, 303, 307, 308)
_CODINGS = ("", "identity", "gzip", "x-gzip", "deflate")  # one of them: a chain may be a bomb
_CHUNK = 65_536
_MOST_ADAPTERS = 8  # a thread: each keeps connections alive
_FREE, _RATIO = 1_000_000, 100  # decoded bytes a wire byte, once past the first megabyte
_LONGEST_WAIT = 31 * 86_400.0  # seconds; a server that asks for more is taken at that
_BAD_CERTIFICATE = re.compile(r"certificate verify failed: ([^(')]+)")

_MEANINGS = {
    401: "it asks for a login",
    403: "it refuses this programme; ask the publisher",
    404: "it has moved or is gone",
    410: "it is gone for good",
    429: "it was asked too often, and is left alone for a while",
    451: "it is withheld for legal reasons",
    503: "it is overloaded or being mended",
}
# The first that fits an error, or an error inside it, names the cause.
_CAUSES: tuple[tuple[type[Exception], str], ...] = (
    (requests.exceptions.SSLError, "no trusted TLS connection could be made"),
    (requests.exceptions.Timeout, "it did not answer in time"),
    (IncompleteRead, "the answer broke off before its announced end"),
    (DecodeError, "the compressed answer is damaged"),
    (requests.exceptions.ConnectionError, "the connection was closed without an answer"),
    (Exception, "the answer is not proper HTTP, or broke off"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one exchange, redirects included, may take."""

    max_bytes: int = 10_000_000  # decoded
    seconds: float = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """An answer, 2xx or 304."""

    url: str  # after redirects
    status: int
    headers: Mapping[str, str]  # names in lower case
    body: bytes = field(repr=False)


def make_user_agent(contact: str, feeds: int) -> str:
    """Say who asks, whom to write to, and for how many feeds."""
    from importlib.metadata import version

    reachable = contact.encode("ascii", "ignore").decode()
    about = f" (+{reachable}; feeds={feeds})" if reachable else ""
    return f"wp-sync/{version('wp-sync')}{about}"


class WebSession:
    """GET requests to sources, from any thread. Keeps no cookies and sends no Referer."""

    def __init__(self, *, user_agent: str) -> None:
        self._user_agent = user_agent
        self._aborted = False
        self._dead: dict[tuple[str, int], str] = {}
        self._threads = threading.local()
        self._adapters: WeakSet[GuardedAdapter] = WeakSet()

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
        for adapter in list(self._adapters):
            adapter.gate.deadline.abort()

    def get(
        self,
        url: str,
        *,
        accept: str = "*/*",
        validators: Validators = Validators(),  # noqa: B008 (frozen)
        limit: Limits = Limits(),
        allow_private: frozenset[str] = frozenset(),
    ) -> Response:
        """Fetch an address. Raises a WebError that names the address, the cause and the cure.

        The validators are sent to their own address only, be it reached by redirects. A host
        that could not be reached is not asked again by this session.
        """
        if self._aborted:
            raise NetworkError(f"{url}: not asked, as the run ends", url=url)
        adapter = self._adapter(allow_private)
        with Deadline(limit.seconds) as deadline:
            adapter.gate.deadline = deadline
            for _ in range(_HOPS + 1):
                request = self._prepare(url, accept, validators)
                adapter.gate.url = url = request.url or url
                with (
                    _one_error(url, deadline, limit),
                    closing(adapter.send(request, stream=True, timeout=limit.seconds)) as answer,
                ):
                    if answer.status_code not in _REDIRECTS or "location" not in answer.headers:
                        return _read(answer, request, limit)
                    # requests reads header bytes as Latin-1; addresses are sent in UTF-8.
                    target = answer.headers["location"].encode("latin-1").decode("utf-8", "replace")
                url = _join(url, target)
        message = f"{url}: more than {_HOPS} redirects: the address leads nowhere"
        raise BlockedAddressError(message, url=url)

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


def _read(answer: requests.Response, request: requests.PreparedRequest, limit: Limits) -> Response:
    status, url = answer.status_code, request.url or ""
    asked = "If-None-Match" in request.headers or "If-Modified-Since" in request.headers
    if not 200 <= status < 300 and not (status == 304 and asked):  # noqa: PLR2004 (HTTP)
        raise _refusal(answer, url)
    if status == HTTPStatus.PARTIAL_CONTENT:
        raise NetworkError(f"{url}: only a part came, of which nobody had asked", url=url)
    return Response(
        url=url,
        status=status,
        headers={name.lower(): value for name, value in answer.headers.items()},
        body=_read_body(answer.raw, url, limit),
    )


def _read_body(raw: BaseHTTPResponse, url: str, limit: Limits) -> bytes:
    coding = raw.headers.get("content-encoding", "").strip().lower()
    if coding not in _CODINGS:
        raise WebError(f"{url}: the answer is packed as {coding[:40]!r}, not as asked", url=url)
    parts: list[bytes] = []
    size = 0
    # read1 gives what has come, so that a deadline and a limit are seen between two packets.
    while chunk := raw.read1(_CHUNK, decode_content=True):
        parts.append(chunk)
        size += len(chunk)
        if size > limit.max_bytes:
            message = f"{url}: the answer is larger than {limit.max_bytes:,} bytes"
            raise TooLargeError(message, url=url)
        if size > _FREE + _RATIO * raw.tell():
            message = f"{url}: the answer grows more than {_RATIO} times when it is unpacked"
            raise TooLargeError(message, url=url)
    return b"".join(parts)


def _refusal(answer: requests.Response, url: str) -> WebError:
    status = answer.status_code
    # The phrase is the standard's: what the server writes there is not for our log.
    known = {int(one): one.phrase for one in HTTPStatus}
    meaning = _MEANINGS.get(status, "its server failed" if status >= 500 else "it is not given out")  # noqa: PLR2004
    message = f"{url} answered {status} {known.get(status, '')}".rstrip() + f": {meaning}"
    if status == HTTPStatus.TOO_MANY_REQUESTS or status >= 500:  # noqa: PLR2004
        return NetworkError(message, url=url, retry_after=_retry_after(answer.headers))
    return StatusError(message, url=url, status=status)


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Read a number of seconds, or a date relative to the server's own; the past is nothing."""
    raw = headers.get("retry-after", "").strip()
    if raw.isascii() and raw.isdigit():
        seconds = float(raw)
    else:
        try:
            seconds = parsedate_to_datetime(raw).timestamp() - _server_time(headers)
        except (ValueError, OverflowError):
            return None
    return min(seconds, _LONGEST_WAIT) if seconds > 0 else None


def _server_time(headers: Mapping[str, str]) -> float:
    date = headers.get("date")
    return parsedate_to_datetime(date).timestamp() if date else time.time()
