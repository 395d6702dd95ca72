"""How much of an element is running text, and how much is links: the measure behind all choices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lxml.html import HtmlElement  # type: ignore[import-untyped]

BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "center",
        "dd",
        "details",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "tbody",
        "td",
        "th",
        "tr",
        "ul",
    ]
)
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_SENTENCE = 40  # characters without links, from which a block is running text
_MOST_LINKS = 0.5  # of a block's text
_MARKS = (".", "!", "?", "…", '"', "\u201d", "。")


@dataclass(slots=True)
class Weight:
    """Characters of one element and all that is in it."""

    text: int = 0
    link: int = 0
    good: int = 0  # of blocks that are running text

    @property
    def link_share(self) -> float:
        """Share of the text that is in links."""
        return self.link / self.text if self.text else 0.0

    @property
    def purity(self) -> float:
        """Share of the text that is running text."""
        return self.good / self.text if self.text else 0.0


Weights = dict["HtmlElement", Weight]
NOTHING = Weight()


def weigh(root: HtmlElement) -> Weights:
    """Weigh every element below a root, in one pass down and one up."""
    own = _read_blocks(root)
    weights: Weights = {element: Weight() for element in root.iter("*")}
    for block, part in own.items():
        weight = weights[block]
        weight.text, weight.link = part.text, part.link
        weight.good = part.good
    for element in reversed(list(weights)):
        parent = element.getparent()
        if element is not root and parent in weights:
            above, weight = weights[parent], weights[element]
            above.text += weight.text
            above.link += weight.link
            above.good += weight.good
    return weights


def weight_of(weights: Mapping[HtmlElement, Weight], element: HtmlElement) -> Weight:
    """Look an element up; what was made since weighs nothing."""
    return weights.get(element, NOTHING)


def _read_blocks(root: HtmlElement) -> Weights:
    """Sum the text that stands in each block itself, its inline elements included."""
    own: Weights = {}
    last: dict[HtmlElement, str] = {}
    block_of: dict[HtmlElement, HtmlElement] = {}
    linked: dict[HtmlElement, bool] = {}
    for element in root.iter():
        parent = None if element is root else element.getparent()
        above = block_of.get(parent, root)
        if isinstance(element.tag, str):
            inside = element if element.tag in BLOCKS or element is root else above
            block_of[element] = inside
            linked[element] = element.tag == "a" or linked.get(parent, False)
            _add(own, last, inside, element.text, is_link=linked[element])
        if parent is not None:
            _add(own, last, above, element.tail, is_link=linked.get(parent, False))
    for block, weight in own.items():
        weight.good = weight.text - weight.link if _is_running(block, weight, last[block]) else 0
    return own


def _add(
    own: Weights,
    last: dict[HtmlElement, str],
    block: HtmlElement,
    text: str | None,
    *,
    is_link: bool,
) -> None:
    if text and (bare := text.strip()):
        weight = own.setdefault(block, Weight())
        weight.text += len(bare)
        weight.link += len(bare) * is_link
        last[block] = bare[-2:]


def _is_running(block: HtmlElement, weight: Weight, ending: str) -> bool:
    """Tell sentences from labels: long enough, few links, or short but ended like a sentence."""
    if block.tag in HEADINGS or weight.link_share > _MOST_LINKS:
        return False
    bare = weight.text - weight.link
    return bare >= _SENTENCE or (bare >= _SENTENCE // 2 and ending.endswith(_MARKS))
