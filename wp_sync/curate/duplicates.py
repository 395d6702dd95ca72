"""Tell whether two articles report one story, and which of them leads. Values in, values out.

A text is known by the hashes of its runs of three words: the smallest 128 are a fair sample of
them, the same of every text, in whatever language. How many of those two texts share tells how many
of their words are the same. Numbers, names and titles speak against it: a weather report is no
repeat of yesterday's.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from rapidfuzz import fuzz

from wp_sync.model import Sketch

from .phrases import fold_words
from .telling import are_apart, code_words, find_names, hash_word

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from wp_sync.model import Piece

Rule: TypeAlias = Literal["preferred", "fullest", "first"]

_RUN = 3  # words
_SAMPLE = 128  # hashes of runs that are kept
_LONGEST = 60_000  # characters that are looked at: about 10,000 words
_FACTS = 48  # hashes of numbers, and of names, that are kept
SHORT = 25  # words: below it, title and text must both agree
_BRIEF = 50  # words: below it, each name and number counts, where nearly all words are the same
_FEW = 4  # runs in common, below which nothing is told by them

# How many words must be the same; tuned on tests/support/rewording.py.
_ALIKE = 0.56  # in another source's text: strangers on one subject have at most 0.45
_TITLED = 0.45  # under a title that agrees
_OWN = 0.8  # in the same source's: there, what is alike is usually made from a template
_SHORT = 0.8
_NEARLY = 0.85  # up to four of 30 words are others
_NEVER = 2.0
_AGREE = 75.0  # of 100: titles that may be the same in other words
_SAME_TITLE = 90.0
_LONGER = 3.0  # times as long: what quotes a story whole may be a round-up of many

# Which part of the fewer numbers, or names, both must have: about as many as of the words. In a
# template nearly all words are the same, and hardly a fact.
_FACTS_BELOW, _FEWEST_SHARED, _OWN_FACTS = 0.32, 0.35, 0.8
_FEWEST_FACTS = 3

_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
# Scripts without blanks between words, a sign at a time: kana and Han; Thai, Lao, Khmer.
_UNSPACED = "\u0e00-\u0eff\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
_WORD = re.compile(f"[{_UNSPACED}]|[^\\W_{_UNSPACED}]+")


class Likeness(NamedTuple):
    """How alike two pieces are, and whether that makes them one story."""

    share: float  # 0 to 1: how many of the words are the same
    is_twin: bool


def sketch_text(text: str) -> Sketch:
    """Make the sketch of an article's plain text."""
    text = text[:_LONGEST]
    words = _WORD.findall(fold_words(text))
    runs = {" ".join(words[at : at + _RUN]) for at in range(max(len(words) - _RUN + 1, 1))}
    return Sketch(
        words=len(words),
        runs=_smallest(runs, _SAMPLE) if words else (),
        numbers=_smallest(_NUMBER.findall(text), _FACTS),
        names=_smallest(find_names(text), _FACTS),
        codes=code_words(text) if len(words) < _BRIEF else (),
    )


def compare(one: Piece, other: Piece) -> Likeness:
    """Compare two pieces, of different items."""
    share = _share_words(one.sketch, other.sketch)
    is_twin = share >= _needed(one, other) and not _differ(one, other, share)
    return Likeness(share, is_twin)


def find_lead(piece: Piece, others: Iterable[Piece]) -> tuple[Piece, float] | None:
    """Find the piece that has told this one's story already, the most alike."""
    found: tuple[Piece, float] | None = None
    for other in others:
        share, is_twin = compare(piece, other)
        if is_twin and (found is None or share > found[1]):
            found = other, share
    return found


def rank(piece: Piece, rules: Sequence[Rule]) -> tuple[float, ...]:
    """Rank a piece among those of one story: the lowest leads."""
    return tuple(_RANKS[rule](piece) for rule in rules)


def _first(piece: Piece) -> float:
    when = piece.published or piece.seen
    return when.timestamp() if when else float("inf")


_RANKS: dict[Rule, Callable[[Piece], float]] = {
    "preferred": lambda piece: -piece.priority,
    "fullest": lambda piece: -piece.sketch.words,
    "first": _first,
}


def _share_words(one: Sketch, other: Sketch) -> float:
    """Tell how many of the shorter text's words stand in the other, in the same order."""
    ours, theirs = _comparable(one.runs, other.runs)
    common = len(ours & theirs)
    fewest = min(len(ours), len(theirs))
    if not common or common < min(_FEW, fewest):
        return 0.0
    return float((common / fewest) ** (1 / _RUN))  # a run is the same when all its words are


def _comparable(one: Sequence[int], other: Sequence[int]) -> tuple[set[int], set[int]]:
    """Cut two samples where the smaller one ends: below that, both hold all hashes."""
    ends = [some[-1] for some in (one, other) if len(some) >= _SAMPLE]
    if not ends:
        return set(one), set(other)
    last = min(ends)
    return {item for item in one if item <= last}, {item for item in other if item <= last}


def _needed(one: Piece, other: Piece) -> float:
    """Tell how many words must be the same for one story."""
    words = sorted((one.sketch.words, other.sketch.words))
    title = _title_likeness(one.title, other.title)
    own = _is_same_source(one, other)
    if words[0] < SHORT:  # "Play today's crossword" is another one each day
        return _SHORT if title >= _SAME_TITLE and not own else _NEVER
    if words[1] > words[0] * _LONGER and title < _AGREE:
        return _NEVER
    if own:
        # What a feed has side by side it means as two, unless their titles say otherwise.
        beside = one.key.feed == other.key.feed and not (one.is_published or other.is_published)
        return _NEVER if beside and title < _AGREE else _OWN
    return _TITLED if title >= _AGREE else _ALIKE


def _is_same_source(one: Piece, other: Piece) -> bool:
    return one.key.feed == other.key.feed or bool(one.source and one.source == other.source)


def _title_likeness(one: str, other: str) -> float:
    """Compare titles from 0 to 100, whatever the order of their words."""
    return float(fuzz.token_set_ratio(fold_words(one), fold_words(other)))


def _differ(one: Piece, other: Piece, share: float) -> bool:
    """Tell whether numbers or names are others, as in what is written from one template."""
    ours, theirs = (frozenset(_NUMBER.findall(piece.title)) for piece in (one, other))
    if ours and theirs and not (ours <= theirs or theirs <= ours):
        return True  # "Day 3" and "Day 4"
    if _are_apart(one, other, share):
        return True
    facts = (
        (one.sketch.numbers, other.sketch.numbers),
        (one.sketch.names, other.sketch.names),
    )
    least = max(share - _FACTS_BELOW, _FEWEST_SHARED)
    least = _OWN_FACTS if _is_same_source(one, other) else least
    return any(_are_others(*both, least) for both in facts)


def _are_apart(one: Piece, other: Piece, share: float) -> bool:
    """Tell whether two short pieces differ in who, how many, when, or in what they say of it."""
    ours, theirs = one.sketch, other.sketch
    is_short = min(ours.words, theirs.words) < SHORT
    if is_short:
        longer = len(one.title.split()) - len(other.title.split())
        if are_apart(code_words(one.title), code_words(other.title), between=abs(longer)):
            return True
    if not (ours.codes and theirs.codes and (is_short or share >= _NEARLY)):
        return False
    return are_apart(ours.codes, theirs.codes, between=abs(ours.words - theirs.words))


def _are_others(one: Sequence[int], other: Sequence[int], least: float) -> bool:
    ends = [some[-1] for some in (one, other) if len(some) >= _FACTS]
    ours, theirs = set(one), set(other)
    if ends:
        ours, theirs = ({item for item in some if item <= min(ends)} for some in (ours, theirs))
    fewest = min(len(ours), len(theirs))
    return fewest >= _FEWEST_FACTS and len(ours & theirs) < fewest * least


def _smallest(texts: Iterable[str], most: int) -> tuple[int, ...]:
    return tuple(sorted({hash_word(text) for text in texts})[:most])
