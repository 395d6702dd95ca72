"""What is certain to explode is refused by name, before a parser reads it."""

from __future__ import annotations

import re

from wp_sync.errors import ParseError

_MOST = 2_000_000  # characters that a feed's entities may become in all
_DEEPEST = 50  # entities inside entities; some name themselves
_DOCTYPE = re.compile(rb"<!DOCTYPE", re.IGNORECASE)
_ENTITY = re.compile(
    rb"<!ENTITY\s+(?!%)([^\s\"'<>&;]{1,100})\s+(?:\"([^\"]*)\"|'([^']*)')", re.IGNORECASE
)
# A picture inside a text may be one long tag, and has no attributes to speak of.
_LONG_TAG = re.compile(rb"<[A-Za-z][^<>]{20000,}")
_MOST_ATTRIBUTES = 2_000
# feedparser looks for a mail address in these, and takes minutes (its issue 562).
_LONG_NAME = re.compile(
    rb"<[\w:]*(?:author|creator|editor|webmaster|contributor|publisher|owner|name|email)"
    rb"(?:\s[^<>]*)?>\s*(?:<!\[CDATA\[)?[^<]{10000,}",
    re.IGNORECASE,
)
_MOST_LEVELS = 2_000
_TAG = re.compile(rb"<(/?)[A-Za-z][^<>]*?(/?)>")
_NO_TAGS = re.compile(rb"<!\[CDATA\[.*?\]\]>|<!--.*?-->", re.DOTALL)
_USE = re.compile(rb"&([^\s\"'<>&;#]{1,100});")


def entity_bomb(location: str) -> ParseError:
    """Say that a feed is a bomb."""
    message = f"{location} is an entity bomb: its entities grow beyond all measure"
    return ParseError(message, feed=location, cure="it is not read: ask the publisher")


def too_complex(location: str, why: str) -> ParseError:
    """Say that a feed is made to keep its reader busy."""
    message = f"{location} is too complex: {why}"
    return ParseError(message, feed=location, cure="it is not read: ask the publisher")


def refuse_bombs(body: bytes, location: str) -> None:
    """Raise ParseError for what would keep a parser busy, or fill its memory, beyond all measure.

    What is not seen here ends at the limits of the confined child.
    """
    for tag in _LONG_TAG.finditer(body):
        if (count := tag[0].count(b"=")) > _MOST_ATTRIBUTES:
            raise too_complex(location, f"one tag has {count:,} attributes")
    if _LONG_NAME.search(body):
        raise too_complex(location, "the name of a person has more than 10,000 characters")
    _refuse_entities(body, location)


def refuse_depth(body: bytes, location: str) -> None:
    """Raise ParseError for tags that are nested thousands deep."""
    depth = deepest = 0
    for tag in _TAG.finditer(_NO_TAGS.sub(b"", body)):
        if not tag[2]:
            depth += -1 if tag[1] else 1
            deepest = max(depth, deepest)
    if deepest > _MOST_LEVELS:
        raise too_complex(location, f"its tags are nested {deepest:,} deep")


def _refuse_entities(body: bytes, location: str) -> None:
    """Refuse entities that would become more than a feed ever is.

    expat sees some of these bombs; the loose reader that follows it would expand them all.
    """
    if not _DOCTYPE.search(body):
        return
    declared = {one[1]: one[2] if one[2] is not None else one[3] for one in _ENTITY.finditer(body)}
    if not declared:
        return
    sizes: dict[bytes, int] = {}
    for _ in range(_DEEPEST):
        before = dict(sizes)
        for name, text in declared.items():
            sizes[name] = min(_MOST + 1, len(text) + _grown(text, sizes))
        if sizes == before:
            break
    else:
        raise entity_bomb(location)
    if _grown(body, sizes) > _MOST:
        raise entity_bomb(location)


def _grown(text: bytes, sizes: dict[bytes, int]) -> int:
    return sum(sizes.get(one[1], 0) for one in _USE.finditer(text))
