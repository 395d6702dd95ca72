"""Regular expressions as editors write them: only such as are quick on any text.

Python's `re` tries one way after the other, and hostile text makes it try them all: "(a+)+$" takes
centuries on forty letters. So a pattern is read before it is used, the ways that it could be tried
are counted, and one with too many is refused. What reads texts (curate/filters.py) takes them in
pieces of PIECE characters, which bounds every count.
"""

from __future__ import annotations

import re
import warnings
from itertools import zip_longest
from typing import NamedTuple, NoReturn

PIECE = 400  # characters that are searched at once
# Steps from one place of a piece. The worst patterns that pass take three seconds for an article of
# 20,000 characters that was made to be slow, and milliseconds for any other (tests/curate).
MOST_STEPS = 10_000
_GROUP = 2  # steps that a bracket takes
_LONGEST = 300  # characters of a pattern
_CAP = 10**9

_PROBES = ("a", "7", "\u2013", "\u6f22")  # what matches all of these, matches everything
_SIGNS = {"*": (0, PIECE), "+": (1, PIECE), "?": (0, 1)}
_REPEAT = re.compile(r"([*+?])|\{(\d+)(?:(,)(\d*))?\}")
_ATOM = re.compile(
    r"(?P<literal>[^\\\[\].^$*+?{}()|]|\\[^A-Za-z0-9])"
    r"|(?P<place>[$^]|\\[AbBZ])"
    r"|(?P<set>\.|\\[dDsSwW]|\\[ntrfv]|\\x[0-9A-Fa-f]{2}|\\u[0-9A-Fa-f]{4}"
    r"|\[\^?\]?(?:[^\]\\]|\\.)*\])",
    re.DOTALL,
)


class _Cost(NamedTuple):
    """What a part of a pattern takes at one place of a text."""

    ways: int  # in which it can match
    steps: int  # to try them all


class _Part(NamedTuple):
    """One sign or group, with how often it may come."""

    cost: _Cost  # of coming once
    fewest: int = 1
    most: int = 1
    text: str = ""  # of a single sign: how it is written
    is_literal: bool = False


def check_pattern(pattern: str) -> str:
    """Refuse what is wrong, matches everything, or could take long."""
    if len(pattern) > _LONGEST:
        raise ValueError(f"is too long: at most {_LONGEST} characters")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # what `re` will one day read in another way
            compiled = compile_pattern(pattern)
    except (re.error, OverflowError, RecursionError, Warning) as error:
        raise ValueError(f"is not a regular expression: {error}") from None
    if _Reader(pattern).read().steps > MOST_STEPS:
        raise ValueError(
            "could take very long on some texts: bound what repeats, such as .{0,40} for .*,"
            " repeat nothing that repeats inside, or write several rules"
        )
    # Only now: these, too, are searched.
    if all(compiled.search(probe) for probe in _PROBES) or compiled.search(""):
        raise ValueError("matches everything: name what is to be found")
    return pattern


def compile_pattern(pattern: str) -> re.Pattern[str]:
    """Compile a pattern as it is used: capitals and small letters are the same."""
    return re.compile(pattern, re.IGNORECASE)


class _Reader:
    """Reads a pattern from left to right and counts."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._at = 0

    def read(self) -> _Cost:
        cost = self._choices()
        if self._at < len(self._pattern):  # what `re` takes and this does not know
            self._refuse()
        return cost

    def _choices(self) -> _Cost:
        costs = [self._sequence()]
        while self._next() == "|":
            self._at += 1
            costs.append(self._sequence())
        return _Cost(_capped(sum(c.ways for c in costs)), _capped(sum(c.steps for c in costs)))

    def _sequence(self) -> _Cost:
        parts: list[_Part] = []
        while self._next() not in {"", "|", ")"}:
            part = self._once()
            fewest, most = self._repeat()
            parts.append(part._replace(fewest=fewest, most=most))
        return _in_a_row(parts)

    def _once(self) -> _Part:
        if self._next() == "(":
            self._at += 3 if self._pattern.startswith("(?:", self._at) else 1
            if self._next() == "?":
                self._refuse()
            cost = self._choices()
            self._at += 1  # its bracket, which `re` has seen
            return _Part(cost._replace(steps=cost.steps + _GROUP))
        match = _ATOM.match(self._pattern, self._at)
        if match is None:
            self._refuse()
        self._at = match.end()
        text = "" if match["place"] else match[0]
        return _Part(_Cost(1, 1), text=text, is_literal=match["literal"] is not None)

    def _repeat(self) -> tuple[int, int]:
        match = _REPEAT.match(self._pattern, self._at)
        if match is None:
            return 1, 1
        self._at = match.end()
        sign, low, comma, high = match.groups()
        if sign:
            fewest, most = _SIGNS[sign]
        else:
            fewest, most = int(low), int(high or PIECE) if comma else int(low)
        self._at += self._next() == "?"  # as few as possible: the same ways in another order
        if self._next() in {"*", "+", "?"}:
            self._refuse()
        return min(fewest, PIECE), min(most, PIECE)

    def _next(self) -> str:
        return self._pattern[self._at : self._at + 1]

    def _refuse(self) -> NoReturn:
        rest = self._pattern[self._at : self._at + 10]
        raise ValueError(
            f"holds {rest!r}, which is not read here: it takes . [] () (?:) | ? * + {{2,5}} ^ $ and"
            r" \b \d \s \w"
        )


def _in_a_row(parts: list[_Part]) -> _Cost:
    """Count parts that follow each other: each is tried for every way of those before it."""
    ways, steps, run = 1, 1, ""
    for part, follower in zip_longest(parts, parts[1:]):
        cost = _repeated(part)
        run = _longer_run(run, part)
        if len(run) == 1 or run.count(run[:1]) > 1 or not run:
            steps = _capped(steps + ways * cost.steps)
        if not _ends_at_once(part, follower):
            ways = _capped(ways * cost.ways)
    return _Cost(ways, steps)


def _longer_run(run: str, part: _Part) -> str:
    """Add a letter to those before it.

    While the first of them does not come again, a text can't hold two beginnings of the run in one
    place: whatever it is, all tries together take no more steps than the text has letters.
    """
    is_once = part.is_literal and part.fewest == part.most == 1
    return run + part.text[-1].casefold()[:1] if is_once else ""


def _repeated(part: _Part) -> _Cost:
    ways, steps = part.cost
    if ways == 1:
        return _Cost(part.most - part.fewest + 1, _capped(max(part.most, 1) * steps))
    total, power, work = int(part.fewest == 0), 1, 0
    for count in range(1, part.most + 1):
        work = _capped(work + power * steps)
        power = _capped(power * ways)
        total = _capped(total + power * (count >= part.fewest))
    return _Cost(max(total, 1), work)


def _ends_at_once(part: _Part, follower: _Part | None) -> bool:
    """Tell that a repeated sign can end in one place only, as "[^/]+" can before a "/"."""
    if not part.text or follower is None or not follower.is_literal or not follower.fewest:
        return False
    sign = follower.text[-1]
    repeated = compile_pattern(part.text)
    return not any(repeated.fullmatch(form) for form in {sign, sign.lower(), sign.upper()})


def _capped(number: int) -> int:
    return min(number, _CAP)
