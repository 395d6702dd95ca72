"""The last step: an allow-list by nh3, then the parts that only WordPress finds dangerous."""

from __future__ import annotations

import re

import nh3

from wp_sync.markup import neutralise
from wp_sync.text import clean_text

from . import allowlist

_ADDRESSES = {"cite": allowlist.SOURCE_SCHEMES, "src": allowlist.SOURCE_SCHEMES}
_NUMBERS = frozenset({"colspan", "height", "rowspan", "start", "width"})
_ROUNDS = 10  # the second finds nothing in practice; empty lists in lists take one a level
_SPACES = re.compile(r"[ \t\n\f]+")
_PRE = re.compile(r"(<pre\b.*?</pre>)", re.DOTALL)
_ENDS = r"(?:p|h[2-6]|li|blockquote|figcaption|t[dh])"
_EDGE = re.compile(rf"(<{_ENDS}(?: [^<>]*)?>|<br>) | (?=<br>|</{_ENDS}>)")
# A block a line, for the people who read it in the classic editor.
_BLOCK_END = re.compile(r"(</(?:p|h[2-6]|[uod]l|blockquote|figure|pre|table|details)>|<hr>)\s*")
_EMPTY = re.compile(
    r"<(p|h[2-6]|li|[uod]l|blockquote|figure|figcaption|a|table|details)(?: [^<>]*)?>"
    r"(?:\s|&nbsp;|<br>)*</\1>",
)


def _keep_attribute(_tag: str, name: str, value: str) -> str | None:
    if name in _NUMBERS:
        return value if value.isascii() and value.isdigit() and len(value) <= 5 else None  # noqa: PLR2004
    if name not in {"cite", "href", "src"}:
        return value
    if not value.lower().startswith(_ADDRESSES.get(name, allowlist.LINK_SCHEMES)):
        return None
    # A bracket in an address would become a shortcode; escaped it means the same (RFC 3986, 2.1).
    return re.sub(r"\s", "%20", value.replace("[", "%5B").replace("]", "%5D"))


_CLEANER = nh3.Cleaner(
    tags=set(allowlist.TAGS),
    clean_content_tags=set(allowlist.ACTIVE),
    attributes={tag: set(names) for tag, names in allowlist.ATTRIBUTES.items()},
    attribute_filter=_keep_attribute,
    link_rel="noopener",
    url_schemes={"http", "https", "mailto"},
    strip_comments=True,
)


def sanitise(markup: str) -> str:
    """Make any HTML safe for a WordPress body; safe HTML stays as it is."""
    for _ in range(_ROUNDS):
        safe = _clean_once(markup)
        if safe == markup:
            break
        markup = safe
    return markup


def _clean_once(markup: str) -> str:
    safe = clean_text(_CLEANER.clean(clean_text(markup)))
    pieces = _PRE.split(safe)
    pieces[::2] = map(_lay_out, pieces[::2])
    return neutralise("".join(pieces).strip())


def _lay_out(markup: str) -> str:
    """Join white space, of which WordPress would make line breaks (wpautop); a block a line."""
    joined = _EDGE.sub(r"\1", _SPACES.sub(" ", markup))
    return _BLOCK_END.sub(r"\1\n", _EMPTY.sub("", joined))
