"""Which feeds an unattended run asks: never early, at most a tenth late, less often in trouble."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from wp_sync.ledger import FeedRow
from wp_sync.unattended.schedule import Pace, is_due, next_pull

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
HOURLY = Pace(interval=HOUR)
QUARTER = Pace(interval=timedelta(minutes=15))


def feed(
    *,
    failures: int = 0,
    last: datetime | None = NOON,
    name: str = "a",
    **more: Any,  # noqa: ANN401
) -> FeedRow:
    return FeedRow(
        id=f"https://{name}.example/feed",
        address="",
        source="Paper",
        title="",
        format="",
        last_pulled=last,
        last_ok=more.pop("last_ok", None),
        last_error="",
        failures=failures,
        first_seen=None,
        **{"has_validators": 1, **more},
    )


def test_a_feed_that_was_never_asked_is_due() -> None:
    """The first run asks all."""
    assert is_due(feed(last=None), HOURLY, NOON)


def test_a_feed_is_never_asked_early_and_at_most_a_tenth_late() -> None:
    """Among two hundred feeds the wait is an interval and up to a tenth, and not all wait alike."""
    waits = {next_pull(feed(name=f"n{n}"), NOON, HOURLY) - NOON for n in range(200)}

    assert min(waits) >= HOUR
    assert max(waits) < HOUR * 1.1
    assert max(waits) - min(waits) > HOUR * 0.08


def test_every_look_says_the_same() -> None:
    """A timer that looks each minute does not draw until the draw is short."""
    first = next_pull(feed(), NOON, HOURLY)

    assert all(next_pull(feed(), NOON, HOURLY) == first for _ in range(20))
    assert not is_due(feed(), HOURLY, first - timedelta(seconds=1))
    assert is_due(feed(), HOURLY, first)


@pytest.mark.parametrize(
    ("failures", "hours"), [(0, 0.25), (1, 1), (2, 2), (3, 4), (5, 16), (6, 24), (90, 24)]
)
def test_a_feed_that_fails_is_left_alone_for_longer(failures: int, hours: float) -> None:
    """One hour, two, four, up to a day; one success, and the interval counts again."""
    wait = next_pull(feed(failures=failures), NOON, QUARTER) - NOON

    assert timedelta(hours=hours) <= wait < timedelta(hours=hours) * 1.1


def test_a_long_interval_is_not_shortened_by_a_failure() -> None:
    """Twice a day stays twice a day."""
    assert not is_due(feed(failures=1), Pace(interval=12 * HOUR), NOON + 11 * HOUR)


def test_a_clock_that_was_put_back_stops_nothing() -> None:
    """A last pull in the future says nothing."""
    assert is_due(feed(last=NOON + 90 * HOUR), HOURLY, NOON)


def wait(row: FeedRow, pace: Pace = HOURLY) -> timedelta:
    """Count how long a feed is left alone after its last pull."""
    return next_pull(row, NOON, pace) - NOON


def is_about(found: timedelta, hours: float) -> bool:
    """Tell whether a wait is never early and at most a tenth late."""
    return timedelta(hours=hours) <= found < timedelta(hours=hours) * 1.1


@pytest.mark.parametrize(
    ("trouble", "failures", "hours"),
    [
        ("missing", 1, 6),
        ("missing", 2, 12),
        ("missing", 40, 168),
        ("refused", 1, 24),
        ("refused", 9, 24),
        ("parse", 2, 1),
        ("parse", 3, 24),
        ("busy", 3, 4),
        ("server", 90, 24),
    ],
)
def test_each_trouble_has_a_pause_of_its_own(trouble: str, failures: int, hours: float) -> None:
    """What is gone comes back seldom; a login wall stays one for the day."""
    assert is_about(wait(feed(failures=failures, trouble=trouble)), hours)


def test_what_is_gone_is_never_asked_again() -> None:
    """410 is a publisher's word; a person may still ask by hand."""
    assert not is_due(feed(failures=1, trouble="gone"), HOURLY, NOON + 999 * HOUR)


def test_what_was_not_found_for_a_month_is_left_alone() -> None:
    """After 30 days of 404 nobody counts on the feed."""
    row = feed(failures=1, trouble="missing", failing_since=NOON - timedelta(days=23))

    assert is_due(row, HOURLY, NOON + timedelta(days=6))
    assert not is_due(row, HOURLY, NOON + timedelta(days=7, hours=17))


def test_a_feed_without_validators_is_asked_daily() -> None:
    """Each request costs its server the whole feed; before the first answer nobody knows."""
    assert is_about(wait(feed(has_validators=0, last_ok=NOON)), 24)
    assert is_about(wait(feed(has_validators=0)), 1)


def test_cache_headers_only_lengthen_and_are_capped() -> None:
    """Fresh for three hours: nothing before; for a year: a week."""
    assert is_about(wait(feed(fresh_until=NOON + 3 * HOUR)), 3)
    assert is_about(wait(feed(fresh_until=NOON + HOUR / 2)), 1)
    assert is_about(wait(feed(fresh_until=NOON + 9_000 * HOUR)), 168)


def test_less_than_a_quarter_of_an_hour_needs_the_servers_word() -> None:
    """Only who configures it, and a server that says so, get five minutes."""
    hasty = Pace(interval=timedelta(minutes=5))
    row = feed(fresh_until=NOON + timedelta(minutes=5))

    assert is_about(wait(feed(), hasty), 0.25)
    assert is_about(wait(row, hasty), 5 / 60)
    assert is_about(wait(row), 1)


def test_retry_after_is_never_shortened() -> None:
    """Also by 31 days."""
    assert is_about(wait(feed(failures=1, trouble="busy", rest_until=NOON + 744 * HOUR)), 744)


def test_the_feeds_own_wishes_only_lengthen() -> None:
    """A ttl of ten minutes does not hasten anything."""
    assert is_about(wait(feed(wait=7_200)), 2)
    assert is_about(wait(feed(wait=600)), 1)


def test_hours_and_days_that_the_feed_leaves_out_are_left_out() -> None:
    """The next one that is not; never longer than a day."""
    row = feed(skip_hours=(13, 14))

    due = next_pull(row, NOON, HOURLY)
    assert (due.hour, due.day) == (15, NOON.day)
    monday = next_pull(feed(skip_days=(0,)), NOON, HOURLY)  # NOON is on one
    assert (monday.weekday(), monday.hour) == (1, 0)
    assert wait(feed(skip_days=tuple(range(7)))) == 24 * HOUR
    late = feed(skip_hours=(15,))  # due at one o'clock, but the timer came at three
    assert not is_due(late, HOURLY, NOON + 3.5 * HOUR)
    assert is_due(late, HOURLY, NOON + 4 * HOUR)


def test_a_feed_that_seldom_brings_something_is_asked_less() -> None:
    """A quarter of its rhythm, or of its silence; no longer than the slowest."""
    busy = feed(newest=NOON - HOUR, rhythm=600)

    assert is_about(wait(busy), 1)
    assert is_about(wait(replace(busy, rhythm=8 * 3_600)), 2)
    assert is_about(wait(replace(busy, newest=NOON - 12 * HOUR)), 3)
    assert is_about(wait(replace(busy, newest=NOON - 999 * HOUR)), 6)


def test_a_request_that_a_kill_cut_off_counts() -> None:
    """It was made, though nobody saw its end."""
    row = feed(last=NOON - 9 * HOUR, asked=NOON)

    assert not is_due(row, HOURLY, NOON + HOUR)
    assert is_due(row, HOURLY, NOON + 1.2 * HOUR)
