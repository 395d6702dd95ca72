"""fetch_full_text: an item's own page, fetched where the feed is thin, its further pages joined."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from wp_sync.errors import ConfinedError, DisallowedError, ExtractError, ItemError, WebError
from wp_sync.web import Limits, WebSession

from .measure import is_better, is_whole
from .page import NO_RULES, extract_page

if TYPE_CHECKING:
    from wp_sync.config.channels import ExtractRules
    from wp_sync.confine import Confinement
    from wp_sync.model import Item, Page

LIMITS = Limits(max_bytes=5_000_000, seconds=20)
ACCEPT = "text/html, application/xhtml+xml;q=0.9"
PAGE_TYPES = ("", "application/xhtml+xml", "text/html")  # "": the server says nothing


def fetch_full_text(
    item: Item,
    *,
    web: WebSession,
    confinement: Confinement,
    allow_private: frozenset[str] = frozenset(),
    rules: ExtractRules = NO_RULES,
) -> Page | None:
    """Fetch the item's page; None when the feed's own text is whole, or no worse than the page's.

    Raises ExtractError, a WebError, or ConfinedError for a page that can't be parsed in its limits.
    """
    if not item.url or is_whole(item):
        return None
    reader = _Reader(item, web, confinement, allow_private, rules)
    first = reader.read(item.url)
    page = reader.join(first)
    return page if is_better(page.body_html, item) else None


class _Reader:
    """Reads the pages of one item."""

    def __init__(
        self,
        item: Item,
        web: WebSession,
        confinement: Confinement,
        allow_private: frozenset[str],
        rules: ExtractRules,
    ) -> None:
        self._item, self._web, self._confinement = item, web, confinement
        self._allow_private, self._rules = allow_private, rules

    def read(self, url: str) -> Page:
        """Fetch one page and find the article in it."""
        answer = self._web.get(url, accept=ACCEPT, limit=LIMITS, allow_private=self._allow_private)
        content_type = answer.headers.get("content-type", "")
        kind = content_type.partition(";")[0].strip().lower()
        key = self._item.key
        if kind not in PAGE_TYPES:
            raise ExtractError(f"{answer.url} is not a web page but {kind}", key=key)
        return self._confinement.run(
            extract_page, answer.body, answer.url, content_type, key, self._rules
        )

    def join(self, first: Page) -> Page:
        """Add the article's further pages: on the same host, each once, so many at most."""
        bodies, seen, page = [first.body_html], {first.url, self._item.url}, first
        while page.next_url and len(bodies) < self._rules.pages:
            if page.next_url in seen or _host(page.next_url) != _host(first.url):
                break
            seen.add(page.next_url)
            try:
                page = self.read(page.next_url)
            except (ConfinedError, ItemError, WebError) as error:
                # A part would look like the whole: another try may bring the rest.
                if error.transient or isinstance(error, DisallowedError):
                    raise
                break
            if page.body_html in bodies or _host(page.url) != _host(first.url):
                break
            bodies.append(page.body_html)
        return replace(first, body_html="\n".join(bodies)) if len(bodies) > 1 else first


def _host(url: str) -> str:
    try:
        return urlsplit(url).netloc.lower()
    except ValueError:
        return ""
