"""Which feeds an unattended run asks: never early, at most a tenth late, less often in trouble."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from wp_sync.ledger import FeedRow
from wp_sync.unattended.schedule import is_due, next_pull

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def feed(*, failures: int = 0, last: datetime | None = NOON, name: str = "a") -> FeedRow:
    return FeedRow(
        id=f"https://{name}.example/feed",
        address="",
        source="Paper",
        title="",
        format="",
        last_pulled=last,
        last_ok=None,
        last_error="",
        failures=failures,
        first_seen=None,
    )


def test_a_feed_that_was_never_asked_is_due() -> None:
    """The first run asks all."""
    assert is_due(feed(last=None), HOUR, NOON)


def test_a_feed_is_never_asked_early_and_at_most_a_tenth_late() -> None:
    """Among two hundred feeds the wait is an interval and up to a tenth, and not all wait alike."""
    waits = {next_pull(feed(name=f"n{n}"), NOON, HOUR) - NOON for n in range(200)}

    assert min(waits) >= HOUR
    assert max(waits) < HOUR * 1.1
    assert max(waits) - min(waits) > HOUR * 0.08


def test_every_look_says_the_same() -> None:
    """A timer that looks each minute does not draw until the draw is short."""
    first = next_pull(feed(), NOON, HOUR)

    assert all(next_pull(feed(), NOON, HOUR) == first for _ in range(20))
    assert not is_due(feed(), HOUR, first - timedelta(seconds=1))
    assert is_due(feed(), HOUR, first)


@pytest.mark.parametrize(
    ("failures", "hours"), [(0, 0.25), (1, 1), (2, 2), (3, 4), (5, 16), (6, 24), (90, 24)]
)
def test_a_feed_that_fails_is_left_alone_for_longer(failures: int, hours: float) -> None:
    """One hour, two, four, up to a day; one success, and the interval counts again."""
    wait = next_pull(feed(failures=failures), NOON, timedelta(minutes=15)) - NOON

    assert timedelta(hours=hours) <= wait < timedelta(hours=hours) * 1.1


def test_a_long_interval_is_not_shortened_by_a_failure() -> None:
    """Twice a day stays twice a day."""
    assert not is_due(feed(failures=1), 12 * HOUR, NOON + 11 * HOUR)


def test_a_clock_that_was_put_back_stops_nothing() -> None:
    """A last pull in the future says nothing."""
    assert is_due(feed(last=NOON + 90 * HOUR), HOUR, NOON)
