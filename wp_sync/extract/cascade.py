"""Which part of a page is its article: proposals by several finders, chosen by one measure."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wp_sync.text import name_pattern

from . import names
from .tree import drop, elements, is_in, text_of, words_in
from .weigh import Weights, weigh, weight_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from lxml.html import HtmlElement  # type: ignore[import-untyped]

CONTAINERS = frozenset(
    [
        "article",
        "body",
        "center",
        "div",
        "font",
        "form",
        "html",
        "layer",
        "main",
        "section",
        "span",
        "table",
        "tbody",
        "td",
        "tr",
    ]
)
_BODY = name_pattern(names.BODIES)
_ENOUGH = 0.85  # of the running text: a container that holds so much of it is gone down into
_LEAST = 250  # characters of running text of what may be the article
_LONG = 60  # words of a text in JSON-LD that can be compared with


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A container of the article, and who found it."""

    found_by: str
    element: HtmlElement


def choose_container(root: HtmlElement, told: str = "") -> Proposal:
    """Choose the best proposal: by the text that the page itself tells, else by its weights."""
    weights = weigh(root)
    proposals = [
        Proposal(found_by=name, element=element)
        for name, find in FINDERS
        for element in find(root, weights)
    ]
    words = told.lower().split()
    if len(words) >= _LONG:
        wanted = Counter(words)
        return max(proposals, key=lambda one: _likeness(one.element, wanted))
    total = weight_of(weights, root).good
    return max(proposals, key=lambda one: _value(one, weights, total))


def _likeness(element: HtmlElement, wanted: Counter[str]) -> float:
    found = Counter(text_of(element).lower().split())
    return (found & wanted).total() / max(1, found.total() + wanted.total())


def _value(one: Proposal, weights: Weights, total: int) -> float:
    """Weigh what a proposal holds of the page's running text against what else it holds."""
    weight = weight_of(weights, one.element)
    share = weight.good / total if total else 0.0
    both = share + weight.purity
    return (2 * share * weight.purity / both if both else 0.0) * BONUS[one.found_by]


def _find_marked(root: HtmlElement, weights: Weights) -> Iterator[HtmlElement]:
    marked = [one for one in root.iter("*") if (one.get("itemprop") or "") == "articleBody"]
    yield from _join(marked, weights)


def _find_named(root: HtmlElement, weights: Weights) -> Iterator[HtmlElement]:
    named = [
        one
        for one in root.iter("div", "section", "td", "article", "main")
        if any(map(_BODY.search, words_in(one))) and weight_of(weights, one).good >= _LEAST
    ]
    outer = [one for one in named if not any(above in named for above in one.iterancestors())]
    yield from _join(outer, weights)
    yield from named


def _find_articles(root: HtmlElement, weights: Weights) -> Iterator[HtmlElement]:
    for one in root.iter("article", "main"):
        if weight_of(weights, one).good >= _LEAST:
            yield one
            yield _go_down(one, weights)


def _find_heaviest(root: HtmlElement, weights: Weights) -> Iterator[HtmlElement]:
    yield _go_down(root, weights)


FINDERS: tuple[tuple[str, Callable[[HtmlElement, Weights], Iterator[HtmlElement]]], ...] = (
    ("microdata", _find_marked),
    ("name", _find_named),
    ("article element", _find_articles),
    ("weight", _find_heaviest),
)
# Tuned on captured pages: what a site marks itself is right unless it holds far less.
BONUS = {"microdata": 1.1, "name": 1.07, "article element": 1.02, "weight": 1.0}


def _join(parts: list[HtmlElement], weights: Weights) -> Iterator[HtmlElement]:
    """Return the element itself, or the one that holds all parts of a text in pieces."""
    heavy = [one for one in parts if weight_of(weights, one).good > 0]
    if not heavy:
        return
    common = heavy[0]
    for one in heavy[1:]:
        around = {common, *common.iterancestors()}
        common = next(above for above in (one, *one.iterancestors()) if above in around)
    yield common
    yield from heavy


def _go_down(element: HtmlElement, weights: Weights) -> HtmlElement:
    """Go down while one child holds nearly all of the running text."""
    while True:
        least = weight_of(weights, element).good * _ENOUGH
        heir = max(
            (child for child in element if child.tag in CONTAINERS),
            key=lambda child: weight_of(weights, child).good,
            default=None,
        )
        if heir is None or weight_of(weights, heir).good < max(least, 1):
            return element
        element = heir


def drop_other_articles(root: HtmlElement, title: str) -> None:
    """Take out the articles that a page appends when its reader scrolls on."""
    weights = weigh(root)
    titles = [one for one in elements(root, "h1") if text_of(one)]
    ours = _find_own(titles, title)
    seen = False
    for one in titles:
        seen = seen or one is ours
        if one is ours or not seen or not is_in(one, root):
            continue
        box = one
        while (above := box.getparent()) is not None and not is_in(ours, above):
            box = above
        if weight_of(weights, box).good < weight_of(weights, root).good * _ENOUGH:
            for after in [*box.itersiblings()]:
                if after.tag == box.tag and next(after.iter("h1"), None) is not None:
                    drop(after)
            drop(box)
    _drop_linked(root, weights)


def _find_own(titles: list[HtmlElement], title: str) -> HtmlElement:
    words = set(title.lower().split())
    return max(
        titles,
        key=lambda one: len(words & set(text_of(one).lower().split())),
        default=None,
    )


def _drop_linked(root: HtmlElement, weights: Weights) -> None:
    """Take out the article elements after the first whose heading is a link to another page."""
    articles = [one for one in elements(root, "article") if weight_of(weights, one).good >= _LEAST]
    for one in articles[1:]:
        heading = next(one.iter("h1", "h2", "h3"), None)
        inside = any(above.tag == "article" for above in one.iterancestors())
        if heading is not None and not inside and next(heading.iter("a"), None) is not None:
            drop(one)
