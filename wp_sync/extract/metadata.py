"""What a page says about itself: meta elements, JSON-LD, microdata, then what its readers see."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from wp_sync.text import clean_text

from .pictures import absolute
from .structured import NOTHING_TOLD, Told, read_structured
from .tree import text_of, words_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lxml.html import HtmlElement  # type: ignore[import-untyped]

# The first that is there wins; names and properties in lower case.
TITLES = (
    *("og:title", "twitter:title", "dc.title", "dcterms.title", "parsely-title"),
    "sailthru.title",
)
BYLINES = (
    *("author", "article:author", "og:article:author", "parsely-author", "sailthru.author"),
    *("dc.creator", "dcterms.creator", "dc.contributor", "byl", "cxenseparse:author"),
)
DATES = (
    *("article:published_time", "og:article:published_time", "datepublished", "parsely-pub-date"),
    *("date", "dc.date.issued", "dcterms.created", "dc.date", "sailthru.date", "pubdate"),
    *("publish-date", "article.published", "cxenseparse:recs:publishtime", "publication_date"),
)
CHANGES = (
    *("article:modified_time", "og:updated_time", "datemodified", "dcterms.modified", "lastmod"),
)
IMAGES = ("og:image:secure_url", "og:image", "og:image:url", "twitter:image", "twitter:image:src")
LANGUAGES = ("og:locale", "dc.language", "language", "content-language")
_NAME = 8  # characters of a picture's name that are no accident
_LONGEST_BYLINE = 120  # characters of what readers see
_BY = re.compile(r"(?:written |posted )?(?:by|von|par|por|di|door)\b[:\s]+", re.IGNORECASE)
_AUTHOR = re.compile(r"-(?:author|byline)s?(?:-(?:name|link|text|inner))?-\Z")
_AFTER = re.compile(
    r"\s*(?:[|•·\u2013\u2014]|\b(?:published|updated|posted|on \w+day)\b|\d{1,2}[:/.]\d).*",
)
_NAMED = re.compile(r"(?:By|by|Von|Par|Por)\s+((?:[A-ZÀ-Þ][\w.'\u2019-]+\s?){2,4})\Z")
_SPACED = re.compile(
    r"(\d{4}-\d\d-\d\d) (\d\d:\d\d(?::\d\d)?(?:\.\d+)?) ?([+-]\d\d:?\d\d)",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    title: str = ""
    byline: str = ""
    published: datetime | None = None
    updated: datetime | None = None
    language: str = ""
    lead_image: str = ""
    told: Told = NOTHING_TOLD


def read_metadata(root: HtmlElement, base: str) -> Metadata:
    """Read title, byline, dates, language and picture; "" or None for what is not said."""
    metas = _read_metas(root)
    told = read_structured(root)
    props = _read_microdata(root)
    byline = _first(metas, BYLINES, but=("http", "@")) or told.byline or props.get("author", "")
    image = _first(metas, IMAGES) or told.image or props.get("image", "") or _linked_image(root)
    dates = (_first(metas, DATES), told.published, props.get("datepublished", ""))
    changes = (_first(metas, CHANGES), told.updated, props.get("datemodified", ""))
    return Metadata(
        title=_first(metas, TITLES) or told.title or props.get("headline", ""),
        byline=byline or _visible_byline(root),
        published=_first_date((*dates, *_visible_dates(root))),
        updated=_first_date(changes),
        language=_language(root, metas, told),
        lead_image=_original(absolute(image, base) if image else "", absolute(told.image, base)),
        told=told,
    )


def _original(image: str, other: str) -> str:
    """Choose the whole picture where the one for sharing is only made smaller from it."""
    name = other.partition("?")[0].rpartition("/")[2].rpartition(".")[0]
    return other if len(name) > _NAME and name in image and len(other) < len(image) else image


def one_line(text: str | None) -> str:
    """Tidy what the parser has decoded already."""
    return " ".join(clean_text(text or "").split())


def read_date(text: str) -> datetime | None:
    """Read an ISO date as UTC; None for a bad one, and for one that names no zone."""
    try:
        date = datetime.fromisoformat(_SPACED.sub(r"\1T\2\3", text).strip())
        return date.astimezone(UTC) if date.tzinfo else None
    except (ValueError, OverflowError):
        return None


def _read_metas(root: HtmlElement) -> dict[str, str]:
    metas: dict[str, str] = {}
    for meta in root.iter("meta"):
        content = one_line(meta.get("content"))
        for attribute in ("property", "name", "itemprop", "http-equiv"):
            name = (meta.get(attribute) or "").lower().strip()
            if name and content:
                metas.setdefault(name, content)
    return metas


def _first(metas: Mapping[str, str], names: tuple[str, ...], but: tuple[str, ...] = ()) -> str:
    """Choose the first that is there; an author is often given as the address of a profile."""
    values = (metas.get(name, "") for name in names)
    return next((value for value in values if value and not value.startswith(but or "\n")), "")


def _first_date(texts: tuple[str, ...]) -> datetime | None:
    return next(filter(None, map(read_date, filter(None, texts))), None)


def _read_microdata(root: HtmlElement) -> dict[str, str]:
    found: dict[str, str] = {}
    for element in root.iter("*"):
        names = (element.get("itemprop") or "").lower().split()
        for name in names:
            if name in {"author", "datemodified", "datepublished", "headline", "image"}:
                found.setdefault(name, _value_of(element))
    return {name: value for name, value in found.items() if value}


def _value_of(element: HtmlElement) -> str:
    inside = (one for one in element.iterdescendants() if one.get("itemprop") in {"name", "url"})
    if (inner := next(inside, None)) is not None:
        return _value_of(inner)
    for attribute in ("content", "datetime", "src", "href"):
        if value := element.get(attribute):
            return "" if element.tag == "a" else one_line(value)
    return one_line(text_of(element))[:300]


def _linked_image(root: HtmlElement) -> str:
    links = (one for one in root.iter("link") if (one.get("rel") or "").lower() == "image_src")
    return next((one.get("href") or "" for one in links), "")


def _language(root: HtmlElement, metas: Mapping[str, str], told: Told) -> str:
    said = root.get("lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang") or ""
    found = one_line(said) or one_line(told.language) or _first(metas, LANGUAGES)
    return found.partition(",")[0].strip().replace("_", "-")[:35]


def _visible_byline(root: HtmlElement) -> str:
    """Find the author that readers see: linked as one, or in what is named a byline."""
    for element in root.iter("a", "address", "span", "p", "div", "cite"):
        linked = element.tag == "a" and "author" in (element.get("rel") or "").lower().split()
        if not linked and not any(map(_AUTHOR.search, words_in(element))):
            continue
        text = one_line(text_of(element))
        name = _AFTER.sub("", _BY.sub("", text, count=1)).strip(" ,;:-").removesuffix(" on")
        if name and len(text) <= _LONGEST_BYLINE:
            return name
    lines = (one_line(text_of(one)) for one in root.iter("p", "div", "span", "td", "font", "b"))
    named = (_NAMED.match(line) for line in lines if len(line) <= _LONGEST_BYLINE)
    return next((match[1].strip() for match in named if match), "")


def _visible_dates(root: HtmlElement) -> Iterator[str]:
    for element in root.iter("time"):
        if value := one_line(element.get("datetime")):
            yield value
            return
