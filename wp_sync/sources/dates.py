"""Dates as feeds write them, and which of them to believe."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from time import struct_time

_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
_SLACK = timedelta(hours=1)  # clocks differ
_SOON = timedelta(hours=24)  # time zones are left out: later than that it is a mistake
_YEARS = re.compile(r"(?<![0-9+-])[0-9]{4}")  # not a zone such as +0200


def read_date(raw: str, parsed: struct_time | None = None) -> datetime | None:
    """Read a date, in UTC; `parsed` is what feedparser made of it. None when nobody can."""
    when: datetime | None = None
    if parsed is not None:
        with suppress(ValueError):  # the years 0 and 10000, that feedparser lets through
            when = datetime(*parsed[:6], tzinfo=UTC)
    else:
        for read in (datetime.fromisoformat, parsedate_to_datetime):
            with suppress(ValueError, OverflowError):
                found = read(raw.strip())
                when = (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
                break
    # Nobody may guess: email.utils reads "0000" as 2000, feedparser "10000" as November 2010. A
    # zone may carry a date over the turn of the year.
    written = _YEARS.findall(raw)
    if when is None or (written and not any(abs(int(y) - when.year) <= 1 for y in written)):
        return None
    return when


def believe_date(when: datetime | None, now: datetime) -> datetime | None:
    """Keep a plausible date; one that is barely ahead becomes now, anything else is unknown.

    A future date would make WordPress schedule the post.
    """
    if when is None or when < _EARLIEST or when > now + _SOON:
        return None
    return now if when > now + _SLACK else when
