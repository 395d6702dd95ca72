"""How well an article fits each channel: by the words that describe it, and by what was learned.

What speaks for a channel is counted in bits: a phrase of `about` is one in the text's beginning,
one and a half in the title or a label, of `hints` a third, of `not_about` as much against it.
Learned words add and take away theirs. So many bits make a fit of 1 - 0.5 to their power: it tells
whether an article may be of the channel. The score tells how sure that is among those that compete:
there breadth counts, different phrases and hints, and none counts much for standing in the title.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, field
from functools import lru_cache
from operator import mul
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from wp_sync.model import Learned

from .phrases import PhraseTree, singulars, split_words
from .stop_words import STOP

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from wp_sync.config.channels import Channel

_AGAIN = 0.5  # of its weight in the text counts where it stands in the title, too
_HEADLINE = 1.5  # what a phrase weighs that stands in the title or a label
_NEAR, MOST_WORDS = 80, 200  # of a text: behind so many words half counts; behind so many, nothing
_FAR = 0.5
_HINT = 0.35
_HINTS_ALONE, _MOST_HINTS = 1.4, 2.5  # bits: of all hints where nothing else speaks for a channel
_MORE_HINTS = 0.15  # of what hints have beyond that counts
_SHARPNESS = 3.0  # of the competition: half a bit more is about three times the part
_GENERAL = 0.4  # of a general channel's bits count, as far as a special one has some, too
# How sure a score is. Measured: what has one strong phrase and nothing around it is often wrong,
# if the description is so wide that something else of it should be there; a short one tells less.
_SHORT, _WIDE = 20, 120  # phrases
_SURE_PLACE = 1.5  # at most, of one phrase
_SURE_PHRASES = 2.5  # of all of `about`; of more only a part counts
_SURE_MORE = 0.1
_SURE_HINT = 0.6
_SURE_AGAINST = 1.5
_MOST = 200.0  # bits that are compared
_CONTEST = 2.5  # what two channels have much of is for a person: this power of the bits is shared
_SURE = 0.72  # bits for each
_SHOWN = 12  # words of an explanation
_TOLD = 0.05  # bits of a learned word that are worth telling
LEARNED_WORDS = 80  # of a text are learned from
_TELLING = 0.3  # bits for a channel that are worth telling of
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


_Hit: TypeAlias = tuple[float, str]  # bits, word


@dataclass(slots=True)
class _Evidence:
    """What was found for one channel."""

    about: float = 0.0
    hints: float = 0.0
    learned: float = 0.0
    phrases: float = 0.0  # of `about`, each for itself
    against: float = 0.0
    hits: list[_Hit] = field(default_factory=list)
    lessons: list[_Hit] = field(default_factory=list)

    @property
    def described(self) -> float:
        # Many hints are in any long text; those beside a phrase of `about` are worth more.
        most = min(_MOST_HINTS, _HINTS_ALONE + max(self.about, 0.0))
        hints = self.hints
        return self.about + (hints if hints <= most else most + _MORE_HINTS * (hints - most))

    @property
    def fit(self) -> float:
        return max(0.0, 1 - math.pow(0.5, self.described + self.learned))

    def sure(self, *, wide: float) -> float:
        hints = self.hints / _HINT * _SURE_HINT
        many = max(0.0, self.phrases - _SURE_PHRASES)
        phrases = min(self.phrases, _SURE_PHRASES) + _SURE_MORE * many
        against = _SURE_AGAINST * self.against
        breadth = _SURE * (phrases + hints + self.learned - against)
        bits = wide * breadth + (1 - wide) * (self.described + self.learned)
        return max(0.0, 1 - math.pow(0.5, bits))


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
    bits = _compare(found, channels, among)
    pairs = zip(channels, found, bits, strict=True)
    rows = {
        name: (one, min(_MOST, most + one.learned)) for name, one, most in pairs if name in among
    }
    # What hardly fits, hardly competes: a few hints take nothing from a channel that does.
    parts = {name: one.fit * math.pow(2, _SHARPNESS * most) for name, (one, most) in rows.items()}
    leads = {name: math.pow(max(0.0, most), _CONTEST) for name, (_, most) in rows.items()}
    whole, all_leads = sum(parts.values()) or 1.0, sum(leads.values()) or 1.0
    return {
        name: _explain(one, channels[name], parts[name] / whole, leads[name] / all_leads)
        for name, (one, _) in rows.items()
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


def _explain(one: _Evidence, channel: Channel, part: float, lead: float) -> Fit:
    alone = one.fit
    if not alone and not one.lessons and not one.hits:
        return Fit()
    phrases = len(channel.about) + len(channel.hints)
    wide = min(1.0, max(0.0, (phrases - _SHORT) / (_WIDE - _SHORT)))
    told = sorted([(-abs(bits), word, bits) for bits, word in (*one.hits, *one.lessons)])
    return Fit(
        # Of a short description its part decides, of a wide one how far it leads.
        score=min(alone, one.sure(wide=wide)) * math.pow(part, 1 - wide) * math.pow(lead, wide),
        alone=alone,
        words=tuple(dict.fromkeys(word for _, word, bits in told if bits > 0))[:_SHOWN],
        against=tuple(dict.fromkeys(word for _, word, bits in told if bits < 0))[:_SHOWN],
        learned=tuple(word for _, word in one.lessons),
    )


def _compare(
    found: Sequence[_Evidence], channels: Mapping[str, Channel], among: Collection[str]
) -> list[float]:
    """Count what the descriptions have for each against the others: a general one stands back."""
    bits = [one.described for one in found]
    pairs = list(zip(bits, channels.values(), strict=True))
    most = max([0.0, *(one for one, of in pairs if of.name in among and not of.general)])
    back = 1 - _GENERAL
    return [one - back * max(0.0, min(one, most)) if of.general else one for one, of in pairs]


def _describe(channels: Mapping[str, Channel]) -> _Descriptions:
    parts = ((one.name, one.about, one.hints, one.not_about) for one in channels.values())
    return _Descriptions(parts)


def weigh_description(words: Words, channels: Mapping[str, Channel]) -> tuple[float, ...]:
    """Count the bits that the descriptions alone give each channel."""
    return tuple(_compare(_weigh(words, _describe(channels), NOTHING), channels, channels))


def find_features(words: Words) -> dict[str, float]:
    """List what can be learned of an article: its words, and pairs of them; of length 1 in all."""
    found: dict[str, float] = defaultdict(float)
    for part in (words.title, *words.labels):
        before = ""
        for word in singulars(part):
            if word in STOP or len(word) < _SHORTEST or word.isdecimal():
                before = ""
                continue
            found[word] += 1.0
            if before:
                found[f"{before} {word}"] += 1.0
            before = word
    for word in singulars(words.text[:LEARNED_WORDS]):
        if word not in STOP and len(word) >= _SHORTEST and not word.isdecimal():
            found[word] = min(found[word] + 1.0, _MOST_OFTEN)
    length = math.sqrt(sum(value * value for value in found.values())) or 1.0
    return {name: value / length for name, value in found.items()}


def _weigh(words: Words, described: _Descriptions, learned: Learned) -> list[_Evidence]:
    found = [_Evidence() for _ in described]
    for entry, place in _find(words, _make_index(described)).items():
        one, weight = found[entry.channel], entry.weight
        bits = weight * place
        if weight == _HINT:
            one.hints += bits
        else:
            one.about += bits
            if weight > 0:
                one.phrases += min(bits, _SURE_PLACE)
            else:
                one.against += min(-bits, _SURE_PLACE)
        one.hits.append((bits, entry.phrase))
    if learned.weights:
        _add_learned(found, words, [name for name, *_ in described], learned)
    return found


def _add_learned(
    found: Sequence[_Evidence], words: Words, names: Sequence[str], learned: Learned
) -> None:
    weights, features = learned.weights, find_features(words)
    known = [word for word in features if word in weights]
    if not known:
        return
    values = [features[word] for word in known]
    columns = zip(*map(weights.__getitem__, known), strict=True)
    for name, column in zip(learned.channels, columns, strict=True):
        if name not in names:
            continue
        one, bits = found[names.index(name)], list(map(mul, values, column))
        one.learned = sum(bits)
        if one.learned > _TELLING or one.described > _TELLING:
            pairs = zip(bits, known, strict=True)
            one.lessons = [two for two in pairs if two[0] >= _TOLD or two[0] <= -_TOLD]


def _find(words: Words, index: PhraseTree[_Entry]) -> dict[_Entry, float]:
    """Find each phrase, and what its places weigh; a longer one hides those inside it."""
    found: dict[_Entry, float] = {}
    for part in (words.title, *words.labels):
        for _, entries in index.find(part):
            found.update(dict.fromkeys(entries, _HEADLINE))
    again: dict[_Entry, float] = {}
    for at, entries in index.find(words.text):
        for entry in entries:
            if entry not in again:
                weight = 1.0 if at < _NEAR else _FAR
                again[entry] = found[entry] + weight * _AGAIN if entry in found else weight
    return found | again


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
def _make_index(described: _Descriptions) -> PhraseTree[_Entry]:
    """Make a tree of all channels' phrases."""
    index = PhraseTree[_Entry]()
    for at, (_, about, hints, not_about) in enumerate(described):
        weights = {_words_of(phrase): (phrase, _HINT) for phrase in hints}
        weights |= {_words_of(phrase): (phrase, 1.0) for phrase in about}
        weights |= {_words_of(phrase): (phrase, -1.0) for phrase in not_about}
        for words, (phrase, weight) in weights.items():
            index.add(words, _Entry(at, phrase, weight))
    return index
