"""Written articles as the feeds of sources bring them."""

from __future__ import annotations

from datetime import timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING

from press import Kiosk, Story, rss

from wp_sync.pipeline.build import utc_now

if TYPE_CHECKING:
    from rewording import Written


def story(written: Written, name: str, hours: float = 1, link: str = "") -> Story:
    """Make an entry of a source, so many hours old."""
    place = written.title.replace(" ", "-")
    return Story(
        number=1,
        guid=place,
        title=written.title,
        body=f"<p>{written.text}</p>",
        link=link or f"https://{name.lower()}.example/{place}",
        date=format_datetime(utc_now() - timedelta(hours=hours), usegmt=True),
    )


def source(kiosk: Kiosk, name: str, *stories: Story, to: str = "news", more: str = "") -> str:
    """Give out a feed with these; return the table of its source."""
    feed = kiosk.put(f"/{name}", rss(*stories, title=name))
    return kiosk.source(name, feed, to=to, more=more)


def source_of(kiosk: Kiosk, name: str, *articles: Written) -> str:
    """Give out a feed with entries made of these, numbered, all of one hour."""
    date = format_datetime(utc_now() - timedelta(hours=1), usegmt=True)
    stories = (
        Story(
            number=number,
            title=one.title,
            body=f"<p>{one.text}</p>",
            link=f"https://{name.lower()}.example/{number}",
            date=date,
        )
        for number, one in enumerate(articles, 1)
    )
    return source(kiosk, name, *stories)
