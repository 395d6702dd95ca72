"""Lines between an article's own that speak of the site: by what they say and what they lead to."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from .links import is_own
from .phrases import (
    GENERIC,
    LABEL,
    POINTER,
    PREFERENCES,
    PREFERRED,
    PROMOS,
    PROMOS_AT_HOME,
    RELATED,
    SHARE,
    SHARE_LIST,
    SHARE_ROW,
    SHARING,
    SHARING_WORDS,
)
from .recurring import FEWEST_LEFT
from .tree import HEADINGS, has_media, text_of

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

    from lxml.etree import _Element as Element  # type: ignore[import-untyped]

    from .draft import Draft

LISTS = frozenset({"ol", "ul"})
_LINES = (*HEADINGS, "p")
_LONGEST = 400  # characters of a paragraph that may speak of the site alone
_SENTENCES = 4
_HEADING = 80
_SHORT = 40  # characters: what says no more than a call, wherever it stands
_EDGE = 2  # blocks at either end, where a call needs no link to be one
_MOSTLY = 0.6


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
        if len(line.text) <= _HEADING and (SHARE.fullmatch(line.text) or _is_row(draft, line)):
            draft.remove(line.element, rule)
    for block in draft.body.findall("*"):
        if block.tag in LISTS and _is_bar(block):
            draft.remove(block, rule)


def _is_row(draft: Draft, line: Line) -> bool:
    """Tell buttons side by side from the links to where somebody is to be found."""
    if line.element.tag != "p" or not SHARE_ROW.fullmatch(line.text):
        return False
    has_link = next(line.element.iter("a"), None) is not None
    return not _is_announced(line.element) and (not has_link or _leads_home(draft, line.element))


def _is_bar(block: Element) -> bool:
    text = " ".join(map(text_of, block))
    if len(text) > _HEADING or not SHARE_LIST.fullmatch(text):
        return False
    return not (_is_announced(block) or has_media(block))


def _is_announced(element: Element) -> bool:
    """Tell that the line before ends in a colon: what follows is what it speaks of."""
    before = element.getprevious()
    return before is not None and text_of(before).endswith((":", ","))


def _passes_on(link: Element) -> bool:
    address = link.get("href") or ""
    return any(word in address for word in SHARING_WORDS) and bool(SHARING.search(address))


def drop_promos(draft: Draft, rule: str) -> None:
    """Take out paragraphs that ask the reader to sign up, follow, download or prefer."""
    left = -1  # letters, counted once
    for line in _lines(draft):
        if len(line.text) > _LONGEST or line.text.count(". ") >= _SENTENCES:
            continue
        if not (kind := _promo_of(draft, line)):
            continue
        left = _letters(draft.body) if left < 0 else left
        size = _letters(line.element)
        # Else it may be all there is.
        if left - size >= FEWEST_LEFT and draft.remove(line.element, f"{rule}: {kind}"):
            left -= size


def _letters(element: Element) -> int:
    """Count without spaces and our own joiners: then what goes and what stays add up."""
    return len("".join("".join(element.itertext()).split()).replace("\u2060", ""))


def _promo_of(draft: Draft, line: Line) -> str:
    """Name what a line asks for, where it stands as a call does; "" when it is an article's own."""
    kind = next((name for name, known in PROMOS if known.fullmatch(line.text)), "")
    if kind and _is_call(line):
        return kind
    if PREFERRED.fullmatch(line.text) and _asks_google(line.element):
        return "preferred source"
    if not _leads_home(draft, line.element):
        return ""
    return next((name for name, known in PROMOS_AT_HOME if known.fullmatch(line.text)), "")


def _is_call(line: Line) -> bool:
    if _is_set_off(line.element, line.text):
        return True
    is_alone = line.place < _EDGE or len(line.text) <= _SHORT
    return is_alone and not _is_announced(line.element)


def _asks_google(element: Element) -> bool:
    return any(PREFERENCES.search(link.get("href") or "") for link in element.iter("a"))


def _leads_home(draft: Draft, element: Element) -> bool:
    links = list(element.iter("a"))
    return bool(links) and all(is_own(link.get("href") or "", draft.base_url) for link in links)


def _is_set_off(element: Element, text: str) -> bool:
    """Tell that a paragraph has a link, is a heading, or is emphasised as a whole."""
    if element.tag in HEADINGS or next(element.iter("a"), None) is not None:
        return True
    return any(text_of(part) == text for part in element.iter("b", "em", "i", "strong"))


def drop_pointers(draft: Draft, rule: str) -> None:
    """Take out "Read more:" and the link that it introduces, and lists under such a heading.

    Nothing goes where they are the article.
    """
    going: dict[Element, str] = {}
    for line in _lines(draft):
        if lead := _find_lead(draft, line):
            going[line.element] = f"{rule}: {lead.strip(' :')}"
    for line in reversed(list(_lines(draft))):  # what follows a list may be such a list as well
        going |= dict.fromkeys(_find_listed(draft, line, going), f"{rule}: {line.text[:30]}")
    if not going:
        return
    if _letters(draft.body) - sum(map(_letters, going)) < FEWEST_LEFT:
        return
    for block, why in going.items():
        draft.remove(block, why)


def _find_lead(draft: Draft, line: Line) -> str:
    """Return the words before a link to another article; "" where a line is more than that."""
    match = POINTER.match(line.text) if len(line.text) <= _LONGEST else None
    if match is None or not _leads_home(draft, line.element):
        return ""
    return match[0] if _leads_on(line.element, line.text, match[0]) else ""


def _leads_on(element: Element, text: str, lead: str) -> bool:
    """Tell that behind its first words a line is links."""
    linked = sum(len(text_of(link)) for link in element.iter("a"))
    return linked > 0 and linked >= (len(text) - len(lead)) * _MOSTLY


def _find_listed(draft: Draft, line: Line, going: Container[Element]) -> list[Element]:
    """List a heading and the links to the site's own articles that follow it."""
    heading = line.text.rstrip(": ")
    if len(line.text) > _HEADING or not RELATED.fullmatch(heading):
        return []
    if _leads_on(line.element, line.text, ""):
        return []
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
    if not links or own * 2 < len(links):
        return []
    behind = followers[-1].getnext()
    if GENERIC.fullmatch(heading) and behind is not None and behind not in going:
        return []
    return [line.element, *followers]


def _lines(draft: Draft) -> Iterator[Line]:
    """List paragraphs and headings that stand on their own, without pictures in them."""
    if draft.lines is None:
        blocks = [block for block in draft.body if block.tag in _LINES]
        texts = ((block, text_of(block)) for block in blocks)
        draft.lines = [one for one in texts if one[1] and not has_media(one[0])]
    body = draft.body
    draft.lines = [one for one in draft.lines if one[0].getparent() is body]
    last = len(draft.lines) - 1
    for number, (block, text) in enumerate(draft.lines):
        yield Line(block, text, min(number, last - number))
