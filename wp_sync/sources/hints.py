"""What an answer and the feed in it say about when to ask again: headers, ttl, skipHours, sy:*.

Read from the first bytes by plain search, before and without the parse: it may only lengthen a
wait, so a hint that is missed, or made up, does no harm.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wp_sync.model import Manners
from wp_sync.web import fresh_for

if TYPE_CHECKING:
    from wp_sync.web import Response

_HEAD = 65_536  # bytes: a channel's own elements stand before its items
_ITEM = re.compile(rb"<(?:[\w.-]+:)?(?:item|entry)[\s>]", re.IGNORECASE)
_STAMP = re.compile(rb"<(lastBuildDate|pubDate|updated)>[^<]{0,80}</\1>")
_TTL = re.compile(rb"<ttl>\s*(\d{1,9})\s*</ttl>", re.IGNORECASE)
_PERIOD = re.compile(rb"<sy:updatePeriod>\s*([a-z]{1,9})\s*<", re.IGNORECASE)
_FREQUENCY = re.compile(rb"<sy:updateFrequency>\s*(\d{1,9})\s*<", re.IGNORECASE)
_SKIPPED = re.compile(rb"<skip(Hours|Days)>([^!]{0,2000}?)</skip\1>", re.IGNORECASE)
_HOUR = re.compile(rb"<hour>\s*(\d{1,2})\s*</hour>", re.IGNORECASE)
_DAY = re.compile(rb"<day>\s*([a-z]{6,9})\s*</day>", re.IGNORECASE)
_LONGEST = 86_400.0  # seconds
_PERIODS = {
    b"hourly": 3_600.0,
    b"daily": _LONGEST,
    b"weekly": 7 * _LONGEST,
    b"monthly": 30 * _LONGEST,
    b"yearly": 365 * _LONGEST,
}
_DAYS = (b"monday", b"tuesday", b"wednesday", b"thursday", b"friday", b"saturday", b"sunday")


def read_manners(answer: Response) -> Manners:
    """Read what an answer says about the next request."""
    head, _ = _split(answer.body)
    skipped = {kind.lower(): text for kind, text in _SKIPPED.findall(head)}
    hours = {int(one) % 24 for one in _HOUR.findall(skipped.get(b"hours", b"")) if int(one) <= 24}  # noqa: PLR2004
    days = {one.lower() for one in _DAY.findall(skipped.get(b"days", b""))}
    return Manners(
        fresh_for=fresh_for(answer.headers),
        moved_to=answer.moved_to,
        wait=min(max(_ttl(head), _period(head)), _LONGEST),
        skip_hours=tuple(sorted(hours)),
        skip_days=tuple(number for number, name in enumerate(_DAYS) if name in days),
    )


def without_stamps(body: bytes) -> bytes:
    """Leave out when a feed says that it was made: some servers write the time of the request."""
    head, rest = _split(body)
    return _STAMP.sub(b"", head) + rest


def _split(body: bytes) -> tuple[bytes, bytes]:
    """Divide a feed where its items begin; what is too long for a head belongs to them."""
    first = _ITEM.search(body, 0, _HEAD)
    end = first.start() if first else _HEAD
    return body[:end], body[end:]


def _ttl(head: bytes) -> float:
    found = _TTL.search(head)
    return int(found[1]) * 60.0 if found else 0.0  # minutes


def _period(head: bytes) -> float:
    period, frequency = _PERIOD.search(head), _FREQUENCY.search(head)
    if not (period or frequency):
        return 0.0
    seconds = _PERIODS.get(period[1].lower(), 0.0) if period else _LONGEST
    times = int(frequency[1]) if frequency else 1
    return seconds / max(times, 1)
