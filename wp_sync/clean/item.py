"""clean_item: the entry and its page as an article that we may publish. Pure."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bs4.exceptions import ParserRejectedMarkup

from wp_sync.errors import CleanError
from wp_sync.markup import neutralise, parse_html, text_lines
from wp_sync.model import Article, Item, Page, Picture, Removal, Rights
from wp_sync.text import limit_text, plain_text, shorten

from .allowlist import SOURCE_SCHEMES
from .draft import Draft
from .excerpt import find_excerpt
from .furniture import drop_furniture, drop_hidden, drop_selected, drop_trailers, mend_ending
from .links import drop_pixels, find_pictures, make_absolute, resolve_images, resolve_links
from .sanitize import sanitise
from .structure import (
    drop_active,
    drop_empty,
    limit_depth,
    make_paragraphs,
    shift_headings,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from wp_sync.config.schema import CleanRules

# The order matters: images before noscript goes, names of containers before they are unwrapped,
# the ends of the text when its paragraphs stand.
STEPS: tuple[tuple[str, Callable[[Draft, str], None]], ...] = (
    ("nested too deeply", limit_depth),
    ("lazy image", resolve_images),
    ("tracking pixel", drop_pixels),
    ("active content", drop_active),
    ("hidden", drop_hidden),
    ("remove", drop_selected),
    ("furniture", drop_furniture),
    ("link", resolve_links),
    ("wrapper", make_paragraphs),
    ("trailer", drop_trailers),
    ("cut ending", mend_ending),
    ("empty", drop_empty),
    ("heading", shift_headings),
)
MOST_PICTURES = 8
TITLE_WORDS = 12  # of the text, where an entry has no title
LONGEST_TITLE = 500  # characters: no theme shows more, and WordPress would keep them all

_BLANK_LINE = re.compile(r"\n[ \t]*\n")
_BY = re.compile(r"\Aby:?\s+", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleaned:
    """A body after all steps."""

    html: str = ""
    text: str = ""
    pictures: tuple[Picture, ...] = ()
    removed: tuple[Removal, ...] = ()


def clean_item(item: Item, page: Page | None, *, rights: Rights, rules: CleanRules) -> Article:
    """Make the article that the source's rights allow. Raises CleanError."""
    base_url = item.base_url or item.url
    try:
        summary = clean_body(item.summary_html, base_url, rules.remove)
        if rights == "full" and page is not None:
            body = clean_body(page.body_html, page.url, rules.remove)
        elif item.body_html and item.body_html != item.summary_html:
            body = clean_body(item.body_html, base_url, rules.remove)
        else:
            body = summary
    except (ValueError, ParserRejectedMarkup, RecursionError) as error:
        raise CleanError(str(error) or "the HTML can't be read", key=item.key) from error
    excerpt = find_excerpt(summary.html) or find_excerpt(body.html)
    allowed = _body_allowed(body, excerpt, rights)
    return Article(
        key=item.key,
        url=item.url,
        title=limit_text(plain_text(item.title), LONGEST_TITLE)
        or shorten(excerpt or body.text, TITLE_WORDS),
        body_html=allowed.html,
        text=allowed.text,
        excerpt="" if rights == "title" else excerpt,
        byline=_byline(item, page),
        published=item.published or (page.published if page else None),
        updated=item.updated,
        language=item.language or (page.language if page else ""),
        labels=_unique(map(plain_text, item.labels)),
        pictures=_choose_pictures(item, page, (*summary.pictures, *body.pictures)),
        removed=body.removed,
    )


def clean_body(markup: str, base_url: str, selectors: tuple[str, ...] = ()) -> Cleaned:
    """Run all steps over one tree, nh3 last."""
    if not markup.strip():
        return Cleaned()
    draft = Draft(tree=parse_html(_as_markup(markup)), base_url=base_url, selectors=selectors)
    for rule, step in STEPS:
        step(draft, rule)
    safe = sanitise(draft.tree.decode())
    return Cleaned(
        html=safe,
        text=text_lines(safe),
        pictures=tuple(find_pictures(draft)),
        removed=tuple(draft.removed),
    )


def _as_markup(text: str) -> str:
    """Mark the paragraphs of a text that has no markup at all."""
    return text if "<" in text else "".join(f"<p>{part}" for part in _BLANK_LINE.split(text))


def _body_allowed(body: Cleaned, excerpt: str, rights: Rights) -> Cleaned:
    if rights in {"feed", "full"}:
        return body
    if rights == "title" or not excerpt:
        return Cleaned()
    return Cleaned(html=neutralise(f"<p>{html.escape(excerpt, quote=False)}</p>"), text=excerpt)


def _byline(item: Item, page: Page | None) -> str:
    byline = page.byline if page and page.byline else plain_text(", ".join(item.authors))
    return _BY.sub("", byline, count=1)


def _choose_pictures(
    item: Item, page: Page | None, in_body: tuple[Picture, ...]
) -> tuple[Picture, ...]:
    named = [*item.image_urls, page.lead_image if page else ""]
    absolute = (make_absolute(url, item.base_url or item.url) for url in named if url)
    alts = {picture.url: picture.alt for picture in in_body}
    found: dict[str, Picture] = {}
    for picture in (*(Picture(url=url, alt=alts.get(url, "")) for url in absolute), *in_body):
        if picture.url.startswith(SOURCE_SCHEMES):
            found.setdefault(picture.url, picture)
    return tuple(found.values())[:MOST_PICTURES]


def _unique(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, texts)))
