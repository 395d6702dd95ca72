"""How well an article fits each channel: by the words that describe it, and by what was learned.

What speaks for a channel is counted in bits: a phrase of `about` is one in the text's beginning and
two in the title or a label, of `hints` a quarter, of `not_about` as much against it. Learned words
add and take away theirs. So many bits make a fit of 1 - 0.5 to their power; and where channels
compete, an article's score for one is that fit, times the channel's part of it among them.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, field
from functools import lru_cache
from operator import mul
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from wp_sync.model import Learned

from .phrases import singulars, split_words
from .stop_words import STOP

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from wp_sync.config.channels import Channel

_AGAIN = 0.5  # of its weight in the text counts where it stands in the title, too
_HEADLINE = 1.5  # what a phrase weighs that stands in the title or a label
_PLACES = ((80, 1.0), (200, 0.5), (400, 0.2))  # in the text: up to so many words, it weighs so much
MOST_WORDS = _PLACES[-1][0]  # of a text; what comes behind them tells nothing new, and costs time
_HINT = 0.3
_MOST_HINTS = 2.5  # bits: of all hints together
_SHARPNESS = 2.5  # of the competition: half a bit more is about three times the part
_HINTS_ALONE = 1.2  # bits: of all hints where nothing else speaks for a channel
_GENERAL = 0.5  # of a general channel's bits count against those of special ones
_SHOWN = 12  # words of an explanation
_TOLD = 0.05  # bits of a learned word that are worth telling
LEARNED_WORDS = 80  # of a text are learned from
_SHORTEST, _MOST_OFTEN = 2, 3.0
NOTHING = Learned()

Described: TypeAlias = tuple[str, tuple[str, ...], tuple[str, ...], tuple[str, ...]]


class Words(NamedTuple):
    """The words of an article, folded."""

    title: tuple[str, ...]
    labels: tuple[tuple[str, ...], ...]
    text: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """How well an article fits one channel, and which words counted."""

    score: float = 0.0  # among the channels that compete
    alone: float = 0.0  # whatever the others are
    words: tuple[str, ...] = ()  # that speak for it, the strongest first
    against: tuple[str, ...] = ()
    learned: tuple[str, ...] = ()  # those among both that were learned


@dataclass(frozen=True, slots=True, eq=False)
class _Entry:
    """What a phrase says of one channel."""

    channel: int
    phrase: str
    weight: float


class _Hit(NamedTuple):
    word: str
    bits: float


@dataclass(slots=True)
class _Evidence:
    """What was found for one channel."""

    about: float = 0.0
    hints: float = 0.0
    learned: float = 0.0
    hits: list[_Hit] = field(default_factory=list)
    lessons: list[_Hit] = field(default_factory=list)

    @property
    def bits(self) -> float:
        # Many hints are in any long text; those beside a phrase of `about` are worth more.
        most = min(_MOST_HINTS, _HINTS_ALONE + max(self.about, 0.0))
        return self.about + min(self.hints, most) + self.learned

    @property
    def fit(self) -> float:
        return max(0.0, 1 - math.pow(0.5, self.bits))

    def rivalry(self, *, is_general: bool) -> float:
        """Count what it has against other channels: a general one stands back where they fit."""
        described = self.bits - self.learned
        return self.learned + described * (_GENERAL if is_general else 1)


@dataclass(frozen=True, slots=True, eq=False)
class _Node:
    """A place in the tree of all phrases: what ends here, and how it goes on, by the next word."""

    entries: list[_Entry] = field(default_factory=list)
    longer: dict[str, _Node] = field(default_factory=dict)


def read_words(title: str, labels: Iterable[str], text: str) -> Words:
    """Take an article apart, as far as it is looked at."""
    return Words(
        tuple(split_words(title, 60)),
        tuple(tuple(split_words(label, 10)) for label in list(labels)[:20]),
        tuple(split_words(text, MOST_WORDS)),
    )


def score_article(
    words: Words,
    channels: Mapping[str, Channel],
    among: Collection[str],
    learned: Learned = NOTHING,
) -> dict[str, Fit]:
    """Tell how well an article fits each of some channels; they compete with each other."""
    found = _weigh(words, _describe(channels), learned)
    rows = {name: found[at] for at, name in enumerate(channels) if name in among}
    parts = {
        # What hardly fits, hardly competes: a few hints take nothing from a channel that does.
        name: one.fit * 2 ** (_SHARPNESS * one.rivalry(is_general=channels[name].general))
        for name, one in rows.items()
        if one.bits > 0
    }
    whole = sum(parts.values())
    return {
        name: _explain(one, parts[name] / whole if name in parts else 0.0)
        for name, one in rows.items()
    }


def explain(
    fits: Mapping[str, Fit], channels: Mapping[str, Channel], learned: Learned = NOTHING
) -> str:
    """Say which words counted, for and against the channels that anything speaks for."""
    told: list[str] = []
    for name in sorted(fits, key=lambda name: -fits[name].score):
        one = fits[name]
        if one.words:
            against = f"; against it: {', '.join(one.against)}" if one.against else ""
            said = f"for {channels[name].label} {one.score:.2f}: {', '.join(one.words)}{against}"
            told.append(said)
    used = sorted({word for one in fits.values() for word in one.learned})
    if used:
        count = f"{learned.decisions} decision{'s' if learned.decisions != 1 else ''}"
        told.append(f"learned from {count}; the words that counted: {', '.join(used[:_SHOWN])}")
    return ". ".join(told)


def _explain(one: _Evidence, part: float) -> Fit:
    alone = one.fit
    told = sorted([*one.hits, *one.lessons], key=lambda hit: (-abs(hit.bits), hit.word))
    return Fit(
        score=alone * part,
        alone=alone,
        words=tuple(dict.fromkeys(hit.word for hit in told if hit.bits > 0))[:_SHOWN],
        against=tuple(dict.fromkeys(hit.word for hit in told if hit.bits < 0))[:_SHOWN],
        learned=tuple(hit.word for hit in one.lessons),
    )


def _describe(channels: Mapping[str, Channel]) -> _Descriptions:
    parts = ((one.name, one.about, one.hints, one.not_about) for one in channels.values())
    return _Descriptions(parts)


def weigh_description(words: Words, channels: Mapping[str, Channel]) -> tuple[float, ...]:
    """Count the bits that the descriptions alone give each channel."""
    found = _weigh(words, _describe(channels), NOTHING)
    pairs = zip(channels.values(), found, strict=True)
    return tuple(one.rivalry(is_general=channel.general) for channel, one in pairs)


def find_features(words: Words) -> dict[str, float]:
    """List what can be learned of an article: its words, and pairs of them; of length 1 in all."""
    found: dict[str, float] = defaultdict(float)
    for part in (words.title, *words.labels):
        before = ""
        for word in singulars(part):
            if word in STOP or len(word) < _SHORTEST or word.isdecimal():
                before = ""
                continue
            found[word] += _HEADLINE
            if before:
                found[f"{before} {word}"] += _HEADLINE
            before = word
    for word in singulars(words.text[:LEARNED_WORDS]):
        if word not in STOP and len(word) >= _SHORTEST and not word.isdecimal():
            found[word] = min(found[word] + 1.0, _MOST_OFTEN)
    length = math.sqrt(sum(value * value for value in found.values())) or 1.0
    return {name: value / length for name, value in found.items()}


def _weigh(words: Words, described: _Descriptions, learned: Learned) -> list[_Evidence]:
    found = [_Evidence() for _ in described]
    if learned.weights:
        _add_learned(found, words, [name for name, *_ in described], learned)
    for entry, place in _find(words, _make_index(described)).items():
        one, bits = found[entry.channel], entry.weight * place
        if entry.weight == _HINT:
            one.hints += bits
        else:
            one.about += bits
        one.hits.append(_Hit(entry.phrase, bits))
    return found


def _add_learned(
    found: Sequence[_Evidence], words: Words, names: Sequence[str], learned: Learned
) -> None:
    places = [
        (found[names.index(one)], at) for at, one in enumerate(learned.channels) if one in names
    ]
    weights, features = learned.weights, find_features(words)
    known = [word for word in features if word in weights]
    values = [features[word] for word in known]
    columns = list(zip(*map(weights.__getitem__, known), strict=True)) if known else []
    for one, at in places if columns else ():
        bits = list(map(mul, values, columns[at]))
        one.learned = sum(bits)
        one.lessons += [
            _Hit(word, part)
            for word, part in zip(known, bits, strict=True)
            if part >= _TOLD or part <= -_TOLD
        ]


def _find(words: Words, index: _Node) -> dict[_Entry, float]:
    """Find each phrase, and what its places weigh; a longer one hides those inside it."""
    found: dict[_Entry, float] = {}
    for part in (words.title, *words.labels):
        for _, entries in _scan(part, index):
            found |= dict.fromkeys(entries, _HEADLINE)
    again: dict[_Entry, float] = {}
    for at, entries in _scan(words.text, index):
        weight = next(weight for end, weight in _PLACES if at < end)
        for entry in entries:
            again.setdefault(entry, weight * _AGAIN if entry in found else weight)
    return found | {entry: found.get(entry, 0.0) + weight for entry, weight in again.items()}


def _scan(words: tuple[str, ...], index: _Node) -> Iterable[tuple[int, list[_Entry]]]:
    single, first = singulars(words), index.longer
    pairs = enumerate(zip(words, single, strict=True))
    done, last = 0, len(words) - 1
    for at in [at for at, (word, one) in pairs if one in first or word in first]:
        node = first.get(words[at])
        if node and words[at] == single[at] and not node.entries:
            # Half of all words begin a longer phrase, such as "the", and hardly any goes on so.
            if at == last:
                break
            if words[at + 1] not in node.longer and single[at + 1] not in node.longer:
                continue
        if at >= done:
            entries, end = _match(words, single, at, index)
            if entries:
                yield at, entries
                done = end


def _match(
    words: Sequence[str], single: Sequence[str], start: int, index: _Node
) -> tuple[list[_Entry], int]:
    """Find the longest phrase that begins there; a word stands for itself, then for its root."""
    word, root = words[start], single[start]
    for first in (word,) if word == root else (word, root):
        found, end, at = list[_Entry](), start, start
        node = index.longer.get(first)
        while node is not None:
            at += 1
            if node.entries:
                found, end = node.entries, at
            if at == len(words):
                break
            node = node.longer.get(words[at]) or node.longer.get(single[at])
        if found:
            return found, end
    return [], start


def _words_of(phrase: str) -> tuple[str, ...]:
    """Fold a phrase: one that begins with a capital is a name, of which Leafs is no leaf."""
    words = split_words(phrase, 20)
    return tuple(words if phrase[:1].isupper() else singulars(words))


class _Descriptions(tuple[Described, ...]):
    """Descriptions that are the same when they are the very same: thousands of phrases."""

    __slots__ = ()

    def __hash__(self) -> int:
        return hash(tuple(id(part) for one in self for part in one))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Descriptions) and hash(self) == hash(other)


@lru_cache(maxsize=16)
def _make_index(described: _Descriptions) -> _Node:
    """Make a tree of all channels' phrases."""
    index = _Node()
    for at, (_, about, hints, not_about) in enumerate(described):
        weights = {_words_of(phrase): (phrase, _HINT) for phrase in hints}
        weights |= {_words_of(phrase): (phrase, 1.0) for phrase in about}
        weights |= {_words_of(phrase): (phrase, -1.0) for phrase in not_about}
        for words, (phrase, weight) in weights.items():
            node = index
            for word in words:
                node = node.longer.setdefault(word, _Node())
            if words:
                node.entries.append(_Entry(at, phrase, weight))
    return index
