"""What the ledger keeps for etiquette, over days."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from wp_sync.ledger import FeedRow, Ledger, open_ledger
from wp_sync.model import HostRest, Item, ItemKey, Manners, Pull, Trouble, Validators

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FEED, NEW = "https://a.test/feed", "https://b.test/feed"
NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


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
    """Open a ledger that knows one feed."""
    with open_ledger("sqlite:///l.db", tmp_path, clock=clock) as ledger:
        ledger.feeds.identify(FEED, "Paper")
        yield ledger


def row(ledger: Ledger) -> FeedRow:
    (found,) = ledger.feeds.all()
    return found


def pull(*guids: str, published: datetime | None = None, **more: object) -> Pull:
    items = tuple(
        Item(key=ItemKey(FEED, guid), url=f"https://a.test/{guid}", title=guid, published=published)
        for guid in guids
    )
    hashes = {guid: guid for guid in guids}
    return replace(Pull(feed=FEED, items=items, hashes=hashes), **more)  # type: ignore[arg-type]


def move(ledger: Ledger, clock: Watch, times: int, step: timedelta, to: str = NEW) -> None:
    for _ in range(times):
        ledger.feeds.record_pull(pull("1", manners=Manners(moved_to=to)), source="Paper")
        clock.now += step


def test_a_feed_moves_after_seven_days_and_five_sightings(ledger: Ledger, clock: Watch) -> None:
    """Not sooner: neither many sightings of a day nor two of two weeks are enough (E16)."""
    move(ledger, clock, 20, HOUR)
    assert row(ledger).location == FEED
    clock.now = NOON + 7 * DAY
    move(ledger, clock, 1, HOUR)

    assert row(ledger).location == NEW
    assert ledger.feeds.identify(NEW, "Paper") == FEED
    assert ledger.feeds.identify(FEED, "Paper") == FEED


def test_few_sightings_move_nothing(ledger: Ledger, clock: Watch) -> None:
    """Four in four weeks (E16)."""
    move(ledger, clock, 4, 7 * DAY)

    assert row(ledger).location == FEED
    assert ledger.feeds.find(NEW) == NEW


def test_a_move_that_ends_or_changes_begins_anew(ledger: Ledger, clock: Watch) -> None:
    """A captive portal of a week's journey, with the feed's own answer in between (E16)."""
    move(ledger, clock, 6, DAY)
    ledger.feeds.record_pull(pull("1"), source="Paper")
    move(ledger, clock, 3, DAY)
    move(ledger, clock, 4, DAY, to="https://c.test/feed")

    assert row(ledger).location == FEED


def test_only_a_feed_that_holds_what_was_known_moves(ledger: Ledger, clock: Watch) -> None:
    """Another site's feed behind a permanent redirect is no move (E16)."""
    ledger.feeds.record_pull(pull("1"), source="Paper")
    for number in range(9):
        strange = pull(f"strange-{number}", manners=Manners(moved_to=NEW))
        ledger.feeds.record_pull(strange, source="Paper")
        clock.now += DAY

    assert row(ledger).location == FEED


def test_a_new_address_that_fails_gives_the_old_one_back(ledger: Ledger, clock: Watch) -> None:
    """A server's bad hour does not (E16)."""
    move(ledger, clock, 9, DAY)
    assert row(ledger).location == NEW
    ledger.feeds.record_failure(FEED, source="Paper", reason="502", trouble=Trouble())
    assert row(ledger).location == NEW
    ledger.feeds.record_failure(FEED, source="Paper", reason="404", trouble=Trouble(kind="missing"))

    assert row(ledger).location == FEED


def test_what_an_answer_said_is_kept(ledger: Ledger, clock: Watch) -> None:
    """A 304 renews the freshness, and says nothing of the feed's own wishes."""
    told = Manners(fresh_for=7_200, wait=60, skip_hours=(1,), skip_days=(6,))
    given = Validators(url=FEED, etag='"1"')
    ledger.feeds.record_pull(pull("1", manners=told, validators=given), source="Paper")
    clock.now += DAY
    again = Pull(feed=FEED, changed=False, manners=Manners(fresh_for=60))
    ledger.feeds.record_pull(again, source="Paper")

    found = row(ledger)
    assert found.fresh_until == NOON + DAY + timedelta(minutes=1)
    assert (found.wait, found.skip_hours, found.skip_days) == (60, (1,), (6,))
    assert (found.has_validators, found.unmodified_since) == (1, NOON + DAY)


def test_a_stuck_feed_is_asked_afresh_once(ledger: Ledger, clock: Watch) -> None:
    """Since when it says nothing but 304 is kept, and begins anew with the asking (E7)."""
    ledger.feeds.record_pull(pull("1"), source="Paper")
    assert row(ledger).unmodified_since is None
    for _ in range(3):
        ledger.feeds.record_pull(Pull(feed=FEED, changed=False), source="Paper")
        clock.now += DAY
    assert row(ledger).unmodified_since == NOON

    ledger.feeds.begin([FEED], afresh=[FEED])
    assert row(ledger).unmodified_since == NOON + 3 * DAY


def test_a_failure_tells_its_kind_and_an_answer_ends_it(ledger: Ledger, clock: Watch) -> None:
    """Since when it fails, and until when it wants rest."""
    busy = Trouble(kind="busy", retry_after=3_600)
    ledger.feeds.record_failure(FEED, source="Paper", reason="503", trouble=busy)
    clock.now += HOUR
    ledger.feeds.record_failure(FEED, source="Paper", reason="410", trouble=Trouble(kind="gone"))
    found = row(ledger)
    assert (found.failing_since, found.rest_until, found.is_over) == (NOON, None, True)

    ledger.feeds.record_pull(pull("1"), source="Paper")
    found = row(ledger)
    assert (found.failing_since, found.trouble, found.is_over) == (None, "", False)


def test_the_rhythm_of_a_feed_is_learned(ledger: Ledger) -> None:
    """From the dates of what it brings; what is old already, or changed, says nothing."""
    for hours in (8, 4, 0):
        ledger.feeds.record_pull(pull(f"{hours}", published=NOON - hours * HOUR), source="Paper")
    found = row(ledger)
    assert (found.newest, found.rhythm) == (NOON, 4 * 3_600)

    ledger.feeds.record_pull(pull("old", published=NOON - 90 * DAY), source="Paper")
    assert row(ledger).newest == NOON


def test_hosts_rest_from_run_to_run(ledger: Ledger) -> None:
    """What a host asked for survives; who answers again is forgotten (E13)."""
    rest = HostRest(host="a.test", refusals=2, until=NOON + HOUR, asked=True)
    ledger.hosts.put([rest])
    assert ledger.hosts.all() == (rest,)

    ledger.hosts.put([HostRest(host="a.test")])
    assert ledger.hosts.all() == ()


def test_the_same_bytes_are_no_304(ledger: Ledger) -> None:
    """A server that sends its feed whole answers what it has: it is not stuck."""
    ledger.feeds.record_pull(Pull(feed=FEED, changed=False), source="Paper")
    ledger.feeds.record_pull(Pull(feed=FEED, changed=False, body_hash="same"), source="Paper")

    assert row(ledger).unmodified_since is None
