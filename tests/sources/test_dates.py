"""Dates: what is read, what is believed, and that nothing ever raises."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from wp_sync.sources.dates import believe_date, read_date

if TYPE_CHECKING:
    from collections.abc import Callable

    from wp_sync.model import Pull


NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
FEED = """<rss version="2.0"><channel><item><guid>1</guid><title>t</title>
<pubDate>{}</pubDate></item></channel></rss>"""


@pytest.mark.parametrize(
    ("ahead", "believed"),
    [
        pytest.param(timedelta(days=-365), NOW - timedelta(days=365), id="last year"),
        pytest.param(timedelta(minutes=59), NOW + timedelta(minutes=59), id="clocks differ"),
        pytest.param(timedelta(hours=23), NOW, id="a time zone was left out"),
        pytest.param(timedelta(hours=25), None, id="tomorrow"),
        pytest.param(timedelta(days=-40 * 365), None, id="before the web"),
    ],
)
def test_window_of_belief(ahead: timedelta, believed: datetime | None) -> None:
    """From 1990 to an hour ahead; up to a day ahead is now; anything else is unknown."""
    assert believe_date(NOW + ahead, NOW) == believed


@pytest.mark.parametrize(
    "raw",
    [
        "2026-04-30T10:00:00Z",
        "2026-04-30T12:00:00+02:00",
        "Thu, 30 Apr 2026 10:00:00 GMT",
        "Thu, 30 Apr 2026 06:00:00 EDT",
        " 2026-04-30 10:00:00 ",
    ],
)
def test_usual_forms_are_read(raw: str) -> None:
    """RFC 3339 and RFC 5322, in UTC."""
    assert read_date(raw) == datetime(2026, 4, 30, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "soon",
        "Mon, 01 Jan 0000 00:00:00 GMT",
        "Mon, 01 Jan 0001 00:00:00 GMT",
        "Wed, 31 Dec 1969 23:59:59 GMT",
        "2026-W18-4T99:00",
        "٣٠ أبريل ٢٠٢٦",
        "Sat, 01 Jan 1901 00:00:00 GMT",
        "Thu, 01 Jan 1970 00:00:00 GMT",
        "2038-01-19T03:14:08Z",
        "9999-12-31T23:59:59-14:00",
        "99999-01-01T00:00:00Z",
        "10000",
        "1" * 10_000,
        "1e400",
        "+9999",
        "25:61",
        "1777543200000",
        "Fri, 01 May 2027 12:00:00 GMT",
    ],
)
def test_odd_date_is_unknown_and_noted(read: Callable[..., Pull], raw: str) -> None:
    """A wrong date is worse than none: WordPress would schedule the post."""
    result = read(FEED.format(raw))

    (item,) = result.items
    assert item.published is None
    assert result.notes == ((f"date not plausible: {raw[:60]}",) if raw else ())


@pytest.mark.parametrize(
    ("raw", "taken"),
    [
        ("2024-02-30", datetime(2024, 3, 1, tzinfo=UTC)),
        ("2024-13-45", datetime(2025, 1, 1, tzinfo=UTC)),
        ("Sun, 31 Feb 2024 25:61:00 GMT", None),
    ],
)
def test_impossible_date_does_not_raise(
    read: Callable[..., Pull], raw: str, taken: datetime | None
) -> None:
    """What feedparser makes of it is kept when it is plausible; nothing breaks."""
    (item,) = read(FEED.format(raw)).items

    assert item.published == taken


@pytest.mark.parametrize(
    ("ahead", "taken"),
    [
        pytest.param(timedelta(minutes=1), timedelta(minutes=1), id="a minute"),
        pytest.param(timedelta(hours=20), timedelta(0), id="hours"),
        pytest.param(timedelta(days=2), None, id="days"),
        pytest.param(timedelta(days=366), None, id="a year"),
    ],
)
def test_future_date_never_schedules(
    read: Callable[..., Pull], ahead: timedelta, taken: timedelta | None
) -> None:
    """WordPress keeps a post of tomorrow until then: a day ahead is now, more is unknown."""
    (item,) = read(FEED.format((NOW + ahead).isoformat())).items

    assert item.published == (None if taken is None else NOW + taken)


def test_entries_of_one_moment_stay_in_their_order(read: Callable[..., Pull]) -> None:
    """Some feeds give all their entries the time of the answer."""
    one = FEED[FEED.index("<item>") : FEED.index("</item>") + 7].format("2026-04-30T10:00:00Z")
    many = "".join(one.replace(">1<", f">{number}<") for number in (3, 1, 2))
    feed = FEED.replace(FEED[FEED.index("<item>") : FEED.index("</item>") + 7], many)

    assert [item.key.guid for item in read(feed).items] == ["3", "1", "2"]


def test_odd_date_of_a_known_entry_is_told_once(read: Callable[..., Pull]) -> None:
    """A word about the same entry at each pull would hide the others."""
    first = read(FEED.format("soon"))

    assert first.notes == ("date not plausible: soon",)
    assert read(FEED.format("soon"), known=first.hashes).notes == ()


def test_entry_that_was_only_updated_takes_that_date(read: Callable[..., Pull]) -> None:
    """Atom demands updated and not published."""
    (item,) = read(
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>x</title><entry><id>1</id><title>t</title>'
        "<updated>2026-04-30T10:00:00Z</updated></entry></feed>"
    ).items

    assert item.published == item.updated == datetime(2026, 4, 30, 10, tzinfo=UTC)
