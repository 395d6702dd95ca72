"""How long an answer stays fresh, by its cache headers (RFC 9111); pure."""

from __future__ import annotations

import re
import time
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_DIRECTIVE = re.compile(r'([a-z-]+)(?:\s*=\s*"?([^",\s]*)"?)?', re.IGNORECASE)
_LONGEST = 3650 * 86_400.0  # seconds: a number beyond is a mistake, and is cut by who asks anyway


def fresh_for(headers: Mapping[str, str]) -> float | None:
    """Count the seconds for which nobody needs to ask again; None: the server says nothing.

    max-age beats Expires, what caches on the way used up is taken off; s-maxage is for shared
    caches alone. no-cache and no-store say that an answer is never fresh, and nothing of a pace.
    """
    told = {
        name.lower(): value for name, value in _DIRECTIVE.findall(headers.get("cache-control", ""))
    }
    if "no-cache" in told or "no-store" in told:
        return None
    age = _number(headers.get("age", "")) or 0.0
    if "max-age" in told:
        seconds = _number(told["max-age"])
        return None if seconds is None else max(0.0, seconds - age)
    expires = read_date(headers.get("expires", ""))
    if expires is None:
        return None
    return max(0.0, min(expires - server_time(headers) - age, _LONGEST))


def server_time(headers: Mapping[str, str]) -> float:
    """Return when the server says that it answered: its clock may be wrong, and ours too."""
    told = read_date(headers.get("date", ""))
    return time.time() if told is None else told


def read_date(text: str) -> float | None:
    """Read an HTTP date as seconds since 1970; None for anything else."""
    try:
        return parsedate_to_datetime(text).timestamp()
    except (ValueError, OverflowError, TypeError):
        return None


def _number(text: str) -> float | None:
    text = text.strip()
    return min(float(text), _LONGEST) if text.isascii() and text.isdigit() else None
