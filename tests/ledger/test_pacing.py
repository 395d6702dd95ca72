"""Deferred items, and when posts of ours went live."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import alembic.command
import pytest
from alembic.config import Config
from sqlalchemy import create_engine

from wp_sync.ledger import open_ledger
from wp_sync.ledger.pacing import live_at
from wp_sync.model import Claim, ItemKey, Outcome, Receipt
from wp_sync.publish.journal import Begun, Write

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from wp_sync.ledger import Ledger
    from wp_sync.model import Pull

FEED = "https://feed.example/rss"
SITE = "site.example"
KEY = ItemKey(FEED, "a")
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _pulled(ledger: Ledger, make_pull: Callable[..., Pull]) -> None:
    ledger.feeds.record_pull(make_pull("a", "b"), source="News")


def defer(ledger: Ledger, due: datetime, reason: str = "deferred to noon") -> None:
    one = Outcome(key=KEY, status="held", stage="pacing", reason=reason, channel="local", due=due)
    ledger.items.settle([one], "run-1")


def due(ledger: Ledger) -> list[str]:
    return [one.item.key.guid for one in ledger.items.due(FEED, site=SITE)]


def receipt(status: str = "publish", modified: str = "", guid: str = "a") -> Receipt:
    return Receipt(
        key=ItemKey(FEED, guid), wp_id=7, channel="local", status=status, modified=modified
    )


def test_a_deferred_item_is_due_at_its_time(ledger: Ledger, clock: Any) -> None:  # noqa: ANN401
    """And a little before, as timers are not exact; whatever its feed or other rules say."""
    defer(ledger, NOW + HOUR)
    before = due(ledger), ledger.items.due(FEED, dropped_too=True)
    counts, waiting = ledger.items.counts(), ledger.pacing.waiting()
    clock.go_on(minutes=54)
    early = due(ledger)
    clock.go_on(minutes=1)

    assert early == ["b"]
    assert before[0] == ["b"]
    assert [one.item.key.guid for one in before[1]] == ["b"]
    assert counts == {"deferred": 1, "new": 1}
    assert waiting == (1, NOW + HOUR)
    assert due(ledger) == ["a", "b"]
    assert FEED in ledger.items.feeds_due(site=SITE)


def test_a_clock_that_was_put_back_delays_nobody(
    ledger: Ledger,
    clock: Any,  # noqa: ANN401
) -> None:
    """What was deferred by a clock that was years ahead is looked at again, once."""
    clock.go_on(days=1000)
    defer(ledger, clock() + HOUR)
    clock.go_on(days=-1000)
    again = due(ledger)
    defer(ledger, clock() + HOUR)

    assert again == ["a", "b"]
    assert due(ledger) == ["b"]


def test_what_its_source_changes_is_new_again(
    ledger: Ledger, make_pull: Callable[..., Pull]
) -> None:
    """It stands in line anew, with its new text."""
    defer(ledger, NOW + HOUR)
    ledger.feeds.record_pull(make_pull("a", version="2"), source="News")

    assert due(ledger) == ["a", "b"]
    assert ledger.pacing.waiting() == (0, None)


def test_the_same_deferral_is_told_once_and_a_new_date_again(
    ledger: Ledger,
    clock: Any,  # noqa: ANN401
) -> None:
    """The story of an article has each of its dates once."""
    defer(ledger, NOW)
    clock.go_on(minutes=1)
    defer(ledger, NOW + 2 * HOUR)
    defer(ledger, NOW + 3 * HOUR, "deferred to three")
    story = ledger.story("https://news.example/a/")

    assert story
    assert [one.outcome.reason for one in story.outcomes] == [
        "deferred to noon",
        "deferred to three",
    ]
    assert ledger.pacing.waiting() == (1, NOW + 3 * HOUR)


def test_a_person_decides_on_a_deferred_item(ledger: Ledger) -> None:
    """It is listed with what waits; approved, it is due at once; withdrawn, it is dropped."""
    defer(ledger, NOW + HOUR)
    listed = [row.state for row in ledger.decisions.held()]
    ledger.decisions.approve({KEY: "local"})

    assert listed == ["deferred"]
    assert due(ledger) == ["a", "b"]


CASES = [
    # action, status, values, modified, begun, live
    pytest.param("create", "publish", {"status": "publish"}, "", None, NOW, id="made"),
    pytest.param("create", "draft", {"status": "draft"}, "", None, None, id="a draft"),
    pytest.param(
        "create",
        "future",
        {"status": "publish", "date": NOW + HOUR},
        "",
        None,
        NOW + HOUR,
        id="scheduled",
    ),
    pytest.param("approve", "publish", {"status": "publish"}, "", None, NOW, id="approved"),
    pytest.param("update", "publish", {"title": "x"}, "", None, None, id="changed"),
    pytest.param("trash", "trash", {}, "", None, None, id="trashed"),
    pytest.param("adopt", "publish", {}, "2026-11-23T09:00:00", None, NOW - 3 * HOUR, id="found"),
    pytest.param("adopt", "publish", {}, "2027-11-23T09:00:00", None, NOW, id="by a fast clock"),
    pytest.param("adopt", "future", {}, "2026-11-23T13:00:00", None, NOW + HOUR, id="waiting"),
    pytest.param("adopt", "draft", {}, "2026-11-23T09:00:00", None, None, id="a found draft"),
    pytest.param(
        "adopt",
        "publish",
        {},
        "2020-01-01T00:00:00",
        NOW - HOUR,
        NOW - HOUR,
        id="made by a create without an answer",
    ),
]


@pytest.mark.parametrize(("action", "status", "values", "modified", "begun", "live"), CASES)
def test_a_write_tells_when_a_post_goes_live(
    action: Any,  # noqa: ANN401
    status: str,
    values: dict[str, Any],
    modified: str,
    begun: datetime | None,
    live: datetime | None,
) -> None:
    """By our hand: what persons publish is none of our business."""
    write = Write(action=action, receipt=receipt(status, modified), values=values)

    assert live_at(write, NOW, begun) == live


def test_what_aired_is_kept_with_its_channel_and_source(
    ledger: Ledger,
    clock: Any,  # noqa: ANN401
) -> None:
    """An update does not move it, a lost answer's post counts from its request on."""
    journal = ledger.posts.journal(SITE, "run-1")
    values = {"status": "publish"}
    journal.record(Write(action="create", receipt=receipt(), values=values))
    clock.go_on(minutes=10)
    journal.record(Write(action="update", receipt=receipt(), values={"title": "x"}))
    post: Any = type("Post", (), {"key": ItemKey(FEED, "b"), "slug": "b", "type": "post"})
    journal.begin(Begun(post=post))
    clock.go_on(minutes=10)
    found = replace(receipt(modified="2020-01-01T00:00:00", guid="b"), wp_id=8)
    journal.record(Write(action="adopt", receipt=found))
    aired = ledger.pacing.aired(SITE, NOW - HOUR)

    assert [(one.wp_id, one.channel, one.source, one.live) for one in aired] == [
        (7, "local", "News", NOW),
        (8, "local", "News", NOW + HOUR / 6),
    ]
    assert ledger.pacing.aired(SITE, NOW + HOUR) == ()
    assert ledger.pacing.aired("other.example", NOW - HOUR) == ()


def test_what_the_site_says_is_kept(ledger: Ledger) -> None:
    """An editor puts off a scheduled post, or takes it back."""
    journal = ledger.posts.journal(SITE, "run-1")
    values = {"status": "publish", "date": NOW + HOUR}
    journal.record(Write(action="create", receipt=receipt("future"), values=values))
    late = ledger.pacing.scheduled(SITE, NOW), ledger.pacing.scheduled(SITE, NOW + HOUR)
    ledger.pacing.correct(SITE, {KEY: ("future", NOW + 9 * HOUR)})
    (moved,) = ledger.pacing.aired(SITE, NOW)
    ledger.pacing.correct(SITE, {KEY: ("draft", None)})

    assert late == ((), (7,))
    assert moved.live == NOW + 9 * HOUR
    assert [one.live for one in ledger.pacing.aired(SITE, NOW - HOUR)] == [None]


def test_a_post_taken_over_counts_by_its_last_change(ledger: Ledger) -> None:
    """Thousands of old posts of another importer take nobody's place."""
    journal = ledger.posts.journal(SITE, "run-1")
    for guid, modified in (("a", "2026-11-23T11:30:00"), ("b", "2024-01-01T00:00:00")):
        ours = receipt(modified=modified, guid=guid)
        journal.claim(Claim(receipt=ours, ours=True, order="undo", reason=""))

    assert [one.key.guid for one in ledger.pacing.aired(SITE, NOW - HOUR)] == ["a"]


def test_what_an_older_ledger_has_counts_from_its_making(
    tmp_path: Path, clock: Callable[[], datetime]
) -> None:
    """The first night after an upgrade is no burst."""
    engine = create_engine(f"sqlite:///{tmp_path / 'old.db'}")
    config = Config()
    config.set_main_option("script_location", "wp_sync.ledger:migrations")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        alembic.command.upgrade(config, "0009")
        for wp_id, status in ((7, "publish"), (8, "draft")):
            row = {"site": SITE, "feed": FEED, "guid": str(wp_id), "wp_id": wp_id, "status": status}
            texts = ("address", "channel", "link", "modified", "doubt", "first_run", "last_run")
            row |= dict.fromkeys(texts, "") | dict.fromkeys(("sent", "stored", "pending"), "{}")
            row |= {"kept": "[]", "revision": 0}
            row |= dict.fromkeys(("created_at", "updated_at"), "2026-11-23T11:30:00.000000+00:00")
            names = ", ".join(row)
            places = ", ".join(f":{name}" for name in row)
            connection.exec_driver_sql(
                f"INSERT INTO receipts ({names}) VALUES ({places})",  # noqa: S608 (our own names)
                row,
            )
    engine.dispose()

    with open_ledger("sqlite:///old.db", tmp_path, clock=clock) as ledger:
        aired = ledger.pacing.aired(SITE, NOW - HOUR)

    assert [(one.wp_id, one.live) for one in aired] == [(7, NOW - HOUR / 2), (8, None)]
