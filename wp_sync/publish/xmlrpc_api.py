"""XML-RPC of one WordPress, through its library: what is asked, and what faults mean.

The login travels in the body of every request, so that no body is ever named or kept.
"""

from __future__ import annotations

import collections.abc
import importlib
import re
import xmlrpc.client
from functools import partial
from http import HTTPStatus
from threading import Lock
from typing import TYPE_CHECKING, Any, Self
from xml.parsers.expat import ExpatError

from wp_sync.batching import batched
from wp_sync.errors import (
    ChangedError,
    PublishError,
    RejectedError,
    SiteError,
    UnauthorizedError,
    UnreachableError,
)

from .diagnosis import MAINTENANCE
from .pace import UPLOAD
from .wire import (
    SHORTEST_SECRET,
    TEMPORARY,
    RepeatableError,
    Request,
    Wire,
    check_private,
    explain,
    failure_of,
    put_off,
    unusable,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from .answers import Answer
    from .pace import Pace
    from .rest_api import RestApi
    from .wire import Patience

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
PRINTS_CURE = "look for a plugin that prints into the site's answers"
_LISTING, _UPLOADING = "mt.supportedMethods", "wp.uploadFile"
# Not JSON: in it wp_die would answer otherwise than by a fault.
_HEADERS = {"Content-Type": "text/xml", "Accept": "*/*"}
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_ROOT = re.compile(rb"<methodResponse>.*</methodResponse>", re.DOTALL)


class XmlRpcApi(Wire):
    """The XML-RPC of one site, asked by one user."""

    def __init__(
        self,
        url: str,
        username: str,
        password: str | Callable[[], str],
        *,
        patience: Patience | None = None,
        pace: Pace | None = None,
    ) -> None:
        check_private(url)
        super().__init__(username, password, patience=patience, pace=pace, by_header=False)
        self.url = url
        # Seconds by which the site's clock was before ours, when it last told.
        self.clock_ahead = 0.0
        self._methods: Sequence[str] = (_LISTING,)
        self._finding = Lock()

    @classmethod
    def beside(cls, rest: RestApi, url: str, password: str = "", *, hasty: bool = False) -> Self:
        """Ask a site that has a REST API by XML-RPC, too: with the same login and the same pace."""
        return cls(
            url,
            rest.username,
            password or (lambda: rest.password),
            patience=rest.patience.hasty() if hasty else rest.patience,
            pace=rest.pace,
        )

    def read(self, method: Any) -> Any:  # noqa: ANN401
        """Call a method of the library that changes nothing, again while the site is away."""
        self._find_methods()
        return self.repeat(lambda: self._call(method, write=False))

    def write(self, method: Any, is_absent: Callable[[], bool] | None = None) -> Any:  # noqa: ANN401
        """Call a method of the library that changes something; `is_absent` as for Wire.repeat."""
        self._find_methods()
        return self.repeat(lambda: self._call(method, write=True), is_absent)

    def read_many(self, methods: Sequence[Any]) -> list[Any]:
        """Call methods that change nothing, many in one request.

        Each has its own answer, or the RejectedError that it came to.
        """
        some = batched(methods, CALLS_AT_ONCE)
        return [one for few in some for one in self.repeat(partial(self._call_many, few))]

    def _find_methods(self) -> None:
        """Ask once which methods there are, as the library does for every client."""
        with self._finding:
            if len(self._methods) == 1:
                base = importlib.import_module("wordpress_xmlrpc.base")
                listing = base.AnonymousMethod()
                listing.method_name = _LISTING
                self._methods = self.repeat(lambda: self._call(listing, write=False))

    def _client(self, what: str, *, write: bool) -> Any:  # noqa: ANN401
        library = _load_library()
        client = library.Client.__new__(library.Client)  # its own __init__ asks the site each time
        client.url, client.blog_id, client.supported_methods = self.url, 0, self._methods
        client.username, client.password = self.username, self.password
        transport = _Transport(self, what, write=write)
        client.server = xmlrpc.client.ServerProxy(self.url, allow_none=True, transport=transport)
        return client

    def _call(self, method: Any, *, write: bool) -> Any:  # noqa: ANN401
        library = _load_library()
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
        secret = self.password
        told = text.replace(secret, "[password]") if len(secret) >= SHORTEST_SECRET else text
        said = f"{what}: WordPress answered {code}: {told[:500]}"
        if code == HTTPStatus.METHOD_NOT_ALLOWED or what == _LISTING:
            return SiteError(f"XML-RPC is switched off or blocked: {said}", cure=CURE)
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
        except PublishError:  # nobody knows: what was asked before is not to be sent again for it
            return True
        return True

    def post(self, what: str, body: bytes, *, write: bool) -> bytes:
        """Send one body; return the answer's, of a site that is there."""
        # A carriage return as it is would be read as the end of a line (XML 1.0, 2.11).
        sent = _CONTROL.sub(b"", body).replace(b"\r", b"&#13;")
        request = Request(
            what=what,
            method="POST",
            url=self.url,
            write=write,
            weight=UPLOAD if what == _UPLOADING else 1,
            content={"data": sent, "headers": _HEADERS},
        )
        answer = self.exchange(request)
        self.clock_ahead = answer.clock_ahead or 0.0
        _check(answer, write=write)
        return answer.body


class _Transport(xmlrpc.client.Transport):
    """XML-RPC over a Wire: the library's own has no time-outs."""

    def __init__(self, api: XmlRpcApi, what: str, *, write: bool) -> None:
        super().__init__()
        self._api, self._what, self._write = api, what, write

    def request(self, *call: Any, **_: Any) -> Any:  # noqa: ANN401
        body = call[2]  # after host and path
        content = self._api.post(self._what, bytes(body), write=self._write)
        # Custom fields may hold serialised objects, whose NUL bytes WordPress sends as they are;
        # before the XML stands what plugins print.
        parser, result = self.getparser()
        parser.feed(_keep_returns(_CONTROL.sub(b"", content[max(content.find(b"<?xml"), 0) :])))
        parser.close()
        return result.close()


def _load_library() -> Any:  # noqa: ANN401
    library = importlib.import_module("wordpress_xmlrpc")
    # Version 2.3 names collections.Iterable, which Python 3.10 moved.
    vars(library.base)["collections"] = collections.abc
    return library


def _keep_returns(content: bytes) -> bytes:
    """Keep the carriage returns that WordPress sends as they are."""
    if b"\r" not in content:
        return content
    return _ROOT.sub(lambda root: root[0].replace(b"\r", b"&#13;"), content)


def _check(answer: Answer, *, write: bool) -> None:
    """Raise what an answer means that is no XML-RPC."""
    status = answer.status
    if status == HTTPStatus.OK and answer.body.strip():
        return
    if status == HTTPStatus.OK:
        raise _silent(answer, write=write)
    if status == HTTPStatus.TOO_MANY_REQUESTS or (status in TEMPORARY and not write):
        raise put_off(answer)
    if status in TEMPORARY or status == HTTPStatus.INTERNAL_SERVER_ERROR:
        raise failure_of(answer, write=write)
    what = f"{answer.what}: the site answered {status}{answer.page_title}"
    if write and status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        found = explain(answer)
        raise RejectedError(found.cause, status=status, cure=found.cure)
    if write and status == HTTPStatus.FORBIDDEN:
        # The reads before it were let through: something in this one is refused.
        raise RejectedError(what, status=status)
    raise SiteError(f"XML-RPC is switched off or blocked: {what}", cure=CURE)


def _silent(answer: Answer, *, write: bool) -> PublishError:
    """Say what an answer without a body means."""
    # During updates core answers XML-RPC so, before it loads anything (wp_maintenance).
    if answer.retry_after is not None:
        kind = UnreachableError if write else RepeatableError
        cause, cure = MAINTENANCE.cause, MAINTENANCE.cure
        return kind(cause, cure=cure, retry_after=answer.retry_after, arrived=True)
    message = f"{answer.what}: XML-RPC answered with nothing"
    return unusable(message, write=True) if write else RepeatableError(message)


def _unreadable(what: str, error: Exception, *, write: bool) -> PublishError:
    message = f"{what}: XML-RPC gives no usable answer: {type(error).__name__}"
    return unusable(message, write=write, cure=PRINTS_CURE)
