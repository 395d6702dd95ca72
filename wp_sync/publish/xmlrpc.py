"""XML-RPC, through its library: call it, and tell with its help why a login to REST failed."""

from __future__ import annotations

import collections.abc
import importlib
import re
import xmlrpc.client
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, TypeVar
from xml.parsers.expat import ExpatError

import requests
import urllib3

from wp_sync.errors import SiteError, UnauthorizedError

from .rest_api import LONGEST_ANSWER, check_private

if TYPE_CHECKING:
    from collections.abc import Callable

    from .answers import Answer
    from .discovery import ApiRoot
    from .rest_api import RestApi

T = TypeVar("T")

# What WordPress names itself where a plugin asks for the user early (user.php).
NAMED = {
    "incorrect_password": "the application password is wrong",
    "invalid_email": "no user has this e-mail address",
    "invalid_username": "there is no user of this name",
}
SWITCHED_OFF = (
    "serve the site with https, or let the security plugin that does it allow application passwords"
)
NEW_LOGIN = (
    "make a new application password in wp-admin > Users > Profile (the account password does not "
    "work) and store it where site.password_file says"
)
HEADER = (
    "Apache: RewriteRule .* - [E=HTTP_AUTHORIZATION:%{HTTP:Authorization}] in .htaccess, or "
    "CGIPassAuth on; nginx: fastcgi_param HTTP_AUTHORIZATION $http_authorization"
)

# What answers raise that are no XML-RPC, or not of the shape that WordPress gives.
_UNREADABLE = (
    ExpatError,
    UnicodeError,
    xmlrpc.client.Error,
    AttributeError,
    KeyError,
    TypeError,
    ValueError,
)
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def explain_refusal(answer: Answer, api: RestApi, root: ApiRoot) -> UnauthorizedError:
    """Find the cause of a 401, which WordPress words alike for all of them."""
    who = f"{root.home} does not accept the login of {api.username!r}"
    if answer.code in NAMED:
        return UnauthorizedError(f"{who}: {NAMED[answer.code]}", cure=NEW_LOGIN)
    if not root.authentication_available or "disabled" in answer.code:
        message = f"{who}: application passwords are switched off"
        return UnauthorizedError(message, cure=SWITCHED_OFF)
    works = password_works(f"{root.url.rstrip('/')}/xmlrpc.php", api)
    if works:
        message = f"{who}: the web server strips the Authorization header; the password is right"
        return UnauthorizedError(message, cure=HEADER)
    if works is None:
        message = f"{who}: wrong name or password, or a stripped Authorization header"
        return UnauthorizedError(message, cure=f"{NEW_LOGIN}; or {HEADER}")
    return UnauthorizedError(f"{who}: wrong user name or password", cure=NEW_LOGIN)


def password_works(url: str, api: RestApi) -> bool | None:
    """Log in by XML-RPC; None when it can't tell, as where it is switched off."""
    users = importlib.import_module("wordpress_xmlrpc.methods.users")
    try:
        call_site(url, api, lambda client: client.call(users.GetUsersBlogs()))
    except UnauthorizedError:
        return False
    except SiteError:
        return None
    return True


def call_site(url: str, api: RestApi, ask: Callable[[Any], T]) -> T:
    """Let `ask` call methods through the library's client.

    Raises UnauthorizedError for a refused login, SiteError for an XML-RPC that can't be used.
    """
    library = importlib.import_module("wordpress_xmlrpc")
    # Version 2.3 names collections.Iterable, which Python 3.10 moved.
    vars(library.base)["collections"] = collections.abc
    check_private(url)
    try:
        client = library.Client(url, api.username, api.password, transport=_Transport(url, api))
        return ask(client)
    except library.InvalidCredentialsError as error:
        raise UnauthorizedError("XML-RPC does not accept the login") from error
    except (
        library.exceptions.ServerConnectionError,
        library.exceptions.UnsupportedXmlrpcMethodError,
        library.exceptions.XmlrpcDisabledError,
        xmlrpc.client.ProtocolError,
    ) as error:
        raise SiteError("XML-RPC is switched off or blocked") from error
    except (*_UNREADABLE, requests.RequestException, urllib3.exceptions.HTTPError) as error:
        raise SiteError(f"XML-RPC gives no usable answer: {type(error).__name__}") from error


class _Transport(xmlrpc.client.Transport):
    """XML-RPC over requests: the library's own has no time-outs."""

    def __init__(self, url: str, api: RestApi) -> None:
        super().__init__()
        self._url, self._waits = url, (api.patience.connect, api.patience.read)

    def request(self, *call: Any, **_: Any) -> Any:  # noqa: ANN401
        body = call[2]  # after host and path
        with requests.Session() as session:
            session.trust_env = False
            session.headers["Content-Type"] = "text/xml"
            answer = session.post(
                self._url, body, timeout=self._waits, allow_redirects=False, stream=True
            )
            content = answer.raw.read(LONGEST_ANSWER + 1, decode_content=True)
        if len(content) > LONGEST_ANSWER:
            raise SiteError("XML-RPC: the answer is longer than 50 MB")
        if answer.status_code != HTTPStatus.OK:
            raise xmlrpc.client.ProtocolError(self._url, answer.status_code, answer.reason, {})
        parser, result = self.getparser()
        # Custom fields may hold serialised objects, whose NUL bytes WordPress sends as they are;
        # before the XML stands what plugins print.
        parser.feed(_CONTROL.sub(b"", content[max(content.find(b"<?xml"), 0) :]))
        parser.close()
        return result.close()
