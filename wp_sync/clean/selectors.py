"""The channel's own selectors: what they name is taken out, or spared from every other rule."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from .tree import write_body

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from lxml.etree import _Element as Element  # type: ignore[import-untyped]

    from .draft import Draft

# What most selectors are: an element, classes, an id, words in it. Others need a second tree.
_PLAIN = re.compile(
    r"(?P<tag>[a-z][a-z0-9]*)?(?P<names>(?:[.#][A-Za-z][\w-]*)*)"
    r"(?::-soup-contains\((?P<quote>['\"])(?P<words>[^'\"\\]+)(?P=quote)\))?"
)
_NAME = re.compile(r"([.#])([A-Za-z][\w-]*)")
_MARK = "data-wp-sync-place"


def find_spared(draft: Draft) -> None:
    """Note what no other rule may take out, before the first of them is at work."""
    draft.spared = {one for name in draft.rules.spare for one in _select(draft, name)}


def drop_selected(draft: Draft, rule: str) -> None:
    """Take out what the channel's own selectors name; the configuration has checked them."""
    draft.spared -= {one for name in draft.rules.remove for one in _select(draft, name)}
    for selector in draft.rules.remove:
        for element in _select(draft, selector):
            if draft.holds(element):
                draft.remove(element, f"{rule}: {selector}")


def _select(draft: Draft, selector: str) -> list[Element]:
    match = _PLAIN.fullmatch(selector)
    if match is None:
        return _select_by_soup(draft, selector)
    tests = tuple(_tests_of(match))
    names = {match["tag"]} if match["tag"] else ()
    return [one for one in draft.elements(names) if all(test(one) for test in tests)]


def _tests_of(match: re.Match[str]) -> Iterator[Callable[[Element], bool]]:
    for sign, name in _NAME.findall(match["names"]):
        yield partial(_has_id if sign == "#" else _has_class, name)
    if words := match["words"]:
        yield partial(_says, words)


def _has_id(name: str, element: Element) -> bool:
    return bool(element.get("id") == name)


def _has_class(name: str, element: Element) -> bool:
    return name in (element.get("class") or "").split()


def _says(words: str, element: Element) -> bool:
    return words in "".join(element.itertext())


def _select_by_soup(draft: Draft, selector: str) -> list[Element]:
    """Ask soupsieve, by a tree of its own in which each element bears its place."""
    from bs4 import BeautifulSoup

    elements = draft.elements()
    for place, element in enumerate(elements):
        element.set(_MARK, str(place))
    soup = BeautifulSoup(f"<html><body>{write_body(draft.body)}", "lxml")
    for element in elements:
        element.attrib.pop(_MARK, None)
    found = (str(one.get(_MARK, "")) for one in soup.select(selector))
    return [elements[int(place)] for place in found if place]
