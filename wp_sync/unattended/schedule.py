"""When a feed may be asked again: never early, and as often as it pays."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from wp_sync.hashing import digest

if TYPE_CHECKING:
    from datetime import datetime

    from wp_sync.config.schema import FetchSection
    from wp_sync.ledger import FeedRow

_HOUR, _DAY = timedelta(hours=1), timedelta(hours=24)
_FLOOR = timedelta(minutes=15)  # of the interval, unless the server says that less is well
_LOOKS = 4  # in the time in which a feed brings something, or was silent for
# After one failure; doubled by each further one in a row; the longest. By the kind of trouble.
_PAUSES = {
    "server": (_HOUR, _DAY),
    "busy": (_HOUR, _DAY),
    "missing": (timedelta(hours=6), timedelta(days=7)),
    "refused": (_DAY, _DAY),
}
_DOUBLINGS = 5  # beyond the longest
_BROKEN = 3  # answers in a row that were no feed, before it is asked daily
_DORMANT = timedelta(days=30)  # of 404: then it is asked by hand alone
_EXCHANGE = timedelta(seconds=120)  # a request whose end nobody saw was over by then
_JITTER = 0.1  # of the wait, on top: a hundred feeds of one evening spread over the next ones
_HEX = 16**8


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """What the configuration says."""

    interval: timedelta
    slowest: timedelta = timedelta(hours=6)  # for a feed that seldom brings something
    longest: timedelta = timedelta(days=7)  # that cache headers may ask for


def pace_of(fetch: FetchSection) -> Pace:
    """Read the pace from the configuration."""
    return Pace(interval=fetch.interval, slowest=fetch.slowest, longest=fetch.longest)


def is_due(feed: FeedRow, pace: Pace, now: datetime) -> bool:
    """Tell whether an unattended run asks the feed; a clock that was put back does not stop it."""
    if feed.is_over or _is_dormant(feed, now):
        return False
    last = _last(feed)
    if last is None or last > now + _EXCHANGE:
        return True
    if _is_skipped(feed, now) and now < last + _DAY:  # it was due before, and nobody looked
        return False
    return now >= next_pull(feed, last, pace)


def next_pull(feed: FeedRow, last: datetime, pace: Pace) -> datetime:
    """Return when a feed may be asked again: never early, at most a tenth late.

    The tenth is drawn from the feed and its last pull, so that every look at it says the same.
    """
    wait = max(_interval(feed, pace), timedelta(seconds=feed.wait), _rhythm(feed, last, pace))
    if not feed.has_validators and (feed.last_ok or _is_cut(feed)):
        wait = max(wait, _DAY)  # each request costs its server the whole feed
    wait = max(wait, _pause(feed), _left(feed.rest_until, last))
    wait = max(wait, min(_left(feed.fresh_until, last), pace.longest))
    draw = int(digest([feed.id, last.isoformat()])[:8], 16) / _HEX
    return _unless_skipped(feed, last + wait * (1 + _JITTER * draw), last + max(wait, _DAY), draw)


def _last(feed: FeedRow) -> datetime | None:
    """Return when the last request was over; of one that a kill cut off, when it must have been."""
    return feed.asked + _EXCHANGE if feed.asked and _is_cut(feed) else feed.last_pulled


def _is_cut(feed: FeedRow) -> bool:
    """Tell whether nobody saw the end of the last request: what it answered is not known."""
    return feed.asked is not None and (feed.last_pulled is None or feed.asked > feed.last_pulled)


def _is_dormant(feed: FeedRow, now: datetime) -> bool:
    is_missing = feed.trouble == "missing" and feed.failures > 0
    return is_missing and feed.failing_since is not None and now - feed.failing_since >= _DORMANT


def _interval(feed: FeedRow, pace: Pace) -> timedelta:
    if pace.interval >= _FLOOR or feed.fresh_until is None or feed.last_pulled is None:
        return max(pace.interval, _FLOOR)
    fresh = max(feed.fresh_until - feed.last_pulled, timedelta())
    return min(max(pace.interval, fresh), _FLOOR)


def _rhythm(feed: FeedRow, last: datetime, pace: Pace) -> timedelta:
    """Wait a part of the time in which the feed brings something; the longer it is silent, more."""
    if feed.newest is None:
        return timedelta()
    usual = max(timedelta(seconds=feed.rhythm), last - feed.newest)
    return min(usual / _LOOKS, pace.slowest)


def _pause(feed: FeedRow) -> timedelta:
    if not feed.failures:
        return timedelta()
    if feed.trouble == "parse":
        return _DAY if feed.failures >= _BROKEN else timedelta()
    first, longest = _PAUSES.get(feed.trouble, _PAUSES["server"])
    doubled: timedelta = first * 2 ** min(feed.failures - 1, _DOUBLINGS)
    return min(doubled, longest)


def _left(until: datetime | None, last: datetime) -> timedelta:
    return max(until - last, timedelta()) if until else timedelta()


def _unless_skipped(feed: FeedRow, due: datetime, latest: datetime, draw: float) -> datetime:
    """Go to the next hour that the feed does not want left out, for a day at most."""
    later = due
    while _is_skipped(feed, later):
        later = later.replace(minute=0, second=0, microsecond=0) + _HOUR
        if later > latest:
            return max(due, latest)
    return later if later == due else later + _HOUR * _JITTER * draw


def _is_skipped(feed: FeedRow, at: datetime) -> bool:
    return at.hour in feed.skip_hours or at.weekday() in feed.skip_days
