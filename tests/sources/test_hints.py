"""What a feed says about when it wants to be asked again."""

from __future__ import annotations

import pytest
from press import Story, rss

from wp_sync.sources.hints import read_manners
from wp_sync.web import Response

URL = "https://a.test/feed"


def manners_of(channel: str) -> tuple[float, tuple[int, ...], tuple[int, ...]]:
    text = rss(Story(number=1)).replace("<channel>", f"<channel>{channel}")
    found = read_manners(Response(url=URL, status=200, headers={}, body=text.encode()))
    return found.wait, found.skip_hours, found.skip_days


@pytest.mark.parametrize(
    ("channel", "wait"),
    [
        ("", 0),
        ("<ttl>90</ttl>", 5_400),
        ("<ttl> 90 </ttl>", 5_400),
        ("<ttl>-1</ttl>", 0),
        ("<ttl>soon</ttl>", 0),
        ("<ttl>999999999</ttl>", 86_400),
        ("<sy:updatePeriod>hourly</sy:updatePeriod>", 3_600),
        ("<sy:updatePeriod>\n\thourly\t</sy:updatePeriod>", 3_600),
        ("<sy:updatePeriod>daily</sy:updatePeriod>", 86_400),
        ("<sy:updatePeriod>weekly</sy:updatePeriod>", 86_400),
        (
            "<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>",
            21_600,
        ),
        (
            "<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>0</sy:updateFrequency>",
            86_400,
        ),
        ("<ttl>60</ttl><sy:updatePeriod>daily</sy:updatePeriod>", 86_400),
        ("<sy:updatePeriod>never</sy:updatePeriod>", 0),
    ],
)
def test_a_feed_may_want_a_longer_wait(channel: str, wait: float) -> None:
    """Ttl and sy:*, at most a day (E11)."""
    assert manners_of(channel)[0] == wait


def test_a_feed_may_leave_hours_and_days_out() -> None:
    """In UTC; 24 is midnight; what is no hour or day is nothing (E11)."""
    hours = "".join(f"<hour>{hour}</hour>" for hour in (0, 3, 24, 99))
    days = "<day>Saturday</day><day>sunday</day><day>Someday</day>"
    channel = f"<skipHours>{hours}</skipHours><skipDays>{days}</skipDays>"

    assert manners_of(channel)[1:] == ((0, 3), (5, 6))


def test_an_article_about_ttl_says_nothing() -> None:
    """Only what stands before the first entry is the channel's."""
    text = rss(Story(number=1, body="x")).replace("<pubDate>", "<ttl>90</ttl><pubDate>")

    assert read_manners(Response(url=URL, status=200, headers={}, body=text.encode())).wait == 0
