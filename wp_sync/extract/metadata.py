"""What a page says about itself: its meta elements first, then JSON-LD (schema.org)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from wp_sync.text import clean_text, plain_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lxml.html import HtmlElement  # type: ignore[import-untyped]

# The first that is there wins; names and properties in lower case.
TITLES = ("og:title", "twitter:title", "dc.title")
BYLINES = ("author", "article:author", "parsely-author", "sailthru.author", "dc.creator", "byl")
DATES = ("article:published_time", "og:article:published_time", "datepublished", "parsely-pub-date")
IMAGES = ("og:image:secure_url", "og:image", "og:image:url", "twitter:image", "twitter:image:src")
ARTICLES = ("Article", "NewsArticle", "BlogPosting", "ReportageNewsArticle", "LiveBlogPosting")
_LONGEST_JSON = 200_000  # characters
_DEEPEST_JSON = 6  # levels down to an article in @graph


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    title: str = ""
    byline: str = ""
    published: datetime | None = None
    language: str = ""
    lead_image: str = ""


def read_metadata(tree: HtmlElement, url: str) -> Metadata:
    """Read title, byline, date, language and picture; "" or None for what is not said."""
    metas: dict[str, str] = {}
    for meta in tree.iter("meta"):
        name = meta.get("property") or meta.get("name") or meta.get("itemprop") or ""
        metas.setdefault(name.lower().strip(), one_line(meta.get("content")))
    article = next(_articles_in(tree), {})
    byline = _first(metas, BYLINES, but="http") or _name_of(article.get("author"))
    image = _first(metas, IMAGES) or _name_of(article.get("image"), "url")
    return Metadata(
        title=_first(metas, TITLES),
        byline=byline,
        published=read_date(_first(metas, DATES) or str(article.get("datePublished", ""))),
        language=one_line(tree.get("lang"))[:35],
        lead_image=_absolute(url, image),
    )


def one_line(text: str | None) -> str:
    """Tidy what the parser has decoded already."""
    return " ".join(clean_text(text or "").split())


def _first(metas: Mapping[str, str], names: tuple[str, ...], but: str = "\n") -> str:
    """Choose the first that is there; an author is often given as the address of a profile."""
    values = (metas.get(name, "") for name in names)
    return next((value for value in values if value and not value.startswith(but)), "")


def read_date(text: str) -> datetime | None:
    """Read an ISO date as UTC; None for a bad one, and for one that names no zone."""
    try:
        date = datetime.fromisoformat(text.strip())
        return date.astimezone(UTC) if date.tzinfo else None
    except (ValueError, OverflowError):
        return None


def _articles_in(tree: HtmlElement) -> Iterator[dict[str, Any]]:
    for script in tree.iter("script"):
        if (script.get("type") or "").lower() == "application/ld+json":
            try:
                yield from _walk(json.loads((script.text or "")[:_LONGEST_JSON]))
            except (ValueError, RecursionError):
                continue


def _walk(value: object, depth: int = 0) -> Iterator[dict[str, Any]]:
    if depth > _DEEPEST_JSON:
        return
    if isinstance(value, dict):
        kinds = value.get("@type")
        if any(kind in ARTICLES for kind in (kinds if isinstance(kinds, list) else [kinds])):
            yield value
        value = value.get("@graph")
    if isinstance(value, list):
        for one in value:
            yield from _walk(one, depth + 1)


def _name_of(value: object, field: str = "name") -> str:
    """Read a text, or the names of one thing or several; here entities are still encoded."""
    if isinstance(value, list):
        names = [_name_of(one, field) for one in value]
        return ", ".join(filter(None, names)) if field == "name" else next(iter(names), "")
    if isinstance(value, dict):
        value = value.get(field)
    return plain_text(value) if isinstance(value, str) else ""


def _absolute(base_url: str, url: str) -> str:
    try:
        absolute = urljoin(base_url, url) if url else ""
    except ValueError:  # a bracket in the host
        return ""
    return absolute if absolute.startswith(("http://", "https://")) else ""
