"""XML-RPC of one WordPress, through its library: waiting, repeating, refusing. Nothing of posts.

The login travels in the body of every request, so that no body is ever named or kept.
"""

from __future__ import annotations

import collections.abc
import importlib
import re
import time
import xmlrpc.client
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from xml.parsers.expat import ExpatError

import requests
import tenacity

from wp_sync.errors import (
    ChangedError,
    InDoubtError,
    RejectedError,
    SiteError,
    UnauthorizedError,
    UnreachableError,
)

from .answers import Answer
from .rest_api import (
    CHUNK,
    IN_DOUBT,
    LONGEST_ANSWER,
    SHORTEST_SECRET,
    TEMPORARY,
    Patience,
    check_private,
    mapped,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from wp_sync.errors import PublishError

CALLS_AT_ONCE = 25  # in one system.multicall; each logs in anew, which costs 50 ms from 6.8 on
# Fault codes of the protocol itself: http://xmlrpc-epi.sourceforge.net/specs/rfc.fault_codes.php
LAST_OF_PROTOCOL = -32300
UNREADABLE = (
    ExpatError,
    UnicodeError,
    xmlrpc.client.ResponseError,
    AttributeError,
    IndexError,
    KeyError,
    TypeError,
    ValueError,
)
CURE = (
    "let the security plugin, the firewall or the web server allow xmlrpc.php; it may be switched"
    " off by the filter xmlrpc_enabled"
)
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_ROOT = re.compile(rb"<methodResponse>.*</methodResponse>", re.DOTALL)


class _AwayError(UnreachableError):
    """The request arrived at a site that is away: a write is not sent again in this run."""


class XmlRpcApi:
    """The XML-RPC of one site, asked by one user.

    Reads are repeated. A write is repeated only when it certainly never reached WordPress.
    """

    def __init__(
        self,
        url: str,
        username: str,
        password: str | Callable[[], str],
        *,
        patience: Patience | None = None,
    ) -> None:
        check_private(url)
        self.url, self.username = url, username
        self.patience = patience or Patience()
        self.clock_ahead = (
            0.0  # seconds by which the site's clock was before ours, when it last told
        )
        self._password = password
        self._methods: Sequence[str] = ("mt.supportedMethods",)
        self._session = requests.Session()
        self._session.trust_env = False  # no proxy, no .netrc
        self._session.headers["Content-Type"] = "text/xml"
        self._session.headers["User-Agent"] = "wp-sync"

    @property
    def password(self) -> str:
        return self._password if isinstance(self._password, str) else self._password()

    def read(self, method: Any) -> Any:  # noqa: ANN401
        """Call a method of the library that changes nothing, again while the site is away."""
        self._find_methods()
        return self._repeat(lambda: self._call(method, write=False))

    def write(self, method: Any) -> Any:  # noqa: ANN401
        """Call a method of the library that changes something."""
        self._find_methods()
        return self._repeat(lambda: self._call(method, write=True))

    def read_many(self, methods: Sequence[Any]) -> list[Any]:
        """Call methods that change nothing, many in one request.

        Each has its own answer, or the RejectedError that it came to.
        """
        answers: list[Any] = []
        for start in range(0, len(methods), CALLS_AT_ONCE):
            some = methods[start : start + CALLS_AT_ONCE]
            answers += self._repeat(partial(self._call_many, some))
        return answers

    def _find_methods(self) -> None:
        """Ask once which methods there are, as the library does for every client."""
        if len(self._methods) == 1:
            base = importlib.import_module("wordpress_xmlrpc.base")
            listing = base.AnonymousMethod()
            listing.method_name = "mt.supportedMethods"
            self._methods = self._repeat(lambda: self._call(listing, write=False))

    def _client(self, what: str, *, write: bool) -> Any:  # noqa: ANN401
        library = importlib.import_module("wordpress_xmlrpc")
        # Version 2.3 names collections.Iterable, which Python 3.10 moved.
        vars(library.base)["collections"] = collections.abc
        client = library.Client.__new__(library.Client)  # its own __init__ asks the site each time
        client.url, client.blog_id, client.supported_methods = self.url, 0, self._methods
        client.username, client.password = self.username, self.password
        transport = _Transport(self, what, write=write)
        client.server = xmlrpc.client.ServerProxy(self.url, allow_none=True, transport=transport)
        return client

    def _call(self, method: Any, *, write: bool) -> Any:  # noqa: ANN401
        library = importlib.import_module("wordpress_xmlrpc")
        what = method.method_name
        client = self._client(what, write=write)
        try:
            return client.call(method)
        except library.InvalidCredentialsError as error:
            raise self._refusal(what, HTTPStatus.FORBIDDEN, str(error)) from None
        except library.exceptions.XmlrpcDisabledError as error:
            raise self._refusal(what, HTTPStatus.METHOD_NOT_ALLOWED, str(error)) from None
        except library.exceptions.UnsupportedXmlrpcMethodError:
            raise SiteError(f"XML-RPC: the site has no {what}", cure=CURE) from None
        except xmlrpc.client.Fault as fault:
            raise self._refusal(what, fault.faultCode, fault.faultString) from None
        except UNREADABLE as error:
            raise _unreadable(what, error, write=write) from None

    def _call_many(self, methods: Sequence[Any]) -> list[Any]:
        what = f"system.multicall of {methods[0].method_name}"
        client = self._client(what, write=False)
        calls = [
            {"methodName": one.method_name, "params": list(one.get_args(client))} for one in methods
        ]
        try:
            answers = client.server.system.multicall(calls)
            if len(answers) != len(calls):
                raise ValueError("as many answers as calls")
            return [self._answer_of(what, answer) for answer in answers]
        except xmlrpc.client.Fault as fault:
            raise self._refusal(what, fault.faultCode, fault.faultString) from None
        except UNREADABLE as error:
            raise _unreadable(what, error, write=False) from None

    def _answer_of(self, what: str, answer: Any) -> Any:  # noqa: ANN401
        if not isinstance(answer, dict):
            return answer[0]
        error = self._refusal(what, answer["faultCode"], answer["faultString"])
        if isinstance(error, RejectedError):
            return error
        raise error

    def _refusal(self, what: str, code: int, text: str) -> PublishError:
        """Say what a fault means; the words are the site's, in its own language."""
        said = f"{what}: WordPress answered {code}: {self._censor(text)[:500]}"
        if code == HTTPStatus.METHOD_NOT_ALLOWED:
            return SiteError(f"XML-RPC is switched off: {said}", cure=CURE)
        if code == HTTPStatus.CONFLICT:
            return ChangedError(said, code="xmlrpc_409", status=code)
        # 403 is WordPress's word for a wrong password, and for an unknown term.
        if code == HTTPStatus.FORBIDDEN and not self._is_known(what):
            message = f"{self.url} does not accept the login of {self.username!r}"
            cure = "make a new application password and store it with `wp-sync login`"
            return UnauthorizedError(message, cure=cure)
        if code <= LAST_OF_PROTOCOL:
            return SiteError(f"XML-RPC can't be used: {said}", cure=CURE)
        return RejectedError(said, code=f"xmlrpc_{code}", status=code)

    def _is_known(self, what: str) -> bool:
        """Tell whether the login itself is accepted."""
        users = importlib.import_module("wordpress_xmlrpc.methods.users")
        ask = users.GetUsersBlogs(results_class=None)
        if what == ask.method_name:
            return False
        try:
            self.read(ask)
        except UnauthorizedError:
            return False
        return True

    def _censor(self, text: str) -> str:
        secret = self.password
        return text.replace(secret, "[password]") if len(secret) >= SHORTEST_SECRET else text

    def _repeat(self, request: Callable[[], Any]) -> Any:  # noqa: ANN401
        backing_off = tenacity.wait_random_exponential(multiplier=1, max=30)

        def pause(state: tenacity.RetryCallState) -> float:
            error = state.outcome.exception() if state.outcome else None
            told = error.retry_after if isinstance(error, UnreachableError) else None
            return backing_off(state) if told is None else min(told, self.patience.longest_wait)

        retrying = tenacity.Retrying(
            stop=tenacity.stop_after_attempt(self.patience.attempts),
            wait=pause,
            retry=tenacity.retry_if_exception(_is_repeatable),
            sleep=self.patience.sleep,
            reraise=True,
        )
        return retrying(request)

    def exchange(self, what: str, body: bytes, *, write: bool) -> bytes:
        """Send one body; return the answer's, of a site that is there."""
        deadline = time.monotonic() + self.patience.total
        waits = self.patience.connect, self.patience.read
        # A carriage return as it is would be read as the end of a line (XML 1.0, 2.11).
        body = _CONTROL.sub(b"", body).replace(b"\r", b"&#13;")
        with (
            mapped(what, self.url, write=write),
            self._session.post(
                self.url, body, timeout=waits, allow_redirects=False, stream=True
            ) as response,
        ):
            content = bytearray()
            while chunk := response.raw.read1(CHUNK, decode_content=True):
                content += chunk
                if time.monotonic() > deadline:
                    raise requests.ReadTimeout
                if len(content) > LONGEST_ANSWER:
                    raise _unreadable(what, ValueError("at most 50 MB"), write=write)
        self.patience.answered()
        answer = Answer(
            what=what,
            url=self.url,
            status=response.status_code,
            headers=response.headers,
            body=bytes(content),
        )
        self.clock_ahead = answer.clock_ahead or 0.0
        if response.is_redirect:
            raise answer.redirect()
        _check(answer, urlsplit(self.url).netloc, write=write)
        return answer.body


class _Transport(xmlrpc.client.Transport):
    """XML-RPC over requests: the library's own has no time-outs."""

    def __init__(self, api: XmlRpcApi, what: str, *, write: bool) -> None:
        super().__init__()
        self._api, self._what, self._write = api, what, write

    def request(self, *call: Any, **_: Any) -> Any:  # noqa: ANN401
        body = call[2]  # after host and path
        content = self._api.exchange(self._what, bytes(body), write=self._write)
        # Custom fields may hold serialised objects, whose NUL bytes WordPress sends as they are;
        # before the XML stands what plugins print.
        parser, result = self.getparser()
        parser.feed(_keep_returns(_CONTROL.sub(b"", content[max(content.find(b"<?xml"), 0) :])))
        parser.close()
        return result.close()


def _keep_returns(content: bytes) -> bytes:
    """Keep the carriage returns that WordPress sends as they are."""
    if b"\r" not in content:
        return content
    return _ROOT.sub(lambda root: root[0].replace(b"\r", b"&#13;"), content)


def _check(answer: Answer, host: str, *, write: bool) -> None:
    """Raise what an answer means that is no XML-RPC."""
    status, after = answer.status, answer.retry_after
    what = f"{answer.what}: {host} answered {status}"
    if status == HTTPStatus.OK:
        if not answer.body.strip():
            raise _silent(answer, host, write=write)
        return
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        raise UnreachableError(f"{what}: too many requests", retry_after=after)
    if status in TEMPORARY or status == HTTPStatus.INTERNAL_SERVER_ERROR:
        if not write:
            raise UnreachableError(what, retry_after=after)
        if status == HTTPStatus.SERVICE_UNAVAILABLE and after is not None:
            raise _AwayError(what, retry_after=after)
        raise InDoubtError(f"{what}; {IN_DOUBT}")
    if write and status in {HTTPStatus.FORBIDDEN, HTTPStatus.REQUEST_ENTITY_TOO_LARGE}:
        # The reads before it were let through: something in this one is refused.
        raise RejectedError(f"{what}{answer.page_title}", status=status)
    raise SiteError(f"XML-RPC is switched off or blocked: {what}{answer.page_title}", cure=CURE)


def _silent(answer: Answer, host: str, *, write: bool) -> PublishError:
    """Say what an answer without a body means."""
    # During updates core answers XML-RPC so, before it loads anything (wp_maintenance).
    if answer.retry_after is not None:
        kind = _AwayError if write else UnreachableError
        return kind(f"{host} is in maintenance", retry_after=answer.retry_after)
    message = f"{answer.what}: {host} answered with nothing"
    return InDoubtError(f"{message}; {IN_DOUBT}") if write else UnreachableError(message)


def _is_repeatable(error: BaseException) -> bool:
    return isinstance(error, UnreachableError) and not isinstance(error, _AwayError)


def _unreadable(what: str, error: Exception, *, write: bool) -> PublishError:
    message = f"{what}: XML-RPC gives no usable answer: {type(error).__name__}"
    if write:
        return InDoubtError(f"{message}; {IN_DOUBT}")
    return SiteError(message, cure="look for a plugin that prints into the site's answers")
