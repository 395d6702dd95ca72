"""Tables as table blocks: rows of cells that hold lines of text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .delimiters import UnfitError, delimit, line_of, pass_language_on
from .fragment import Element, is_blank

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .fragment import Node

_SECTIONS = ("thead", "tbody", "tfoot")
_SPANS = ("colspan", "rowspan")


def table_block(table: Element, caption: str = "") -> str:
    """Write a table. Raises UnfitError for cells that span others: 6.1 has no place for those."""
    pass_language_on(table)
    sections: dict[str, list[str]] = {name: [] for name in _SECTIONS}
    for part in _elements(table.nodes, (*_SECTIONS, "caption")):
        if part.name == "caption":
            caption = caption or line_of(part)
            continue
        pass_language_on(part)
        sections[part.name] += map(_row, _elements(part.nodes, ("tr",)))
    rows = "".join(
        f"<{name}>{''.join(filled)}</{name}>"
        for name, written in sections.items()
        if (filled := list(filter(None, written)))
    )
    if not rows:
        raise UnfitError
    below = f'<figcaption class="wp-element-caption">{caption}</figcaption>' if caption else ""
    content = f'<figure class="wp-block-table"><table>{rows}</table>{below}</figure>'
    # False is no longer what a missing attribute means (since 6.7).
    return delimit("table", content, {"hasFixedLayout": False})


def _row(row: Element) -> str:
    pass_language_on(row)
    cells = "".join(map(_cell, _elements(row.nodes, ("td", "th"))))
    return f"<tr>{cells}</tr>" if cells else ""


def _cell(cell: Element) -> str:
    if any(cell.attributes.get(name, "1") != "1" for name in _SPANS):
        raise UnfitError
    return f"<{cell.name}>{line_of(cell)}</{cell.name}>"


def _elements(nodes: Sequence[Node], names: tuple[str, ...]) -> Iterator[Element]:
    for node in nodes:
        if isinstance(node, Element) and node.name in names:
            yield node
        elif not is_blank(node):
            raise UnfitError
