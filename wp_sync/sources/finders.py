"""What an entry says, in feedparser's words: one function for each field of an Entry."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from .dates import read_date
from .entry import Entry, is_image, make_absolute, make_html, unique

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime

Raw: TypeAlias = Any  # a FeedParserDict: feedparser has no types

_MARKUP = re.compile(r"<[a-zA-Z/!]|&#?\w+;")
_LONGEST_NAME = 200  # characters, before a search that is quadratic
_MAIL = re.compile(r"[(<\[]?\S+@\S+")
_CUT_MAIL = re.compile(r"^\S* \((?=[^()]*$)")  # of several, feedparser cuts the first: "ple (Ann"
_HTML_TYPES = ("text/html", "application/xhtml+xml")
# RDF has dc:date alone, which feedparser calls updated.
_DATES = ("published", "created", "updated")
_SCRIPT = re.compile(r"<(script|style)\b.*?</\1\s*>", re.IGNORECASE | re.DOTALL)
_LONGEST_TITLE = 10_000  # characters, before a search that is quadratic


@dataclass(frozen=True, slots=True)
class Context:
    """What an entry takes from its feed."""

    feed: Mapping[str, Raw]
    is_atom: bool
    base: str  # the feed's own page, else its address
    site: str = ""  # the feed's own page


def read_entry(entry: Raw, context: Context) -> Entry:
    return Entry(**{name: find(entry, context) for name, find in FINDERS.items()})


def find_guid(entry: Raw, _context: Context) -> str:
    return str(entry.get("id", ""))


def find_url(entry: Raw, context: Context) -> str:
    """Prefer the address that FeedBurner put its own in place of."""
    guid, link = find_guid(entry, context), entry.get("link", "")
    # feedparser takes a guid for the link when it may be one; only a whole address is.
    found = [entry.get("feedburner_origlink"), "" if link == guid else link]
    base = _explicit_base(entry, context) or context.base
    # A path is an address too; a number or a word is none.
    own = make_absolute(guid, base if guid.startswith("/") else "")
    return next(filter(None, (make_absolute(url, base) for url in found)), own)


def _explicit_base(entry: Raw, context: Context) -> str:
    """Give the entry's xml:base: feedparser tells that of the feed's and the entry's parts."""
    parts = (entry.get("title_detail", {}), *entry.get("content", ()))
    told = next(filter(None, (one.get("base") for one in parts)), "")
    return make_absolute(told, context.base)


def find_title(entry: Raw, _context: Context) -> str:
    """Give a title as HTML. In RSS, feedparser calls it HTML when it reads like it."""
    title = str(entry.get("title", ""))
    is_html = entry.get("title_detail", {}).get("type") in _HTML_TYPES
    if not is_html:
        return html.escape(title, quote=False)
    # Nobody reads these; elsewhere cleaning takes them out, but a title becomes plain text.
    return _SCRIPT.sub("", title) if len(title) <= _LONGEST_TITLE else title


def find_body(entry: Raw, context: Context) -> str:
    """Take the longest content, HTML before text; else what some formats have in its place."""
    contents = [
        (one.get("type") in _HTML_TYPES, one.get("value", "")) for one in entry.get("content", ())
    ]
    is_html, body = max(contents, key=lambda one: (one[0], len(one[1])), default=(True, ""))
    if not is_html and not context.is_atom:
        body = ""  # not the article: feedparser puts a picture's media:description here
    if not body and "yandex_full-text" in entry:
        is_html, body = True, str(entry["yandex_full-text"])
    if not body and "yt_videoid" in entry:
        is_html, body = False, str(entry.get("summary", ""))
    return _as_html(body, context, is_html=is_html)


def find_summary(entry: Raw, context: Context) -> str:
    if "summary_detail" not in entry:  # feedparser copies the content here when there is none
        return ""
    is_html = entry["summary_detail"].get("type") in _HTML_TYPES
    return _as_html(str(entry.get("summary", "")), context, is_html=is_html)


def _as_html(text: str, context: Context, *, is_html: bool) -> str:
    if is_html and _MARKUP.search(text):
        return text
    # Text without markup that RSS calls HTML may be wrapped at a column: its line ends say nothing.
    return make_html(text, breaks=not is_html or context.is_atom)


def find_base(entry: Raw, context: Context) -> str:
    """Prefer xml:base, then the article's page, from which a body is mostly copied."""
    details = (*entry.get("content", ()), entry.get("summary_detail", {}))
    explicit = next(filter(None, (one.get("base") for one in details)), "")
    return make_absolute(explicit, context.base) or find_url(entry, context) or context.base


def find_dated(entry: Raw, _context: Context) -> str:
    return next((str(entry[name]) for name in _DATES if entry.get(name) and name in entry), "")


def find_published(entry: Raw, _context: Context) -> datetime | None:
    return next(filter(None, (_date(entry, name) for name in _DATES)), None)


def find_updated(entry: Raw, _context: Context) -> datetime | None:
    return _date(entry, "updated")


def _date(entry: Raw, name: str) -> datetime | None:
    # `in` first: feedparser answers for a missing updated with published.
    return read_date(str(entry[name]), entry.get(f"{name}_parsed")) if name in entry else None


def find_authors(entry: Raw, context: Context) -> tuple[str, ...]:
    """Name the authors, without addresses; an Atom entry inherits its feed's (RFC 4287, 4.1.2)."""
    people = entry.get("authors", ())
    if len(people) == 1 and not context.is_atom:
        # From the text: feedparser cuts ann@harbour.example (Ann) to "ple (Ann".
        people = [{"name": entry.get("author")}]
    if not any(person.get("name") for person in people) and context.is_atom:
        people = entry.get("source", {}).get("authors") or context.feed.get("authors", ())
    return unique(_name(str(person.get("name") or "")) for person in people)


def _name(text: str) -> str:
    text = _CUT_MAIL.sub("", _MAIL.sub("", text[:_LONGEST_NAME]))
    return html.unescape(text).strip(" ()<>,")


def find_labels(entry: Raw, _context: Context) -> tuple[str, ...]:
    """Name the labels. They are plain text; WordPress's own feeds escape them twice."""
    return unique(
        html.unescape(str(tag.get("label") or tag.get("term") or ""))
        for tag in entry.get("tags", ())
    )


def find_images(entry: Raw, context: Context) -> tuple[str, ...]:
    base = find_base(entry, context)
    return unique(make_absolute(url, base) for url in _images(entry))


def _images(entry: Raw) -> Iterator[str]:
    media = [one for one in entry.get("media_content", ()) if one.get("url")]
    for one in sorted(media, key=_area, reverse=True):  # stable: equal ones stay in order
        if is_image(one["url"], one.get("type"), one.get("medium")):
            yield one["url"]
    yield from (one.get("url", "") for one in entry.get("media_thumbnail", ()))
    for link in entry.get("links", ()):
        if link.get("rel") == "enclosure" and is_image(link.get("href", ""), link.get("type")):
            yield link.get("href", "")
    picture = entry.get("image")
    yield picture.get("href", "") if isinstance(picture, dict) else ""  # itunes:image
    yield entry.get("href", "")  # the address in an <image> of RSS


def _area(media: Raw) -> int:
    sizes = [str(media.get(name, "")) for name in ("width", "height")]
    width, height = (int(one) if one.isdecimal() and len(one) < 6 else 0 for one in sizes)  # noqa: PLR2004
    return width * max(height, 1)


def find_language(entry: Raw, context: Context) -> str:
    details = (*entry.get("content", ()), entry.get("title_detail", {}), context.feed)
    return next((str(one["language"]) for one in details if one.get("language")), "")


FINDERS: Mapping[str, Callable[[Raw, Context], Raw]] = {
    "guid": find_guid,
    "url": find_url,
    "title": find_title,
    "summary_html": find_summary,
    "body_html": find_body,
    "base_url": find_base,
    "published": find_published,
    "updated": find_updated,
    "dated": find_dated,
    "authors": find_authors,
    "labels": find_labels,
    "image_urls": find_images,
    "language": find_language,
}
