"""The ends of a feed's texts: "appeared first on", "Read Entire Article", and where it was cut."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .links import is_own
from .phrases import APPEARED, APPEARED_BEGINS, MORE, MORE_ALONE, MORE_HERE, SUBMITTED
from .tree import is_within, text_of

if TYPE_CHECKING:
    from lxml.etree import _Element as Element  # type: ignore[import-untyped]

    from .draft import Draft

ENDINGS = frozenset(
    {"blockquote", "dd", "h1", "h2", "h3", "h4", "h5", "h6", "li", "p", "pre", "td"}
)
CUT = re.compile(r"\s*(\[\s*(…|\.\.\.)\s*\]|\((…|\.\.\.)\))\Z")
_CUT_ENDS = ("]", ")")
_AT_END = 40  # characters that are looked at: the pattern is quadratic on spaces
_MOST = 10  # endings one after the other
_KEPT = ("blockquote", "dd", "dt", "li", "pre", "td")  # whose last words belong to what is in them
_SENTENCE_END = re.compile(r"[.!?…。！？؟।:\])»”\"’'][\s(\[]*\Z")  # noqa: RUF001
_LONGEST = 160  # characters of a last line that says where it goes on
_WORDS = re.compile(r"\w+")


def drop_trailers(draft: Draft, rule: str) -> None:
    """Take out "The post … appeared first on …", then the links to read more at the very end."""
    for paragraph in draft.remaining({"p"}):
        if _says_where(draft, paragraph):
            draft.remove(paragraph, rule)
    for _ in range(_MOST):
        last = _last_with_text(draft)
        if last is None or not _drop_ending(draft, last, rule):
            break


def _says_where(draft: Draft, paragraph: Element) -> bool:
    """Tell WordPress's own last line from a sentence about a post that appeared somewhere."""
    text = (paragraph.text or "").strip()
    if not text.lower().startswith(APPEARED_BEGINS):
        return False
    whole = text_of(paragraph)
    match = APPEARED.fullmatch(whole)
    if match is None:
        return False
    link = next(iter(paragraph), None)
    begins = link is not None and link.tag == "a" and len(_WORDS.findall(text)) <= 2  # noqa: PLR2004
    named = _same_words(match[1], draft.facts.title) if draft.facts.title else False
    return begins or named


def _same_words(one: str, other: str) -> bool:
    return _WORDS.findall(one.casefold()) == _WORDS.findall(other.casefold())


def _drop_ending(draft: Draft, last: Element, rule: str) -> bool:
    """Take out a last line, or a last link, that leads on; tell whether there was one."""
    text, links = text_of(last), list(last.iter("a"))
    if (last.tag in _KEPT or is_within(last, _KEPT)) and [text] != [*map(text_of, links)]:
        return False
    if MORE_ALONE.fullmatch(text) or SUBMITTED.fullmatch(text):
        return draft.remove(last, rule)
    if not links or next(last.iter("audio", "img", "video"), None) is not None:
        return False
    linked = " ".join(map(text_of, links))
    if len(text) <= _LONGEST and _leads_on(draft, text, links) and len(linked) * 2 >= len(text):
        return draft.remove(last, rule)
    return _drop_last_link(draft, text, links[-1], rule)


def _drop_last_link(draft: Draft, text: str, link: Element, rule: str) -> bool:
    """Take out a link that leads on behind whole sentences; within one it is the author's."""
    words = text_of(link)
    before, found, behind = text.rpartition(words) if words else ("", "", "")
    if not found or behind.strip(" .)]") or len(words) > _LONGEST:
        return False
    if not _leads_on(draft, words, [link]) or not (_SENTENCE_END.search(before) or not before):
        return False
    if not before.rstrip().endswith(("(", "[")):
        link.tail = ""
    return draft.remove(link, rule)


def _leads_on(draft: Draft, text: str, links: list[Element]) -> bool:
    """Tell words that lead to the rest: plain ones, or an author's own where they stay at home."""
    if MORE.fullmatch(text):
        return True
    home = all(is_own(link.get("href") or "", draft.base_url) for link in links)
    return home and bool(MORE_HERE.fullmatch(text))


def mend_ending(draft: Draft, _rule: str) -> None:
    """Write a cut text's ending as an ellipsis: "[…]" looks like a shortcode and says no more."""
    last = _last_with_text(draft)
    if last is None or not "".join(last.itertext()).rstrip().endswith(_CUT_ENDS):
        return
    text = next(one for one in reversed(last.xpath(".//text()")) if one.strip())
    part = text.getparent()
    if text.is_tail:
        part.tail = _mend(text)
    else:
        part.text = _mend(text)


def _mend(text: str) -> str:
    bare = text.rstrip()
    return bare[:-_AT_END] + CUT.sub("…", bare[-_AT_END:])


def _last_with_text(draft: Draft) -> Element | None:
    for block in reversed(draft.elements(ENDINGS)):
        if "".join(block.itertext()).strip():
            return block
    return None
