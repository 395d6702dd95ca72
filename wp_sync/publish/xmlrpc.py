"""Tell why a login failed, with the help of XML-RPC, whose passwords travel in the body."""

from __future__ import annotations

import collections.abc
import importlib
import xmlrpc.client
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from xml.parsers.expat import ExpatError

import requests

from wp_sync.errors import SiteError, UnauthorizedError

from .rest_api import check_private

if TYPE_CHECKING:
    from .answers import Answer
    from .discovery import ApiRoot
    from .rest_api import Patience, RestApi

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
    "work) and store it with `wp-sync login`"
)
HEADER = (
    "Apache: RewriteRule .* - [E=HTTP_AUTHORIZATION:%{HTTP:Authorization}] in .htaccess, or "
    "CGIPassAuth on; nginx: fastcgi_param HTTP_AUTHORIZATION $http_authorization"
)


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
    library = importlib.import_module("wordpress_xmlrpc")
    # Version 2.3 names collections.Iterable, which Python 3.10 moved.
    vars(library.base)["collections"] = collections.abc
    users = importlib.import_module("wordpress_xmlrpc.methods.users")
    try:
        check_private(url)
        transport = _Transport(url, api.patience)
        client = library.Client(url, api.username, api.password, transport=transport)
        client.call(users.GetUsersBlogs())
    except library.InvalidCredentialsError:
        return False
    except (
        ExpatError,
        SiteError,
        requests.RequestException,
        xmlrpc.client.Error,
        library.exceptions.ServerConnectionError,
        library.exceptions.UnsupportedXmlrpcMethodError,
        library.exceptions.XmlrpcDisabledError,
    ):
        return None
    return True


class _Transport(xmlrpc.client.Transport):
    """XML-RPC over requests: the library's own has no time-outs."""

    def __init__(self, url: str, patience: Patience) -> None:
        super().__init__()
        self._url, self._waits = url, (patience.connect, patience.read)

    def request(self, *call: Any, **_: Any) -> Any:  # noqa: ANN401
        body = call[2]  # after host and path
        with requests.Session() as session:
            session.trust_env = False
            session.headers["Content-Type"] = "text/xml"
            answer = session.post(self._url, body, timeout=self._waits, allow_redirects=False)
        if answer.status_code != HTTPStatus.OK:
            raise xmlrpc.client.ProtocolError(self._url, answer.status_code, answer.reason, {})
        parser, result = self.getparser()
        parser.feed(answer.content)
        parser.close()
        return result.close()
