"""HTTP to one WordPress: logging in, waiting, repeating. It knows nothing of posts."""

from __future__ import annotations

import base64
import ipaddress
import ssl
import time
from collections.abc import Callable, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, NoReturn
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

import requests
import tenacity
import urllib3

from wp_sync.errors import (
    InDoubtError,
    RejectedError,
    SiteError,
    UnauthorizedError,
    UnreachableError,
)

from .answers import INDEX, Answer, Json
from .diagnosis import Diagnosis, diagnose
from .pace import UPLOAD, Pace
from .sessions import Sessions, in_time

if TYPE_CHECKING:
    from collections.abc import Iterator

Params = Mapping[str, str | int]

LONGEST_ANSWER = 50 * 2**20  # bytes, decoded
CHUNK = 2**16
SHORTEST_SECRET = 6  # characters; a shorter one is no application password, and part of any text
IN_DOUBT = "the change may or may not have been made"

TEMPORARY = {429, 502, 503, 504}  # a read is asked again
BUSY = {429, 503}  # whose Retry-After is for all connections
# Errors with a status of 500 that are WordPress's word on the content, and not accidents.
REFUSALS = {
    "db_insert_error",
    "db_update_error",
    "empty_term_name",
    "existing_user_email",
    "existing_user_login",
    "rest_trash_not_supported",
    "rest_upload_sideload_error",
    "rest_upload_unknown_error",
    "user_login_too_long",
}
CURES = {
    403: "the user in [site] needs the rights of the editor's role",
}
# Failures before the first byte of the request went out; the first that fits names it.
NOT_SENT: tuple[tuple[type[Exception], str], ...] = (
    (ssl.SSLCertVerificationError, "its certificate is not trusted, or not for this name"),
    (urllib3.exceptions.NameResolutionError, "its name is not known"),
    (urllib3.exceptions.NewConnectionError, "it refuses connections"),
    (urllib3.exceptions.ConnectTimeoutError, "it does not answer"),
)
LOST: tuple[tuple[type[Exception], str], ...] = (
    (requests.Timeout, "the time ran out"),
    (urllib3.exceptions.TimeoutError, "the time ran out"),
    (requests.exceptions.SSLError, "its TLS is broken, or it speaks plain HTTP"),
    (requests.exceptions.InvalidURL, "its address is not valid"),
    (Exception, "the line was cut"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long to wait for a site, in seconds, and how often to ask."""

    connect: float = 10
    read: float = 60  # for the next bytes; pictures are resized within the request
    total: float = 300  # for one whole answer
    attempts: int = 4
    longest_wait: float = 120  # core asks for 600 during updates that take seconds
    sleep: Callable[[float], None] = time.sleep
    answered: Callable[[], None] = lambda: None  # told of every whole answer


class _RepeatableError(UnreachableError):
    """Nothing was done, or nothing changes when it is asked again."""


class RestApi:
    """The REST API of one site, asked by one user; anonymously when the user name is empty.

    Reads are repeated. A write is repeated only when it certainly never reached WordPress. Threads
    may ask side by side, as many as the pace allows.
    """

    def __init__(
        self,
        root: str,
        username: str = "",
        password: str | Callable[[], str] = "",
        *,
        patience: Patience | None = None,
        pace: Pace | None = None,
    ) -> None:
        self.root = root
        self.username = username
        self.warnings: list[str] = []  # what PHP printed before the JSON
        self.patience = patience or Patience()
        self.pace = pace or Pace()
        self._password = password
        if username:
            check_private(root)
        self._sessions = Sessions((username, self.password) if username else None)

    @property
    def password(self) -> str:
        return self._password if isinstance(self._password, str) else self._password()

    def get(self, route: str, params: Params | None = None) -> tuple[Json, Mapping[str, str]]:
        """Read a route; return its JSON and the headers."""
        answer = self.read(route, params)
        return self.accept(answer, write=False), answer.headers

    def read(self, route: str, params: Params | None = None) -> Answer:
        """Read a route, again while the site is away; return an answer of any status."""

        def once() -> Answer:
            answer = self._exchange("GET", route, params)
            if answer.status in TEMPORARY:
                raise _put_off(answer)
            return answer

        return self._repeat(once)

    def write(self, method: str, route: str, params: Params | None = None, **content: Json) -> Json:
        """Send one change and return the JSON of the answer; `content` is json, data, headers."""
        return self.accept(self.send(method, route, params, **content))

    def send(
        self, method: str, route: str, params: Params | None = None, **content: Json
    ) -> Answer:
        """Send one change; return an answer of any status."""

        def once() -> Answer:
            answer = self._exchange(method, route, params, **content)
            if answer.status == HTTPStatus.TOO_MANY_REQUESTS:
                raise _put_off(answer)
            return answer

        return self._repeat(once)

    def accept(self, answer: Answer, *, write: bool = True) -> Json:
        """Decode an answer, or raise what it means."""
        if answer.status not in {HTTPStatus.OK, HTTPStatus.CREATED}:
            _refuse(answer, write=write)
        try:
            data, printed = answer.decode()
        except SiteError as error:
            if write:
                raise InDoubtError(f"{error.message}; {IN_DOUBT}") from error
            raise
        if printed and printed not in self.warnings:
            self.warnings.append(printed)
        return data

    def url_for(self, route: str, params: Params | None = None) -> str:
        """Build the address of a route below a pretty root or a `?rest_route=` one."""
        parts = urlsplit(self.root)
        query = dict(parse_qsl(parts.query))
        if "rest_route" in query:
            query["rest_route"] = f"/{route}"
            parts = parts._replace(query=urlencode(query, safe="/"))
        else:
            parts = parts._replace(path=f"{parts.path.rstrip('/')}/{route}")
        # Commas stay: encoded they would triple the length of lists of ids.
        more = urlencode(params or {}, safe=",", quote_via=quote)
        return urlunsplit(parts._replace(query="&".join(filter(None, (parts.query, more)))))

    def _repeat(self, request: Callable[[], Answer]) -> Answer:
        backing_off = tenacity.wait_random_exponential(multiplier=1, max=30)

        def pause(state: tenacity.RetryCallState) -> float:
            error = state.outcome.exception() if state.outcome else None
            told = error.retry_after if isinstance(error, UnreachableError) else None
            return backing_off(state) if told is None else min(told, self.patience.longest_wait)

        def sleep(seconds: float) -> None:
            until = self.pace.hold(seconds)  # whatever else asks this site waits with us
            self.patience.sleep(seconds)
            self.pace.release(until)

        retrying = tenacity.Retrying(
            stop=tenacity.stop_after_attempt(self.patience.attempts),
            wait=pause,
            retry=tenacity.retry_if_exception_type(_RepeatableError),
            sleep=sleep,
            reraise=True,
        )
        return retrying(request)

    def _exchange(self, method: str, route: str, params: Params | None, **content: Json) -> Answer:
        weight = UPLOAD if "data" in content else 1
        with (
            self.pace.turn(self.patience.sleep, weight),
            self._sessions.lend(self.patience.total) as session,
        ):
            answer = self._ask(session, method, route, params, **content)
        if answer.retry_after is not None and answer.status in BUSY:
            self.pace.hold(min(answer.retry_after, self.patience.longest_wait))
        return answer

    def _ask(
        self,
        session: requests.Session,
        method: str,
        route: str,
        params: Params | None,
        **content: Json,
    ) -> Answer:
        what = f"{method} {route or INDEX}"
        begun = time.monotonic()
        status = HTTPStatus.GATEWAY_TIMEOUT.value  # until there is one
        try:
            with (
                mapped(what, self.root, write=method != "GET"),
                in_time(),
                session.request(
                    method,
                    self.url_for(route, params),
                    timeout=(self.patience.connect, self.patience.read),
                    allow_redirects=False,  # requests would turn a POST into a GET
                    stream=True,
                    **content,
                ) as response,
            ):
                body = self._read_body(response, what)
            status = response.status_code
        finally:
            if method != "GET":
                kind, items = what, _count_items(content)
                self.pace.tell(kind, status, time.monotonic() - begun, items)
        answer = Answer(
            what=what,
            url=self.url_for(route),
            status=response.status_code,
            headers=response.headers,
            body=body if response.ok else self.censor(body),
        )
        self.patience.answered()
        if response.is_redirect:
            raise answer.redirect()
        return answer

    def _read_body(self, response: requests.Response, what: str) -> bytes:
        body = bytearray()
        # Not iter_content: it waits for the whole chunk, and with it for every dripped byte.
        while chunk := response.raw.read1(CHUNK, decode_content=True):
            body += chunk
            if len(body) > LONGEST_ANSWER:
                raise SiteError(f"{what}: the answer is longer than 50 MB")
        return bytes(body)

    def censor(self, body: bytes) -> bytes:
        """Take our login out of an error's text: some sites print the request that they refuse."""
        if not self.username:
            return body
        login = f"{self.username}:{self.password}".encode()
        for secret in (self.password.encode(), base64.b64encode(login)):
            if len(secret) >= SHORTEST_SECRET:
                body = body.replace(secret, b"[password]")
        return body


def _explain(answer: Answer) -> Diagnosis:
    if found := diagnose(answer):
        return replace(found, cause=f"{urlsplit(answer.url).netloc}: {found.cause}")
    return Diagnosis(cause=answer.reason, cure=CURES.get(answer.status, ""))


def _put_off(answer: Answer) -> _RepeatableError:
    found = _explain(answer)
    return _RepeatableError(found.cause, cure=found.cure, retry_after=answer.retry_after)


def _refuse(answer: Answer, *, write: bool) -> NoReturn:
    status = answer.status
    found = _explain(answer)
    reason, cure = found.cause, found.cure
    if status == HTTPStatus.UNAUTHORIZED:
        raise UnauthorizedError(f"{reason}; WordPress does not accept the login", cure=cure)
    if 400 <= status < 500 or answer.code in REFUSALS:  # noqa: PLR2004
        raise RejectedError(reason, code=answer.code, status=status, cure=cure)
    # Core sends 503 with Retry-After before it loads anything (wp_maintenance); a plugin
    # may do so later: retry_after tells that the request arrived. One without may be a proxy's.
    unloaded = status == HTTPStatus.SERVICE_UNAVAILABLE and answer.retry_after is not None
    if unloaded or not write:
        raise UnreachableError(reason, cure=cure, retry_after=answer.retry_after)
    raise InDoubtError(f"{reason}; {IN_DOUBT}", cure=cure)


def _count_items(content: Mapping[str, Json]) -> int:
    sent = content.get("json")
    return max(1, len(sent["requests"])) if isinstance(sent, dict) and "requests" in sent else 1


@contextmanager
def mapped(what: str, root: str, *, write: bool) -> Iterator[None]:
    host = urlsplit(root).netloc
    try:
        yield
    except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
        for kind, words in NOT_SENT:
            if isinstance(_innermost(error), kind):
                raise _RepeatableError(f"{host} can't be reached: {words}") from error
        words = next(words for kind, words in LOST if isinstance(error, kind))
        message = f"{what}: no whole answer from {host}, {words}"
        if not write:
            raise _RepeatableError(message) from error
        raise InDoubtError(f"{message}; {IN_DOUBT}") from error


def _innermost(error: Exception) -> object:
    """Return the cause that requests wrapped: in itself, in MaxRetryError, and in SSLError."""
    cause: Any = error.args[0] if error.args else error
    cause = getattr(cause, "reason", None) or cause
    return cause.args[0] if isinstance(cause, urllib3.exceptions.SSLError) else cause


def check_private(root: str) -> None:
    """Refuse to send a password where it could be read on the way."""
    parts = urlsplit(root)
    host = parts.hostname or ""
    if parts.scheme == "https" or host == "localhost" or host.endswith(".localhost"):
        return
    with suppress(ValueError):
        if ipaddress.ip_address(host).is_loopback:
            return
    message = f"{host} is reached without https, and the password would be readable on the way"
    raise SiteError(message, cure="use https:// in [site] url")
