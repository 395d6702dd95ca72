"""What becomes of a feed's items when their ids, their order or their number change."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from press import Story, rss

from wp_sync.ledger import Ledger, open_ledger
from wp_sync.sources.parse import Source, parse_feed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

FEED = "https://news.example/feed"
LATER = "Mon, 04 May 2026 15:00:00 GMT"
RAIN = Story(
    number=1,
    title="Rain over the harbour",
    body=f"<p>{' '.join(f'drop{n}' for n in range(50))}</p>",
    link="https://news.example/rain",
    guid="https://news.example/rain",
)
SNOW = Story(number=2, title="Snow", link="https://news.example/snow", guid="snow")
MORE = tuple(replace(SNOW, number=n, title=f"More {n}", link="", guid=f"m{n}") for n in range(3, 9))


class Desk:
    """Keeps one pull after the other in a ledger."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.notes: tuple[str, ...] = ()
        self.now = datetime(2026, 5, 4, 18, tzinfo=UTC)

    def pull(self, *stories: Story, feed: str = FEED, without_ids: bool = False) -> int:
        """Take what a feed has by now; return how many items are new or changed."""
        self.ledger.feeds.identify(feed, "News")
        text = rss(*stories)
        if without_ids:
            text = text.replace("<guid", "<x-guid").replace("</guid", "</x-guid")
        self.now += timedelta(hours=1)
        known = self.ledger.feeds.known(feed)
        found = parse_feed(text.encode(), Source(feed=feed, location=feed), known, self.now)
        self.notes = found.notes
        kept = self.ledger.feeds.record_pull(self.ledger.feeds.recognise(found), source="News")
        return len(kept.items)

    def count(self, feed: str = FEED) -> int:
        return len(self.ledger.feeds.known(feed))

    def titles(self, feed: str = FEED) -> list[str]:
        return sorted(title for title, _ in self.ledger.items.names(feed))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with open_ledger("sqlite:///wp-sync.db", tmp_path, clock=lambda: opened.now) as ledger:
        opened = Desk(ledger)
        yield opened


SAME = [
    pytest.param({"guid": "HTTPS://NEWS.example/rain"}, id="in another case"),
    pytest.param({"guid": "  https://news.example/rain\n"}, id="with spaces"),
    pytest.param({"guid": "http://news.example/rain"}, id="http"),
    pytest.param({"guid": "https://www.news.example/rain/"}, id="www"),
    pytest.param({"guid": "https://news.example/rain?utm_source=rss"}, id="with a tracker"),
    pytest.param({"guid": "x" * 10_000}, id="of 10 kB"),
    pytest.param({"guid": "new", "title": "Rain, corrected"}, id="and a corrected title"),
    pytest.param({"guid": "new", "date": LATER}, id="and a new date"),
    pytest.param({"guid": "new", "link": "https://new.example/1"}, id="and another address"),
]


@pytest.mark.parametrize("changed", SAME)
def test_one_article_under_another_guid_is_one_item(desk: Desk, changed: dict[str, str]) -> None:
    """Whatever the feed's software made of its ids."""
    desk.pull(RAIN, SNOW)

    desk.pull(replace(RAIN, **changed), SNOW)  # type: ignore[arg-type]

    assert desk.count() == 2
    assert desk.pull(replace(RAIN, **changed), SNOW) == 0  # type: ignore[arg-type]


OTHERS = [
    pytest.param({"link": "https://news.example/hail", "title": "Hail"}, id="reused guid"),
    pytest.param(
        {"guid": "new", "title": "Hail", "date": LATER, "body": "<p>Hail.</p>"}, id="same page"
    ),
    pytest.param(
        {"guid": "new", "link": "https://news.example/2", "date": LATER, "body": "<p>Dry.</p>"},
        id="a column of one title",
    ),
]


@pytest.mark.parametrize("changed", OTHERS)
def test_another_article_is_another_item(desk: Desk, changed: dict[str, str]) -> None:
    """It overwrites nothing: the old item, and its post, stay as they are."""
    desk.pull(RAIN, SNOW)

    desk.pull(replace(RAIN, **changed), SNOW)  # type: ignore[arg-type]

    assert desk.count() == 3


def test_one_guid_twice_in_a_feed_is_one_item(desk: Desk) -> None:
    """Of equal texts one; of different ones the latest, and it is said."""
    assert desk.pull(RAIN, RAIN) == 1
    assert not desk.notes

    changed = replace(RAIN, body="<p>It rained on.</p>", date=LATER)
    desk.pull(RAIN, changed)

    assert desk.count() == 1
    assert "stands for different texts: the latest was taken" in desk.notes[0]


def test_one_guid_in_two_feeds_is_two_items(desk: Desk) -> None:
    """An id is a feed's own; that both are one article is found by their address later."""
    other = "https://other.example/feed"
    desk.pull(RAIN)
    desk.pull(RAIN, feed=other)

    assert (desk.count(), desk.count(other)) == (1, 1)


def test_an_item_without_guid_is_known_by_its_address(desk: Desk) -> None:
    """Also when its title is corrected, and when the feed begins to give ids."""
    desk.pull(RAIN, SNOW, without_ids=True)
    desk.pull(replace(RAIN, title="Rain, corrected"), SNOW, without_ids=True)
    desk.pull(replace(RAIN, guid="17", title="Rain, corrected"), replace(SNOW, guid="18"))

    assert desk.titles() == ["Rain, corrected", "Snow"]


SHAPES = [
    pytest.param((), id="empty"),
    pytest.param((SNOW, *MORE[::-1], RAIN), id="in another order"),
    pytest.param((SNOW,), id="shorter"),
]


@pytest.mark.parametrize("later", SHAPES)
def test_a_feed_that_shrinks_or_turns_changes_nothing(desk: Desk, later: Sequence[Story]) -> None:
    """What is gone from a feed is not gone from the site."""
    desk.pull(RAIN, SNOW, *MORE)

    assert desk.pull(*later) == 0
    assert desk.count() == 8
    assert desk.pull(RAIN, SNOW, *MORE) == 0


def test_ids_that_change_at_every_fetch_are_one_item_each(desk: Desk) -> None:
    """The ledger does not grow with each of them."""
    for fetch in range(5):
        desk.pull(*(replace(one, guid=f"{one.guid}-{fetch}") for one in (RAIN, SNOW, *MORE)))

    assert desk.count() == 8
