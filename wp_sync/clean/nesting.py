"""What stands where HTML has no place for it: parts of tables and lists, and what is in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .tree import add_text_before, append, make, pieces_of, unwrap

if TYPE_CHECKING:
    from lxml.etree import _Element as Element  # type: ignore[import-untyped]

    from .draft import Draft

_VERBATIM = ("listing", "plaintext", "xmp")
# A part, and what it may stand in. Browsers let it go, and keep its words.
_PARENTS = {
    "caption": {"table"},
    "dd": {"dl"},
    "dt": {"dl"},
    "figcaption": {"figure"},
    "li": {"ol", "ul"},
    "summary": {"details"},
    "tbody": {"table"},
    "td": {"tr"},
    "tfoot": {"table"},
    "th": {"tr"},
    "thead": {"table"},
    "tr": {"table", "tbody", "tfoot", "thead"},
}
_ROWS = ("table", "tbody", "tfoot", "thead", "tr")
_IN_TABLE = frozenset({"caption", "tbody", "td", "tfoot", "th", "thead", "tr"})
_LISTS = ("ol", "ul")
_ITEMS = {"dl": ("dd", "dt"), "ol": ("li",), "ul": ("li",)}


def mend_nesting(draft: Draft, _rule: str) -> None:
    """Put everything where a browser would show it, and where our next reading finds it again."""
    for verbatim in draft.elements(_VERBATIM):
        verbatim.tag = "pre"
    for group in draft.elements({"div"}):
        if group.getparent().tag == "dl" and next(group.iterchildren("dt", "dd"), None) is not None:
            unwrap(group)
    for part in draft.elements(_PARENTS):
        parent = part.getparent()
        if parent.tag not in _PARENTS[part.tag]:
            part.tag = "div"
    for table in draft.elements({"table"}):
        _empty_rows(table)
    for block in draft.elements(_ITEMS):
        _order_list(block)


def _empty_rows(table: Element) -> None:
    """Move what stands between a table's cells in front of it."""
    for row in [one for one in table.iter(*_ROWS) if _table_of(one) is table]:
        loose = (row.text, *(child.tail for child in row))
        if not any(text and text.strip() for text in loose) and all(
            child.tag in _IN_TABLE for child in row
        ):
            continue
        for piece in list(pieces_of(row)):
            if isinstance(piece, str):
                add_text_before(table, piece if piece.strip() else "")
            elif piece.tag in _IN_TABLE:
                row.append(piece)
            else:
                table.addprevious(piece)


def _table_of(row: Element) -> Element | None:
    return row if row.tag == "table" else next(row.iterancestors("table"), None)


def _order_list(block: Element) -> None:
    """Give what stands between a list's items an item; a list goes into the one before it."""
    names = _ITEMS[block.tag]
    texts = (block.text, *(child.tail for child in block))
    if all(child.tag in names for child in block) and not any(
        text and text.strip() for text in texts
    ):
        return
    item: Element | None = None
    made = False
    for piece in list(pieces_of(block)):
        if not isinstance(piece, str) and piece.tag in names:
            block.append(piece)
            item, made = piece, False
        elif isinstance(piece, str) and not piece.strip() and not made:
            append(block, piece)
        else:
            is_list = not isinstance(piece, str) and piece.tag in _LISTS
            if item is None or not (made or is_list):
                item, made = make(names[0]), True
                block.append(item)
            append(item, piece)
