"""What a body repeats of its own head: the title, the byline, the date, as the post shows them."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

from .tree import HEADINGS, has_media, text_of, tokens_of

if TYPE_CHECKING:
    from lxml.etree import _Element as Element  # type: ignore[import-untyped]

    from .draft import Draft

_LINES = frozenset({*HEADINGS, "p", "ul"})
_FIRST = 4  # lines that may stand before the text: title, standfirst, byline, date
_LONGEST = 160  # characters of a byline with its date
_TIME = re.compile(r"\d{1,4}(?:st|nd|rd|th|er|h|am|pm)?|\d{1,2}h\d{2}|[ap]m?")
_SAYS_WHEN_WORDS = """
actualizado aktualisiert modified posted publicado published publié updated veröffentlicht
"""
# Words that a line of authors and dates may hold beside names and numbers.
_USUAL_WORDS = """
a am and at by ce correspondent cest cet cst de del di dit do door du e edt el est et from gmt h in
last le m min mins minute minutes mst mt n o on p par pdt pm por pst pt r read reading reporter s
staff story t the time uhr um und utc van vom von writer written y à éditeur
january february march april may june july august september october november december jan feb mar
apr jun jul aug sep sept oct nov dec monday tuesday wednesday thursday friday saturday sunday mon
tue tues wed thu thur thurs fri sat sun
januar februar märz mai juni juli oktober dezember montag dienstag mittwoch donnerstag freitag
samstag sonntag
janvier février mars avril juin juillet août septembre octobre novembre décembre lundi mardi
mercredi jeudi vendredi samedi dimanche
enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre lunes
martes miércoles jueves viernes sábado domingo
"""
_SAYS_WHEN = frozenset(_SAYS_WHEN_WORDS.split())
_USUAL = _SAYS_WHEN.union(_USUAL_WORDS.split())
_ORDINAL = re.compile(r"(\d+)(?:st|nd|rd|th|er)")


def drop_repeated_title(draft: Draft, rule: str) -> None:
    """Take out a title above the text that is the article's own, word for word."""
    title = tokens_of(draft.facts.title)
    if not title:
        return
    first = _first_lines(draft)
    for place, line in enumerate(first):
        is_title = tokens_of(text_of(line)) == title
        if is_title and (line.tag in HEADINGS or place == 0) and _is_above(draft, line):
            draft.remove(line, rule)
            return


def _is_above(draft: Draft, line: Element) -> bool:
    """Tell that there is a text below a line: a body is never its own furniture."""
    return any(block is not line and text_of(block) for block in draft.body)


def drop_bylines(draft: Draft, rule: str) -> None:
    """Take out lines above the text, or below it, that are nothing but its author and its date."""
    if not draft.facts.byline and draft.facts.published is None:
        return
    lines = [line for line in _first_lines(draft) if _is_byline(draft, text_of(line))]
    is_calendar = bool(lines) and sum(_is_date(draft, text_of(one)) for one in draft.body) > 1
    for line in lines:
        is_own = _is_date(draft, text_of(line)) and (is_calendar or line.tag in HEADINGS)
        if not is_own and _is_above(draft, line):
            draft.remove(line, rule)
    ending = next((one for one in reversed(draft.body) if text_of(one)), None)
    if ending is None or ending.tag != "p" or not _is_above(draft, ending):
        return
    text = text_of(ending)
    if _names_author(draft, set(tokens_of(text))) and _is_byline(draft, text):
        draft.remove(ending, rule)


def _first_lines(draft: Draft) -> list[Element]:
    """List the first blocks with text, up to the first long one; pictures may stand between."""
    lines: list[Element] = []
    for block in draft.body:
        text = text_of(block)
        if not text or has_media(block):
            continue
        if block.tag not in _LINES or len(lines) == _FIRST:
            break
        lines.append(block)
        if len(text) > _LONGEST:
            break
    return lines


def _is_byline(draft: Draft, text: str) -> bool:
    """Tell that a line names the article's author or its date, and nothing beside them."""
    if not text or len(text) > _LONGEST:
        return False
    tokens = tokens_of(text)
    known = {
        token for name in (draft.facts.byline, *draft.traits.names) for token in tokens_of(name)
    }
    rest = [token for token in tokens if token not in known and token not in _USUAL]
    if not all(map(_TIME.fullmatch, rest)):
        return False
    found = set(tokens)
    return _names_author(draft, found) or _names_date(draft, found)


def _is_date(draft: Draft, text: str) -> bool:
    """Tell a day alone, which may head what happens on it."""
    return _is_byline(draft, text) and not _names_author(draft, set(tokens_of(text)))


def _names_author(draft: Draft, found: set[str]) -> bool:
    authors = re.split(r",|;|&| and | und | et | y ", draft.facts.byline)
    return any(found.issuperset(name) for one in authors if len(name := tokens_of(one)) > 1)


def _names_date(draft: Draft, found: set[str]) -> bool:
    """Find the day of the article, or the one beside it: sources live in other zones."""
    if draft.facts.published is None:
        return False
    days = (draft.facts.published + timedelta(days=shift) for shift in (-1, 0, 1))
    numbers = {_ORDINAL.sub(r"\1", token).lstrip("0") for token in found}
    return any(str(day.year) in found and str(day.day) in numbers for day in days) or (
        not found.isdisjoint(_SAYS_WHEN) and str(draft.facts.published.year) in found
    )
