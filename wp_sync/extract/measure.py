"""Is the feed's own text the whole article, and if not: is the page's better? Written as numbers.

A feed's text is whole when it has at least WHOLE words in a body that is no mere summary, and does
not end as a cut one does: then its page is not asked for. A page is better when it holds GAIN times
the feed's words, or as many (NEARLY) and more pictures, players and tables; and when it is about
the same: at least SAME of the feed's longer words stand in it, where the feed has enough of them
(COMPARED) to tell. All else leaves the feed's own text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wp_sync.text import plain_text

if TYPE_CHECKING:
    from wp_sync.model import Item

WHOLE = 250  # words: teasers of 14 captured feeds have up to 120, articles from 200
GAIN = 1.1
NEARLY = 0.95
SAME = 0.4  # of the words of more than LONG letters
LONG = 4
COMPARED = 15
FEWEST_WORDS = 20  # of a page that is worth more than no text: a login wall has fewer

_MEDIA = re.compile(r"<(?:img|iframe|table|video|audio)\b", re.IGNORECASE)
_LONG_WORD = re.compile(rf"\w{{{LONG + 1},}}")
_CUT = re.compile(
    r"(?:…|\.\.\.|\[…\]|\[\.\.\.\]|[\[(](?:more|\+|continued)[\])]"
    r"|(?:read (?:more|on|the (?:full|entire|rest))|continue reading|keep reading|weiterlesen"
    r"|lire la suite|leer m[aá]s|view (?:original|full)|full (?:story|article)|click here)"
    r"\b.{0,100})\W*\Z",
    re.IGNORECASE,
)
_TRAILER = re.compile(r"\bthe post .{1,300} appeared first on .{1,100}\Z", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """What of a text is measured."""

    words: int
    media: int
    long_words: frozenset[str]


def measure(markup: str) -> Measure:
    """Count a text's words, and what there is to look at."""
    text = plain_text(markup)
    return Measure(
        words=len(text.split()),
        media=len(_MEDIA.findall(markup)),
        long_words=frozenset(_LONG_WORD.findall(text.lower())),
    )


def is_whole(item: Item) -> bool:
    """Tell whether a feed carries the whole article, so that its page need not be asked for."""
    if not item.body_html or item.body_html == item.summary_html:
        return False
    text = _TRAILER.sub("", plain_text(item.body_html)).rstrip()
    words = len(text.split())
    summary = len(plain_text(item.summary_html).split())
    return words >= max(WHOLE, summary * GAIN) and not _CUT.search(text[-200:])


def is_better(page: str, item: Item) -> bool:
    """Tell whether a page's text is to be taken instead of the feed's."""
    ours = max((measure(text) for text in (item.body_html, item.summary_html)), key=_words)
    theirs = measure(page)
    if theirs.words <= FEWEST_WORDS or not _is_same(ours, theirs):
        return False
    if theirs.words >= ours.words * GAIN and theirs.words > ours.words:
        return True
    return theirs.words >= ours.words * NEARLY and theirs.media > ours.media


def _words(one: Measure) -> int:
    return one.words


def _is_same(ours: Measure, theirs: Measure) -> bool:
    if len(ours.long_words) < COMPARED:
        return True
    shared = len(ours.long_words & theirs.long_words)
    return shared >= SAME * len(ours.long_words)
