"""story: everything about a post, or about an article that never became one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from wp_sync.model import Item, ItemKey, Outcome, Pull, Receipt
from wp_sync.publish.journal import Write

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from wp_sync.ledger import Ledger

FEED = "https://feed.example/rss"
SITE = "site.example"
KEY = ItemKey(FEED, "a")
OTHER = ItemKey("https://other.example/rss", "1")


@pytest.fixture
def told(ledger: Ledger, make_pull: Callable[..., Pull], clock: Callable[..., datetime]) -> Ledger:
    """Hold an item, publish it in the next run; leave the other ones alone."""
    ledger.feeds.record_pull(make_pull("a", "b"), source="News")
    held = Outcome(key=KEY, status="held", stage="curate", reason="fits two channels")
    ledger.items.settle([held], "1")
    clock.go_on(hours=1)  # type: ignore[attr-defined]
    link = f"https://{SITE}/rain/"
    receipt = Receipt(key=KEY, wp_id=77, channel="local", link=link)
    write = Write(
        action="create",
        receipt=receipt,
        source_url="https://news.example/a/",
        values={"title": "Rain"},
    )
    ledger.posts.journal(SITE, "2").record(write)
    ledger.items.settle(
        [replace(held, status="created", stage="publish", wp_id=77, link=link, channel="local")],
        "2",
    )
    return ledger


@pytest.mark.parametrize(
    "target",
    [
        pytest.param("77", id="post id"),
        pytest.param("https://site.example/rain/", id="post link"),
        pytest.param("https://site.example/rain", id="post link without its slash"),
        pytest.param(
            " http://www.news.example/a?utm_campaign=x#top ", id="article, other spelling"
        ),
    ],
)
def test_a_post_is_found_by_each_of_its_names(
    told: Ledger, clock: Callable[[], datetime], target: str
) -> None:
    """Why is it there: the item, the runs that looked at it, what they wrote."""
    story = told.story(target)

    assert story
    assert [(item.key, item.state, item.channel) for item in story.items] == [
        (KEY, "published", "local")
    ]
    assert [(one.run, one.outcome.status) for one in story.outcomes] == [
        ("1", "held"),
        ("2", "created"),
    ]
    assert story.outcomes[1].at == clock()
    assert [(one.wp_id, one.channel) for one in story.receipts] == [(77, "local")]
    assert [(one.run, one.field, one.value) for one in story.writes] == [("2", "title", "Rain")]
    assert story.intents == ()


def test_an_article_that_never_became_a_post_has_a_story(told: Ledger) -> None:
    """Nothing is silently missing."""
    reason = Outcome(key=ItemKey(FEED, "b"), status="dropped", stage="curate", reason="sponsored")
    told.items.settle([reason], "3")
    story = told.story("https://news.example/b")

    assert story
    assert [(item.state, item.reason) for item in story.items] == [("dropped", "sponsored")]
    assert story.receipts == ()


def test_items_that_share_an_address_share_a_story(told: Ledger) -> None:
    """Two feeds of a publisher carry the same article."""
    item = Item(key=OTHER, url="https://news.example/a")
    told.feeds.record_pull(Pull(feed=OTHER.feed, items=(item,)), source="Other")
    story = told.story("https://news.example/a")

    assert story
    assert {one.key for one in story.items} == {KEY, OTHER}


def test_an_item_without_a_link_is_found_by_its_guid_alone(told: Ledger) -> None:
    """An empty address is nobody's address."""
    key = ItemKey(FEED, "urn:uuid:1")
    told.feeds.record_pull(Pull(feed=FEED, items=(Item(key=key),)), source="News")
    story = told.story("urn:uuid:1")

    assert story
    assert [item.key for item in story.items] == [key]
    assert told.story("urn:uuid:2") is None


@pytest.mark.parametrize("target", ["", "78", "9" * 30, "https://site.example/", "rain"])
def test_the_unknown_has_no_story(told: Ledger, target: str) -> None:
    """None, and not the story of something near."""
    assert told.story(target) is None
