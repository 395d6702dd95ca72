"""fetch_full_text: an item's own page, fetched, and its main content found in a confined child."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wp_sync.errors import ExtractError
from wp_sync.markup import decode_html
from wp_sync.model import Item, ItemKey, Page
from wp_sync.text import plain_text
from wp_sync.web import Limits, WebSession

if TYPE_CHECKING:
    from wp_sync.confine import Confinement

LIMITS = Limits(max_bytes=5_000_000, seconds=20)
ACCEPT = "text/html, application/xhtml+xml;q=0.9"
PAGE_TYPES = ("", "application/xhtml+xml", "text/html")  # "": the server says nothing
FEWEST_WORDS = 20  # of a page that is worth more than no text: a login wall has fewer


def fetch_full_text(
    item: Item,
    *,
    web: WebSession,
    confinement: Confinement,
    allow_private: frozenset[str] = frozenset(),
) -> Page | None:
    """Fetch the item's page; None when it holds no more than the feed does.

    Raises ExtractError, a WebError, or ConfinedError for a page that can't be parsed in its limits.
    """
    if not item.url:
        return None
    answer = web.get(item.url, accept=ACCEPT, limit=LIMITS, allow_private=allow_private)
    content_type = answer.headers.get("content-type", "")
    kind = content_type.partition(";")[0].strip().lower()
    if kind not in PAGE_TYPES:
        raise ExtractError(f"{answer.url} is not a web page but {kind}", key=item.key)
    page = confinement.run(extract_page, answer.body, answer.url, content_type, item.key)
    words = len(plain_text(page.body_html).split())
    carried = max(len(plain_text(text).split()) for text in (item.body_html, item.summary_html))
    return page if words > max(carried, FEWEST_WORDS) else None


def extract_page(body: bytes, url: str, content_type: str, key: ItemKey) -> Page:
    """Find the main content of a page, and what it says about itself. Raises ExtractError."""
    try:
        from readability import Document
        from readability.readability import Unparseable
    except ImportError as error:
        message = 'rights = "full" needs the reader of web pages'
        raise ExtractError(message, key=key, cure="pip install 'wp-sync[fulltext]'") from error
    from lxml.etree import LxmlError  # type: ignore[import-untyped]
    from lxml.html import HTMLParser, document_fromstring  # type: ignore[import-untyped]

    from .metadata import one_line, read_metadata

    markup = decode_html(body, content_type)
    try:
        # As bytes: lxml refuses a text that declares an encoding.
        tree = document_fromstring(markup.encode(), parser=HTMLParser(encoding="utf-8"))
        found = read_metadata(tree, url)
        document = Document(markup, url=url)
        title = found.title or document.short_title()  # before summary, which changes the tree
        main = document.summary(html_partial=True, keep_all_images=True)
    except (Unparseable, LxmlError, ValueError, TypeError, RecursionError) as error:
        raise ExtractError(f"{url} is not a page that can be read: {error}", key=key) from error
    return Page(
        key=key,
        url=url,
        body_html=main,
        title=one_line(title),
        byline=found.byline,
        published=found.published,
        language=found.language,
        lead_image=found.lead_image,
        found_by="readability",
    )
