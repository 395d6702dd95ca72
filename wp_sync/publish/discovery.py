"""Find the REST API of a site from the address that a person knows."""

from __future__ import annotations

import html
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

import requests

from wp_sync.errors import SiteError, UnauthorizedError

from .answers import Answer, find_json
from .rest_api import Patience, RestApi, mapped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LONGEST_CHAIN = 5  # redirects
PAGE_BYTES = 2**16  # enough for a title
INDEX = {"_fields": "name,url,home,namespaces,authentication"}
RELATION = "https://api.w.org/"  # rest_output_link_header


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiRoot:
    """Where a WordPress answers."""

    root: str
    home: str  # the front page
    url: str  # where wp-admin and xmlrpc.php are
    name: str
    authentication_available: bool  # application passwords are switched on
    authorize_url: str = ""  # the page that gives them; "" where there is none to be trusted
    notes: tuple[str, ...] = ()  # what a person should put right


def discover(
    site_url: str,
    username: str = "",
    password: str | Callable[[], str] = "",
    *,
    patience: Patience | None = None,
) -> ApiRoot:
    """Find and prove the API; the login is used only where the index is closed to visitors."""
    if urlsplit(site_url).scheme not in {"http", "https"} or "@" in urlsplit(site_url).netloc:
        raise SiteError(f"{site_url.rpartition('@')[2]} is not an address of the form https://host")
    page = _open_home(site_url, patience or Patience())
    found = [f"its page answers {page.status}{page.page_title}"]
    for root in _candidates(site_url, page):
        try:
            index = _read_index(root, username, password, patience)
        except SiteError as error:
            found.append(error.message)
            continue
        if index:
            return _api_root(root, index, site_url, page.url)
        found.append(f"{root} is no WordPress API")
    message = f"{site_url} is not a WordPress that can be used: {'; '.join(found)}"
    raise SiteError(message, cure="[site] url is the front page's address; REST must not be off")


def _open_home(site_url: str, patience: Patience) -> Answer:
    url = site_url
    for _ in range(LONGEST_CHAIN + 1):
        with mapped(f"GET {url}", url, write=False), requests.Session() as session:
            session.trust_env = False
            waits = patience.connect, patience.read
            with session.get(url, timeout=waits, allow_redirects=False, stream=True) as page:
                body = next(page.iter_content(PAGE_BYTES), b"")
        if not page.is_redirect:
            status, headers = page.status_code, page.headers
            return Answer(what="", url=url, status=status, headers=headers, body=body)
        url = urljoin(url, page.headers["Location"])
        # Whoever can write to a plain-text line could name any host, and be sent the password.
        if _is_elsewhere(url, site_url):
            message = f"{site_url} redirects to another host, {urlsplit(url).netloc}"
            raise SiteError(message, cure="if that is right, put its address into [site] url")
    raise SiteError(f"{site_url} redirects more than {LONGEST_CHAIN} times")


def _candidates(site_url: str, page: Answer) -> Iterator[str]:
    secure = urlsplit(page.url).scheme == "https"
    for link in requests.utils.parse_header_links(page.headers.get("Link", "")):
        root = urljoin(page.url, link["url"])
        if link.get("rel") == RELATION and not _is_elsewhere(root, page.url):
            # WordPress behind a proxy that ends TLS may not know that it has https.
            yield root.replace("http://", "https://", 1) if secure else root
    home = urljoin(page.url, urlsplit(site_url).path.rstrip("/") + "/")
    yield from (f"{home}wp-json/", f"{home}?rest_route=/")


def _read_index(
    root: str, username: str, password: str | Callable[[], str], patience: Patience | None
) -> dict[str, Any]:
    """Return the index, or nothing when something else answers."""
    answer = RestApi(root, patience=patience).read("", INDEX)
    closed = {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}
    if answer.status in closed and answer.error and username:
        answer = RestApi(root, username, password, patience=patience).read("", INDEX)
    if answer.status in closed and answer.error:
        cure = "check user name and application password, or open the REST API to visitors"
        raise UnauthorizedError(f"the API is closed to visitors; {answer.reason}", cure=cure)
    data, _ = find_json(answer.text)
    is_index = isinstance(data, dict) and "wp/v2" in (data.get("namespaces") or ())
    return data if is_index else {}


def _api_root(root: str, index: dict[str, Any], site_url: str, seen: str) -> ApiRoot:
    before, after = urlsplit(site_url), urlsplit(seen)
    moved = before[:2] != after[:2]
    note = f"{site_url} redirects to {after.scheme}://{after.netloc}: put that into [site] url"
    # A list when there is none: PHP's empty array.
    offered = dict(index.get("authentication") or {}).get("application-passwords") or {}
    page = str(offered.get("endpoints", {}).get("authorization", ""))
    return ApiRoot(
        root=root,
        home=str(index.get("home") or site_url),
        url=str(index.get("url") or site_url),
        name=html.unescape(str(index.get("name", ""))),
        authentication_available="application-passwords" in (index.get("authentication") or ()),
        # People log in there: it must be the site they know.
        authorize_url="" if _is_elsewhere(page, seen) else page,
        notes=(note,) if moved else (),
    )


def _is_elsewhere(url: str, known: str) -> bool:
    """Tell whether an address is another host than a known one, or another port of it."""
    there, here = urlsplit(url), urlsplit(known)
    if (there.hostname or "").removeprefix("www.") != (here.hostname or "").removeprefix("www."):
        return True
    usual = {None, 80, 443}  # http and https of one host are one place
    return there.port != here.port and not (there.port in usual and here.port in usual)
