"""XML-RPC, through its library: whether a login works there, and what custom fields tell."""

from __future__ import annotations

import collections.abc
import html
import importlib
import re
import xmlrpc.client
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Protocol, TypeVar
from urllib.parse import urljoin, urlsplit
from xml.parsers.expat import ExpatError

import requests
import urllib3

from wp_sync.errors import SiteError, UnauthorizedError

from .rest_api import LONGEST_ANSWER, check_private

if TYPE_CHECKING:
    from collections.abc import Callable

    from .answers import Answer
    from .rest_api import Patience

T = TypeVar("T")


class Caller(Protocol):
    """Who logs in, and how long it waits: what the two APIs of a site have in common."""

    @property
    def username(self) -> str: ...
    @property
    def password(self) -> str: ...
    @property
    def patience(self) -> Patience: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """A post as its custom fields tell whose it is."""

    wp_id: int
    date: datetime
    keys: frozenset[str]  # those without "_" before them: WordPress hides the others


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
# wp_head: the address of a description (RSD), which is xmlrpc.php itself with ?rsd
_EDIT_URI = re.compile(r"""<link\s[^>]*\bhref=["']([^"'>]+/xmlrpc\.php)\?rsd["']""")
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def password_works(url: str, api: Caller, password: str = "") -> bool | None:
    """Log in by XML-RPC; None when it can't tell, as where it is switched off."""
    users = importlib.import_module("wordpress_xmlrpc.methods.users")
    try:
        call_site(url, api, lambda client: client.call(users.GetUsersBlogs()), password)
    except UnauthorizedError:
        return False
    except SiteError:
        return None
    return True


def find_endpoint(site_url: str, patience: Patience) -> tuple[str, Answer]:
    """Find where a site answers XML-RPC; its first call proves it. Returns the front page too."""
    from .discovery import open_home

    page = open_home(site_url, patience)
    return endpoint_of(page, site_url), page


def endpoint_of(page: Answer, site_url: str) -> str:
    """Tell where XML-RPC is: the front page names it, where WordPress is in another directory."""
    from .discovery import is_elsewhere

    if named := _EDIT_URI.search(page.text):
        url = urljoin(page.url, html.unescape(named[1]))
        secure = page.url.startswith("https:")
        url = url.replace("http://", "https://", 1) if secure else url
        if not is_elsewhere(url, page.url):
            return url
    return urljoin(page.url, f"{urlsplit(site_url).path.rstrip('/')}/xmlrpc.php")


def read_version(url: str, api: Caller) -> str:
    """Read WordPress's version, for sites whose pages do not tell it; "" where XML-RPC is off."""
    options = importlib.import_module("wordpress_xmlrpc.methods.options")
    ask = options.GetOptions(["software_version"])
    try:
        found = call_site(url, api, lambda client: client.call(ask))
    except (UnauthorizedError, SiteError):
        return ""
    return next((str(one.value) for one in found if one.name == "software_version"), "")


def newest_posts(url: str, api: Caller, number: int) -> tuple[Marked, ...] | None:
    """Read the newest posts that we may edit; None when XML-RPC does not answer."""
    posts = importlib.import_module("wordpress_xmlrpc.methods.posts")
    newest = {"number": number, "orderby": "ID", "order": "DESC"}
    fields = ["post_id", "post_date_gmt", "custom_fields"]
    # As they come: the library's own class fails on a draft without a date.
    ask = posts.GetPosts(newest, fields, results_class=None)
    try:
        rows = call_site(url, api, lambda client: client.call(ask))
    except (UnauthorizedError, SiteError):
        return None
    return tuple(
        Marked(
            wp_id=int(row["post_id"]),
            date=date,
            keys=frozenset(one["key"] for one in row.get("custom_fields") or ()),
        )
        for row in rows
        if (date := _date_of(row["post_date_gmt"]))
    )


def _date_of(value: object) -> datetime | None:
    """Read xmlrpc.client.DateTime; a draft that floats has zeros."""
    with suppress(ValueError):
        return datetime.strptime(str(value)[:17], "%Y%m%dT%H:%M:%S").replace(tzinfo=UTC)
    return None


def call_site(url: str, api: Caller, ask: Callable[[Any], T], password: str = "") -> T:
    """Let `ask` call methods through the library's client.

    Raises UnauthorizedError for a refused login, SiteError for an XML-RPC that can't be used.
    """
    library = importlib.import_module("wordpress_xmlrpc")
    # Version 2.3 names collections.Iterable, which Python 3.10 moved.
    vars(library.base)["collections"] = collections.abc
    check_private(url)
    try:
        transport = _Transport(url, api)
        client = library.Client(url, api.username, password or api.password, transport=transport)
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

    def __init__(self, url: str, api: Caller) -> None:
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
