"""date_post: what the source says x the channel's rules x now -> a date, and the rule's name."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from wp_sync.config.channels import Channel, PostRules, Source
from wp_sync.mapping import make_post
from wp_sync.mapping.dates import date_post
from wp_sync.model import Article, Create, ItemKey, SiteState, Verdict
from wp_sync.publish.plan import make_plan

NOW = datetime(2026, 11, 26, 18, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def article(published: datetime | None, claimed: datetime | None = None) -> Article:
    return Article(
        key=ItemKey("https://wire.example/rss", "1"),
        url="https://wire.example/1",
        title="A long putt",
        body_html="<p>It fell.</p>",
        text="It fell.",
        excerpt="It fell.",
        published=published,
        claimed=claimed,
    )


CASES = [
    pytest.param(NOW - DAY, None, {}, NOW - DAY, "", id="as the source says"),
    pytest.param(
        None,
        datetime(2031, 1, 1, tzinfo=UTC),
        {},
        NOW,
        "date: 2031-01-01 lies ahead, clamped to now (rule: not ahead)",
        id="years ahead",
    ),
    pytest.param(
        NOW,
        NOW + 5 * HOUR,
        {},
        NOW,
        "date: 2026-11-26 23:00 UTC lies ahead, clamped to now (rule: not ahead)",
        id="hours ahead",
    ),
    pytest.param(NOW - HOUR, NOW - HOUR / 2, {}, NOW - HOUR / 2, "", id="was ahead, and is past"),
    pytest.param(NOW + timedelta(seconds=9), None, {}, NOW, "", id="a clock that differs"),
    pytest.param(
        None,
        datetime(1970, 1, 1, tzinfo=UTC),
        {},
        NOW,
        "date: 1970-01-01 is too old to be true, clamped to now (rule: not before 1990-01-01)",
        id="the epoch",
    ),
    pytest.param(
        datetime(2003, 5, 4, tzinfo=UTC),
        None,
        {"date_oldest": date(2010, 1, 1)},
        NOW,
        "date: 2003-05-04 is too old to be true, clamped to now (rule: not before 2010-01-01)",
        id="older than the channel believes",
    ),
    pytest.param(
        None,
        None,
        {},
        None,
        "date: the source gives none, dated when it goes live (rule: missing)",
        id="missing",
    ),
    pytest.param(None, NOW + DAY, {"date": "approval"}, None, "", id="at approval"),
]


@pytest.mark.parametrize(("published", "claimed", "rules", "expected", "note"), CASES)
def test_a_date_that_is_not_believed_names_the_rule(
    published: datetime | None,
    claimed: datetime | None,
    rules: dict[str, Any],
    expected: datetime | None,
    note: str,
) -> None:
    """And one that is believed says nothing."""
    found = date_post(article(published, claimed), PostRules(**rules), NOW)

    assert found == (expected, note)


def test_the_plan_tells_the_rule() -> None:
    """Beside the reason for which the post is made."""
    source = Source(name="The Wire", feeds=("https://wire.example/rss",), to=("golf",))
    one = article(None, datetime(2031, 1, 1, tzinfo=UTC))
    verdict = Verdict(key=one.key, decision="publish", channel="golf")
    post = make_post(one, verdict, source, Channel(name="golf"), NOW)

    (change,) = make_plan([post], {}, SiteState()).changes

    assert isinstance(change, Create)
    assert change.reason == "new; date: 2031-01-01 lies ahead, clamped to now (rule: not ahead)"
