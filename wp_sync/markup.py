"""HTML as bytes, as a tree and as text. What is allowed in it is decided elsewhere."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bs4 import BeautifulSoup
from w3lib.encoding import html_to_unicode

from wp_sync.text import clean_text, plain_text

if TYPE_CHECKING:
    from bs4 import Tag

WORD_JOINER = "\u2060"  # no width, no line break, no meaning: only the pattern no longer fits

# WordPress runs do_shortcode on "[name" wherever it stands, also in attributes (shortcodes.php).
_BRACKET = re.compile(rf"\[(?!{WORD_JOINER})")
# WP_Embed::autoembed fetches an address alone on its line or in its paragraph.
_LONE_ADDRESS = re.compile(r"(^|>)(\s*)(?=https?://)", re.IGNORECASE | re.MULTILINE)
_LINE_END = re.compile(r"</(?:p|h[1-6]|li|d[td]|pre|blockquote|figcaption|caption|t[dhr]|summary)>")


def decode_html(body: bytes, content_type: str) -> str:
    """Decode by byte order mark, header, meta element, else as UTF-8, else as windows-1252."""
    return clean_text(html_to_unicode(content_type or None, body, auto_detect_fun=_guess)[1])


def _guess(body: bytes) -> str:
    try:
        body.decode()
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def parse_html(markup: str) -> BeautifulSoup:
    """Parse a fragment or a page; the frame keeps bs4 from warning about plain text and XML."""
    return BeautifulSoup(f"<html><body>{clean_text(markup)}", "lxml")


def attribute_of(element: Tag, name: str) -> str:
    """Read an attribute as one text; "" when it is missing."""
    value = element.get(name, "")
    return value if isinstance(value, str) else " ".join(value or ())


def neutralise(markup: str) -> str:
    """Keep WordPress from reading shortcodes and lone addresses in safe HTML; parse nothing after.

    Comments, which may be block markup, must be gone already; entities would not outlive an editor.
    """
    broken = _BRACKET.sub(f"[{WORD_JOINER}", markup)
    return _LONE_ADDRESS.sub(rf"\1\2{WORD_JOINER}", broken)


def text_lines(markup: str) -> str:
    """Read safe HTML as plain text, a line for each paragraph."""
    pieces = _LINE_END.split(markup.replace(WORD_JOINER, ""))
    return "\n".join(filter(None, map(plain_text, pieces)))
