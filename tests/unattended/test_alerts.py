"""One message a change of state, told at least once and to everybody."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from wp_sync.errors import RejectedError, SiteError, UnauthorizedError, UnreachableError
from wp_sync.ledger import AlertRow, FeedRow, Ledger, open_ledger
from wp_sync.model import FeedHealth
from wp_sync.unattended.alerts import (
    Finding,
    find_changes,
    find_gone,
    judge_feeds,
    judge_health,
    judge_silence,
    judge_site,
    make_data,
)
from wp_sync.unattended.delivery import DeliveryError, deliver

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
SITE = "https://example.news"
FEED = FeedRow(
    id="https://paper.example/feed",
    address="https://paper.example/feed",
    source="Paper",
    title="",
    format="",
    last_pulled=NOON,
    last_ok=None,
    last_error="it answered 404",
    failures=0,
    first_seen=None,
)
BAD = Finding(subject="site", is_bad=True, message="the site refuses us")
WELL = Finding(subject="site", message="the site takes our posts")


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with open_ledger("sqlite:///wp-sync.db", tmp_path, clock=lambda: NOON) as opened:
        yield opened


def change(ledger: Ledger, *findings: Finding, now: datetime = NOON) -> None:
    ledger.alerts.change(tuple(find_changes(ledger.alerts.all(), findings, now)))


class Box:
    """A channel that keeps what it is sent, unless it is broken."""

    def __init__(self) -> None:
        self.sent: list[list[str]] = []
        self.is_broken = False

    def __call__(self, rows: Sequence[AlertRow]) -> None:
        if self.is_broken:
            raise DeliveryError("the box is full")
        self.sent.append([f"{row.state}: {row.message}" for row in rows])


@pytest.mark.parametrize(("failures", "states"), [(0, [False]), (1, []), (2, []), (3, [True])])
def test_a_feed_is_bad_after_three_failures(failures: int, states: list[bool]) -> None:
    """One or two are no news, neither good nor bad."""
    found = judge_feeds([replace(FEED, failures=failures)], 3)

    assert [one.is_bad for one in found] == states


@pytest.mark.parametrize(
    ("error", "failures", "states"),
    [
        pytest.param(None, 0, [False], id="well"),
        pytest.param(UnauthorizedError("401"), 1, [True], id="login refused"),
        pytest.param(RejectedError("403", status=403), 1, [True], id="forbidden"),
        pytest.param(UnreachableError("away"), 2, [], id="away twice"),
        pytest.param(UnreachableError("away"), 3, [True], id="away three times"),
        pytest.param(SiteError("no API"), 3, [True], id="unusable three times"),
    ],
)
def test_the_site_is_bad_when_it_refuses_us_or_stays_away(
    error: UnreachableError | None, failures: int, states: list[bool]
) -> None:
    """A refused login is told at once: no other try will change it."""
    assert [one.is_bad for one in judge_site(error, failures)] == states


def test_silence_is_told_with_its_beginning() -> None:
    """Six hours are fine, more are not."""
    assert not judge_silence(NOON, NOON + 6 * HOUR, 6 * HOUR).is_bad
    late = judge_silence(NOON, NOON + 7 * HOUR, 6 * HOUR)
    assert late.is_bad
    assert "since 2026-11-23 12:00 UTC" in late.message


def test_trouble_is_told_once_and_its_end_once(ledger: Ledger) -> None:
    """Five bad runs and three good ones are two messages."""
    box = Box()

    for number, finding in enumerate([WELL, BAD, BAD, BAD, BAD, BAD, WELL, WELL, WELL]):
        change(ledger, finding, now=NOON + number * HOUR)
        deliver(ledger, SITE, {"box": box}, NOON)

    assert box.sent == [
        ["bad: the site refuses us"],
        ["well: the site takes our posts (trouble since 2026-11-23 13:00 UTC)"],
    ]


def test_several_changes_are_one_message(ledger: Ledger) -> None:
    """A night in which all breaks is one mail."""
    box = Box()
    change(ledger, BAD, replace(BAD, subject="runs", message="no run"))

    deliver(ledger, SITE, {"box": box}, NOON)

    assert [len(one) for one in box.sent] == [2]


def test_what_did_not_get_through_stays_due(ledger: Ledger) -> None:
    """It goes out when the channel works again; the failure is said in the meantime."""
    box = Box()
    box.is_broken = True
    change(ledger, BAD)

    (warning,) = deliver(ledger, SITE, {"box": box}, NOON)
    box.is_broken = False
    deliver(ledger, SITE, {"box": box}, NOON)
    deliver(ledger, SITE, {"box": box}, NOON)

    assert "did not get through by box: the box is full" in warning
    assert box.sent == [["bad: the site refuses us"]]


def test_a_channel_that_works_is_not_told_twice_for_one_that_does_not(ledger: Ledger) -> None:
    """The mail server is away for three runs; the webhook hears of it once."""
    works, broken = Box(), Box()
    broken.is_broken = True
    change(ledger, BAD)

    for _ in range(3):
        deliver(ledger, SITE, {"works": works, "broken": broken}, NOON)
    broken.is_broken = False
    deliver(ledger, SITE, {"works": works, "broken": broken}, NOON)

    assert works.sent == broken.sent == [["bad: the site refuses us"]]


def test_trouble_waits_for_somebody_to_tell(ledger: Ledger) -> None:
    """Without a channel nothing is lost; what is well again is no news by then."""
    box = Box()
    change(ledger, BAD, replace(BAD, subject="runs", message="no run"))
    deliver(ledger, SITE, {}, NOON)
    change(ledger, WELL)
    deliver(ledger, SITE, {}, NOON)

    deliver(ledger, SITE, {"box": box}, NOON)

    assert box.sent == [["bad: no run"]]


def test_a_feed_that_was_taken_out_is_forgotten() -> None:
    """It will never be well again, and nobody waits for it."""
    known = ["feed:a", "feed:b", "site"]

    assert find_gone(known, ["b"]) == ("feed:a",)


def test_what_a_feed_wrote_is_one_short_line() -> None:
    """No line break, no control, no end."""
    noisy = replace(BAD, message="a\r\nBcc: x@y\x1b[31m" + "b" * 9000)

    (row,) = find_changes({}, [noisy], NOON)
    data = make_data(SITE, [row])

    assert row.message.startswith("a Bcc: x@y [31mb")
    assert len(row.message) == 600
    assert data["text"].splitlines() == ["wp-sync for https://example.news:", f"- {row.message}"]
    assert data["alerts"][0]["state"] == "bad"


def test_a_feed_that_is_gone_for_good_is_told_at_once() -> None:
    """410 is no trouble that passes: nobody waits for a third one."""
    gone = replace(FEED, failures=1, trouble="gone", last_error="answered 410 Gone")

    (found,) = judge_feeds([gone], 3)

    assert found.is_bad
    assert "is not asked any more: answered 410 Gone" in found.message


def test_a_feed_that_changed_hands_is_told_once_and_its_approval_once(ledger: Ledger) -> None:
    """Beside its failures, which are told by themselves; a feed that is gone is forgotten."""
    read = replace(FEED, last_ok=NOON)
    held = {FEED.id: FeedHealth(feed=FEED.id, held="its title is 'Spam'", held_since=NOON)}

    change(ledger, *judge_health([read], held))
    change(ledger, *judge_health([read], held), *judge_feeds([read], 3))
    bad = ledger.alerts.all()
    change(ledger, *judge_health([read], {FEED.id: FeedHealth(feed=FEED.id)}), now=NOON + HOUR)
    well = ledger.alerts.all()

    subject = f"changed hands:{FEED.id}"
    assert bad.keys() == well.keys() == {subject}
    assert bad[subject].message.startswith(
        f"Paper: the feed {FEED.address} seems to have changed hands: its title is 'Spam' (look"
    )
    assert f"wp-sync feeds approve {FEED.id}" in bad[subject].message
    assert (well[subject].state, well[subject].since) == ("well", NOON + HOUR)
    assert "is published again" in well[subject].message
    assert find_gone(well, []) == (subject,)
    assert find_gone(well, [FEED.id]) == ()
