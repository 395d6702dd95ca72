"""How a feed usually comes: its rhythm, and how long and how rich its items are. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from statistics import mean, median
from typing import TYPE_CHECKING

from wp_sync.model import FeedHealth, Habit
from wp_sync.text import plain_text

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from wp_sync.model import Item

_MOMENTS = 40  # items of which the rhythm is made
_WEEKS = 12  # with a gap that ended in them: a daily feed's quarter, a monthly one's year
_BATCHES = 30
_USUAL, _LATEST = 60, 10  # items
_FEW_BATCHES = 5
_FEW_ITEMS = 20
_FLOOD = 3  # times the usual number
_LEAST_FLOOD = 10  # items
_LEAST_WORDS = 30  # a text of so few can't be called shortened
# It is low below the first share of the usual, and well again above the second: no flapping.
_LOW, _WELL = 0.4, 0.6
_PICTURES = 60  # percent of the items that usually have one, for their lack to say something
_LOW_PICTURES, _WELL_PICTURES = 10, 30
_MOST_READ = 6  # items of one pull whose words are counted
_MOST_TEXT = 60_000  # characters of one of them


def learn_pull(health: FeedHealth, fresh: Sequence[Item], at: datetime) -> FeedHealth:
    """Learn from the new items of a pull; those that were there before say nothing new."""
    if not fresh:
        return health
    is_flood = _find_flood(health, len(fresh), at)
    if is_flood:
        told = f"{len(fresh)} new items at once, usually {round(_usual_batch(health, at))}"
        health = replace(health, flooded=at, flood=told)
    read = fresh[:_MOST_READ]
    batches = (*health.batches, len(fresh))[-_BATCHES:]
    return replace(
        _learn_moments(health, fresh[:1] if is_flood else fresh, at),
        pulled=at,
        batches=batches if health.pulled else (),  # the first one is the feed's whole window
        words=_learn_words(health.words, map(count_words, read)),
        pictures=_learn_pictures(health.pictures, (100 * has_picture(one) for one in read)),
    )


def learn_pages(health: FeedHealth, words: Iterable[int]) -> FeedHealth:
    """Learn how much text the articles' pages gave; 0 for a page without any."""
    return replace(health, pages=_learn_words(health.pages, words))


def learn_selectors(
    health: FeedHealth, selectors: Sequence[str], pages: Iterable[Collection[str]]
) -> FeedHealth:
    """Learn which of a source's selectors find nothing; each page tells those that did not."""
    missed = {one: health.missed.get(one, 0) for one in selectors}
    for page in pages:
        missed = {one: count + 1 if one in page else 0 for one, count in missed.items()}
    return replace(health, missed=missed)


def accept_habits(health: FeedHealth) -> FeedHealth:
    """Take as usual what the latest items are like."""
    habits = (health.words, health.pictures, health.pages)
    words, pictures, pages = (Habit(latest=one.latest) if one.is_low else one for one in habits)
    return replace(health, words=words, pictures=pictures, pages=pages, flooded=None, flood="")


def count_words(item: Item) -> int:
    """Count the words of an item's longer text."""
    html = max(item.body_html, item.summary_html, key=len)
    return len(plain_text(html[:_MOST_TEXT]).split())


def has_picture(item: Item) -> bool:
    """Tell whether an item brings a picture."""
    return bool(item.image_urls) or "<img" in item.body_html or "<img" in item.summary_html


def longest_silence(health: FeedHealth) -> timedelta:
    """Return the longest pause between two items that is remembered."""
    return timedelta(seconds=max(health.gaps.values(), default=0))


def _find_flood(health: FeedHealth, new: int, at: datetime) -> bool:
    usual = _usual_batch(health, at)
    known = len(health.batches) >= _FEW_BATCHES
    return known and new >= _LEAST_FLOOD and new > _FLOOD * usual


def _usual_batch(health: FeedHealth, at: datetime) -> float:
    """Return how many new items to expect: as usual, or as many as the time since then brings."""
    usual = float(median(health.batches or (0,)))
    if health.pulled and len(health.moments) > 1:
        span = health.moments[-1] - health.moments[0]
        elapsed = (at - health.pulled).total_seconds()
        usual = max(usual, len(health.moments) * elapsed / span) if span > 0 else usual
    return max(usual, 1.0)


def _learn_moments(health: FeedHealth, fresh: Sequence[Item], at: datetime) -> FeedHealth:
    """Add the times of new items, in order; what is older than the last one came late."""
    last = health.moments[-1] if health.moments else 0
    told = sorted(int(_moment(item, at).timestamp()) for item in fresh)
    later = [one for one in told if one > last]
    if not later and health.moments:  # undated, or dated back: it came all the same
        later = [int(at.timestamp())] if int(at.timestamp()) > last else []
    moments, gaps = list(health.moments), dict(health.gaps)
    for one in later:
        if moments:
            year, week, _ = datetime.fromtimestamp(one, UTC).isocalendar()
            key = f"{year}-{week:02}"
            gaps[key] = max(gaps.get(key, 0), one - moments[-1])
        moments.append(one)
    newest = datetime.fromtimestamp(moments[-1], UTC) if moments else health.last_item
    kept = dict(sorted(gaps.items())[-_WEEKS:])
    return replace(health, moments=tuple(moments[-_MOMENTS:]), gaps=kept, last_item=newest)


def _moment(item: Item, at: datetime) -> datetime:
    return item.published if item.published and item.published <= at else at


def _learn_words(habit: Habit, values: Iterable[int]) -> Habit:
    habit = _learn(habit, values)
    if len(habit.usual) < _FEW_ITEMS or len(habit.latest) < _LATEST:
        return habit
    usual, latest = median(habit.usual), median(habit.latest)
    limit = _WELL if habit.is_low else _LOW
    return replace(habit, is_low=usual >= _LEAST_WORDS and latest < limit * usual)


def _learn_pictures(habit: Habit, values: Iterable[int]) -> Habit:
    habit = _learn(habit, values)
    if len(habit.usual) < _FEW_ITEMS or len(habit.latest) < _LATEST:
        return habit
    limit = _WELL_PICTURES if habit.is_low else _LOW_PICTURES
    is_low = mean(habit.usual) >= _PICTURES and mean(habit.latest) <= limit
    return replace(habit, is_low=is_low)


def _learn(habit: Habit, values: Iterable[int]) -> Habit:
    """Add the latest; what they push out becomes usual, but not while they are low."""
    latest = (*habit.latest, *values)
    usual = habit.usual
    if not habit.is_low:
        usual = (*usual, *latest[:-_LATEST])[-_USUAL:]
    return replace(habit, usual=usual, latest=latest[-_LATEST:])
