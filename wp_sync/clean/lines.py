"""Lines between an article's own that speak of the site: by what they say and what they lead to."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from .links import is_own
from .phrases import LABEL, POINTER, PROMOS, PROMOS_AT_HOME, RELATED, SHARE, SHARING, SHARING_WORDS
from .recurring import FEWEST_LEFT
from .tree import text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element as Element  # type: ignore[import-untyped]

    from .draft import Draft

HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
LISTS = frozenset({"ol", "ul"})
_LINES = (*HEADINGS, "p")
_LONGEST = 400  # characters of a paragraph that may speak of the site alone
_SENTENCES = 4
_HEADING = 80
_EDGE = 2  # blocks at either end, where a call needs no link to be one
_MOSTLY = 0.6
_MEDIA = ("audio", "figure", "img", "table", "video")


class Line(NamedTuple):
    """A block that stands in the article itself: not in a quotation, a table or a caption."""

    element: Element
    text: str
    place: int  # from either end, the first and the last are 0


def drop_labels(draft: Draft, rule: str) -> None:
    """Take out what only says that an advertisement follows."""
    for line in _lines(draft):
        if line.element.tag == "p" and len(line.text) <= _HEADING and LABEL.fullmatch(line.text):
            draft.remove(line.element, rule)


def drop_share_bars(draft: Draft, rule: str) -> None:
    """Take out rows of buttons that pass the page on: known by where they lead."""
    known = {link for link in draft.elements({"a"}) if _passes_on(link)}
    blocks = draft.remaining({*_LINES, *LISTS}) if known else ()
    for block in blocks:
        links = list(block.iter("a"))
        passing = known.intersection(links)
        if not passing:
            continue
        text = text_of(block)
        linked = sum(len(text_of(link)) for link in links)
        if len(passing) == len(links) and len(text) - linked <= max(linked, len("Share this: ")):
            draft.remove(block, rule)
    for line in _lines(draft):
        if len(line.text) <= _HEADING and SHARE.fullmatch(line.text):
            draft.remove(line.element, rule)


def _passes_on(link: Element) -> bool:
    address = link.get("href") or ""
    return any(word in address for word in SHARING_WORDS) and bool(SHARING.search(address))


def drop_promos(draft: Draft, rule: str) -> None:
    """Take out paragraphs that ask the reader to sign up, follow, download or prefer."""
    for line in _lines(draft):
        if len(line.text) > _LONGEST or line.text.count(". ") >= _SENTENCES:
            continue
        kind = _promo_of(draft, line)
        if kind and not _is_all_there_is(draft, line):
            draft.remove(line.element, f"{rule}: {kind}")


def _is_all_there_is(draft: Draft, line: Line) -> bool:
    """Tell that a post would be empty without a line, or one of a few letters."""
    return len(text_of(draft.body)) - len(line.text) < FEWEST_LEFT


def _promo_of(draft: Draft, line: Line) -> str:
    """Name what a line asks for, where it stands as a call does; "" when it is an article's own."""
    kind = next((name for name, known in PROMOS if known.fullmatch(line.text)), "")
    if kind and (line.place < _EDGE or _is_set_off(line.element, line.text)):
        return kind
    if not _leads_home(draft, line.element):
        return ""
    return next((name for name, known in PROMOS_AT_HOME if known.fullmatch(line.text)), "")


def _leads_home(draft: Draft, element: Element) -> bool:
    links = list(element.iter("a"))
    return bool(links) and all(is_own(link.get("href") or "", draft.base_url) for link in links)


def _is_set_off(element: Element, text: str) -> bool:
    """Tell that a paragraph has a link, is a heading, or is emphasised as a whole."""
    if element.tag in HEADINGS or next(element.iter("a"), None) is not None:
        return True
    return any(text_of(part) == text for part in element.iter("b", "em", "i", "strong"))


def drop_pointers(draft: Draft, rule: str) -> None:
    """Take out "Read more:" and the link that it introduces; then lists under such a heading."""
    for line in _lines(draft):
        if draft.holds(line.element):
            _drop_pointer(draft, line, rule)
    for line in _lines(draft):
        if len(line.text) > _HEADING or not RELATED.fullmatch(line.text.rstrip(": ")):
            continue
        if draft.holds(line.element) and not _leads_on(line.element, line.text, ""):
            _drop_listed(draft, line, f"{rule}: {line.text[:30]}")


def _drop_pointer(draft: Draft, line: Line, rule: str) -> None:
    match = POINTER.match(line.text)
    if match is None or len(line.text) > _LONGEST or not _leads_home(draft, line.element):
        return
    if _leads_on(line.element, line.text, match[0]):
        draft.remove(line.element, f"{rule}: {match[0].strip(' :')}")


def _leads_on(element: Element, text: str, lead: str) -> bool:
    """Tell that behind its first words a line is links."""
    linked = sum(len(text_of(link)) for link in element.iter("a"))
    return linked > 0 and linked >= (len(text) - len(lead)) * _MOSTLY


def _drop_listed(draft: Draft, line: Line, rule: str) -> None:
    """Take out a heading with the links to the site's own articles that follow it."""
    followers: list[Element] = []
    for block in line.element.itersiblings():
        text = text_of(block)
        if block.tag not in {"p", *LISTS} or not _leads_on(block, text, ""):
            break
        followers.append(block)
        if block.tag in LISTS:
            break
    links = [link for block in followers for link in block.iter("a")]
    own = sum(is_own(link.get("href") or "", draft.base_url) for link in links)
    if links and own * 2 >= len(links):
        for block in (line.element, *followers):
            draft.remove(block, rule)


def _lines(draft: Draft) -> Iterator[Line]:
    """List paragraphs and headings that stand on their own, without pictures in them."""
    if draft.lines is None:
        blocks = [block for block in draft.body if block.tag in _LINES]
        texts = ((block, text_of(block)) for block in blocks)
        draft.lines = [one for one in texts if one[1] and not _has_media(one[0])]
    body = draft.body
    draft.lines = [one for one in draft.lines if one[0].getparent() is body]
    last = len(draft.lines) - 1
    for number, (block, text) in enumerate(draft.lines):
        yield Line(block, text, min(number, last - number))


def _has_media(block: Element) -> bool:
    return next(block.iter(*_MEDIA), None) is not None
