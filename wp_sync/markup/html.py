"""HTML as bytes, as a tree for cleaning, and as text. What is allowed in it: see clean."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bs4 import BeautifulSoup
from w3lib.encoding import html_to_unicode

from wp_sync.text import clean_text, plain_lines

if TYPE_CHECKING:
    from bs4 import Tag

WORD_JOINER = "\u2060"  # no width, no line break, no meaning: only the pattern no longer fits

# WordPress runs do_shortcode on "[name" wherever it stands, also in attributes (shortcodes.php).
_BRACKET = re.compile(rf"\[(?!{WORD_JOINER})")
# WP_Embed::autoembed fetches an address alone on its line or in its paragraph; so does the editor
# when it makes blocks of a text, and to it these are spaces, too.
_SPACE = "&nbsp;"
# What would begin a tag, a comment or a block if it were markup.
_TAG_LIKE = re.compile(r"<(?=[a-z!/?])", re.IGNORECASE)
# In an address these would be a shortcode or a tag; escaped they mean the same (RFC 3986, 2.1).
_ESCAPED = {"[": "%5B", "]": "%5D", "<": "%3C", ">": "%3E"}
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
    return _mark_lone_addresses(broken)


def _mark_lone_addresses(text: str) -> str:
    pieces: list[str] = []
    done, at = 0, text.find("://")
    while at >= 0:
        scheme = text[max(at - 5, 0) : at].lower()
        start = at - (5 if scheme == "https" else 4)
        if scheme.endswith(("http", "https")) and _is_lone(text, start):
            pieces += (text[done:start], WORD_JOINER)
            done = start
        at = text.find("://", at + 3)
    return "".join((*pieces, text[done:]))


def _is_lone(text: str, start: int) -> bool:
    """Tell that nothing but white space parts a place from a tag, or from the line's start."""
    at = start
    while at:
        if text.endswith(_SPACE, 0, at):
            at -= len(_SPACE)
        elif text[at - 1] == "\ufeff" or (text[at - 1].isspace() and text[at - 1] != "\n"):
            at -= 1
        else:
            break
    return at == 0 or text[at - 1] in ">\n"


def break_tags(value: str) -> str:
    """Keep what is written like a tag in an attribute from ever becoming one.

    The block editor writes "<" in attributes as it is (@wordpress/escape-html). WordPress then
    reads "<!-- wp:" as a block, and puts attributes of its own, quotes and all, behind each "<img "
    (wp_img_tag_add_decoding_attr), which ends the value.
    """
    return _TAG_LIKE.sub(f"<{WORD_JOINER}", value)


def escape_address(url: str) -> str:
    """Escape what WordPress or a browser would read as markup in an address."""
    escaped = "".join(_ESCAPED.get(character, character) for character in url)
    return re.sub(r"\s", "%20", escaped)


def text_lines(markup: str) -> str:
    """Read safe HTML as plain text, a line for each paragraph."""
    on_one = markup.replace(WORD_JOINER, "").replace("\n", " ")
    return "\n".join(plain_lines(_LINE_END.sub("\n", on_one)))
