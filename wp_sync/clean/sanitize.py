"""The last step: an allow-list by nh3, then the parts that only WordPress finds dangerous."""

from __future__ import annotations

import re

import nh3

from wp_sync.markup import break_tags, escape_address, neutralise
from wp_sync.players import PROVIDERS, find_embed
from wp_sync.text import clean_text

from . import allowlist

_ADDRESSES = {
    "cite": allowlist.SOURCE_SCHEMES,
    "href": allowlist.LINK_SCHEMES,
    "poster": allowlist.SOURCE_SCHEMES,
    "src": allowlist.SOURCE_SCHEMES,
}
_NUMBERS = frozenset({"colspan", "height", "rowspan", "start", "value", "width"})
_CHOICES = {
    "controls": frozenset({""}),
    "data-embed": frozenset(PROVIDERS),
    "preload": frozenset({"none"}),
    "reversed": frozenset({""}),
    "scope": frozenset({"col", "colgroup", "row", "rowgroup"}),
}
_ROUNDS = 10  # the second finds nothing in practice; empty lists in lists take one a level
_OTHER_SPACES = str.maketrans("\t\n\f", "   ")
_SPACES = re.compile("  +")
_PRE = re.compile(r"(<pre\b.*?</pre>)", re.DOTALL)
_ENDS = r"(?:p|h[2-6]|li|blockquote|figcaption|t[dh])"
_BEHIND = re.compile(rf"(<(?:{_ENDS}(?: [^<>]*)?|br)>) ")
_BEFORE = re.compile(rf" <(br|/{_ENDS})>")
# A block a line, for the people who read it in the classic editor.
_BLOCK_END = re.compile(r"(</(?:p|h[2-6]|[uod]l|blockquote|figure|pre|table|details)>|<hr>)\s*")
# A figure of ours, as nh3 writes it; any other that claims to be one.
_EMBED = re.compile(
    r'<figure data-embed="([a-z]+)">\s*<a href="([^"<>]+)"(?: rel="[a-z ]*")?>[^<>]*</a>'
    r"\s*</figure>"
    r'|(<figure(?: [a-z-]+="[^"]*")*?) data-embed="[a-z]*"'
)
_EMPTY = re.compile(
    r"<(p|h[2-6]|li|[uod]l|blockquote|figure|figcaption|a|table|details)(?: [^<>]*)?>"
    r"(?:\s|&nbsp;|<br>)*</\1>",
)


def _keep_attribute(_tag: str, name: str, value: str) -> str | None:
    if name in _NUMBERS:
        return value if value.isascii() and value.isdigit() and len(value) <= 5 else None  # noqa: PLR2004
    if name in _CHOICES:
        return value if value in _CHOICES[name] else None
    if name == "rel":
        return " ".join(one for one in value.split() if one in allowlist.RELATIONS) or None
    if name not in _ADDRESSES:
        return break_tags(value)
    if not value.lower().startswith(_ADDRESSES[name]):
        return None
    return escape_address(value)


_CLEANER = nh3.Cleaner(
    tags=set(allowlist.TAGS),
    clean_content_tags=set(allowlist.ACTIVE),
    attributes={tag: set(names) for tag, names in allowlist.ATTRIBUTES.items()},
    attribute_filter=_keep_attribute,
    link_rel=None,  # the channel says what links say of themselves
    url_schemes={"http", "https", "mailto"},
    strip_comments=True,
)


def sanitise(markup: str) -> str:
    """Make any HTML safe for a WordPress body; safe HTML stays as it is."""
    markup = clean_text(markup)
    for round_ in range(_ROUNDS):
        bare = clean_text(_CLEANER.clean(markup))
        if bare == markup and round_ > 0:  # what nh3 reads as it is written was laid out already
            break
        markup = _lay_out_all(bare)
    return markup


def _lay_out_all(safe: str) -> str:
    pieces = _PRE.split(safe)
    pieces[::2] = map(_lay_out, pieces[::2])
    neutral = neutralise("".join(pieces).strip())
    return _EMBED.sub(_write_embed, neutral) if "data-embed" in neutral else neutral


def _write_embed(match: re.Match[str]) -> str:
    """Write what WordPress is to embed, in the one form that is known further on."""
    if match[3]:
        return match[3]
    embed = find_embed(match[2])
    if embed is None or embed != (match[1], match[2]):
        return match[0].replace(f' data-embed="{match[1]}"', "", 1)
    return f'<figure data-embed="{match[1]}"><a href="{match[2]}">{match[2]}</a></figure>'


def _lay_out(markup: str) -> str:
    """Join white space, of which WordPress would make line breaks (wpautop); a block a line."""
    found = 1
    while found:
        markup, found = _EMPTY.subn("", markup)
    joined = _SPACES.sub(" ", markup.translate(_OTHER_SPACES))
    joined = _BEFORE.sub(r"<\1>", _BEHIND.sub(r"\1", joined))
    return _BLOCK_END.sub(r"\1\n", joined)
