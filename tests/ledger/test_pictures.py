"""What is learned of pictures: one in many articles of a feed is a logo."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from wp_sync.ledger import open_ledger
from wp_sync.model import Item, ItemKey, Pull

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from wp_sync.ledger import Ledger

FEED, LOGO = "https://paper.example/feed", "https://paper.example/a.png"


class Clock:
    """A clock that a test sets."""

    now = datetime(2026, 5, 4, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def ledger(tmp_path: Path, clock: Clock) -> Iterator[Ledger]:
    with open_ledger("sqlite:///l.db", tmp_path, clock=clock) as ledger:
        yield ledger


def publish(ledger: Ledger, count: int) -> None:
    """Let a feed have so many articles."""
    items = tuple(
        Item(key=ItemKey(FEED, str(number)), title=str(number)) for number in range(count)
    )
    ledger.feeds.record_pull(Pull(feed=FEED, format="rss20", items=items), source="Paper")


@pytest.mark.parametrize(
    ("items", "articles", "is_logo"),
    [
        pytest.param(10, 3, False, id="a series"),
        pytest.param(10, 4, True, id="many of few"),
        pytest.param(90, 8, False, id="few of many"),
        pytest.param(90, 12, True, id="many of many"),
        pytest.param(300, 13, True, id="more are not counted"),
    ],
)
def test_picture_of_many_articles_is_a_logo(
    ledger: Ledger, items: int, articles: int, *, is_logo: bool
) -> None:
    """An agency's portrait comes again; what stands in one of eight articles shows none."""
    publish(ledger, items)
    for number in range(articles):
        ledger.pictures.note(FEED, {LOGO: {str(number)}, f"{LOGO}?{number}": {str(number)}})

    found = ledger.pictures.logos(FEED, {LOGO, f"{LOGO}?1"})

    assert found == ({LOGO} if is_logo else set())
    assert ledger.pictures.logos("https://other.example/feed", {LOGO}) == set()


def test_an_article_that_comes_again_counts_once(ledger: Ledger) -> None:
    """A corrected article is no second one."""
    publish(ledger, 4)
    for _ in range(9):
        ledger.pictures.note(FEED, {LOGO: {"1"}})

    assert ledger.pictures.logos(FEED, {LOGO}) == set()


def test_what_was_long_not_seen_is_forgotten(ledger: Ledger, clock: Clock) -> None:
    """The table does not grow for ever, and a picture may come again after a season."""
    publish(ledger, 4)
    ledger.pictures.note(FEED, {LOGO: {"1", "2", "3", "4"}})
    assert ledger.pictures.logos(FEED, {LOGO}) == {LOGO}
    clock.now += timedelta(days=61)

    ledger.pictures.note(FEED, {f"{LOGO}?": {"5"}})

    assert ledger.pictures.logos(FEED, {LOGO}) == set()
