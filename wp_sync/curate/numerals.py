"""The numbers in a text, in digits of all scripts and in English, French and German words."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from typing import NamedTuple

from .lexicon import LETTERS, SCALES, TENS, UNITS

# What parts groups of three digits, beside comma and full stop.
_SPACES = " \u00a0\u2009\u202f"
_APOSTROPHES = "'\u2019"
_DASHES = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"))
_NUMBER = re.compile(
    rf"(?<![\d.,])\d{{1,3}}(?:([,.{_APOSTROPHES}{_SPACES}])\d{{3}})(?:\1\d{{3}}){{0,5}}(?:[.,]\d{{1,9}})?(?!\d)"
    r"|\d{1,40}(?:[.,]\d{1,9})?"
)
# Scores, times and dates; a group of thousands is none.
_CHAIN = re.compile(r"\d{1,20}(?:[:/-]\d{1,20}){1,5}|\d{1,2}\.\d{1,2}\.\d{2,4}(?!\d)")
_PERCENT = re.compile(
    r"\s{0,2}-?(?:%|\u066a|percent\b|per cent\b|pour[ -]cent\b|prozent|pct\b|por ciento\b)"
)
_GROUPED = re.compile(rf"\d{{1,3}}(?:[,.{_APOSTROPHES}{_SPACES}]\d{{3}})+")
_SCALE_WORD = re.compile(r"[\s-]{0,2}([^\W\d_]{1,12})\b")
_WORD = re.compile(r"[^\W\d_]+")
_CURRENCY = re.compile(r"[$\u00a2-\u00a5\u20a0-\u20cf]")
# What is no number word: "per cent", and a scale behind digits.
_SPOKEN_FOR = re.compile(
    r"\b(?:per|pour)[ -]cent\b|\d[\s-]{0,2}(?:thousand|mille|tausend|[mbt]r?illi[^\W\d_]{1,7}\b)"
)

_HUNDREDS = frozenset({"cent", "hundert", "hundred", "hundreds"})
_JOINING = frozenset({"and", "et", "und"})
_GERMAN = re.compile(
    rf"(ein|{'|'.join(word for word in UNITS if len(word) > 2)})und({'|'.join(TENS)})"  # noqa: PLR2004
)


class Number(NamedTuple):
    """One number as it is meant."""

    value: Decimal
    is_share: bool = False  # percent


class Numbers(NamedTuple):
    """All that a text says in numbers."""

    values: frozenset[Number]
    chains: frozenset[str]  # dates, times and scores, whose order counts
    currencies: frozenset[str]


def find_numbers(text: str, language: str = "") -> Numbers:
    """Read the numbers of a text; where one can be read in two ways, both."""
    plain = fold_digits(text)
    found = {number for match in _NUMBER.finditer(plain) for number in _read(match, language)}
    # What is grouped by blanks may also be two numbers that stand beside each other.
    for match in _NUMBER.finditer(plain):
        if match[1] and match[1] in _SPACES:
            found |= {Number(Decimal(part)) for part in re.findall(r"\d+", match[0])}
    return Numbers(
        values=frozenset(found | {Number(Decimal(one)) for one in _spelled(plain)}),
        chains=frozenset(_chain_of(one) for one in _CHAIN.findall(plain)),
        currencies=frozenset(_CURRENCY.findall(plain)),
    )


def find_new_numbers(text: str, source: str, language: str = "") -> tuple[str, ...]:
    """Name what a text says in numbers and its source does not."""
    known, plain = find_numbers(source, language), fold_digits(text)
    new = [
        match[0]
        for match in _NUMBER.finditer(plain)
        if not known.values.issuperset(_read(match, language))
    ]
    new += [str(one) for one in _spelled(plain) if Number(Decimal(one)) not in known.values]
    new += [one for one in _CHAIN.findall(plain) if _chain_of(one) not in known.chains]
    new += [one for one in _CURRENCY.findall(plain) if one not in known.currencies]
    return tuple(dict.fromkeys(new))


def fold_digits(text: str) -> str:
    """Write digits of all scripts, and fractions, as ASCII; dashes as hyphens; in lower case."""
    folded = unicodedata.normalize("NFKC", text).translate(_DASHES).casefold()
    return "".join(str(unicodedata.digit(c)) if c.isdigit() else c for c in folded)


def _read(match: re.Match[str], language: str) -> tuple[Number, ...]:
    value = _value(match[0], language)
    text, end = match.string, match.end()
    if scale := _SCALE_WORD.match(text, end):
        word = scale[1]
        near = scale.start(1) == end
        if word in SCALES and (near or word not in LETTERS):
            value, end = value * SCALES[word], scale.end()
    before = text[max(match.start() - 2, 0) : match.start()]
    if before.endswith("-") and not before[:-1].strip():
        value = -value
    return (Number(value, bool(_PERCENT.match(text, end))),)


def _value(written: str, language: str) -> Decimal:
    """Read "1,200", "1.200" and "1 200" as the same, and the last sign before less as a point."""
    is_point = language[:2] == "en" and "." in written and "," not in written
    if _GROUPED.fullmatch(written) and not is_point:
        return Decimal(re.sub(r"\D", "", written))
    whole, sign, rest = written, "", ""
    for at in range(len(written) - 1, -1, -1):
        if written[at] in ".,":
            whole, sign, rest = written[:at], ".", written[at + 1 :]
            break
    return Decimal(f"{re.sub(r'[^0-9]', '', whole)}{sign}{rest}")


def _chain_of(written: str) -> str:
    return "-".join(str(int(part)) for part in re.findall(r"\d+", written))


def _spelled(text: str) -> list[int]:
    """Read the numbers that are written in words; "twenty-five" is one, "two hundred" too."""
    found: list[int] = []
    done = current = 0
    is_open, previous = False, ""
    text = _SPOKEN_FOR.sub(" . ", text)
    for match in _WORD.finditer(text):
        word = match[0]
        gap = text[match.start() - 1 : match.start()] if match.start() else ""
        if word in _JOINING and is_open:
            previous = word
            continue
        done_now, current_now = _extend(word, done, current, previous if is_open else "")
        if done_now < 0 or (is_open and gap not in {" ", "-", "\u00a0"}):
            found += [done + current] if is_open else []
            done_now, current_now = _extend(word, 0, 0, "")
        is_open = done_now >= 0
        done, current = max(done_now, 0), current_now
        previous = word
    return found + ([done + current] if is_open else [])


def _extend(word: str, done: int, current: int, previous: str) -> tuple[int, int]:
    """Add a word to the number so far: what is done, and what a scale may still multiply.

    -1 where it is no part of that number, or of any.
    """
    if word in SCALES and len(word) > 3:  # noqa: PLR2004 (the short ones stand behind digits)
        return done + max(current, 1) * int(SCALES[word]), 0
    added = _add(word, current, previous)
    return (-1, 0) if added is None else (done, added)


def _add(word: str, current: int, previous: str) -> int | None:
    """Add a word below a thousand; None where it does not go on with the number."""
    german = _GERMAN.fullmatch(word)
    if word in _HUNDREDS:
        return max(current, 1) * 100 if current < 100 else None  # noqa: PLR2004
    if word in TENS and previous == "quatre":
        return current + 76  # quatre-vingt
    if german or word in TENS:
        tens = (UNITS.get(german[1], 1) + TENS[german[2]]) if german else TENS[word]
        return current + tens if current % 100 == 0 else None
    if word not in UNITS or (previous and not UNITS[word]):
        return None
    # "soixante-dix" is 70, and "quatre-vingt-dix" 90.
    room = 10 if UNITS[word] < 10 or current % 100 in {60, 80} else 100  # noqa: PLR2004
    return current + UNITS[word] if current % room == 0 else None
