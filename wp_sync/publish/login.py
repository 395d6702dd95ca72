"""Prove a login before it is kept, and take an application password back."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from wp_sync.errors import SiteError, UnauthorizedError

from .discovery import ApiRoot, discover
from .rest import RestTarget
from .rest_api import RestApi
from .routes import USERS
from .wire import Patience

if TYPE_CHECKING:
    from collections.abc import Callable

    from .target import SiteIdentity

_PASSWORDS = f"{USERS}/me/application-passwords"
# From 7.0 on WordPress sends the answer to http://127.0.0.1 too; before, only a site of the
# environment "local" does (wp_is_authorize_application_redirect_url_valid, core ticket 57809).
_LOOPBACK_SINCE = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """A user name and a password that the site accepted."""

    root: ApiRoot
    identity: SiteIdentity


def prove_login(
    site_url: str, username: str, password: Callable[[], str], *, xmlrpc: bool = False
) -> Login:
    """Log in once. Raises UnauthorizedError with the cause and the cure."""
    if xmlrpc:
        return _prove_by_xmlrpc(site_url, username, password)
    root = discover(site_url, username, password)
    target = RestTarget(RestApi(root.root, username, password), root)
    return Login(root=root, identity=target.identify())


def _prove_by_xmlrpc(site_url: str, username: str, password: Callable[[], str]) -> Login:
    from .xmlrpc import find_endpoint
    from .xmlrpc_api import XmlRpcApi
    from .xmlrpc_target import XmlRpcTarget

    url, page = find_endpoint(site_url, Patience())
    identity = XmlRpcTarget(XmlRpcApi(url, username, password)).identify()
    root = ApiRoot(
        root=url,
        home=identity.home,
        url=identity.admin.removesuffix("/wp-admin/"),
        name="",
        authentication_available=True,
        clock_ahead=page.clock_ahead,
    )
    return Login(root=root, identity=identity)


def revoke_login(site_url: str, username: str, password: Callable[[], str]) -> str:
    """Delete this application password on the site; return its name, "" when it was dead before."""
    try:
        root = discover(site_url, username, password, offer_xmlrpc=False)
        api = RestApi(root.root, username, password)
        found, _ = api.get(f"{_PASSWORDS}/introspect", {"_fields": "uuid,name"})
    except UnauthorizedError:
        return ""
    try:
        name, number = str(found["name"]), uuid.UUID(str(found["uuid"]))
    except (KeyError, TypeError, ValueError):
        message = f"{root.home} does not say which application password this is"
        raise SiteError(message, cure="revoke it in wp-admin > Users > Profile") from None
    api.write("DELETE", f"{_PASSWORDS}/{number}")
    return name or "without a name"


def answers_loopback(root: ApiRoot) -> bool:
    """Tell whether the site would send its answer to a plain http address of this machine."""
    if urlsplit(root.home).scheme == "http":
        # Without https WordPress has application passwords only in the environment "local".
        return root.authentication_available
    told = re.match(r"\d+", root.version)  # "" where its page does not tell it
    return told is not None and int(told[0]) >= _LOOPBACK_SINCE
