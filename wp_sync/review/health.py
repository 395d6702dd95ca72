"""How a feed is, in a word and a sentence, from what was learned of it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime

    from wp_sync.model import FeedHealth

State = Literal["changed hands", "selector", "silent", "flood", "thin"]
# The worst first: what one word of a feed's state says.
STATES: tuple[State, ...] = ("changed hands", "selector", "silent", "flood", "thin")
WELL = "well"
FLOOD_LASTS = timedelta(hours=24)  # after its last pull: what comes in waves is one flood
LEAST_SILENCE = timedelta(days=2)
_FEW_GAPS = 3  # weeks, or items of a rare feed, before its silence says anything
_FEW_MOMENTS = 10
_FIRST_SILENCE = timedelta(days=30)
_PAGES_LOST = 3  # in a row without a text by its own selector
_PAGES_LACKING = 10  # the same of an author, a date or a picture: some articles have none
_REGULAR = 2.5  # upper to lower quartile of the gaps


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """One thing that is amiss with a feed, and what to do."""

    state: State
    message: str
    cure: str


def find_troubles(health: FeedHealth, read: datetime | None) -> tuple[Trouble, ...]:
    """List what is amiss, the worst first; `read` is when the feed was read last.

    While nobody could read it, its silence says nothing.
    """
    found: dict[State, tuple[str, str]] = {}
    if health.held:
        cure = f"look at it, then `wp-sync feeds approve {health.feed}` or `wp-sync feeds remove`"
        found["changed hands"] = (f"seems to have changed hands: {health.held}", cure)
    if told := _lost_selectors(health):
        cure = "look at an article with `wp-sync inspect page --source NAME`, and put it right"
        found["selector"] = (told, cure)
    if read and (told := _silence(health, read)):
        found["silent"] = (told, "look at the site: has its feed moved, or come to an end?")
    if health.flooded and read and read - health.flooded < FLOOD_LASTS:
        found["flood"] = (health.flood, "look at what it brought: `wp-sync review list`")
    if told := _thinness(health):
        cure = "look at an article; if this is how it is now: `wp-sync feeds approve`"
        found["thin"] = (told, cure)
    return tuple(
        Trouble(state=state, message=found[state][0], cure=found[state][1])
        for state in STATES
        if state in found
    )


def expected_silence(health: FeedHealth) -> timedelta | None:
    """Return after which silence something is amiss; None while too little is known.

    It is well beyond the longest gap of most weeks, so that week-ends and holidays pass.
    """
    gaps = sorted(health.gaps.values())
    if len(gaps) < _FEW_GAPS:
        if len(set(health.moments)) < _FEW_MOMENTS:
            return None
        # All that it holds came within days: a paper that has stopped long ago looks like this.
        span = timedelta(seconds=health.moments[-1] - health.moments[0])
        return max(_FIRST_SILENCE, 3 * span)
    upper = _quantile(gaps, 0.75)
    return max(LEAST_SILENCE, timedelta(seconds=max(3 * upper, 1.5 * gaps[-1])))


def rhythm_text(health: FeedHealth) -> str:
    """Tell how often a feed brings something; "" while that is not known."""
    gaps = [b - a for a, b in zip(health.moments, health.moments[1:], strict=False)]
    if len(gaps) < _FEW_GAPS:
        return ""
    usual = timedelta(seconds=_quantile(gaps, 0.5))
    lower, upper = _quantile(gaps, 0.25), _quantile(gaps, 0.75)
    regular = "" if upper <= _REGULAR * max(lower, 1) else ", irregular"
    return f"every {span_text(usual)}{regular}"


def span_text(span: timedelta) -> str:
    """Write a span of time in its largest unit."""
    minutes = round(span.total_seconds() / 60)
    if minutes < 90:  # noqa: PLR2004
        return f"{max(minutes, 1)} min"
    hours = round(minutes / 60)
    return f"{hours} h" if hours < 48 else f"{round(hours / 24)} days"  # noqa: PLR2004


def measures(health: FeedHealth) -> Mapping[str, int | None]:
    """Return words an item, percent with a picture, and percent and words of extracted pages."""
    words = (*health.words.usual, *health.words.latest)
    pictures = (*health.pictures.usual, *health.pictures.latest)
    pages = (*health.pages.usual, *health.pages.latest)
    extracted = [one for one in pages if one]
    return {
        "words": _median(words) if words else None,
        "pictures": _mean(pictures) if pictures else None,
        "extracted": round(100 * len(extracted) / len(pages)) if pages else None,
        "extracted_words": _median(extracted) if extracted else None,
    }


def _silence(health: FeedHealth, read: datetime) -> str:
    expected = expected_silence(health)
    if health.last_item is None or expected is None or read - health.last_item <= expected:
        return ""
    longest = timedelta(seconds=max(health.gaps.values()))
    return (
        f"silent for {span_text(read - health.last_item)}, while its longest pause of late was"
        f" {span_text(longest)}"
    )


def _lost_selectors(health: FeedHealth) -> str:
    lost = [
        f"{selector} (the latest {count} pages)"
        for selector, count in health.missed.items()
        if count >= (_PAGES_LOST if selector.startswith("body") else _PAGES_LACKING)
    ]
    return f"[sources.extract] finds nothing with {', '.join(lost)}" if lost else ""


def _thinness(health: FeedHealth) -> str:
    lacks = [
        f"{name}: {_median(habit.latest)} words, usually {_median(habit.usual)}"
        for name, habit in (("its texts", health.words), ("its pages", health.pages))
        if habit.is_low
    ]
    if health.pictures.is_low:
        now, usual = _mean(health.pictures.latest), _mean(health.pictures.usual)
        lacks.append(f"pictures: {now} % of the items, usually {usual} %")
    return f"thin ({'; '.join(lacks)})" if lacks else ""


# `statistics` takes 10 ms to load, and `status` starts in less than 200.
def _quantile(values: Collection[float], share: float) -> float:
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])


def _median(values: Collection[int]) -> int:
    return round(_quantile(values, 0.5))


def _mean(values: Collection[int]) -> int:
    return round(sum(values) / len(values))
