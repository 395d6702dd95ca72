"""Text that was decoded wrongly or escaped twice: repaired as text, before anything parses it."""

from __future__ import annotations

import html
import re
from collections import Counter
from html.entities import html5

# The characters that windows-1252 shows for the bytes 80 to BF; its five gaps stay as they are.
_HIGH = (
    "\u20ac\x81\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\x8d\u017d\x8f"
    "\x90\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\x9d\u017e\u0178"
)
_BYTES = {one: 0x80 + place for place, one in enumerate(_HIGH)}
_BYTES |= {chr(code): code for code in (*range(0x80, 0xC0), *range(0xC0, 0x100))}
_MORE = f"[{re.escape(_HIGH)}\x80-\xbf]"
# UTF-8 that was read as windows-1252: a first byte, and exactly as many more as it announces.
_UTF8 = re.compile(
    rf"[\xc2-\xdf]{_MORE}|[\xe0-\xef]{_MORE}{{2}}|[\xf0-\xf4]{_MORE}{{3}}",
)
_ENDS_UTF8 = re.compile(rf"(?:{_UTF8.pattern})\Z")
# The same, read as windows-1251, where its first bytes are two common letters: only in a row.
_CYRILLIC = re.compile("(?:[\u0420\u0421][\u0400-\u040f\u0452-\u045f\u2010-\u2122\xa0-\xbb]){4,}")
# Its last byte is one of the gaps, which are dropped as control characters: a closing quote.
_CUT_QUOTE = re.compile(rf"\xe2\u20ac(?!{_MORE})")
_OTHER_SCRIPTS = ("\xce\xcf", "\xd0\xd1", "\xd7", "\xd8\xd9")  # Greek, Cyrillic, Hebrew, Arabic
_MANY = 5
_QUOTES = "\xab\xbb\u2018\u2019\u201c\u201d\u2026\u2013\u2014\u201a\u201e\u2039\u203a"
_FIRST = re.compile("[\xc2-\xf4]")
_LOST = "\ufffd"
_FEW_LOST = 3  # a typing error more or less
_SHARE_LOST = 0.002  # one in 500 characters: a reader stumbles over it
_ROUNDS = 4

_DOUBLE = re.compile(r"&amp;(?=(#\d{2,6}|#x[0-9a-f]{2,5}|[a-z]{2,8}\d{0,2});)", re.IGNORECASE)
_MARKUP_SIGNS = frozenset({"lt", "gt", "#60", "#62", "#x3c", "#x3e"})
# Each stops at the next of its own kind: what is opened again and again takes linear time.
_CODE = re.compile(
    "("
    + "|".join(
        rf"<{name}\b[^<]*(?:<(?!/?{name}\b)[^<]*)*</{name}\s*>"
        for name in ("pre", "code", "(?:kbd|samp)")
    )
    + ")",
    re.IGNORECASE,
)
_TAG = re.compile(r"<[a-z/!]", re.IGNORECASE)
_ESCAPED = re.compile(
    r"&lt;(p|div|br|a|img|ul|h[1-6]|figure|blockquote|span|strong|em)\b[^&]*"
    r"(?:&(?![lg]t;)[^&]*)*&gt;",
    re.IGNORECASE,
)
_ESCAPED_END = re.compile(r"&lt;(?:/[a-z][a-z0-9]*|[a-z]+\s*/)\s*&gt;", re.IGNORECASE)


def mend_text(text: str) -> str:
    """Repair what was decoded wrongly or escaped twice; anything else stays as it is."""
    return mend_entities(mend_encoding(text))


def mend_encoding(text: str) -> str:
    """Read UTF-8 that was taken for windows-1252 or 1251 as what it is, also where it was twice."""
    if text.isascii():
        return text
    repaired: Counter[str] = Counter()
    for _ in range(_ROUNDS):
        if not _is_doubtful(text):
            break
        repaired.update(match[0][0] for match in _UTF8.finditer(text))
        mended = _CYRILLIC.sub(_from_1251, _UTF8.sub(_from_1252, _CUT_QUOTE.sub("\u201d", text)))
        if mended == text:
            break
        text = mended
    return _mark_lost(text, repaired)


def _mark_lost(text: str, repaired: Counter[str]) -> str:
    """Mark first bytes whose other half was dropped on the way, where many more were repaired."""
    for firsts in _OTHER_SCRIPTS:
        if sum(repaired[first] for first in firsts) >= _MANY:
            text = text.translate(dict.fromkeys(map(ord, firsts), _LOST))
    return text


def _is_doubtful(text: str) -> bool:
    return bool(_FIRST.search(text) or _CYRILLIC.search(text))


def _from_1252(match: re.Match[str]) -> str:
    found = match[0]
    if found[0] in "\xc2\xc3" and _is_plausible(match):
        return found
    try:
        return bytes(_BYTES[one] for one in found).decode()
    except (KeyError, UnicodeDecodeError):
        return found


def _is_plausible(match: re.Match[str]) -> bool:
    """Tell a capital letter with its accent, in front of a sign, from a first byte."""
    if _ENDS_UTF8.search(match.string, max(match.start() - 4, 0), match.start()):
        return False  # behind another one, which was decoded wrongly twice
    before = match.string[max(match.start() - 1, 0) : match.start()]
    quotes = (
        match[0][1] in "\xab\xbb\u2018\u2019\u201c\u201d\u2026\u2013\u2014\u201a\u201e\u2039\u203a"
    )
    return before.isupper() or (quotes and not before.isalpha() and match[0][0] == "\xc2")


def _from_1251(match: re.Match[str]) -> str:
    try:
        return match[0].encode("cp1251").decode()
    except UnicodeError:
        return match[0]


def lost_characters(text: str) -> int:
    """Count the characters that nobody can bring back; 0 when they are few enough to print."""
    count = text.count(_LOST)
    return count if count >= _FEW_LOST and count > len(text) * _SHARE_LOST else 0


def mend_entities(markup: str) -> str:
    """Undo what was escaped twice, except in an article whose code speaks of entities."""
    if "&" not in markup:
        return markup
    if not _TAG.search(markup) and _ESCAPED.search(markup) and _ESCAPED_END.search(markup):
        markup = html.unescape(markup)  # a whole body that was escaped once more
    if "&amp;" not in markup:
        return markup
    pieces = _CODE.split(markup)
    if any("&amp;" in code for code in pieces[1::2] if not code.startswith(("<pre>", "<pre "))):
        return markup
    pieces[::2] = _undo_all(pieces[::2])
    return "".join(pieces)


def _undo_all(pieces: list[str]) -> list[str]:
    """Undo all that was escaped twice; signs of markup only where others show that all was."""
    signs_too = False
    for _ in range(_ROUNDS):
        names = {match[1].lower() for piece in pieces for match in _DOUBLE.finditer(piece)}
        signs_too = signs_too or any(map(_is_known, names - _MARKUP_SIGNS))
        mended = [_DOUBLE.sub(_undo, piece) for piece in pieces] if signs_too else pieces
        if mended == pieces:
            break
        pieces = mended
    return pieces


def _undo(match: re.Match[str]) -> str:
    return "&" if _is_known(match[1].lower()) else match[0]


def _is_known(name: str) -> bool:
    return name.startswith("#") or f"{name};" in html5
