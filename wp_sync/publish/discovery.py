"""Find the REST API of a site from the address that a person knows."""

from __future__ import annotations

import codecs
import html
import re
from contextlib import suppress
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

import requests

from wp_sync.errors import NoRestError, SiteError, UnauthorizedError

from .answers import Answer, find_json
from .blockers import find_blocker
from .diagnosis import (
    RELATION,
    Diagnosis,
    certainty,
    diagnose,
    is_certain,
    looks_like_wordpress,
    printed_before,
)
from .rest_api import RestApi
from .wire import Patience, mapped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

LONGEST_CHAIN = 5  # redirects
PAGE_BYTES = 2**16  # enough for a title
XMLRPC = "xmlrpc.php"
USE_XMLRPC = 'put api = "xmlrpc" into [site]: XML-RPC takes this login'
INDEX = {"_fields": "name,url,home,namespaces,authentication,gmt_offset,timezone_string"}
_GENERATOR = re.compile(r"""<meta name="generator" content="WordPress (\d[\w.-]*)""")
BYTE_ORDER_MARK = Diagnosis(
    cause="a byte order mark comes before the site's answers: a file of a plugin or the theme was "
    "saved with one; wp-sync reads over it, other programs may not",
    cure="save that file as UTF-8 without BOM; often it is functions.php or wp-config.php",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiRoot:
    """Where a WordPress answers."""

    root: str
    home: str  # the front page
    url: str  # where wp-admin is
    name: str
    authentication_available: bool  # application passwords are switched on
    authorize_url: str = ""  # the page that gives them; "" where there is none to be trusted
    closed: bool = False  # to visitors: the login opens it
    namespaces: frozenset[str] = frozenset()  # they tell some plugins
    timezone: str = ""  # a name, or the hours from UTC
    version: str = ""  # WordPress's, off the front page; "" where it is not told
    clock_ahead: float | None = None  # seconds by which the site's clock is before ours
    notes: tuple[Diagnosis, ...] = ()  # what a person should put right

    @property
    def xmlrpc(self) -> str:
        """Where XML-RPC answers. WordPress behind a proxy may not know that it has https."""
        secure = self.root.startswith("https:")
        url = self.url.replace("http://", "https://", 1) if secure else self.url
        return f"{url.rstrip('/')}/{XMLRPC}"


def discover(
    site_url: str,
    username: str = "",
    password: str | Callable[[], str] = "",
    *,
    patience: Patience | None = None,
    offer_xmlrpc: bool = True,
) -> ApiRoot:
    """Find and prove the API; the login is used only where the index is closed to visitors.

    Raises NoRestError for a WordPress without one; with a login it names the other way.
    """
    if urlsplit(site_url).scheme not in {"http", "https"} or "@" in urlsplit(site_url).netloc:
        raise SiteError(f"{site_url.rpartition('@')[2]} is not an address of the form https://host")
    page = open_home(site_url, patience or Patience())
    failures: list[Answer] = []
    redirects: list[SiteError] = []
    for root in _candidates(site_url, page):
        api = RestApi(root, username, password, patience=patience)
        try:
            answer, closed = _read_index(api)
        except SiteError as error:
            redirects.append(error)
            continue
        index, printed = _index_of(answer)
        if index:
            notes = (*_notes(answer, printed, failures), *_moved(site_url, page.url))
            found = _api_root(root, index, site_url)
            return replace(
                found,
                closed=closed,
                clock_ahead=answer.clock_ahead,
                notes=notes,
                version=_version_of(page),
            )
        if answer.status == HTTPStatus.UNAUTHORIZED and answer.code and username:
            raise _explain_closed(answer, api, site_url)
        failures.append(answer)
    refusal = _explain(site_url, page, failures, redirects)
    asks = username and offer_xmlrpc
    raise _with_xmlrpc(refusal, page, site_url, api) if asks else refusal


def open_home(site_url: str, patience: Patience) -> Answer:
    url = site_url
    for _ in range(LONGEST_CHAIN + 1):
        with mapped(f"GET {url}", url, write=False), requests.Session() as session:
            session.trust_env = False
            waits = patience.connect, patience.read
            with session.get(url, timeout=waits, allow_redirects=False, stream=True) as page:
                body = next(page.iter_content(PAGE_BYTES), b"")
        if not page.is_redirect:
            status, headers = page.status_code, page.headers
            return Answer(
                what="GET the front page", url=url, status=status, headers=headers, body=body
            )
        url = urljoin(url, page.headers["Location"])
        # Whoever can write to a plain-text line could name any host, and be sent the password.
        if is_elsewhere(url, site_url):
            message = f"{site_url} redirects to another host, {urlsplit(url).netloc}"
            raise SiteError(message, cure="if that is right, put its address into [site] url")
    message = f"{site_url} redirects more than {LONGEST_CHAIN} times"
    cure = "look for rules on https, www or the slash at the end that undo each other"
    raise SiteError(message, cure=cure)


def _candidates(site_url: str, page: Answer) -> Iterator[str]:
    secure = urlsplit(page.url).scheme == "https"
    for link in requests.utils.parse_header_links(page.headers.get("Link", "")):
        root = urljoin(page.url, link["url"])
        if link.get("rel") == RELATION and not is_elsewhere(root, page.url):
            # WordPress behind a proxy that ends TLS may not know that it has https.
            yield root.replace("http://", "https://", 1) if secure else root
    home = urljoin(page.url, urlsplit(site_url).path.rstrip("/") + "/")
    yield from (f"{home}wp-json/", f"{home}?rest_route=/")


def _read_index(api: RestApi) -> tuple[Answer, bool]:
    """Ask for the index as a visitor; where it is closed to them, with the login."""
    answer = RestApi(api.root, patience=api.patience).read("", INDEX)
    closed = {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.INTERNAL_SERVER_ERROR}
    # All-In-One Security dies with wp_die's own status, which is 500.
    if answer.status in closed and answer.error and api.username:
        return api.read("", INDEX), True
    return answer, False


def _index_of(answer: Answer) -> tuple[dict[str, Any], str]:
    """Return the index and what was printed before it; nothing when something else answers."""
    data, printed = find_json(answer.text)
    is_index = isinstance(data, dict) and "wp/v2" in (data.get("namespaces") or ())
    return (data, printed) if is_index else ({}, "")


def _notes(answer: Answer, printed: str, failures: Sequence[Answer]) -> Iterator[Diagnosis]:
    if printed:
        yield printed_before(printed)
    if answer.body.startswith(codecs.BOM_UTF8):
        yield BYTE_ORDER_MARK
    for one in failures[:1]:
        if found := diagnose(one):
            cause = f"{found.cause}; its longer address {answer.url} works"
            yield Diagnosis(cause=cause, cure=found.cure)


def _moved(site_url: str, seen: str) -> Iterator[Diagnosis]:
    before, after = urlsplit(site_url), urlsplit(seen)
    if before[:2] != after[:2]:
        place = f"{after.scheme}://{after.netloc}"
        yield Diagnosis(
            cause=f"{site_url} redirects to {place}", cure=f'put url = "{place}" into [site]'
        )


def _explain_closed(answer: Answer, api: RestApi, site_url: str) -> UnauthorizedError:
    """Find out why even the login does not open an API that is closed to visitors."""
    from .refusal import explain_refusal  # loaded only when a login fails

    guess = _api_root(api.root, {}, site_url)
    error = explain_refusal(answer, api, replace(guess, authentication_available=True))
    blocker = find_blocker(answer.code, answer.text, answer.headers)
    by = f", by {blocker.name}" if blocker else ""
    message = f"{error.message}; the API is closed to visitors{by}: {answer.reason}"
    # Some plugins shut out users too; it is seldom so with 401, which means: not logged in.
    cure = f"{error.cure}; else, {blocker.name}: {blocker.cure}" if blocker else error.cure
    return UnauthorizedError(message, cure=cure)


def _explain(
    site_url: str, page: Answer, failures: Sequence[Answer], redirects: Sequence[SiteError]
) -> SiteError:
    """Say the most certain of all causes that were seen."""
    certain = min((*failures, page), key=certainty)
    found = diagnose(certain)
    if redirects and not (found and is_certain(certain)):
        return SiteError(f"{site_url}: {redirects[0].message}", cure=redirects[0].cure)
    if found and (is_certain(certain) or looks_like_wordpress(page)):
        return NoRestError(f"{site_url}: {found.cause}", cure=found.cure)
    seen = [f"its page answers {page.status}{page.page_title}"]
    seen += [f"{one.url} is no WordPress API ({one.status})" for one in failures]
    message = f"{site_url} is not a WordPress that can be used: {'; '.join(seen)}"
    return SiteError(message, cure="[site] url is the front page's address; REST must not be off")


def _with_xmlrpc(error: SiteError, page: Answer, site_url: str, api: RestApi) -> SiteError:
    """Name the other way, where it takes the login."""
    from .xmlrpc import endpoint_of, password_works  # loaded only when there is no REST

    if not password_works(endpoint_of(page, site_url), api):
        return error
    return type(error)(error.message, cure=f"{error.cure}; or {USE_XMLRPC}")


def _api_root(root: str, index: dict[str, Any], site_url: str) -> ApiRoot:
    return ApiRoot(
        root=root,
        home=str(index.get("home") or site_url),
        url=str(index.get("url") or site_url),
        name=html.unescape(str(index.get("name", ""))),
        authentication_available="application-passwords" in (index.get("authentication") or ()),
        authorize_url=_authorize_url(index, root),
        namespaces=frozenset(map(str, index.get("namespaces") or ())),
        timezone=_timezone_of(index),
    )


def _timezone_of(index: dict[str, Any]) -> str:
    """Name the time zone; where it has no name, its hours from UTC, which no summer changes."""
    if name := index.get("timezone_string"):
        return str(name)
    with suppress(TypeError, ValueError):  # null, or what a plugin makes of it
        return f"UTC{float(index['gmt_offset']):+g}" if "gmt_offset" in index else ""
    return ""


def _version_of(page: Answer) -> str:
    told = _GENERATOR.search(page.text)
    return told[1] if told else ""


def _authorize_url(index: dict[str, Any], root: str) -> str:
    """Return the page that gives application passwords; people log in there, so never elsewhere."""
    # A list when there is none: PHP's empty array.
    offered = dict(index.get("authentication") or {}).get("application-passwords") or {}
    page = str(offered.get("endpoints", {}).get("authorization", ""))
    return "" if is_elsewhere(page, root) else page


def is_elsewhere(url: str, known: str) -> bool:
    """Tell whether an address is another host than a known one, or another port of it."""
    there, here = urlsplit(url), urlsplit(known)
    if (there.hostname or "").removeprefix("www.") != (here.hostname or "").removeprefix("www."):
        return True
    usual = {None, 80, 443}  # http and https of one host are one place
    return there.port != here.port and not (there.port in usual and here.port in usual)
