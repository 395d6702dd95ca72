"""A page as a tree: parsed within limits, asked for names and text, parts taken out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lxml.html import HTMLParser, document_fromstring  # type: ignore[import-untyped]

from wp_sync.text import name_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.html import HtmlElement

MOST_ELEMENTS = 100_000  # articles' pages have up to 10,000; all passes are linear, 30 us for each
MEDIA = frozenset({"audio", "embed", "iframe", "img", "object", "picture", "video"})


def parse_page(markup: str) -> HtmlElement:
    """Parse a page, given as bytes: lxml refuses a text that declares an encoding."""
    tree = document_fromstring(markup.encode(), parser=HTMLParser(encoding="utf-8"))
    if sum(1 for _ in tree.iter()) > MOST_ELEMENTS:
        raise ValueError(f"it has more than {MOST_ELEMENTS:,} elements")
    return tree


def elements(root: HtmlElement, *tags: str) -> list[HtmlElement]:
    """List elements in document order, so that taking some out does not disturb the walk."""
    return list(root.iter(*(tags or ("*",))))


def drop(element: HtmlElement) -> None:
    """Take an element out and leave the text behind it."""
    if element.getparent() is not None:
        element.drop_tree()


def is_in(element: HtmlElement, root: HtmlElement) -> bool:
    """Tell whether an element is still there: it may have gone with something around it."""
    while element is not None:
        if element is root:
            return True
        element = element.getparent()
    return False


def text_of(element: HtmlElement) -> str:
    """Read an element's text on one line."""
    return " ".join(" ".join(element.itertext()).split())


def names_of(element: HtmlElement) -> list[str]:
    """List an element's classes and its id."""
    return [*(element.get("class") or "").split(), *(element.get("id") or "").split()]


def words_in(element: HtmlElement) -> Iterator[str]:
    """Write each class and id as "-its-words-"."""
    return map(name_words, names_of(element))


def has_media(element: HtmlElement) -> bool:
    """Tell whether something to look at or listen to is in an element, or is it."""
    return next(element.iter(*MEDIA), None) is not None
