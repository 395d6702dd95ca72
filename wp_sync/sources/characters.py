"""Which characters a feed's bytes are, before a parser sees them."""

from __future__ import annotations

import codecs
import re
from contextlib import suppress
from html.entities import name2codepoint

# The mark of UTF-32 begins with that of UTF-16.
_WIDE = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DTD = re.compile(rb"<!DOCTYPE\s[^<>]*(?:SYSTEM|PUBLIC)[^<>]*>", re.IGNORECASE)
_ENTITY = re.compile(rb"&(\w{2,32});")
_NUMBERS = {
    name.encode(): f"&#{code};".encode()
    for name, code in name2codepoint.items()
    if name not in {"amp", "lt", "gt", "quot", "apos"}
}
_DECLARED = re.compile(rb"^\s*<\?xml[^>]*?encoding\s*=\s*[\"']([\w.:-]+)")
_REFERENCE = re.compile(rb"&#(?:([0-9]{1,10})|[xX]([0-9A-Fa-f]{1,8}));")
_SURROGATES = range(0xD800, 0xE000)
_LAST = 0x10FFFF


def decide_charset(body: bytes, charset: str) -> tuple[bytes, str]:
    """Believe the server's charset unless the bytes say otherwise; give it as a parameter."""
    wide = next((name for mark, name in _WIDE if body.startswith(mark)), "")
    if wide:
        body, charset = body.decode(wide, "replace").encode("utf-8", "replace"), "utf-8"
    elif not body.isascii():
        charset = _find_charset(body, charset)
    # White space before the declaration is an error to expat.
    return body.lstrip(), f"; charset={charset}" if charset else ""


def _find_charset(body: bytes, charset: str) -> str:
    if _reads_as(body, "utf-8"):  # what reads as UTF-8 is no accident
        return "utf-8"
    declared = _DECLARED.match(body)
    is_ascii_like = body.lstrip().startswith(b"<") and b"\0" not in body
    if not is_ascii_like or _reads_as(body, charset):
        return charset  # feedparser knows EBCDIC, and UTF-16 without its mark
    if declared and _reads_as(body, declared[1].decode()):
        return declared[1].decode()
    from charset_normalizer import from_bytes

    guess = from_bytes(body).best()
    return guess.encoding if guess else charset


def _reads_as(body: bytes, charset: str) -> bool:
    with suppress(UnicodeDecodeError, LookupError, ValueError):
        body.decode(charset)
        return bool(charset)
    return False


def mend_references(body: bytes) -> bytes:
    """Drop references to what is no character, on which feedparser breaks; write names as numbers.

    The names are HTML's, where a DTD that nobody fetches declares them.
    """
    if b"&#" in body:
        body = _REFERENCE.sub(_mend, body)
    if (declared := _DTD.search(body)) and b"[" not in declared[0]:
        body = _ENTITY.sub(lambda one: _NUMBERS.get(one[1], one[0]), body)
    return body


def _mend(reference: re.Match[bytes]) -> bytes:
    number = int(reference[1]) if reference[1] else int(reference[2], 16)
    is_none = number == 0 or number in _SURROGATES or number > _LAST
    return b"" if is_none else reference[0]
