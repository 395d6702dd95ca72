"""The shape of a body: paragraphs instead of wrappers, headings as deep as the theme asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lxml import etree  # type: ignore[import-untyped]

from .allowlist import ACTIVE, BLOCKS, TAGS, WRAPPERS
from .tree import (
    HEADINGS,
    add_text_before,
    append,
    drop,
    is_within,
    make,
    pieces_of,
    replace,
    text_of,
    unwrap,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lxml.etree import _Element as Element  # type: ignore[import-untyped]

    from .draft import Draft
    from .tree import Piece

# In these a paragraph would be wrong or idle, so that a wrapper only separates.
TIGHT = frozenset({*HEADINGS, "figcaption", "figure", "p", "pre", "summary"})
CELLS = frozenset({"dd", "dt", "figcaption", "li", "summary", "td", "th"})
EMPTY_BLOCKS = BLOCKS | WRAPPERS | {"dd", "dt", "figcaption", "li", "summary"}
EMPTY_BLOCKS |= {"tbody", "tfoot", "thead", "tr"}
FULL = frozenset({"audio", "br", "hr", "img", "td", "th", "video"})
# Blocks that hold blocks; parts of tables and lists do, too.
_HOLDING_WORDS = """
blockquote caption dd details dl dt figcaption figure h1 h2 h3 h4 h5 h6 li ol pre summary table
tbody td tfoot th thead tr ul
"""
_HOLDING = frozenset(_HOLDING_WORDS.split())
_CARRIED = frozenset({"a", "b", "del", "em", "i", "ins", "mark", "s", "small", "strong", "u"})
_WITHOUT = (*HEADINGS, "figcaption", "pre", "summary")
_LINES = frozenset({*HEADINGS, "pre"})
_MORE_THAN_LINES = tuple(sorted(BLOCKS - {"p"}))
_PASSED_TO = (BLOCKS | WRAPPERS | CELLS) - {"figure", "hr"}
PASSED_ON = ("dir", "lang")
_DEEPEST_HEADING = 6
_BLANK = " \t\r\n\f\xa0\u200b\u2060\ufeff"


def show_fallbacks(draft: Draft, _rule: str) -> None:
    """Keep the words of what is not shown itself: buttons in headings, formulas, links to files."""
    for element in draft.elements({"button", "math", "object"}):
        if element.tag == "math":
            tex = next((one for one in element.iter("annotation") if one.text), None)
            shown = element.get("alttext") or (tex.text if tex is not None else text_of(element))
            replace(element, shown)
        elif _is_readable(element):
            unwrap(element)


def _is_readable(element: Element) -> bool:
    if element.tag == "button":
        return is_within(element, (*HEADINGS, "dt", "summary"))
    return next(element.iter("a"), None) is not None


def drop_active(draft: Draft, rule: str) -> None:
    """Take out scripts, styles, forms and frames."""
    for form in draft.elements({"form"}):  # some wrap all that there is in one
        if sum(map(len, form.itertext())) * 2 > sum(map(len, draft.body.itertext())):
            form.tag = "div"
    for element in draft.remaining(ACTIVE):
        draft.remove(element, rule)


def flatten_tables(draft: Draft, _rule: str) -> None:
    """Make a wrapper of a table that has one cell: it only lays out."""
    for table in reversed(draft.elements({"table"})):
        cells = list(table.iter("td", "th"))
        if len(cells) != 1 or next(table.iter("caption"), None) is not None:
            continue
        for part in reversed(list(table.iter("tbody", "thead", "tfoot", "tr"))):
            unwrap(part)
        cells[0].tag = table.tag = "div"


def make_paragraphs(draft: Draft, _rule: str) -> None:
    """Put what stands loose in wrappers in paragraphs, and take the wrappers away."""
    elements = draft.elements()
    holding = _holders(element for element in elements if element.tag in BLOCKS)
    for element in [*reversed(elements), draft.body]:  # from the innermost outwards
        name = element.tag
        if name in _LINES and _holds_more(element, holding):
            element.tag = name = "div"
        if name in WRAPPERS or (element in holding and name not in _HOLDING):
            holding |= _open_up(element, holding)
        elif name == "p" and is_within(element, _WITHOUT):
            _separate(element)


def _open_up(wrapper: Element, holding: set[Element]) -> set[Element]:
    """Take a wrapper away, its loose words in paragraphs; tell what holds blocks by now."""
    is_body = wrapper.tag == "body"
    if not is_body and is_within(wrapper, TIGHT):
        _separate(wrapper)
        return set()
    found = _holders(_wrap_loose(wrapper, holding))
    if wrapper.tag in _CARRIED:
        _carry_in(wrapper)
    if not is_body:
        _pass_on(wrapper, wrapper)
        unwrap(wrapper)
    return found


def _holds_more(line: Element, holding: set[Element]) -> bool:
    return line in holding and any(one is not line for one in line.iter(*_MORE_THAN_LINES))


def _separate(element: Element) -> None:
    """Take a wrapper away where no paragraph may stand, and leave a space for it."""
    before, behind = element.getprevious(), element.tail or ""
    text = (before.tail if before is not None else element.getparent().text) or ""
    if (text or before is not None) and not text.endswith("\n"):
        add_text_before(element, "\n")
    if (behind or element.getnext() is not None) and not behind.startswith("\n"):
        element.tail = f"\n{behind}"
    _pass_on(element, element)
    unwrap(element)


def _carry_in(element: Element) -> None:
    """Put an inline element around the words of each paragraph in it, instead of around all."""
    for line in element.iterchildren("p", *HEADINGS):
        inner = make(element.tag, dict(element.attrib))
        for piece in pieces_of(line):
            append(inner, piece)
        line.append(inner)


def _holders(blocks: Iterable[Element]) -> set[Element]:
    """Collect the elements that have one of these blocks somewhere in them."""
    found: set[Element] = set()
    for block in blocks:
        for parent in block.iterancestors():
            if parent in found:
                break
            found.add(parent)
    return found


def _pass_on(wrapper: Element, inner: Iterable[Element]) -> None:
    """Give a wrapper's direction and language to what was in it."""
    for name in PASSED_ON:
        if value := wrapper.get(name):
            for child in inner:
                if child.get(name) is None and child.tag in _PASSED_TO:
                    child.set(name, value)


def _wrap_loose(parent: Element, holding: set[Element]) -> list[Element]:
    """Put each run of text and inline elements in a paragraph of its own."""
    if len(parent) == 0 and not (parent.text or "").strip(_BLANK):
        parent.text = None
        return []
    made: list[Element] = []
    run: list[Piece] = []
    for piece in [*pieces_of(parent), None]:
        if piece is not None and _is_loose(piece, holding):
            run.append(piece)
            continue
        for line in _split_lines(run):
            made.append(make("p"))
            for part in line:
                append(made[-1], part)
            parent.append(made[-1])
        run = []
        if piece is not None:
            append(parent, piece)
    return made


def _is_loose(piece: Piece, holding: set[Element]) -> bool:
    return isinstance(piece, str) or not (
        piece.tag in BLOCKS or piece.tag in WRAPPERS or piece in holding
    )


def split_paragraphs(draft: Draft, _rule: str) -> None:
    """Make two paragraphs of one that two line breaks divide; no breaks at its ends."""
    for paragraph in draft.elements({"p"}):
        if next(paragraph.iterchildren("br"), None) is None:
            continue
        lines = _split_lines(list(pieces_of(paragraph)))
        for line in lines[:-1]:
            before = make("p", dict(paragraph.attrib))
            for part in line:
                append(before, part)
            paragraph.addprevious(before)
        for part in lines[-1] if lines else ():
            append(paragraph, part)


def _split_lines(run: list[Piece]) -> list[list[Piece]]:
    """Divide a run where two line breaks meet; leave out what is blank."""
    lines: list[list[Piece]] = [[]]
    breaks = 0
    for piece in run:
        blank = isinstance(piece, str) and not piece.strip(_BLANK)
        if not isinstance(piece, str) and piece.tag == "br":
            breaks += 1
        elif not blank:
            if breaks > 1:
                lines.append([])
            breaks = 0
        lines[-1].append(piece)
    trimmed = map(_trim, lines)
    return [line for line in trimmed if line]


def _trim(line: list[Piece]) -> list[Piece]:
    start, end = 0, len(line)
    while start < end and _is_blank(line[start]):
        start += 1
    while end > start and _is_blank(line[end - 1]):
        end -= 1
    return line[start:end]


def _is_blank(piece: Piece) -> bool:
    return not piece.strip(_BLANK) if isinstance(piece, str) else piece.tag == "br"


def drop_unknown(draft: Draft, _rule: str) -> None:
    """Take away the elements that nh3 would, before it mends how they are nested."""
    unknown = {element.tag for element in draft.elements()} - TAGS - ACTIVE - {"h1"}
    if unknown:
        etree.strip_tags(draft.body, *unknown)


def _has_text(texts: Iterable[str | None]) -> bool:
    return any(text and text.strip(_BLANK) for text in texts)


def drop_empty(draft: Draft, _rule: str) -> None:
    """Take out elements without text or image, the innermost first."""
    if draft.emptied_at == len(draft.removed):
        return
    draft.emptied_at = len(draft.removed)
    for element in reversed(draft.elements()):
        text = element.text
        if element.tag in FULL or (text and text.strip(_BLANK)):
            continue
        if any(child.tag != "br" for child in element) or _has_text(one.tail for one in element):
            continue
        if element.tag in EMPTY_BLOCKS:
            drop(element)
        else:
            unwrap(element)
    for cell in draft.elements(CELLS):
        _bare_cell(cell)


def _bare_cell(cell: Element) -> None:
    """Take the paragraph away that is all of a list's item or a table's cell."""
    only = next(cell.iterchildren(), None)
    if only is None or only.tag != "p" or only.getnext() is not None:
        return
    if not _has_text((cell.text, only.tail)):
        _pass_on(only, [cell])
        unwrap(only)


def shift_headings(draft: Draft, _rule: str) -> None:
    """Begin where the theme leaves off, h2 or deeper; keep how the levels stand to each other."""
    headings = draft.elements(HEADINGS)
    levels = sorted({int(heading.tag[1]) for heading in headings})
    if not levels:
        return
    first = draft.rules.headings
    new = {level: min(level - levels[0] + first, _DEEPEST_HEADING) for level in levels}
    if len(set(new.values())) < len(levels):  # no room for the gaps between them
        new = {level: min(first + rank, _DEEPEST_HEADING) for rank, level in enumerate(levels)}
    for heading in headings:
        heading.tag = f"h{new[int(heading.tag[1])]}"
