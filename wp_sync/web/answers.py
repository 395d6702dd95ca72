"""What a server answered: read within limits, or refused by one clear error."""

from __future__ import annotations

from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING

from wp_sync.errors import NetworkError, StatusError, TooLargeError, WebError

from .freshness import read_date, server_time

if TYPE_CHECKING:
    from collections.abc import Mapping

    import requests
    from urllib3 import BaseHTTPResponse

_CODINGS = ("", "identity", "gzip", "x-gzip", "deflate")  # one of them: a chain may be a bomb
_CHUNK = 65_536
_FREE, _RATIO = 1_000_000, 100  # decoded bytes a wire byte, once past the first megabyte
_LONGEST_WAIT = 31 * 86_400.0  # seconds; a server that asks for more is taken at that

_MEANINGS = {
    401: "it asks for a login",
    403: "it refuses this programme; ask the publisher",
    404: "it has moved or is gone",
    410: "it is gone for good",
    429: "it was asked too often, and is left alone for a while",
    451: "it is withheld for legal reasons",
    503: "it is overloaded or being mended",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one exchange, redirects included, may take."""

    max_bytes: int = 10_000_000  # decoded
    seconds: float = 30.0
    cut: bool = False  # what is beyond max_bytes is left out, and no error


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """An answer, 2xx or 304."""

    url: str  # after redirects
    status: int
    headers: Mapping[str, str]  # names in lower case
    body: bytes = field(repr=False)
    moved_to: str = ""  # the address, when permanent redirects alone led there


def read_answer(
    answer: requests.Response, request: requests.PreparedRequest, limit: Limits, moved_to: str
) -> Response:
    status, url = answer.status_code, request.url or ""
    asked = "If-None-Match" in request.headers or "If-Modified-Since" in request.headers
    if not 200 <= status < 300 and not (status == 304 and asked):  # noqa: PLR2004 (HTTP)
        drain(answer.raw)
        raise _refusal(answer, url)
    if status == HTTPStatus.PARTIAL_CONTENT:
        raise NetworkError(f"{url}: only a part came, of which nobody had asked", url=url)
    return Response(
        url=url,
        status=status,
        headers={name.lower(): value for name, value in answer.headers.items()},
        body=_read_body(answer.raw, url, limit),
        moved_to=moved_to,
    )


def drain(raw: BaseHTTPResponse) -> None:
    """Read away a small body that nobody wants: else the connection is of no use any more."""
    length = raw.headers.get("content-length", "")
    if length.isascii() and length.isdigit() and int(length) <= _CHUNK:
        raw.read(decode_content=False)


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
            if limit.cut:
                return b"".join(parts)[: limit.max_bytes]
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
        wait = retry_after(answer.headers)
        return NetworkError(message, url=url, retry_after=wait, status=status)
    return StatusError(message, url=url, status=status)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Read a number of seconds, or a date relative to the server's own; the past is nothing."""
    raw = headers.get("retry-after", "").strip()
    if raw.isascii() and raw.isdigit():
        seconds = float(raw)
    elif (date := read_date(raw)) is not None:
        seconds = date - server_time(headers)
    else:
        return None
    return min(seconds, _LONGEST_WAIT) if seconds > 0 else None
