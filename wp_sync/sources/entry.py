"""What the parsers hand over: entries in one shape, whatever the format."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

MOST_ENTRIES = 2_000  # a fetch
READING = "1"  # another one when entries are read otherwise: all are then read anew
_BLANK_LINE = re.compile(r"\n[ \t]*\n\s*")
_IMAGE_NAME = re.compile(r"\.(?:avif|gif|jpe?g|png|webp)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An entry in the fields of an Item: addresses absolute, texts as they came."""

    guid: str = ""
    url: str = ""
    title: str = ""
    summary_html: str = ""
    body_html: str = ""
    base_url: str = ""
    published: datetime | None = None
    updated: datetime | None = None
    dated: str = ""  # the publication date as it was written
    authors: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    image_urls: tuple[str, ...] = ()
    language: str = ""
    trace: str = ""  # hash of its element, and of what it takes from its feed; "" when not sure


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A feed as a parser read it; format "" means that it is none."""

    format: str
    title: str = ""
    site: str = ""  # the address that it names as its site's
    entries: tuple[Entry, ...] = ()
    notes: tuple[str, ...] = ()
    is_whole: bool = True  # False: it broke off, and may have had more entries
    skipped: tuple[str, ...] = ()  # the traces of entries that are known, and were not read


def make_absolute(url: object, base: str) -> str:
    """Resolve an address; "" unless it is http or https with a host."""
    if not isinstance(url, str) or not url.strip():
        return ""
    try:
        absolute = urljoin(base, url.strip().replace(" ", "%20"))
        parts = urlsplit(absolute)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:  # brackets that are no IPv6 address
        return ""
    if not usable:
        return ""
    return absolute if absolute.startswith(parts.scheme) else parts.geturl()  # HTTP://


def make_html(text: str, *, breaks: bool = True) -> str:
    """Turn plain text into paragraphs; `breaks`: its line ends mean something."""
    paragraphs = _BLANK_LINE.split(html.escape(text.strip(), quote=False))
    joint = "<br>\n" if breaks else "\n"
    return "\n".join(f"<p>{joint.join(one.splitlines())}</p>" for one in paragraphs if one)


def is_image(url: str, mime: object = "", medium: object = "") -> bool:
    """Tell an image by what the feed says of it, else by its name."""
    if mime or medium:
        return medium == "image" or str(mime).lower().startswith("image/")
    try:
        return bool(_IMAGE_NAME.search(urlsplit(url).path))
    except ValueError:
        return False


def unique(values: Iterable[str]) -> tuple[str, ...]:
    """Drop empty and repeated texts; the order stays."""
    return tuple(dict.fromkeys(value for value in (one.strip() for one in values) if value))
