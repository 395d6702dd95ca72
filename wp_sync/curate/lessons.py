"""Learn from decisions which words tell the channels apart. Values in, a value out.

The descriptions come first: what they tell already is where learning starts, and only what a
person decided otherwise, or they do not know, moves it. It is logistic regression over single words
and pairs of them, held back by a prior: one decision alone moves little, many that agree move much.
"""

from __future__ import annotations

import math
from collections import Counter
from operator import itemgetter, mul
from typing import TYPE_CHECKING, NamedTuple

from wp_sync.model import Learned

from .topics import LEARNED_WORDS, Words, find_features, weigh_description

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from wp_sync.config.channels import Channel
    from wp_sync.model import Lesson

METHOD = 3  # another one learns anew
_SLOPE = 1.6  # of what a bit of a description is worth to begin with
_NONE_BITS = 1.15  # what is described with less than this is none of the channels, to begin with
_PASSES = 15_000  # lessons that are looked at, all rounds together: 5,000 lessons in a second
_MOST_ROUNDS, _FEWEST_ROUNDS = 25, 3
_RATE = 1.2
_SLOWER = 0.3  # each round
# How far one example may move a class for an article of just its words: what a single decision can
# do at most, however often it is looked at. A bit is about one of it.
_FARTHEST = 1.7
_STEPS = (7919, 104_729, 1_299_709)  # primes: one that does not divide the count visits all, mixed
_LOOKED_AT_AGAIN = 4  # rounds, until what was right is looked at again
_SURE = 0.03  # a mistake smaller than this teaches nothing
_FEW = 3  # lessons of a channel, with which half of what they say counts: they may be chance
_MANY = 500  # lessons, from which on a word must be in two of them
_LEAST_BITS = 0.02  # weights below it are not kept


class _Example(NamedTuple):
    target: int  # a channel's place; behind the last: none of them
    is_against: bool
    weight: float
    base: tuple[float, ...]  # what the descriptions say
    pick: itemgetter[tuple[float, ...]]
    at: tuple[int, ...]
    values: tuple[float, ...]


def write_words(words: Words) -> str:
    """Write an article's words as a lesson keeps them: the beginning of it."""
    labels = ",".join(" ".join(label) for label in words.labels)
    return "\n".join((" ".join(words.title), labels, " ".join(words.text[:KEPT])))


def parse_words(written: str) -> Words:
    """Read what `write_words` wrote."""
    title, labels, text = (*written.split("\n"), "", "", "")[:3]
    parts = tuple(tuple(label.split()) for label in labels.split(",") if label)
    return Words(tuple(title.split()), parts, tuple(text.split()))


KEPT = LEARNED_WORDS  # of the text: as many as are learned from


def learn(lessons: Sequence[Lesson], channels: Mapping[str, Channel]) -> Learned:
    """Learn from lessons of these channels; those of channels that are gone teach nothing."""
    names = tuple(channels)
    known = [one for one in lessons if one.channel in channels or not one.channel]
    if not known:
        return Learned()
    read = [(one, parse_words(one.words)) for one in known]
    features = [find_features(words) for _, words in read]
    seen = Counter(name for some in features for name in some)
    fewest = 1 + (len(known) > _MANY)  # what a single one of many has, tells nothing
    index = {name: at for at, name in enumerate(sorted(seen)) if seen[name] >= fewest}
    index = {name: at for at, name in enumerate(index)}
    examples = [
        _make_example(one, weigh_description(words, channels), some, index, names)
        for (one, words), some in zip(read, features, strict=True)
    ]
    examples = [one for one in examples if one.at]
    if not examples:
        return Learned()
    weights = _fit(examples, len(names) + 1, len(index))
    scale = 1 / (_SLOPE * math.log(2))
    none = weights[-1]
    counts = Counter(one.channel for one in known if not one.is_against)
    scales = [scale * counts[name] / (counts[name] + _FEW) for name in names]
    if counts[""]:  # what belongs nowhere speaks against all
        scales = [max(one, scale * counts[""] / (counts[""] + _FEW)) for one in scales]
    rows = {
        name: tuple(
            (column[at] - none[at]) * by for column, by in zip(weights[:-1], scales, strict=True)
        )
        for name, at in index.items()
    }
    return Learned(
        channels=names,
        weights={name: row for name, row in rows.items() if max(map(abs, row)) >= _LEAST_BITS},
        decisions=len(known),
    )


def _make_example(
    lesson: Lesson,
    bits: Sequence[float],
    features: Mapping[str, float],
    index: Mapping[str, int],
    names: tuple[str, ...],
) -> _Example:
    taken = {index[name]: value for name, value in features.items() if name in index}
    at = tuple(taken)
    base = (*bits, _NONE_BITS)
    return _Example(
        target=names.index(lesson.channel) if lesson.channel else len(names),
        is_against=lesson.is_against,
        weight=lesson.weight,
        base=tuple(_SLOPE * math.log(2) * min(one, 8.0) for one in base),
        pick=itemgetter(*at, 0, 0),  # two more, so that it is always a tuple
        at=at,
        values=tuple(taken.values()),
    )


def _fit(examples: Sequence[_Example], classes: int, count: int) -> list[list[float]]:
    weights = [[0.0] * count for _ in range(classes)]
    total, wrong = len(examples), set[int]()
    moved = [[0.0] * classes for _ in examples]
    rounds = max(_FEWEST_ROUNDS, min(_MOST_ROUNDS, _PASSES // total))
    step = next(one for one in _STEPS if total % one)
    for turn in range(rounds):
        rate = _RATE / (1 + _SLOWER * turn)
        for number in range(total):
            at = (number * step + turn) % total
            if turn % _LOOKED_AT_AGAIN == 0 or at in wrong:
                if _take(examples[at], weights, moved[at], rate):
                    wrong.add(at)
                else:
                    wrong.discard(at)
    return weights


def _take(one: _Example, weights: list[list[float]], moved: list[float], rate: float) -> bool:
    """Move the weights by one example's mistake, as far as it may; False: there was nothing."""
    sums = [
        start + sum(map(mul, one.pick(column), one.values))
        for start, column in zip(one.base, weights, strict=True)
    ]
    most = max(sums)
    powers = [math.exp(value - most) for value in sums]
    whole = sum(powers)
    limit, has_moved = _FARTHEST * min(one.weight, 1.0), False
    for at, mistake in enumerate(_mistakes(one, [power / whole for power in powers])):
        wanted = moved[at] + mistake * one.weight * rate
        move = min(limit, max(-limit, wanted)) - moved[at]
        if abs(mistake) < _SURE or abs(move) < _SURE / 10:
            continue
        has_moved, column = True, weights[at]
        moved[at] += move
        for place, value in zip(one.at, one.values, strict=True):
            column[place] += move * value
    return has_moved


def _mistakes(one: _Example, parts: Sequence[float]) -> list[float]:
    """Tell how far each class is from where the example has it."""
    target = one.target
    if not one.is_against:
        return [(at == target) - part for at, part in enumerate(parts)]
    rest = max(1 - parts[target], 1e-6)
    share = parts[target]
    return [-share if at == target else share * part / rest for at, part in enumerate(parts)]
