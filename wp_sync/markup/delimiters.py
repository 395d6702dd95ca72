"""What every block is written with: its delimiters, its values, and lines of rich text.

Written as the save functions of WordPress 6.1 to 6.8 write it, which the editor compares with.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from .fragment import Element, is_blank, write_attributes, write_fragment
from .html import WORD_JOINER

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .fragment import Node

# What can't stand in a line of text.
_NAMES = """
audio blockquote caption dd details dl dt figcaption figure h2 h3 h4 h5 h6 hr li ol p pre summary
table tbody td tfoot th thead tr ul video
"""
BLOCK_NAMES = frozenset(_NAMES.split())
LANGUAGE = ("dir", "lang")

# escapeAmpersand of @wordpress/escape-html leaves what looks like an entity as it is.
_LIKE_ENTITY = re.compile(r"&(?=(?:[a-z0-9]+|#[0-9]+|#x[a-f0-9]+);)", re.IGNORECASE)
# serializeAttributes of @wordpress/blocks, and serialize_block_attributes of WordPress 6.8.
_ESCAPES = {"--": r"\u002d\u002d", "<": r"\u003c", ">": r"\u003e", "&": r"\u0026", '\\"': r"\u0022"}


class UnfitError(Exception):
    """The block has no place for something that is in the element."""


def delimit(name: str, content: str, attributes: Mapping[str, Any] | None = None) -> str:
    """Put the delimiters of a block around its content."""
    written = f"{block_json(attributes)} " if attributes else ""
    return f"<!-- wp:{name} {written}-->\n{content}\n<!-- /wp:{name} -->"


def block_json(attributes: Mapping[str, Any]) -> str:
    """Write a block's attributes as its delimiter holds them: nothing in them ends the comment."""
    written = json.dumps(attributes, ensure_ascii=False, separators=(",", ":"))
    for sign, escape in _ESCAPES.items():
        written = written.replace(sign, escape)
    return written


def value_of(text: str) -> str:
    """Write the value of an attribute as the editor saves it."""
    escaped = _LIKE_ENTITY.sub(f"&{WORD_JOINER}", text).replace("&", "&amp;")
    # The editor would write "<" as it is, which is the same to a browser, and a tag to kses.
    return escaped.replace('"', "&quot;").replace("<", "&lt;").replace(">", "&gt;")


def address_of(url: str) -> str:
    """Write an address as the value of an attribute."""
    return value_of(_LIKE_ENTITY.sub("%26", url))


def holds_blocks(element: Element) -> bool:
    return any(inner.name in BLOCK_NAMES for inner in element.walk())


def is_block_level(element: Element) -> bool:
    """Tell whether an element can't stand in a line of text."""
    return element.name in BLOCK_NAMES or holds_blocks(element)


def line_of(element: Element) -> str:
    """Write an element's content as one line of rich text. Raises UnfitError."""
    parts: list[list[Node]] = [[]]
    for node in element.nodes:
        if isinstance(node, Element) and node.name == "p":
            parts += [[_in_language(node, node.nodes)], []]
        elif isinstance(node, Element) and is_block_level(node):
            raise UnfitError
        else:
            parts[-1].append(node)
    lines = [write_fragment(trimmed(part)) for part in parts if not all(map(is_blank, part))]
    return write_fragment([_in_language(element, ["<br>".join(lines)])])


def _in_language(element: Element, nodes: Sequence[Node]) -> Node:
    """Keep a language and a direction, for which blocks have no place, around the words."""
    known = {name: element.attributes[name] for name in LANGUAGE if name in element.attributes}
    return Element("span", known, list(nodes)) if known else write_fragment(nodes)


def pass_language_on(element: Element) -> None:
    """Give a container's language and direction to what is in it."""
    own = {name: element.attributes.pop(name) for name in LANGUAGE if name in element.attributes}
    if own:
        element.nodes = [_spoken(node, own) for node in element.nodes]


def _spoken(node: Node, own: dict[str, str]) -> Node:
    if isinstance(node, Element):
        node.attributes = own | node.attributes
        return node
    return node if is_blank(node) else Element("span", dict(own), [node])


def trimmed(nodes: Sequence[Node]) -> list[Node]:
    """Take line breaks and spaces from both ends."""
    kept = list(nodes)
    for end in (0, -1):
        while kept and _is_space(kept[end]):
            del kept[end]
        if kept and isinstance(kept[end], str):
            text = str(kept[end])
            kept[end] = text.lstrip() if end == 0 else text.rstrip()
    return kept


def _is_space(node: Node) -> bool:
    return not node.strip() if isinstance(node, str) else node.name == "br"


def paragraphs_of(nodes: Sequence[Node]) -> list[Element]:
    """Put what stands loose in paragraphs."""
    found: list[Element] = []
    loose: list[Node] = []
    for node in [*nodes, None]:
        is_block = isinstance(node, Element) and is_block_level(node)
        if node is not None and not is_block:
            loose.append(node)
            continue
        if not all(map(is_blank, loose)):
            found.append(Element("p", {}, trimmed(loose)))
        loose = []
        if isinstance(node, Element):
            found.append(node)
    return found


def html_block(element: Element) -> str:
    """Keep an element as it is, in a block that a person edits as HTML."""
    return delimit("html", write_fragment([element]))


def opening(name: str, attributes: Mapping[str, str]) -> str:
    return f"<{name}{write_attributes(dict(attributes))}>"
