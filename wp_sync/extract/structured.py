"""JSON-LD and microdata of a page: the one article that it is about, as schema.org tells it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from wp_sync.text import plain_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lxml.html import HtmlElement  # type: ignore[import-untyped]

ARTICLES = frozenset(
    [
        "AdvertiserContentArticle",
        "AnalysisNewsArticle",
        "Article",
        "AskPublicNewsArticle",
        "BackgroundNewsArticle",
        "BlogPosting",
        "HowTo",
        "LiveBlogPosting",
        "NewsArticle",
        "OpinionNewsArticle",
        "Recipe",
        "Report",
        "ReportageNewsArticle",
        "Review",
        "ReviewNewsArticle",
        "SatiricalArticle",
        "ScholarlyArticle",
        "SocialMediaPosting",
        "TechArticle",
    ]
)
_LONGEST_JSON = 500_000  # characters
_DEEPEST_JSON = 6  # levels down to an article in @graph
_LOOSE = re.compile(r"[\x00-\x1f]")
_WRAPPED = re.compile(r"\A\s*(?:<!--|//\s*<!\[CDATA\[|<!\[CDATA\[)|(?:-->|(?://)?\s*\]\]>)\s*\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a page says of its article in JSON-LD."""

    title: str = ""
    byline: str = ""
    published: str = ""
    updated: str = ""
    language: str = ""
    image: str = ""
    text: str = ""  # articleBody: to compare with, never to publish
    words: int = 0  # wordCount
    is_free: bool | None = None  # isAccessibleForFree; None: not said
    locked: tuple[str, ...] = field(default=())  # selectors of the parts that are not free


NOTHING_TOLD = Told()


def read_structured(root: HtmlElement) -> Told:
    """Read the first article that a page describes; its empty values from the ones after it."""
    articles = list(_articles_in(root))
    if not articles:
        return NOTHING_TOLD
    merged: dict[str, Any] = {}
    for article in articles:
        for name, value in article.items():
            merged.setdefault(name, value)
    return Told(
        title=name_of(merged.get("headline")) or name_of(merged.get("name")),
        byline=name_of(merged.get("author")) or name_of(merged.get("creator")),
        published=name_of(merged.get("datePublished")),
        updated=name_of(merged.get("dateModified")),
        language=name_of(merged.get("inLanguage"), "alternateName"),
        image=name_of(merged.get("image"), "url") or name_of(merged.get("thumbnailUrl"), "url"),
        text=name_of(merged.get("articleBody")),
        words=_count(merged.get("wordCount")),
        is_free=_is_free(articles),
        locked=tuple(_locked_in(merged.get("hasPart"))),
    )


def name_of(value: object, field_name: str = "name") -> str:
    """Read a text, or the names of one thing or several; here entities are still encoded."""
    if isinstance(value, list):
        found = list(filter(None, (name_of(one, field_name) for one in value)))
        return ", ".join(dict.fromkeys(found)) if field_name == "name" else next(iter(found), "")
    if isinstance(value, dict):
        other = "contentUrl" if field_name == "url" else "@value"
        value = value.get(field_name) or value.get(other)
        return name_of(value, field_name) if isinstance(value, list) else _plain(value)
    return _plain(value)


def _plain(value: object) -> str:
    return plain_text(value) if isinstance(value, str) else ""


def _count(value: object) -> int:
    try:
        return int(str(value)) if value is not None else 0
    except ValueError:
        return 0


def _is_free(articles: list[dict[str, Any]]) -> bool | None:
    said = [
        read_truth(one["isAccessibleForFree"]) for one in articles if "isAccessibleForFree" in one
    ]
    return None if not said else all(one is not False for one in said)


def read_truth(value: object) -> bool | None:
    """Read a truth value as sites write it: false, "False", "http://schema.org/False"."""
    word = str(value).rpartition("/")[2].strip().lower()
    return {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}.get(word)


def _locked_in(parts: object) -> Iterator[str]:
    for part in parts if isinstance(parts, list) else [parts]:
        if isinstance(part, dict) and read_truth(part.get("isAccessibleForFree", "true")) is False:
            selectors = part.get("cssSelector")
            for one in selectors if isinstance(selectors, list) else [selectors]:
                if isinstance(one, str) and one.strip():
                    yield one.strip()


def _articles_in(root: HtmlElement) -> Iterator[dict[str, Any]]:
    for script in root.iter("script"):
        kind = (script.get("type") or "").partition(";")[0].strip().lower()
        if kind == "application/ld+json":
            yield from _walk(_load((script.text or "")[:_LONGEST_JSON]))


def _load(text: str) -> object:
    """Read JSON; broken as some sites write it, with line breaks in texts or within a comment."""
    for attempt in (text, _LOOSE.sub(" ", _WRAPPED.sub("", text))):
        try:
            return json.loads(attempt)
        except (ValueError, RecursionError):
            continue
    return None


def _walk(value: object, depth: int = 0) -> Iterator[dict[str, Any]]:
    if depth > _DEEPEST_JSON:
        return
    if isinstance(value, list):
        for one in value:
            yield from _walk(one, depth + 1)
    elif isinstance(value, dict):
        if kinds_of(value) & ARTICLES:
            yield value
        for name in ("@graph", "mainEntity", "mainEntityOfPage"):
            if isinstance(value.get(name), (dict, list)):
                yield from _walk(value[name], depth + 1)


def kinds_of(value: Mapping[str, Any]) -> set[str]:
    """List a thing's types, without the address of their vocabulary."""
    kinds = value.get("@type")
    return {str(one).rpartition("/")[2] for one in (kinds if isinstance(kinds, list) else [kinds])}
