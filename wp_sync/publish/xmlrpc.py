"""XML-RPC, whose passwords travel in the body: what it tells of a login and of the newest posts."""

from __future__ import annotations

import collections.abc
import importlib
import xmlrpc.client
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from xml.parsers.expat import ExpatError

import requests

from wp_sync.errors import SiteError

from .rest_api import check_private

if TYPE_CHECKING:
    from .answers import Json
    from .rest_api import Patience, RestApi


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """A post as its custom fields tell whose it is."""

    wp_id: int
    date: datetime
    keys: frozenset[str]  # those without "_" before them: WordPress hides the others


def password_works(url: str, api: RestApi, password: str = "") -> bool | None:
    """Log in by XML-RPC; None when it can't tell, as where it is switched off."""
    answer = _call(url, api, "users", "GetUsersBlogs", password=password)
    return answer if answer is None else answer is not False


def newest_posts(url: str, api: RestApi, number: int) -> tuple[Marked, ...] | None:
    """Read the newest posts that we may edit; None when XML-RPC does not answer."""
    newest = {"number": number, "orderby": "ID", "order": "DESC"}
    fields = ["post_id", "post_date_gmt", "custom_fields"]
    posts = _call(url, api, "posts", "GetPosts", newest, fields)
    if not isinstance(posts, list):
        return None
    return tuple(
        Marked(
            wp_id=int(post.id),
            date=post.date.replace(tzinfo=UTC),
            keys=frozenset(row["key"] for row in post.custom_fields),
        )
        for post in posts
    )


def _call(
    url: str, api: RestApi, group: str, method: str, *arguments: object, password: str = ""
) -> Json:
    """Call a method; False is a refused login, None no answer that means anything."""
    library = importlib.import_module("wordpress_xmlrpc")
    # Version 2.3 names collections.Iterable, which Python 3.10 moved.
    vars(library.base)["collections"] = collections.abc
    methods = importlib.import_module(f"wordpress_xmlrpc.methods.{group}")
    try:
        check_private(url)
        transport = _Transport(url, api.patience)
        client = library.Client(url, api.username, password or api.password, transport=transport)
        return client.call(getattr(methods, method)(*arguments))
    except library.InvalidCredentialsError:
        return False
    except (
        ExpatError,
        SiteError,
        requests.RequestException,
        xmlrpc.client.Error,
        library.exceptions.FieldConversionError,
        library.exceptions.ServerConnectionError,
        library.exceptions.UnsupportedXmlrpcMethodError,
        library.exceptions.XmlrpcDisabledError,
    ):
        return None


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
