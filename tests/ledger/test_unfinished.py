"""Posts that lack something: tried again, less and less often, and not for ever."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from wp_sync.model import ItemKey, Outcome, Receipt
from wp_sync.publish.journal import Write

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from wp_sync.ledger import Ledger
    from wp_sync.model import OutcomeStatus, Pull

FEED = "https://feed.example/rss"
SITE = "site.example"


def outcome(guid: str, status: OutcomeStatus, reason: str = "") -> Outcome:
    key = ItemKey(FEED, guid)
    return Outcome(key=key, status=status, stage="publish", reason=reason, channel="local")


LACKING = replace(
    outcome("a", "created", reason="new; without picture: its answer was lost"), again=True
)


@pytest.fixture(autouse=True)
def _published(ledger: Ledger, make_pull: Callable[..., Pull]) -> None:
    ledger.feeds.record_pull(make_pull("a"), source="News")
    receipt = Receipt(key=ItemKey(FEED, "a"), wp_id=7)
    ledger.posts.journal(SITE, "run-0").record(Write(action="create", receipt=receipt))


def is_due(ledger: Ledger) -> bool:
    return bool(ledger.items.due(FEED, site=SITE))


def end(ledger: Ledger, one: Outcome, run: str = "run-1") -> None:
    ledger.items.settle([one], run)


def test_an_unfinished_post_is_due_in_the_next_run(ledger: Ledger) -> None:
    """Its source need not change for it; it counts as being on the site."""
    end(ledger, LACKING)

    assert is_due(ledger)
    assert ledger.items.counts() == {"unfinished": 1}
    assert not ledger.items.due(FEED), "waits, though nothing of it waits to be published"


def test_a_completed_post_rests(ledger: Ledger) -> None:
    """What the next run could bring ends the matter, and so does a word that nothing lacks."""
    end(ledger, LACKING)
    end(ledger, outcome("a", "updated"), "run-2")

    assert not is_due(ledger)
    assert ledger.items.counts() == {"published": 1}


def test_tries_become_rare_and_end(ledger: Ledger, clock: Callable[..., datetime]) -> None:
    """A picture server that is gone for good is not asked at every run for ever."""
    end(ledger, LACKING)
    tries, quarters = 0, 0
    while ledger.items.counts() == {"unfinished": 1} and quarters < 1_000:
        if is_due(ledger):
            tries += 1
            end(ledger, replace(LACKING, status="unchanged"), f"run-{tries + 1}")
        clock.go_on(minutes=15)  # type: ignore[attr-defined]
        quarters += 1
    story = ledger.story("https://news.example/a")

    assert (tries, quarters) == (5, 124)  # 31 hours
    assert not is_due(ledger)
    assert story is not None
    assert "given up after 5 more tries" in story.outcomes[-1].outcome.reason
    assert "given up after 5 more tries" in story.items[0].reason


def test_a_change_of_the_source_begins_anew(
    ledger: Ledger, clock: Callable[..., datetime], make_pull: Callable[..., Pull]
) -> None:
    """Another picture has all its tries."""
    for number in range(3):
        end(ledger, LACKING, f"run-{number}")
        clock.go_on(hours=1)  # type: ignore[attr-defined]
    ledger.feeds.record_pull(make_pull("a", version="2"), source="News")
    end(ledger, LACKING, "run-4")

    assert is_due(ledger)


def test_a_persons_order_leaves_it_unfinished(ledger: Ledger) -> None:
    """Who approves a draft without its picture says nothing about the picture."""
    end(ledger, LACKING)
    ledger.items.decide(outcome("a", "updated"), "run-2", "published")

    assert ledger.items.counts() == {"unfinished": 1}


def test_a_rejected_post_is_not_completed(ledger: Ledger) -> None:
    """What a person threw away needs no picture."""
    end(ledger, LACKING)
    ledger.items.decide(outcome("a", "trashed"), "run-2", "rejected")

    assert not is_due(ledger)


def test_it_is_due_for_a_site_that_lacks_it_whole(ledger: Ledger) -> None:
    """Another site has no post of it at all."""
    end(ledger, LACKING)

    assert ledger.items.due(FEED, site="other.example")
