"""RSS 0.9x to 2.0, RDF and Atom by feedparser. Only for the confined child: see `confine`.

feedparser has quadratic inputs, and undoes expat's guard against entity bombs. Its own sanitiser
and address resolver stay off: the one is no security boundary, the other loses markup.
"""

from __future__ import annotations

import codecs
import html
import io
import re
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from wp_sync.errors import ParseError

from .dates import read_date
from .entry import MOST_ENTRIES, Document, Entry, is_image, make_absolute, make_html, unique

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime

Raw: TypeAlias = Any  # a FeedParserDict: feedparser has no types

_MARKUP = re.compile(r"<[a-zA-Z/!]|&#?\w+;")
_BOMB = "amplification factor"  # expat's word for it (xmlparse.c)
_LONGEST_NAME = 200  # characters, before a search that is quadratic
_MAIL = re.compile(r"[(<\[]?\S+@\S+")
_HTML_TYPES = ("text/html", "application/xhtml+xml")
# RDF has dc:date alone, which feedparser calls updated.
_DATES = ("published", "created", "updated")
_ROOT_ENDS = (b"</rss>", b"</rdf:rdf>", b"</feed>", b"</channel>")


@dataclass(frozen=True, slots=True)
class _Context:
    """What an entry takes from its feed."""

    feed: Mapping[str, Raw]
    is_atom: bool
    base: str  # the feed's own page, else its address


def read_syndication(body: bytes, charset: str, location: str) -> Document:
    """Parse a feed, also a broken one; what feedparser can't name a feed has format ""."""
    import feedparser

    body, charset = _decide_charset(body, charset)
    parsed = feedparser.parse(
        io.BytesIO(body),
        # As application/xml: text/xml would mean US-ASCII to it. Without a content-location: it
        # would become part of a guid that is no address, and change when the feed moves.
        response_headers={"content-type": f"application/xml{charset}"},
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    notes: list[str] = []
    is_whole = True
    entries = parsed.entries[: MOST_ENTRIES + 1]
    problem = getattr(parsed.get("bozo_exception"), "getMessage", None)  # an XML error
    if problem is not None:
        if _BOMB in problem():
            # The loose reader that follows would leave entities unread, or expand them after all.
            message = f"{location} is an entity bomb: its entities grow beyond all measure"
            raise ParseError(message, feed=location, cure="it is not read: ask the publisher")
        notes.append(f"not well-formed XML ({problem()}): read as far as it can be")
        is_whole = _has_end(body)
        if entries and _is_cut(body):
            notes.append("it ends in the middle of an entry, which is left for the next time")
            entries = entries[:-1]
    context = _Context(
        feed=parsed.feed,
        is_atom=parsed.version.startswith("atom"),
        base=make_absolute(parsed.feed.get("link"), location) or location,
    )
    return Document(
        format=parsed.version or ("xml" if entries else ""),
        title=html.unescape(parsed.feed.get("title", "")),
        entries=tuple(_read_entry(entry, context) for entry in entries),
        notes=tuple(notes),
        is_whole=is_whole,
    )


def _decide_charset(body: bytes, charset: str) -> tuple[bytes, str]:
    """Believe the server's charset unless the bytes say otherwise; give it as a parameter."""
    if body.startswith((codecs.BOM_UTF16_BE, codecs.BOM_UTF16_LE)):
        body, charset = body.decode("utf-16", "replace").encode(), "utf-8"
    elif not body.isascii():
        with suppress(UnicodeDecodeError):  # what reads as UTF-8 is no accident
            body.decode()
            charset = "utf-8"
    # White space before the declaration is an error to expat.
    return body.lstrip(), f"; charset={charset}" if charset else ""


def _has_end(body: bytes) -> bool:
    lower = body.lower()
    return any(end in lower for end in _ROOT_ENDS)


def _is_cut(body: bytes) -> bool:
    """Tell whether the bytes end inside an entry, which then may lack half its text."""
    lower = body.lower()
    if lower.rstrip().endswith(_ROOT_ENDS):
        return False
    opened = max(lower.rfind(b"<item"), lower.rfind(b"<entry"))
    return opened > max(lower.rfind(b"</item"), lower.rfind(b"</entry"))


def _read_entry(entry: Raw, context: _Context) -> Entry:
    return Entry(**{name: find(entry, context) for name, find in FINDERS.items()})


def find_guid(entry: Raw, _context: _Context) -> str:
    return str(entry.get("id", ""))


def find_url(entry: Raw, context: _Context) -> str:
    """Prefer the address that FeedBurner put its own in place of."""
    guid, link = find_guid(entry, context), entry.get("link", "")
    # feedparser takes a guid for the link when it may be one; only a whole address is.
    found = [entry.get("feedburner_origlink"), "" if link == guid else link]
    base = context.base
    return next(filter(None, (make_absolute(url, base) for url in found)), make_absolute(guid, ""))


def find_title(entry: Raw, _context: _Context) -> str:
    """Give a title as HTML. In RSS, feedparser calls it HTML when it reads like it."""
    title = str(entry.get("title", ""))
    is_html = entry.get("title_detail", {}).get("type") in _HTML_TYPES
    return title if is_html else html.escape(title, quote=False)


def find_body(entry: Raw, context: _Context) -> str:
    """Take the longest content, HTML before text; else what some formats have in its place."""
    contents = [
        (one.get("type") in _HTML_TYPES, one.get("value", "")) for one in entry.get("content", ())
    ]
    is_html, body = max(contents, key=lambda one: (one[0], len(one[1])), default=(True, ""))
    if not is_html and len(body) < len(entry.get("summary", "")):
        body = ""  # not the article: feedparser puts a picture's media:description here
    if not body and "yandex_full-text" in entry:
        is_html, body = True, str(entry["yandex_full-text"])
    if not body and "yt_videoid" in entry:
        is_html, body = False, str(entry.get("summary", ""))
    return _as_html(body, context, is_html=is_html)


def find_summary(entry: Raw, context: _Context) -> str:
    is_html = entry.get("summary_detail", {}).get("type") in _HTML_TYPES
    return _as_html(str(entry.get("summary", "")), context, is_html=is_html)


def _as_html(text: str, context: _Context, *, is_html: bool) -> str:
    if is_html and _MARKUP.search(text):
        return text
    # Text without markup that RSS calls HTML may be wrapped at a column: its line ends say nothing.
    return make_html(text, breaks=not is_html or context.is_atom)


def find_base(entry: Raw, context: _Context) -> str:
    """Prefer xml:base, then the article's page, from which a body is mostly copied."""
    details = (*entry.get("content", ()), entry.get("summary_detail", {}))
    explicit = next(filter(None, (one.get("base") for one in details)), "")
    return make_absolute(explicit, context.base) or find_url(entry, context) or context.base


def find_dated(entry: Raw, _context: _Context) -> str:
    return next((str(entry[name]) for name in _DATES if entry.get(name) and name in entry), "")


def find_published(entry: Raw, _context: _Context) -> datetime | None:
    return next(filter(None, (_date(entry, name) for name in _DATES)), None)


def find_updated(entry: Raw, _context: _Context) -> datetime | None:
    return _date(entry, "updated")


def _date(entry: Raw, name: str) -> datetime | None:
    # `in` first: feedparser answers for a missing updated with published.
    return read_date(str(entry[name]), entry.get(f"{name}_parsed")) if name in entry else None


def find_authors(entry: Raw, context: _Context) -> tuple[str, ...]:
    """Name the authors, without addresses; an Atom entry inherits its feed's (RFC 4287, 4.1.2)."""
    people = entry.get("authors", ())
    if len(people) == 1 and not context.is_atom:
        # From the text: feedparser cuts ann@harbour.example (Ann) to "ple (Ann".
        people = [{"name": entry.get("author")}]
    if not any(person.get("name") for person in people) and context.is_atom:
        people = context.feed.get("authors", ())
    return unique(_name(str(person.get("name") or "")) for person in people)


def _name(text: str) -> str:
    return html.unescape(_MAIL.sub("", text[:_LONGEST_NAME])).strip(" ()<>,")


def find_labels(entry: Raw, _context: _Context) -> tuple[str, ...]:
    """Name the labels. They are plain text; WordPress's own feeds escape them twice."""
    return unique(
        html.unescape(str(tag.get("label") or tag.get("term") or ""))
        for tag in entry.get("tags", ())
    )


def find_images(entry: Raw, context: _Context) -> tuple[str, ...]:
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


def _area(media: Raw) -> int:
    sizes = [str(media.get(name, "")) for name in ("width", "height")]
    width, height = (int(one) if one.isdecimal() and len(one) < 6 else 0 for one in sizes)  # noqa: PLR2004
    return width * max(height, 1)


def find_language(entry: Raw, context: _Context) -> str:
    details = (*entry.get("content", ()), entry.get("title_detail", {}), context.feed)
    return next((str(one["language"]) for one in details if one.get("language")), "")


FINDERS: Mapping[str, Callable[[Raw, _Context], Raw]] = {
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
