"""JSON Feed 1.0 and 1.1 (jsonfeed.org/version/1.1). Trusts no type: any value may be anything."""

from __future__ import annotations

import html
import json
from typing import TYPE_CHECKING, Any

from .bombs import too_complex
from .dates import read_date
from .entry import MOST_ENTRIES, Document, Entry, is_image, make_absolute, make_html, unique

if TYPE_CHECKING:
    from collections.abc import Collection

_VERSIONS = {"1": "json10", "1.1": "json11"}


def read_json_feed(
    body: bytes, _charset: str, location: str, _known: Collection[str] = ()
) -> Document:
    """Read a JSON Feed; JSON is UTF-8 whatever the server says (RFC 8259).

    It is read whole: that takes no longer than to look for what is known.
    """
    try:
        feed = json.loads(body.decode("utf-8-sig", "replace"))
    except ValueError:
        return Document(format="")
    except RecursionError as error:
        raise too_complex(location, "it is nested too deep") from error
    feed = feed if isinstance(feed, dict) else {}
    _, marker, version = _text(feed, "version").rpartition("jsonfeed.org/version/")
    raw = _list(feed, "items")
    return Document(
        format=_VERSIONS.get(version, "json") if marker else "",
        title=_text(feed, "title"),
        site=make_absolute(feed.get("home_page_url"), location),
        entries=tuple(
            _read_entry(item, feed, location)
            for item in raw[: MOST_ENTRIES + 1]
            if isinstance(item, dict)
        ),
    )


def _read_entry(item: dict[str, Any], feed: dict[str, Any], location: str) -> Entry:
    base = make_absolute(feed.get("home_page_url"), location) or location
    url = make_absolute(item.get("url"), base) or make_absolute(item.get("external_url"), base)
    dated = _text(item, "date_published") or _text(item, "date_modified")
    return Entry(
        guid=_text(item, "id"),
        url=url,
        title=html.escape(_text(item, "title"), quote=False),
        summary_html=make_html(_text(item, "summary")),
        body_html=_text(item, "content_html") or make_html(_text(item, "content_text")),
        base_url=url or base,
        published=read_date(dated),
        updated=read_date(_text(item, "date_modified")),
        dated=dated,
        authors=_names(item) or _names(feed),
        labels=unique(tag for tag in _list(item, "tags") if isinstance(tag, str)),
        image_urls=_images(item, url or base),
        language=_text(item, "language") or _text(feed, "language"),
    )


def _text(values: dict[str, Any], name: str) -> str:
    value = values.get(name)
    return str(value) if isinstance(value, str | int | float) else ""


def _list(values: dict[str, Any], name: str) -> list[Any]:
    value = values.get(name)
    return value if isinstance(value, list) else []


def _names(values: dict[str, Any]) -> tuple[str, ...]:
    people = [*_list(values, "authors"), values.get("author")]  # 1.1, 1.0
    return unique(_text(person, "name") for person in people if isinstance(person, dict))


def _images(item: dict[str, Any], base: str) -> tuple[str, ...]:
    files = [one for one in _list(item, "attachments") if isinstance(one, dict)]
    attached = [_text(one, "url") for one in files if is_image("", _text(one, "mime_type"))]
    found = [_text(item, "image"), _text(item, "banner_image"), *attached]
    return unique(make_absolute(url, base) for url in found)
