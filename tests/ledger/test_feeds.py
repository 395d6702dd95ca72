"""Feeds: one identity through all addresses, validators and items in one commit."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from wp_sync.model import Item, ItemKey, Pull, Validators

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from wp_sync.ledger import Ledger

FEED = "https://feed.example/rss"
MOVED = "https://feed.example/new"


def test_a_feed_keeps_its_identity_when_its_source_is_renamed(ledger: Ledger) -> None:
    """A feed is known by its address and not by its source's name."""
    first = ledger.feeds.identify(FEED, "News")
    second = ledger.feeds.identify(FEED, "Daily News")

    assert first == second == FEED
    assert [(row.id, row.source) for row in ledger.feeds.all()] == [(FEED, "Daily News")]


def test_an_address_that_a_redirect_led_to_stays_a_feed_of_its_own(
    ledger: Ledger, make_pull: Callable[..., Pull]
) -> None:
    """A redirect for today may lead to another feed, which must not lose its identity by it."""
    ledger.feeds.identify(FEED, "News")
    ledger.feeds.record_pull(replace(make_pull("a"), validators=Validators(url=MOVED)), source="N")

    assert ledger.feeds.identify(MOVED, "Other") == MOVED
    assert ledger.feeds.known(FEED) == {"a": "a-1"}
    assert [row.address for row in ledger.feeds.all()] == [FEED, MOVED]


def pull_of(url: str, title: str, guid: str = "news", feed: str = FEED) -> Pull:
    item = Item(key=ItemKey(feed, guid), url=f"https://news.example/{url}", title=title)
    return Pull(feed=feed, items=(item,), hashes={guid: f"{url}{title}"}, notes=("odd dates",))


def test_one_guid_for_everything_keeps_each_article(ledger: Ledger) -> None:
    """What has another address and another title is another item, under a key of its own."""
    ledger.feeds.record_pull(pull_of("1", "Flood"), source="News")
    kept = ledger.feeds.record_pull(pull_of("2", "Election"), source="News")
    again = ledger.feeds.record_pull(pull_of("2/", "Election day"), source="News")
    due = {one.item.key.guid: one.item.title for one in ledger.items.due(FEED)}

    assert due == {"news": "Flood", "news\nnews.example/2": "Election day"}
    assert kept.items[0].key.guid == "news\nnews.example/2"
    assert kept.notes[0] == "odd dates"
    assert "news stands for several articles" in kept.notes[1]
    assert again.notes == ("odd dates",)
    assert ledger.feeds.known(FEED)["news\nnews.example/2"] == "2/Election day"


@pytest.mark.parametrize(
    ("second", "third"),
    [
        pytest.param(("1", "Corrected"), ("1", "Corrected again"), id="another title"),
        pytest.param(("9", "Flood"), ("9", "Corrected"), id="another address, then title"),
    ],
)
def test_a_guid_whose_title_or_address_changed_is_the_same_item(
    ledger: Ledger, second: tuple[str, str], third: tuple[str, str]
) -> None:
    """One of the two alone is a correction, or a page that moved."""
    for pull in (pull_of("1", "Flood"), pull_of(*second), pull_of(*third)):
        kept = ledger.feeds.record_pull(pull, source="News")

    assert ledger.items.counts() == {"new": 1}
    assert kept.notes == ("odd dates",)


def test_the_first_entry_of_a_guid_may_be_another_each_day(ledger: Ledger) -> None:
    """In whatever order a feed lists them, an article keeps its key: the address decides."""
    tuesday, monday = pull_of("2", "Election"), pull_of("1", "Flood", "news\nnews.example/1")
    both = replace(tuesday, items=tuesday.items + monday.items, hashes={"news": "e", "x": "f"})
    ledger.feeds.record_pull(pull_of("1", "Flood"), source="News")
    kept = ledger.feeds.record_pull(both, source="News")

    assert [item.key.guid for item in kept.items] == ["news\nnews.example/2", "news"]
    assert ledger.items.counts() == {"new": 2}


def test_identifying_a_known_feed_writes_nothing(ledger: Ledger, tmp_path: Path) -> None:
    """A run asks for every feed: a commit to disk for each would be waste."""
    file = tmp_path / "wp-sync.db"
    ledger.feeds.identify(FEED, "News")
    before = file.read_bytes()
    ledger.feeds.identify(FEED, "News")

    assert file.read_bytes() == before


def test_validators_come_back_byte_for_byte(ledger: Ledger, make_pull: Callable[..., Pull]) -> None:
    """They are opaque, quotes and weak marks included."""
    given = Validators(url=MOVED, etag='W/"a\\"b"', last_modified="Mon, 23 Nov 2026 12:00:00 GMT")
    unknown = ledger.feeds.validators(FEED)
    ledger.feeds.record_pull(replace(make_pull("a"), validators=given), source="News")

    assert unknown == Validators()
    assert ledger.feeds.validators(FEED) == given


def test_an_unchanged_pull_keeps_what_it_does_not_tell(
    ledger: Ledger, make_pull: Callable[..., Pull]
) -> None:
    """A 304 need not repeat the validators, and has no format and no title."""
    ledger.feeds.record_pull(make_pull("a"), source="News")
    before = ledger.feeds.validators(FEED)
    ledger.feeds.record_pull(Pull(feed=FEED, changed=False), source="News")
    (row,) = ledger.feeds.all()

    assert ledger.feeds.validators(FEED) == before
    assert (row.format, row.title) == ("rss20", "News")


def test_a_changed_pull_without_validators_forgets_the_old_ones(
    ledger: Ledger, make_pull: Callable[..., Pull]
) -> None:
    """They belonged to other bytes."""
    ledger.feeds.record_pull(make_pull("a"), source="News")
    ledger.feeds.record_pull(replace(make_pull("b"), validators=Validators()), source="News")

    assert ledger.feeds.validators(FEED) == Validators()


def test_failures_are_counted_until_a_pull_goes_well(
    ledger: Ledger, make_pull: Callable[..., Pull]
) -> None:
    """`status` tells since when a feed is ill; its validators stay."""
    ledger.feeds.record_pull(make_pull("a"), source="News")
    for reason in ("time-out", "gone"):
        ledger.feeds.record_failure(FEED, source="News", reason=reason)
    (ill,) = ledger.feeds.all()
    kept = ledger.feeds.validators(FEED)
    ledger.feeds.record_pull(make_pull("a"), source="News")
    (well,) = ledger.feeds.all()

    assert (ill.failures, ill.last_error) == (2, "gone")
    assert kept.etag == '"a"'
    assert (well.failures, well.last_error) == (0, "")


def test_the_first_answer_of_a_feed_is_remembered(
    ledger: Ledger, clock: Callable[[], datetime]
) -> None:
    """Also when it says nothing but that nothing is new."""
    ledger.feeds.identify(FEED, "News")
    ledger.feeds.record_pull(Pull(feed=FEED, changed=False), source="News")
    (row,) = ledger.feeds.all()

    assert (row.last_pulled, row.last_ok) == (clock(), clock())


def test_a_feed_that_never_answered_is_listed(ledger: Ledger) -> None:
    """A failure before the first pull is remembered too."""
    ledger.feeds.record_failure(FEED, source="News", reason="no such host")
    (row,) = ledger.feeds.all()

    assert (row.address, row.failures, row.last_ok) == (FEED, 1, None)


def test_characters_that_databases_refuse_do_not_stop_a_feed(ledger: Ledger) -> None:
    """NUL and lone surrogates survive in feeds; PostgreSQL and UTF-8 have no place for them."""
    item = Item(key=ItemKey(FEED, "a"), title="rain\0 and \ud83d sun")
    ledger.feeds.record_pull(Pull(feed=FEED, items=(item,), hashes={"a": "1"}), source="News")
    (due,) = ledger.items.due(FEED)

    assert due.item == item


def test_five_hundred_items_are_kept_in_few_statements(
    ledger: Ledger, statements: list[tuple[str, Any]]
) -> None:
    """A statement for each item would make every pull of a large feed slow."""
    items = tuple(
        Item(key=ItemKey(FEED, str(n)), url=f"https://n.example/{n}", body_html="x" * 4000)
        for n in range(500)
    )
    asked = []
    for version in range(3):
        hashes = {item.key.guid: f"{version}" for item in items}
        statements.clear()
        ledger.feeds.record_pull(Pull(feed=FEED, items=items, hashes=hashes), source="News")
        asked.append(len(statements))

    assert ledger.items.counts() == {"new": 500}
    assert 0 < min(asked) <= max(asked) <= 20
