"""Feeds at another address of the configuration: a person has written it, so they are believed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from wp_sync.config.channels import Source
from wp_sync.ledger import Ledger, open_ledger
from wp_sync.model import Item, ItemKey, Manners, Pull, Validators
from wp_sync.pipeline.collect import FeedJob
from wp_sync.pipeline.keeping import learn_feed
from wp_sync.pipeline.moved import Moves

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

OLD, NEW = "https://harbour.example/feed", "http://other.example/feed"
NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


class Watch:
    """A clock that a test sets."""

    now = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Watch:
    """Give a clock."""
    return Watch()


@pytest.fixture
def ledger(tmp_path: Path, clock: Watch) -> Iterator[Ledger]:
    """Open an empty ledger."""
    with open_ledger("sqlite:///l.db", tmp_path, clock=clock) as ledger:
        yield ledger


def job_at(ledger: Ledger, address: str) -> FeedJob:
    feed = ledger.feeds.identify(address, "Harbour")
    source = Source(name="Harbour", feeds=(address,))
    known = ledger.feeds.known(feed)
    return FeedJob(
        feed=feed, address=address, location=address, source=source, last=Validators(), known=known
    )


def pull_of(job: FeedJob, numbers: range, place: str, **more: Any) -> Pull:  # noqa: ANN401
    items = tuple(
        Item(
            key=ItemKey(job.feed, f"id {number}"),
            url=f"https://{place}/{number}",
            title=f"Story {number}",
            published=NOON - timedelta(hours=number),
        )
        for number in numbers
    )
    guids = [item.key.guid for item in items]
    hashes = {guid: guid for guid in guids}
    given = Validators(url=job.location)
    return Pull(
        feed=job.feed,
        items=items,
        hashes=hashes,
        present=frozenset(guids),
        validators=given,
        **more,
    )


def take(ledger: Ledger, job: FeedJob, pulled: Pull) -> tuple[str, str]:
    """Take a pull in as a run does; return the feed's id, and why it is held."""
    moves = Moves(ledger, cast("Any", SimpleNamespace(sources=(job.source,))))
    job, pulled, _ = moves.follow(job, pulled)
    pulled = ledger.feeds.recognise(pulled)
    health = learn_feed(ledger, job, pulled, NOON)
    ledger.feeds.record_pull(pulled, source="Harbour", health=health)
    return job.feed, ledger.health.held(job.feed)


def test_a_feed_that_a_person_moved_is_not_held(ledger: Ledger) -> None:
    """By http on another domain, where its new articles are too: that was no hijack."""
    before = job_at(ledger, OLD)
    take(ledger, before, pull_of(before, range(20), "harbour.example"))
    now = job_at(ledger, NEW)
    moved = pull_of(now, range(5, 20), "harbour.example", site="http://other.example/")

    assert take(ledger, now, moved) == (OLD, "")
    again = job_at(ledger, NEW)
    assert take(ledger, again, pull_of(again, range(20, 30), "other.example")) == (OLD, "")


def test_a_moved_feed_is_asked_where_the_person_wants(ledger: Ledger, clock: Watch) -> None:
    """Where redirects led before counts no more."""
    before = job_at(ledger, OLD)
    redirected = Manners(moved_to="https://elsewhere.example/feed")
    for _ in range(6):
        take(ledger, before, pull_of(before, range(20), "harbour.example", manners=redirected))
        clock.now += timedelta(days=2)
    assert ledger.feeds.all()[0].location == redirected.moved_to
    now = job_at(ledger, NEW)
    take(ledger, now, pull_of(now, range(20), "harbour.example"))

    (row,) = ledger.feeds.all()
    assert (row.id, row.location, row.moved_to) == (OLD, NEW, "")
