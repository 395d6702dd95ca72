"""Items: what is due, how it ended, and that nothing is silently missing."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, get_args

import pytest

from wp_sync.ledger.packing import pack_item, unpack_item
from wp_sync.model import Item, ItemKey, Outcome, OutcomeStatus, Receipt
from wp_sync.publish.journal import Write

if TYPE_CHECKING:
    from collections.abc import Callable

    from wp_sync.ledger import Ledger
    from wp_sync.model import Pull

FEED = "https://feed.example/rss"
FULL = Item(
    key=ItemKey(FEED, "a"),
    url="https://news.example/a",
    title="Rain <b>again</b>",
    summary_html="<p>wet</p>",
    body_html="<p>It rains.</p>",
    base_url="https://news.example/",
    published=datetime(2026, 11, 23, 8, 0, tzinfo=UTC),
    claimed=datetime(2031, 1, 1, 8, 0, tzinfo=UTC),
    updated=datetime(2026, 11, 23, 9, 0, 0, 250, tzinfo=UTC),
    authors=("Ada", "Bea"),
    labels=("weather",),
    image_urls=("https://news.example/a.jpg",),
    language="en",
)


def outcome(guid: str, status: OutcomeStatus, channel: str = "local", reason: str = "") -> Outcome:
    key = ItemKey(FEED, guid)
    return Outcome(key=key, status=status, stage="publish", reason=reason, channel=channel)


def judged(guid: str) -> Outcome:
    return replace(outcome(guid, "held", reason="fits nothing"), stage="curate")


def guids(ledger: Ledger, *, dropped_too: bool = False) -> list[str]:
    return [due.item.key.guid for due in ledger.items.due(FEED, dropped_too=dropped_too)]


@pytest.mark.parametrize("item", [FULL, Item(key=ItemKey(FEED, "a"))], ids=["full", "bare"])
def test_an_item_comes_back_as_it_was(item: Item) -> None:
    """Every field survives the way through JSON, tuples and dates included."""
    raw = pack_item(item)

    assert unpack_item(item.key, raw) == item
    assert set(pack_item(FULL)) == {field.name for field in fields(Item)} - {"key"}


def test_an_item_of_another_version_is_read() -> None:
    """Fields that are missing take their default, unknown ones are left out."""
    item = unpack_item(FULL.key, {"title": "Rain", "mood": "grey"})

    assert item == Item(key=FULL.key, title="Rain")


def test_new_items_are_due_in_the_order_of_their_feed(
    ledger: Ledger, make_pull: Callable[..., Pull]
) -> None:
    """The identity includes the feed: another one's items stay out."""
    ledger.feeds.record_pull(make_pull("c", "a", "b"), source="News")
    ledger.feeds.record_pull(make_pull("x", feed="https://other.example/"), source="Other")

    assert guids(ledger) == ["c", "a", "b"]


def test_older_items_are_due_first(
    ledger: Ledger, make_pull: Callable[..., Pull], clock: Callable[..., datetime]
) -> None:
    """A changed item keeps the time at which it was first seen, and so its place."""
    first = clock()
    ledger.feeds.record_pull(make_pull("z"), source="News")
    clock.go_on(hours=1)  # type: ignore[attr-defined]
    ledger.feeds.record_pull(make_pull("a"), source="News")
    ledger.feeds.record_pull(make_pull("z", version="2"), source="News")
    due = ledger.items.due(FEED)

    assert [one.item.title for one in due] == ["z, version 2", "a, version 1"]
    assert due[0].first_seen == first


@pytest.mark.parametrize(
    ("status", "state", "is_due"),
    [
        ("created", "published", False),
        ("updated", "published", False),
        ("unchanged", "published", False),
        ("trashed", "published", False),
        ("held", "held", True),
        ("dropped", "dropped", False),
        ("failed", "failed", True),
    ],
)
def test_each_outcome_settles_its_item(
    ledger: Ledger,
    make_pull: Callable[..., Pull],
    status: OutcomeStatus,
    state: str,
    is_due: bool,  # noqa: FBT001
) -> None:
    """What is held or failed gets another try, the rest is done."""
    ledger.feeds.record_pull(make_pull("a", "b"), source="News")
    ledger.items.settle([outcome("a", status)], "run")

    assert ledger.items.counts() == {"new": 1, state: 1}
    assert ("a" in guids(ledger)) is is_due


def test_every_status_has_a_state(ledger: Ledger, make_pull: Callable[..., Pull]) -> None:
    """A status that the model gets later must not stop a run at its end."""
    statuses: tuple[OutcomeStatus, ...] = get_args(OutcomeStatus)
    ledger.feeds.record_pull(make_pull(*statuses), source="News")
    ledger.items.settle([outcome(status, status) for status in statuses], "run")

    assert "new" not in ledger.items.counts()
    assert [one.status for one in ledger.runs.outcomes("run")] == list(statuses)


def test_dropped_items_are_due_when_asked_for(
    ledger: Ledger, make_pull: Callable[..., Pull]
) -> None:
    """New rules may keep what the old ones dropped."""
    ledger.feeds.record_pull(make_pull("a"), source="News")
    ledger.items.settle([outcome("a", "dropped", reason="sponsored")], "run")

    assert guids(ledger) == []
    assert guids(ledger, dropped_too=True) == ["a"]


def test_what_curation_held_waits_for_other_rules_or_another_text(
    ledger: Ledger, make_pull: Callable[..., Pull]
) -> None:
    """Its page need not be fetched every night; what a limit held may pass every night."""
    ledger.feeds.record_pull(make_pull("curate", "limit"), source="News")
    ledger.items.settle([judged("curate"), outcome("limit", "held")], "run")
    usual, with_other_rules = guids(ledger), guids(ledger, dropped_too=True)
    ledger.feeds.record_pull(make_pull("curate", version="2"), source="News")

    assert usual == ["limit"]
    assert with_other_rules == ["curate", "limit"]
    assert guids(ledger) == ["curate", "limit"]


def test_what_was_never_tried_comes_before_what_waits(
    ledger: Ledger, make_pull: Callable[..., Pull], clock: Callable[..., datetime]
) -> None:
    """A limit of items a run must not be used up by old ones."""
    ledger.feeds.record_pull(make_pull("held", "failed"), source="News")
    ledger.items.settle([outcome("held", "held"), outcome("failed", "failed")], "run")
    clock.go_on(hours=1)  # type: ignore[attr-defined]
    ledger.feeds.record_pull(make_pull("new"), source="News")

    assert guids(ledger) == ["failed", "new", "held"]


def test_what_only_another_site_has_is_due_for_this_one(
    ledger: Ledger, make_pull: Callable[..., Pull]
) -> None:
    """First the staging site, then the real one, with the same ledger."""
    ledger.feeds.record_pull(make_pull("a"), source="News")
    write = Write(action="create", receipt=Receipt(key=ItemKey(FEED, "a"), wp_id=7))
    ledger.posts.journal("https://staging.example/", "run").record(write)
    ledger.items.settle([outcome("a", "created")], "run")
    due = {
        site: [one.state for one in ledger.items.due(FEED, site=site)]
        for site in ("", "https://staging.example/", "https://real.example/")
    }

    assert due == {
        "": [],
        "https://staging.example/": [],
        "https://real.example/": ["published"],
    }


def test_an_items_title_is_known(ledger: Ledger, make_pull: Callable[..., Pull]) -> None:
    """Curation compares the titles of what shares an address."""
    ledger.feeds.record_pull(make_pull("a"), source="News")
    seen = ledger.posts.seen("https://site.example/")

    assert seen.title_of(ItemKey(FEED, "a")) == "a, version 1"
    assert seen.title_of(ItemKey(FEED, "b")) == ""


def test_a_changed_item_is_due_again_and_an_unchanged_one_is_not(
    ledger: Ledger, make_pull: Callable[..., Pull]
) -> None:
    """The hash of the raw entry decides, not that the feed was read again."""
    ledger.feeds.record_pull(make_pull("a", "b"), source="News")
    ledger.items.settle([outcome("a", "created"), outcome("b", "dropped")], "run")
    ledger.feeds.record_pull(make_pull("a", version="2"), source="News")
    ledger.feeds.record_pull(make_pull("b"), source="News")

    assert ledger.items.counts() == {"new": 1, "dropped": 1}
    assert ledger.feeds.known(FEED) == {"a": "a-2", "b": "b-1"}


def test_a_post_that_a_limit_holds_each_night_is_told_once(
    ledger: Ledger, make_pull: Callable[..., Pull]
) -> None:
    """Its item stays what it is; a limit's figures may differ, and another end is told."""
    ledger.feeds.record_pull(make_pull("a"), source="News")
    ledger.items.settle([outcome("a", "created")], "1")
    for reason in ("over 30 of 90 posts", "over 31 of 92 posts", "over 31 of 93 posts"):
        ledger.items.decide(outcome("a", "held", reason=reason), "r", None)
    ledger.items.decide(outcome("a", "updated", reason="its time is over"), "r", None)
    ledger.items.decide(outcome("a", "held", reason="over 9 of 93 posts"), "r", None)

    told = [one.reason for one in ledger.runs.outcomes("r")]

    assert told == ["over 30 of 90 posts", "its time is over", "over 9 of 93 posts"]
    assert ledger.items.counts() == {"published": 1}


def test_a_failure_keeps_the_channel_that_was_found(
    ledger: Ledger, make_pull: Callable[..., Pull]
) -> None:
    """A page that could not be fetched the second time was routed the first time."""
    ledger.feeds.record_pull(make_pull("a"), source="News")
    ledger.items.settle([outcome("a", "held")], "1")
    ledger.items.settle([outcome("a", "failed", channel="", reason="time-out")], "2")
    story = ledger.story("https://news.example/a")

    assert story
    assert [(item.channel, item.reason) for item in story.items] == [("local", "time-out")]


def test_an_item_that_goes_on_waiting_is_told_once(
    ledger: Ledger, make_pull: Callable[..., Pull]
) -> None:
    """A held item adds a line to its story when its reason changes, and not every night."""
    ledger.feeds.record_pull(make_pull("a"), source="News")
    for reason in ("waits", "waits", "waits for more"):
        ledger.items.settle([outcome("a", "held", reason=reason)], run="r")

    told = [one.reason for one in ledger.runs.outcomes("r")]

    assert told == ["waits", "waits for more"]
