"""How well articles are told apart, measured on articles of which the right channel is known."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from wp_sync.model import ItemKey, Lesson

from .judge import choose_channel
from .lessons import write_words
from .topics import NOTHING, read_words, score_article

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from wp_sync.config.channels import Channel
    from wp_sync.model import Learned

NONE = "none"  # stands for no channel


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """An article, and where it belongs."""

    title: str
    text: str
    labels: tuple[str, ...] = ()
    channel: str = ""  # "": in no channel


class Miss(NamedTuple):
    """One that was taken for something else."""

    title: str
    right: str
    taken_for: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """How well one class is recognised."""

    precision: float
    recall: float
    f1: float
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """What came of it."""

    marks: Mapping[str, Marks]  # channel, or NONE
    live: int = 0  # that would go live without a person
    live_right: int = 0  # and are in their channel
    belonging: int = 0  # that belong in a channel
    count: int = 0
    misses: tuple[Miss, ...] = field(default=())

    @property
    def macro_f1(self) -> float:
        return sum(one.f1 for one in self.marks.values()) / max(len(self.marks), 1)


def evaluate(
    examples: Iterable[Example], channels: Mapping[str, Channel], learned: Learned = NOTHING
) -> Evaluation:
    """Route each example as an article of a source that goes to every channel."""
    pairs: Counter[tuple[str, str]] = Counter()
    misses: list[Miss] = []
    live = right = 0
    for one in examples:
        words = read_words(one.title, one.labels, one.text)
        fits = score_article(words, channels, channels, learned)
        choice, why = choose_channel(fits, channels, "")
        pairs[one.channel, choice] += 1
        if choice != one.channel:
            misses.append(Miss(one.title, one.channel or NONE, choice or NONE, why))
        if choice and fits[choice].score >= channels[choice].post.draft_if.score_below:
            live += 1
            right += choice == one.channel
    return Evaluation(
        marks={name or NONE: _mark(name, pairs) for name in (*channels, "")},
        live=live,
        live_right=right,
        belonging=sum(count for (name, _), count in pairs.items() if name),
        count=sum(pairs.values()),
        misses=tuple(misses),
    )


def make_lessons(examples: Sequence[Example]) -> Iterator[Lesson]:
    """Make a lesson of each example."""
    for number, one in enumerate(examples):
        words = read_words(one.title, one.labels, one.text)
        yield Lesson(
            key=ItemKey("examples", str(number)),
            channel=one.channel,
            teaching="site",
            words=write_words(words),
        )


def _mark(name: str, pairs: Mapping[tuple[str, str], int]) -> Marks:
    hit = pairs.get((name, name), 0)
    there = sum(count for (right, _), count in pairs.items() if right == name)
    taken = sum(count for (_, choice), count in pairs.items() if choice == name)
    precision, recall = hit / max(taken, 1), hit / max(there, 1)
    f1 = 2 * hit / max(there + taken, 1)
    return Marks(precision=precision, recall=recall, f1=f1, count=there)
