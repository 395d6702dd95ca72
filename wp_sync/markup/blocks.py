"""Safe HTML as WordPress's blocks, which the editor takes for its own; the rest as HTML blocks.

Lists and headings as WordPress saves them since 6.6; older versions take that for valid, too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .delimiters import (
    UnfitError,
    delimit,
    holds_blocks,
    html_block,
    line_of,
    paragraphs_of,
    pass_language_on,
)
from .figures import figure_blocks, image_block, player_block, split_pictures
from .fragment import Element, is_blank, read_fragment, write_fragment
from .tables import table_block

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from .fragment import Node

_LISTS = frozenset({"ol", "ul"})
_LINKED = frozenset({"figure", "h2", "h3", "h4", "h5", "h6", "p"})
_SEPARATOR = '<hr class="wp-block-separator has-alpha-channel-opacity"/>'


def write_blocks(markup: str) -> str:
    """Write safe HTML, as `clean` leaves it, as block markup."""
    return "\n\n".join(_blocks_of(read_fragment(markup)))


def _blocks_of(nodes: Sequence[Node]) -> Iterator[str]:
    for element in paragraphs_of(nodes):
        yield from _block(element)


def _block(element: Element) -> Sequence[str]:
    write = BLOCKS.get(element.name)
    if write is None:
        return (html_block(element),)
    try:
        return tuple(write(element))
    except UnfitError:
        return (html_block(element),)


def _text_blocks(element: Element) -> Iterator[str]:
    """Write a paragraph or a heading; pictures before and behind its words get their own blocks."""
    before, words, after = split_pictures(element.nodes)
    yield from map(image_block, before)
    if not all(map(is_blank, words)):
        spoken = Element(element.name, element.attributes, list(words))
        yield _paragraph(spoken) if element.name == "p" else _heading(spoken)
    yield from map(image_block, after)


def _linked_blocks(link: Element) -> Iterator[str]:
    """Write the paragraphs, headings and pictures in a link, each with the link in it."""
    parts = paragraphs_of(link.nodes)
    if not all(part.name in _LINKED for part in parts):
        raise UnfitError
    for part in parts:
        captions = [node for node in part.nodes if _is_named(node, "figcaption")]
        inside = [node for node in part.nodes if not _is_named(node, "figcaption")]
        linked = Element("a", dict(link.attributes), inside)
        yield from _block(Element(part.name, part.attributes, [linked, *captions]))


def _is_named(node: Node, name: str) -> bool:
    return isinstance(node, Element) and node.name == name


def _paragraph(element: Element) -> str:
    direction = element.attributes.get("dir", "")
    if direction not in {"ltr", "rtl"}:
        return delimit("paragraph", f"<p>{line_of(element)}</p>")
    rest = {name: value for name, value in element.attributes.items() if name != "dir"}
    line = line_of(Element("p", rest, element.nodes))
    return delimit("paragraph", f'<p dir="{direction}">{line}</p>', {"direction": direction})


def _heading(element: Element) -> str:
    level = int(element.name[1])
    content = f'<h{level} class="wp-block-heading">{line_of(element)}</h{level}>'
    return delimit("heading", content, {"level": level} if level != 2 else None)  # noqa: PLR2004


def _list_blocks(element: Element) -> Iterator[str]:
    yield _list(element)


def _list(element: Element) -> str:
    if element.name == "ol" and _counts_otherwise(element):
        raise UnfitError
    pass_language_on(element)
    items = [_item(node) for node in _without_spaces(element)]
    start = _start(element)
    attributes: dict[str, bool | int] = {"ordered": True} if element.name == "ol" else {}
    attributes |= {"start": start} if start is not None else {}
    number = f' start="{start}"' if start is not None else ""
    inside = "\n\n".join(items)
    content = f'<{element.name}{number} class="wp-block-list">{inside}</{element.name}>'
    return delimit("list", content, attributes)


def _counts_otherwise(element: Element) -> bool:
    """Tell that numbers run backwards or jump, which a list's block would count anew."""
    jumps = any("value" in item.attributes for item in element.elements())
    return jumps or "reversed" in element.attributes


def _without_spaces(element: Element) -> list[Node]:
    return [node for node in element.nodes if not (isinstance(node, str) and is_blank(node))]


def _start(element: Element) -> int | None:
    written = element.attributes.get("start", "") if element.name == "ol" else ""
    number = int(written) if written.isascii() and written.isdigit() else 1
    return number if number != 1 else None


def _item(node: Node) -> str:
    if isinstance(node, str) or node.name != "li":
        raise UnfitError
    places = (at for at, inner in enumerate(node.nodes) if _is_list(inner))
    first = next(places, len(node.nodes))
    below = [inner for inner in node.nodes[first:] if not is_blank(inner)]
    line = line_of(Element("li", dict(node.attributes), node.nodes[:first]))
    lists = Element("li", dict(node.attributes), below)
    pass_language_on(lists)
    if len(lists.elements()) != len(below) or not all(map(_is_list, below)):
        raise UnfitError
    inside = "\n\n".join(map(_list, lists.elements()))
    return delimit("list-item", f"<li>{line}{inside}</li>")


def _is_list(node: Node) -> bool:
    return isinstance(node, Element) and node.name in _LISTS


def _quote_blocks(element: Element) -> Iterator[str]:
    pass_language_on(element)
    nodes, citation = _split_citation(element)
    inside = "\n\n".join(_blocks_of(nodes))
    content = f'<blockquote class="wp-block-quote">{inside}{citation}</blockquote>'
    yield delimit("quote", content)


def _split_citation(element: Element) -> tuple[Sequence[Node], str]:
    """Take off the <cite> at a quote's end: alone, or alone in the last paragraph."""
    nodes = _without_spaces(element)
    last = nodes[-1] if len(nodes) > 1 else ""
    if isinstance(last, Element) and last.name == "p" and len(last.nodes) == 1:
        (last,) = last.nodes
    if not (isinstance(last, Element) and last.name == "cite") or holds_blocks(last):
        return nodes, ""
    return nodes[:-1], f"<cite>{line_of(last)}</cite>"


def _figure_blocks(element: Element) -> Iterator[str]:
    pass_language_on(element)
    yield from figure_blocks(element, _block)


def _caption_blocks(element: Element) -> Iterator[str]:
    """Write a caption that has lost its figure."""
    yield from _block(Element("p", element.attributes, element.nodes))


def _table_blocks(element: Element) -> Iterator[str]:
    yield table_block(element)


def _pre_blocks(element: Element) -> Iterator[str]:
    for inner in (element, *element.walk()):
        inner.nodes = ["\n" if _is_named(node, "br") else node for node in inner.nodes]
    if holds_blocks(element):
        raise UnfitError
    code = _without_spaces(element)
    if len(code) == 1 and isinstance(code[0], Element) and code[0].name == "code":
        # The block's save function writes every "[" like this (escapeShortcodes).
        text = write_fragment(code[0].nodes).replace("[", "&#91;")
        yield delimit("code", f'<pre class="wp-block-code"><code>{text}</code></pre>')
    else:
        # Browsers take no notice of a line's end at the very beginning.
        text = write_fragment(element.nodes).lstrip("\n")
        yield delimit("preformatted", f'<pre class="wp-block-preformatted">{text}</pre>')


def _separator_blocks(_element: Element) -> Iterator[str]:
    yield delimit("separator", _SEPARATOR)


def _player_blocks(element: Element) -> Iterator[str]:
    yield player_block(element, "")


BLOCKS: dict[str, Callable[[Element], Iterator[str]]] = {
    "a": _linked_blocks,
    "audio": _player_blocks,
    "blockquote": _quote_blocks,
    "figcaption": _caption_blocks,
    "figure": _figure_blocks,
    "h2": _text_blocks,
    "h3": _text_blocks,
    "h4": _text_blocks,
    "h5": _text_blocks,
    "h6": _text_blocks,
    "hr": _separator_blocks,
    "ol": _list_blocks,
    "p": _text_blocks,
    "pre": _pre_blocks,
    "table": _table_blocks,
    "ul": _list_blocks,
    "video": _player_blocks,
}
