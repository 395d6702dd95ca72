"""The shape of a body: paragraphs instead of wrappers, headings from h2, nothing empty."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bs4.element import PageElement, PreformattedString, Tag

from .allowlist import ACTIVE, BLOCKS, TAGS, WRAPPERS

if TYPE_CHECKING:
    from .draft import Draft

HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
# In these a paragraph would be wrong or idle, so that a wrapper only separates.
TIGHT = frozenset({*HEADINGS, "figcaption", "figure", "p", "pre", "summary"})
EMPTY_BLOCKS = BLOCKS | WRAPPERS | {"figcaption", "li"}
FULL = frozenset({"br", "hr", "img", "table", "tbody", "td", "tfoot", "th", "thead", "tr"})
DEEPEST = 60  # levels; nh3 takes 17 s for 100,000, articles have about 15

_BLANK = " \t\r\n\f\xa0\u200b\u2060\ufeff"


def limit_depth(draft: Draft, _rule: str) -> None:
    """Make text of what is nested deeper than any article."""
    depths = {id(draft.tree): 0}
    for element in draft.remaining():  # in document order, so that the parent's depth is known
        depths[id(element)] = depth = depths[id(element.parent)] + 1
        if depth == DEEPEST:
            text = element.get_text(" ")
            for inner in [node for node in element.contents if isinstance(node, Tag)]:
                inner.decompose()
            element.string = text


def drop_active(draft: Draft, rule: str) -> None:
    """Take out scripts, styles, forms, frames and comments."""
    for text in list(draft.tree.descendants):
        if isinstance(text, PreformattedString):  # comments, CDATA, declarations
            text.extract()
    for element in draft.remaining(ACTIVE):
        draft.remove(element, rule)


def make_paragraphs(draft: Draft, _rule: str) -> None:
    """Put what stands loose in wrappers in paragraphs; nh3 takes the wrappers themselves away."""
    elements = draft.elements()
    holding = _holders([element for element in elements if element.name in BLOCKS])
    for element in [*reversed(elements), draft.tree]:  # from the innermost outwards
        holds = id(element) in holding
        if element.name not in WRAPPERS and not (holds and _is_passed_through(element)):
            continue
        if any(parent.name in TIGHT for parent in element.parents):
            element.insert_before("\n")
            element.insert_after("\n")
            continue
        holding |= _holders(_wrap_loose(draft, element, holding))
        if element.name == "p":
            element.name = "div"


def _is_passed_through(element: Tag) -> bool:
    return element.name == "p" or element.name not in TAGS


def _holders(blocks: list[Tag]) -> set[int]:
    """Name the elements that have one of these blocks somewhere in them."""
    found: set[int] = set()
    for block in blocks:
        for parent in block.parents:
            if id(parent) in found:
                break
            found.add(id(parent))
    return found


def _wrap_loose(draft: Draft, parent: Tag, holding: set[int]) -> list[Tag]:
    """Put each run of text and inline elements in a paragraph of its own."""
    made: list[Tag] = []
    run: list[PageElement] = []
    for node in [*parent.contents, None]:
        loose = not isinstance(node, Tag) or not (
            node.name in BLOCKS or node.name in WRAPPERS or id(node) in holding
        )
        if node is not None and loose:
            run.append(node)
        else:
            if not all(map(_is_blank, run)):
                made.append(_wrap(draft, run))
            elif any(not str(inside).isspace() for inside in run):
                for inside in run:
                    inside.extract()
            run = []
    return made


def _wrap(draft: Draft, run: list[PageElement]) -> Tag:
    paragraph = draft.tree.new_tag("p")
    run[0].insert_before(paragraph)
    for node in run:
        paragraph.append(node)
    return paragraph


def _is_blank(node: PageElement) -> bool:
    return node.name == "br" if isinstance(node, Tag) else not str(node).strip(_BLANK)


def drop_empty(draft: Draft, _rule: str) -> None:
    """Take out elements without text or image, the innermost first."""
    blank: set[int] = set()
    for element in reversed(draft.elements()):
        inside = (id(node) in blank or _is_blank(node) for node in element.contents)
        if element.name not in FULL and all(inside):
            blank.add(id(element))
            if element.name in EMPTY_BLOCKS:
                element.clear()
            element.name = (
                "span"  # which nh3 unwraps; bs4 would look for its place among all others
            )


def shift_headings(draft: Draft, _rule: str) -> None:
    """Begin with h2: h1 is the title, which the theme shows."""
    headings = draft.elements(HEADINGS)
    top = min((int(heading.name[1]) for heading in headings), default=2)
    for heading in headings:
        heading.name = f"h{min(6, int(heading.name[1]) + 2 - top)}"
