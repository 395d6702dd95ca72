"""Whether a generated text says only what its source says: numbers, names, quotations, words.

What it can't see: a "not" too many or too few, who did what to whom, a name in small letters.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from .lexicon import CALENDAR, DATES, OPENERS
from .numerals import find_new_numbers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

_LINKS = frozenset({"of", "de", "du", "des", "di", "da", "von", "van", "der", "den", "la", "le"})
_WORD = re.compile(r"[^\W\d_]+")
_BETWEEN = re.compile(r"[ \u00a0\u2019'.-]{1,2}")  # within one name
_ENDS = re.compile(r"[.!?\u2026:;\u3002]")
_ELIDED = re.compile(r"\b([cdjlmnst]|qu)['\u2019](?=\w)", re.IGNORECASE)
_POSSESSIVE = re.compile(r"(?<=\w)['\u2019]s\b|(?<=s)['\u2019](?!\w)", re.IGNORECASE)
_SHORT = 3  # letters: "Mr." and "St." end no sentence
_STEM, _LONG = 5, 6  # letters that are compared of words at least so long
_GERMAN_ENDINGS = ("en", "er", "es", "e", "n", "s")
_LEAST_SHARE = 0.6  # of its words: a text in another language shares hardly any with its source
_UNSPACED = re.compile("[\u0e00-\u0eff\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]+")
_PAIRS = (
    ("\u201c", "\u201d"),
    ("\u201e", "\u201c\u201d"),
    ("\u00ab", "\u00bb"),
    ("\u00bb", "\u00ab"),
    ("\u300c", "\u300d"),
    ('"', '"'),
)
_QUOTED = (
    *(re.compile(f"[{one}]([^{one}{other}\n]{{1,2000}})[{other}]") for one, other in _PAIRS),
    # Single ones, which are apostrophes, too.
    re.compile(
        "(?<!\\w)[\u2018']((?:[^\u2018\u2019'\n]|['\u2019](?=\\w)){2,2000})['\u2019](?!\\w)"
    ),
)
_MARKS = re.compile('["\u201c-\u201f\u00ab\u00bb\u300c-\u300f]')
_LONGEST_SHOWN = 40  # characters of what a reason shows


@dataclass(frozen=True)
class _Text:
    """A text, and what is asked of it more than once."""

    raw: str
    language: str = ""

    @cached_property
    def plain(self) -> str:
        """Its words without elided articles and possessives."""
        folded = unicodedata.normalize("NFKC", self.raw)
        return _POSSESSIVE.sub("", _ELIDED.sub(r"\1' ", folded))

    @cached_property
    def tokens(self) -> tuple[str, ...]:
        return tuple(_WORD.findall(self.plain))

    @cached_property
    def words(self) -> frozenset[str]:
        return frozenset(word.casefold() for word in self.tokens)

    @cached_property
    def names(self) -> frozenset[str]:
        return frozenset(_stem(word, self.language) for word in self.tokens if _is_capital(word))

    @cached_property
    def stream(self) -> str:
        """Its words in one line, a blank around each."""
        return f" {' '.join(_stem(word, self.language) for word in self.tokens)} "

    @cached_property
    def runs(self) -> tuple[tuple[str, ...], ...]:
        stem = self.language
        return tuple(tuple(_stem(word, stem) for word, _ in run) for run in self.named)

    @cached_property
    def named(self) -> tuple[list[tuple[str, bool]], ...]:
        """The names, as their words; of each word whether it begins a sentence."""
        # In German every noun has a capital: "of" does not make one name of two.
        return tuple(_runs(self.plain, frozenset() if self.language[:2] == "de" else _LINKS))


def find_inventions(text: str, source: str, language: str = "") -> tuple[str, ...]:
    """Say what of a text does not stand in its source; nothing where it is faithful."""
    new, known = _Text(text, language), _Text(source, language)
    return tuple(
        f"{what} {_shown(found)} does not stand in the article"
        for what, find in CHECKS
        for found in find(new, known)
    )


def _new_numbers(new: _Text, known: _Text) -> Sequence[str]:
    return find_new_numbers(new.raw, known.raw, known.language)


def _new_quotations(new: _Text, known: _Text) -> Iterator[str]:
    """Find what is quoted and nobody said: word for word, and quoted in the source as well."""
    said = [_bare(span) for span in _quotations(known.raw)]
    spans = list(_quotations(new.raw))
    for span in spans:
        if not any(_stands_in(_bare(span), one) for one in said):
            yield span
    if len(_MARKS.findall(new.raw)) % 2:
        yield "that is left open"


def _new_names(new: _Text, known: _Text) -> Iterator[str]:
    for run in new.named:
        words = [word for word, _ in run]
        if run[0][1] and _may_begin(words, known):
            words = words[1:]
        while words and words[0].casefold() in _LINKS:
            words = words[1:]
        if words and not _is_name_of(words, known):
            yield " ".join(words)


def _new_dates(new: _Text, known: _Text) -> Sequence[str]:
    return sorted((new.words & DATES) - known.words)


def _new_words(new: _Text, known: _Text) -> Iterator[str]:
    """Find a text in another language; where names can't be seen, any word that is not there."""
    cased = [word for word in new.words if not _is_uncased(word)]
    missing = [word for word in cased if not _is_known(word, known)]
    if len(missing) > (1 - _LEAST_SHARE) * len(cased):
        yield f"{max(missing, key=lambda one: (len(one), one))} (and most others)"
    strict = new.raw.lstrip("\"'\u201c\u2018\u00ab")[:1].islower()
    for word in new.tokens:
        if _is_uncased(word):
            yield from _new_parts(word, known)
        elif strict and word.casefold() not in known.words | OPENERS:
            yield word


def _mixed_scripts(new: _Text, _: _Text) -> Iterator[str]:
    """Find words that only look like others: letters of two alphabets."""
    for word in new.tokens:
        scripts = {unicodedata.name(one, "?").split()[0] for one in word}
        if len(scripts & {"LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE"}) > 1:
            yield word


CHECKS: tuple[tuple[str, Callable[[_Text, _Text], Sequence[str] | Iterator[str]]], ...] = (
    ("the number", _new_numbers),
    ("the quotation", _new_quotations),
    ("the name", _new_names),
    ("the date", _new_dates),
    ("the word", _new_words),
    ("the word", _mixed_scripts),
)


def _runs(text: str, links: frozenset[str]) -> Iterator[list[tuple[str, bool]]]:
    run: list[tuple[str, bool]] = []
    waiting: list[tuple[str, bool]] = []  # small words that only count between two capital ones
    for word, starts, is_near in _walk(text):
        goes_on = is_near and not starts and word not in CALENDAR
        if run and not (goes_on and (_is_capital(word) or word in links)):
            yield run
            run, waiting = [], []
        if _is_capital(word):
            run, waiting = [*run, *waiting, (word, starts)], []
        elif run:
            waiting.append((word, False))
        if run and word in CALENDAR:  # "On Sunday McIlroy" holds two names
            yield run
            run, waiting = [], []
    if run:
        yield run


def _walk(text: str) -> Iterator[tuple[str, bool, bool]]:
    """List words; of each whether it begins a sentence, and whether it is near the one before."""
    end, before = 0, ""
    for match in _WORD.finditer(text):
        gap = text[end : match.start()]
        starts = not before or _ends_sentence(gap, before)
        yield match[0], starts, bool(_BETWEEN.fullmatch(gap))
        end, before = match.end(), match[0]


def _ends_sentence(gap: str, before: str) -> bool:
    if not _ENDS.search(gap):
        return "\n" in gap
    return before.islower() or len(before) > _SHORT or not gap.startswith(".")


def _is_capital(word: str) -> bool:
    return word[0].isupper() or word[0].istitle()


def _is_uncased(word: str) -> bool:
    return any(one.isalpha() and one.lower() == one.upper() for one in word)


def _may_begin(words: list[str], known: _Text) -> bool:
    """Tell whether the first of these words begins a sentence without being a part of a name.

    "Will" before "Smith" is a name, however ordinary a word it is in the source.
    """
    first = words[0].casefold()
    stems = " ".join(_stem(word, known.language) for word in words)
    is_alone = len(words) == 1 or f" {stems} " in known.stream
    return first in OPENERS or (first in known.tokens and is_alone)


def _is_name_of(words: list[str], known: _Text) -> bool:
    """Tell whether the source has this name, or a longer one of which it is a part."""
    stems = [_stem(word, known.language) for word in words]
    if any(stem not in known.names for stem in stems if stem not in _LINKS):
        return False
    if f" {' '.join(stems)} " in known.stream:
        return True
    return any(_is_part_of(stems, run) for run in known.runs)


def _is_part_of(stems: list[str], run: tuple[str, ...]) -> bool:
    rest = iter(run)
    return all(stem in rest for stem in stems)


def _stem(word: str, language: str) -> str:
    """Write a word in small letters; of a German one without the ending of its case."""
    small = word.casefold()
    while language[:2] == "de" and len(small) >= _LONG:
        ending = next((one for one in _GERMAN_ENDINGS if small.endswith(one)), "")
        if not ending:
            break
        small = small[: -len(ending)]
    return small


def _is_known(word: str, known: _Text) -> bool:
    if word in known.words:
        return True
    return len(word) >= _LONG and any(one.startswith(word[:_STEM]) for one in known.words)


def _new_parts(word: str, known: _Text) -> Iterator[str]:
    """Find what of a word without capitals is not there; without spaces, by pairs of letters."""
    pieces = _UNSPACED.findall(word)
    for piece in pieces:
        pairs = {piece[at : at + 2] for at in range(max(len(piece) - 1, 1))}
        yield from sorted(pair for pair in pairs if pair not in known.plain)
    if not pieces and word not in known.tokens:
        yield word


def _quotations(text: str) -> Iterator[str]:
    for pattern in _QUOTED:
        yield from (match[1] for match in pattern.finditer(text))


def _bare(quoted: str) -> str:
    """Write what is quoted in one way: apostrophes, spaces, and no sign at the end."""
    straight = re.sub("[\u2018\u2019]", "'", unicodedata.normalize("NFKC", quoted))
    return " ".join(straight.split()).strip(" ,.;:!?\u2026")


def _stands_in(words: str, said: str) -> bool:
    if not words:
        return False
    at = said.find(words)
    while at >= 0:
        around = said[max(at - 1, 0) : at] + said[at + len(words) : at + len(words) + 1]
        if not any(one.isalnum() for one in around):
            return True
        at = said.find(words, at + 1)
    return False


def _shown(found: str) -> str:
    one_line = "".join(one for one in " ".join(found.split()) if one.isprintable())
    return one_line if len(one_line) <= _LONGEST_SHOWN else f"{one_line[:_LONGEST_SHOWN]}\u2026"
