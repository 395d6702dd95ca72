"""HTTP to one site, by the same rules for both of its APIs: waiting, repeating, doubt."""

from __future__ import annotations

import base64
import ipaddress
import ssl
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

import requests
import tenacity
import urllib3

from wp_sync.errors import InDoubtError, PublishError, SiteError, UnreachableError

from .answers import Answer
from .attempts import about_to_send
from .diagnosis import Diagnosis, diagnose
from .pace import Pace
from .sessions import Sessions, in_time

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping


T = TypeVar("T")

LONGEST_ANSWER = 50 * 2**20  # bytes, decoded
CHUNK = 2**16
SHORTEST_SECRET = 6  # characters; a shorter one is no application password, and part of any text
IN_DOUBT = "the change may or may not have been made"

TEMPORARY = {429, 502, 503, 504}  # a read is asked again
BUSY = {429, 503}  # whose Retry-After is for all connections
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

    def hasty(self) -> Patience:
        """Have less of it, for what one can do without."""
        return replace(self, attempts=1, read=min(self.read, 20))


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One thing that a site is asked."""

    what: str  # for messages
    method: str
    url: str
    write: bool
    shown: str = ""  # the address as messages name it
    weight: int = 1  # connections whose place it takes
    items: int = 1  # that it writes
    content: Mapping[str, Any] = field(default_factory=dict)  # json, data, headers


class RepeatableError(UnreachableError):
    """Nothing was done, or nothing changes when it is asked again."""


class Wire:
    """The connections of one user to one site.

    Reads are repeated. A write is repeated only when it certainly never reached WordPress. Threads
    may ask side by side, as many as the pace allows.
    """

    def __init__(
        self,
        username: str,
        password: str | Callable[[], str],
        *,
        patience: Patience | None,
        pace: Pace | None,
        by_header: bool,
    ) -> None:
        self.username = username
        self.patience = patience or Patience()
        self.pace = pace or Pace()
        self._password = password
        self._sessions = Sessions((username, self.password) if by_header else None)

    @property
    def password(self) -> str:
        return self._password if isinstance(self._password, str) else self._password()

    def repeat(self, ask: Callable[[], T], is_absent: Callable[[], bool] | None = None) -> T:
        """Ask until an answer comes that is not a RepeatableError, and not for ever.

        Who answers that it is busy may have done it all the same: with `is_absent` it is asked
        again only when what it would make is not there.
        """
        arrived = False

        def once() -> T:
            nonlocal arrived
            if arrived and is_absent and not _is_true(is_absent):
                raise InDoubtError(f"the site was busy, and may have done it; {IN_DOUBT}")
            try:
                return ask()
            except RepeatableError as error:
                arrived = arrived or error.arrived
                raise

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
            retry=tenacity.retry_if_exception_type(RepeatableError),
            sleep=sleep,
            reraise=True,
        )
        return retrying(once)

    def exchange(self, request: Request) -> Answer:
        """Ask once, in its turn; return an answer of any status but that of a redirect."""
        with (
            self.pace.turn(self.patience.sleep, request.weight),
            self._sessions.lend(self.patience.total) as session,
        ):
            if request.write:
                about_to_send()
            answer = self._ask(session, request)
        # During updates core answers XML-RPC with 200 and no body (wp_maintenance).
        is_busy = answer.status in BUSY or not answer.body.strip()
        if answer.retry_after is not None and is_busy:
            self.pace.hold(min(answer.retry_after, self.patience.longest_wait))
        return answer

    def _ask(self, session: requests.Session, request: Request) -> Answer:
        begun = time.monotonic()
        status = HTTPStatus.GATEWAY_TIMEOUT.value  # until there is one
        try:
            with (
                mapped(request.what, request.url, write=request.write),
                in_time(),
                session.request(
                    request.method,
                    request.url,
                    timeout=(self.patience.connect, self.patience.read),
                    allow_redirects=False,  # requests would turn a POST into a GET
                    stream=True,
                    **request.content,
                ) as response,
            ):
                body = _read_body(response, request)
            status = response.status_code
        finally:
            if request.write:
                self.pace.tell(request.what, status, time.monotonic() - begun, request.items)
        self.patience.answered()
        answer = Answer(
            what=request.what,
            url=request.shown or request.url,
            status=status,
            headers=response.headers,
            body=body if response.ok else self.censor(body),
        )
        if response.is_redirect:
            raise answer.redirect()
        return answer

    def censor(self, body: bytes) -> bytes:
        """Take our login out of an error's text: some sites print the request that they refuse."""
        if not self.username:
            return body
        login = f"{self.username}:{self.password}".encode()
        for secret in (self.password.encode(), base64.b64encode(login)):
            if len(secret) >= SHORTEST_SECRET:
                body = body.replace(secret, b"[password]")
        return body


def _is_true(ask: Callable[[], bool]) -> bool:
    try:
        return ask()
    except PublishError:  # nobody can tell
        return False


def _read_body(response: requests.Response, request: Request) -> bytes:
    body = bytearray()
    # Not iter_content: it waits for the whole chunk, and with it for every dripped byte.
    while chunk := response.raw.read1(CHUNK, decode_content=True):
        body += chunk
        if len(body) > LONGEST_ANSWER:
            raise unusable(f"{request.what}: the answer is longer than 50 MB", write=request.write)
    return bytes(body)


def unusable(message: str, *, write: bool, cure: str = "") -> PublishError:
    """Say what an answer means that can't be read: what was asked for may be done."""
    if write:
        return InDoubtError(f"{message}; {IN_DOUBT}", cure=cure)
    return SiteError(message, cure=cure)


def explain(answer: Answer) -> Diagnosis:
    """Say why a site answers otherwise than it was asked, in words for people."""
    if found := diagnose(answer):
        return replace(found, cause=f"{urlsplit(answer.url).netloc}: {found.cause}")
    return Diagnosis(cause=answer.reason, cure=CURES.get(answer.status, ""))


def put_off(answer: Answer) -> RepeatableError:
    """Say that a site is to be asked again."""
    found = explain(answer)
    told = answer.retry_after
    return RepeatableError(found.cause, cure=found.cure, retry_after=told, arrived=True)


def failure_of(answer: Answer, *, write: bool) -> PublishError:
    """Say what it means that a site fails: it is no word of WordPress's on the content."""
    found = explain(answer)
    # Core sends 503 with Retry-After before it loads anything (wp_maintenance); a plugin
    # may do so later: `arrived` tells it. One without may be a proxy's.
    told = answer.retry_after
    unloaded = answer.status == HTTPStatus.SERVICE_UNAVAILABLE and told is not None
    if unloaded or not write:
        return UnreachableError(found.cause, cure=found.cure, retry_after=told, arrived=True)
    return InDoubtError(f"{found.cause}; {IN_DOUBT}", cure=found.cure)


@contextmanager
def mapped(what: str, url: str, *, write: bool) -> Iterator[None]:
    """Turn what the network raises into what it means."""
    host = urlsplit(url).netloc
    try:
        yield
    except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
        for kind, words in NOT_SENT:
            if isinstance(_innermost(error), kind):
                raise RepeatableError(f"{host} can't be reached: {words}") from error
        words = next(words for kind, words in LOST if isinstance(error, kind))
        message = f"{what}: no whole answer from {host}, {words}"
        if not write:
            raise RepeatableError(message) from error
        raise InDoubtError(f"{message}; {IN_DOUBT}") from error


def _innermost(error: Exception) -> object:
    """Return the cause that requests wrapped: in itself, in MaxRetryError, and in SSLError."""
    cause: Any = error.args[0] if error.args else error
    cause = getattr(cause, "reason", None) or cause
    return cause.args[0] if isinstance(cause, urllib3.exceptions.SSLError) else cause


def check_private(url: str) -> None:
    """Refuse to send a password where it could be read on the way."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme == "https" or host == "localhost" or host.endswith(".localhost"):
        return
    with suppress(ValueError):
        if ipaddress.ip_address(host).is_loopback:
            return
    message = f"{host} is reached without https, and the password would be readable on the way"
    raise SiteError(message, cure="use https:// in [site] url")
