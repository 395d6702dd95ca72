"""What a pull leaves behind, and how the next one finds it; what is kept in one commit."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from wp_sync.errors import LedgerError
from wp_sync.model import Item, ItemKey, Pull, Validators

if TYPE_CHECKING:
    from wp_sync.ledger import Ledger

FEED, OTHER = "https://feed.example/rss", "https://other.example/rss"
GIVEN = Validators(url=FEED, etag='"1"', last_modified="today")


def pull_of(*guids: str, trace: str = "t", feed: str = FEED) -> Pull:
    return Pull(
        feed=feed,
        items=tuple(Item(key=ItemKey(feed, guid), title=guid) for guid in guids),
        hashes={guid: f"hash of {guid}" for guid in guids},
        traces={f"hash of {guid}": f"{trace} of {guid}" for guid in guids},
        validators=GIVEN,
        body_hash="the body",
    )


def test_what_a_pull_left_comes_back(ledger: Ledger) -> None:
    """Validators, hashes, traces and the body's hash: by the address, also a later one."""
    ledger.feeds.recall([(FEED, "News"), (OTHER, "Other")])
    ledger.feeds.record_pull(pull_of("a", "b"), source="News")

    memory = ledger.feeds.recall([(FEED, "News"), (OTHER, "Other")])

    one, other = memory[FEED], memory[OTHER]
    assert (one.feed, one.validators, one.traces.body) == (FEED, GIVEN, "the body")
    assert dict(one.known) == {"a": "hash of a", "b": "hash of b"}
    assert dict(one.traces.entries) == {"t of a": "a", "t of b": "b"}
    assert (other.feed, other.validators, dict(other.known)) == (OTHER, Validators(), {})


def test_known_entry_with_another_trace_keeps_all_else(ledger: Ledger) -> None:
    """Its item is not due again: it says the same."""
    ledger.feeds.record_pull(pull_of("a", "b"), source="News")
    before = ledger.items.counts()
    unread = replace(pull_of("a", "b", trace="u"), items=(), hashes={}, unchanged=2)
    ledger.feeds.record_pull(unread, source="News")

    memory = ledger.feeds.recall([(FEED, "News")])[FEED]

    assert dict(memory.traces.entries) == {"u of a": "a", "u of b": "b"}
    assert ledger.items.counts() == before


def test_changed_item_loses_its_old_trace(ledger: Ledger) -> None:
    """Else the old text would be taken for the known one if it came back."""
    ledger.feeds.record_pull(pull_of("a"), source="News")
    changed = replace(pull_of("a"), hashes={"a": "another"}, traces={})
    ledger.feeds.record_pull(changed, source="News")

    assert dict(ledger.feeds.recall([(FEED, "News")])[FEED].traces.entries) == {}


def test_thousand_known_feeds_are_recalled_by_few_questions(
    ledger: Ledger, statements: list[tuple[str, Any]]
) -> None:
    """A question or a commit for each would take longer than to ask the feeds."""
    places = [(f"https://feed.example/{number}", "News") for number in range(1_000)]
    ledger.feeds.recall(places)
    statements.clear()

    memory = ledger.feeds.recall(places)

    assert len(memory) == 1_000
    assert len(statements) < 20


def test_feed_of_another_source_is_noted(ledger: Ledger) -> None:
    """A source may be renamed; its feed is the same."""
    ledger.feeds.recall([(FEED, "News")])
    ledger.feeds.recall([(FEED, "Daily News")])

    assert [row.source for row in ledger.feeds.all()] == ["Daily News"]


def test_together_is_one_commit(ledger: Ledger, statements: list[tuple[str, Any]]) -> None:
    """What is inside sees what was written before it, and begins no transaction of its own."""
    statements.clear()
    with ledger.together():
        ledger.feeds.record_pull(pull_of("a"), source="News")
        ledger.feeds.record_pull(pull_of("b", feed=OTHER), source="Other")
        seen = ledger.feeds.known(FEED), ledger.feeds.known(OTHER)

    begun = [statement for statement, _ in statements if statement.startswith("BEGIN")]
    assert seen == ({"a": "hash of a"}, {"b": "hash of b"})
    assert len(begun) == 1


def test_together_is_kept_whole_or_not_at_all(ledger: Ledger) -> None:
    """Validators without their items would lose these for ever."""

    def break_off() -> None:
        with ledger.together():
            ledger.feeds.record_pull(pull_of("a"), source="News")
            raise LedgerError("the disk is full")

    with pytest.raises(LedgerError):
        break_off()

    assert ledger.feeds.validators(FEED) == Validators()
    assert ledger.items.counts() == {}
    ledger.feeds.record_pull(pull_of("a"), source="News")  # and the ledger goes on
    assert ledger.items.counts() == {"new": 1}
