"""A body as a tree: parsed within limits, asked for its text, parts taken out or unwrapped."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeAlias

from lxml import etree  # type: ignore[import-untyped]

from wp_sync.text import clean_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from lxml.etree import _Element as Element  # type: ignore[import-untyped]

    Piece: TypeAlias = Element | str

HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
MEDIA = ("audio", "figure", "img", "table", "video")  # what is shown between lines
DEEPEST = 60  # levels; articles have about 15, and nh3 takes 17 s for 100,000

_OPTIONS = {"encoding": "utf-8", "remove_comments": True, "remove_pis": True}
_PARSER = etree.HTMLParser(**_OPTIONS)
_TOO_DEEP = etree.XPath(f"boolean({'/*' * DEEPEST})")
_VOID = ("basefont", "bgsound", "command", "embed", "image", "keygen", "source", "track", "wbr")
_TOKEN = re.compile(r"[^\W_]+")
_REFERENCE = re.compile(
    r"&#(?:x0*([0-9a-f]{1,4})(?![0-9a-f])|0*([0-9]{1,5})(?![0-9]));?", re.IGNORECASE
)
_NAME = re.compile(r"[a-z][\w-]*", re.IGNORECASE | re.ASCII)


class _Shallow:
    """Builds a tree in which everything deeper than any article is text."""

    def __init__(self) -> None:
        self._builder = etree.TreeBuilder()
        self._depth = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        self._depth += 1
        if self._depth < DEEPEST:
            known = {name: value for name, value in attributes.items() if _NAME.fullmatch(name)}
            self._builder.start(tag if _NAME.fullmatch(tag) else "span", known)
        elif self._depth == DEEPEST:
            self._builder.data(" ")

    def end(self, tag: str) -> None:
        if self._depth < DEEPEST:
            self._builder.end(tag if _NAME.fullmatch(tag) else "span")
        self._depth -= 1

    def data(self, text: str) -> None:
        self._builder.data(text)

    def close(self) -> Element:
        return self._builder.close()


def parse_body(markup: str) -> Element:
    """Parse a fragment or a page, without its comments; the frame makes all of it body."""
    legal = _REFERENCE.sub(_drop_illegal, clean_text(markup))
    raw = f"<html><body>{legal}".encode()
    root = etree.fromstring(raw, _PARSER)
    if _TOO_DEEP(root):
        # libxml2 leaves out what is deeper than 256 levels, but tells a target of all of it.
        root = etree.fromstring(
            raw, etree.HTMLParser(target=_Shallow(), huge_tree=True, **_OPTIONS)
        )
    body = root.find("body")
    if body is None:
        body = etree.SubElement(root, "body")
    for void in reversed(list(body.iter(*_VOID))):
        _lift_out(void)
    return body


def _drop_illegal(match: re.Match[str]) -> str:
    """Put a space for what libxml2 reads but refuses to be given again: no XML may hold it."""
    code = int(match[1], 16) if match[1] else int(match[2])
    is_control = code < ord(" ") and chr(code) not in "\t\n\r"
    return " " if is_control or 0xD800 <= code <= 0xDFFF or code in {0xFFFE, 0xFFFF} else match[0]  # noqa: PLR2004


def _lift_out(void: Element) -> None:
    """Put behind an element what the parser, which knows it not as empty, put into it."""
    text, void.text = void.text or "", None
    for child in reversed(list(void)):
        void.addnext(child)
    void.tail = text + (void.tail or "")


def write_body(body: Element) -> str:
    """Write what is in a body as HTML, without the body itself."""
    markup: str = etree.tostring(body, method="html", encoding="unicode", with_tail=False)
    return markup.removeprefix("<body>").removesuffix("</body>")


def text_of(element: Element) -> str:
    """Read an element's text on one line."""
    return " ".join("".join(element.itertext()).split())


def tokens_of(text: str) -> list[str]:
    """List the words of a text, without case and signs."""
    return _TOKEN.findall(text.casefold())


def has_media(element: Element) -> bool:
    """Tell whether something is shown in an element beside its text."""
    return next(element.iter(*MEDIA), None) is not None


def is_within(element: Element, names: Iterable[str]) -> bool:
    """Tell whether an element stands in another of these names."""
    return next(element.iterancestors(*names), None) is not None


def drop(element: Element) -> None:
    """Take an element out with all that is in it; the text behind it stays."""
    _leave(element, element.tail or "")


def unwrap(element: Element) -> None:
    """Take an element away and leave what is in it, and behind it."""
    parent = element.getparent()
    if parent is None:
        return
    add_text_before(element, element.text or "")
    for child in list(element):
        element.addprevious(child)  # with what is behind it
    _leave(element, element.tail or "")


def add_text_before(element: Element, text: str) -> None:
    """Put text right before an element."""
    if not text:
        return
    before, parent = element.getprevious(), element.getparent()
    if before is not None:
        before.tail = (before.tail or "") + text
    elif parent is not None:
        parent.text = (parent.text or "") + text


def replace(element: Element, other: Piece) -> None:
    """Put another element, or a text, in the place of one; what is behind it stays."""
    parent, tail = element.getparent(), element.tail or ""
    if isinstance(other, str):
        _leave(element, other + tail)
    elif parent is not None:
        element.tail = None
        other.tail = tail
        parent.replace(element, other)


def make(tag: str, attributes: Mapping[str, str] | None = None, text: str = "") -> Element:
    """Make an element that stands nowhere yet."""
    element = etree.Element(tag, dict(attributes or {}))
    element.text = text or None
    return element


def pieces_of(element: Element) -> Iterator[Piece]:
    """Yield an element's texts and children in order, and empty it."""
    children = list(element)
    text, element.text = element.text or "", None
    if text:
        yield text
    for child in children:
        tail, child.tail = child.tail or "", None
        element.remove(child)
        yield child
        if tail:
            yield tail


def append(element: Element, piece: Piece) -> None:
    """Add a text or a child at an element's end."""
    if not isinstance(piece, str):
        element.append(piece)
    elif (last := next(element.iterchildren(reversed=True), None)) is not None:
        last.tail = (last.tail or "") + piece
    else:
        element.text = (element.text or "") + piece


def _leave(element: Element, text: str) -> None:
    """Take an element out and leave a text in its place."""
    parent = element.getparent()
    if parent is not None:
        add_text_before(element, text)
        element.tail = None
        parent.remove(element)
