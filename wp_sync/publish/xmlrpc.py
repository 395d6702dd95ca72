"""Where XML-RPC answers, and what one asks there: whether a login works, versions, fields."""

from __future__ import annotations

import html
import importlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from wp_sync.errors import PublishError, UnauthorizedError

from .discovery import XMLRPC, is_elsewhere, open_home
from .moments import moment_of
from .xmlrpc_api import XmlRpcApi
from .xmlrpc_values import stamp_of

if TYPE_CHECKING:
    from datetime import datetime

    from .answers import Answer
    from .rest_api import RestApi
    from .wire import Patience


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """A post as its custom fields tell whose it is."""

    wp_id: int
    date: datetime
    keys: frozenset[str]  # those without "_" before them: WordPress hides the others


# wp_head: the address of a description (RSD), which is xmlrpc.php itself with ?rsd
_EDIT_URI = re.compile(r"""<link\s[^>]*\bhref=["']([^"'>]+/xmlrpc\.php)\?rsd["']""")
VERSION = "software_version"


def password_works(url: str, rest: RestApi, password: str = "") -> bool | None:
    """Log in by XML-RPC; None when it can't tell, as where it is switched off."""
    users = importlib.import_module("wordpress_xmlrpc.methods.users")
    try:
        api = XmlRpcApi.beside(rest, url, password, hasty=True)
        api.read(users.GetUsersBlogs(results_class=None))
    except UnauthorizedError:
        return False
    except PublishError:
        return None
    return True


def find_endpoint(site_url: str, patience: Patience) -> tuple[str, Answer]:
    """Find where a site answers XML-RPC; its first call proves it. Returns the front page too."""
    page = open_home(site_url, patience)
    return endpoint_of(page, site_url), page


def endpoint_of(page: Answer, site_url: str) -> str:
    """Tell where XML-RPC is: the front page names it, where WordPress is in another directory."""
    if named := _EDIT_URI.search(page.text):
        url = urljoin(page.url, html.unescape(named[1]))
        secure = page.url.startswith("https:")
        url = url.replace("http://", "https://", 1) if secure else url
        if not is_elsewhere(url, page.url):
            return url
    return urljoin(page.url, f"{urlsplit(site_url).path.rstrip('/')}/{XMLRPC}")


def read_version(rest: RestApi, url: str) -> str:
    """Read WordPress's version, for sites whose pages do not tell it; "" where XML-RPC is off."""
    options = importlib.import_module("wordpress_xmlrpc.methods.options")
    try:
        found = XmlRpcApi.beside(rest, url, hasty=True).read(options.GetOptions([VERSION]))
    except PublishError:
        return ""
    return next((str(one.value) for one in found if one.name == VERSION), "")


def newest_posts(api: XmlRpcApi, number: int) -> tuple[Marked, ...] | None:
    """Read the newest posts that we may edit; None when XML-RPC does not answer."""
    posts = importlib.import_module("wordpress_xmlrpc.methods.posts")
    newest = {"number": number, "orderby": "ID", "order": "DESC"}
    fields = ["post_id", "post_date_gmt", "custom_fields"]
    try:
        # As they come: the library's own class fails on a draft without a date.
        rows = api.read(posts.GetPosts(newest, fields, results_class=None))
    except PublishError:
        return None
    return tuple(
        Marked(
            wp_id=int(row["post_id"]),
            date=moment_of(date),
            keys=frozenset(one["key"] for one in row.get("custom_fields") or ()),
        )
        for row in rows
        if (date := stamp_of(row["post_date_gmt"]))  # a draft that floats has none
    )
