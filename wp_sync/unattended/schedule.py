"""Which feeds are due: not before their interval is over, and less often while they fail."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from wp_sync.hashing import digest

if TYPE_CHECKING:
    from datetime import datetime

    from wp_sync.ledger import FeedRow

_FIRST_PAUSE = timedelta(hours=1)  # after one failure; doubled by each further one in a row
_LONGEST_PAUSE = timedelta(hours=24)
_DOUBLINGS = 5  # 32 h: beyond the longest
_JITTER = 0.1  # of the wait, on top: a hundred feeds of one evening spread over the next ones
_HEX = 16**8


def is_due(feed: FeedRow, interval: timedelta, now: datetime) -> bool:
    """Tell whether an unattended run asks the feed; a clock that was put back does not stop it."""
    if feed.last_pulled is None or feed.last_pulled > now:
        return True
    return now >= next_pull(feed, feed.last_pulled, interval)


def next_pull(feed: FeedRow, last: datetime, interval: timedelta) -> datetime:
    """Return when a feed may be asked again: never early, at most a tenth late.

    The tenth is drawn from the feed and its last pull, so that every look at it says the same.
    """
    pause = timedelta()
    if feed.failures:
        doubled = _FIRST_PAUSE * 2 ** min(feed.failures - 1, _DOUBLINGS)
        pause = min(doubled, _LONGEST_PAUSE)
    draw = int(digest([feed.id, last.isoformat()])[:8], 16) / _HEX
    return last + max(interval, pause) * (1 + _JITTER * draw)
