"""What a feed's row keeps for etiquette: when to ask again, how often it brings something, moves.

Values in, columns out.
"""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from wp_sync.model import Manners, Pull, Trouble

_GAPS = 10  # between the latest items: how often a feed brings something
_OLD = 3  # how many times the rhythm that was known weighs the one that is seen
_LONGEST_RHYTHM = 365 * 86_400  # seconds
# A permanent redirect is believed when it was seen this often, over this time: a captive portal, or
# a mistake of a day, moves no feed.
_SIGHTINGS = 5
_TIME = timedelta(days=7)
NOT_MOVED: dict[str, Any] = {
    "moved_to": "",
    "moved_since": None,
    "moved_count": 0,
    "moved_ok": 0,
}
LONGEST_REST = timedelta(days=31)


def after_pull(pull: Pull, row: Mapping[str, Any], now: datetime, *, known: bool) -> dict[str, Any]:
    """Return what an answer changes. `known`: it holds at least one item that was there before."""
    manners = pull.manners
    fresh = manners.fresh_for
    fresh_until = None if fresh is None else now + min(timedelta(seconds=fresh), LONGEST_REST)
    has_come = pull.changed or bool(pull.body_hash)  # no 304, be it what was there before
    columns: dict[str, Any] = {
        "fresh_until": fresh_until,
        "rest_until": None,
        "trouble": "",
        "failing_since": None,
        "unmodified_since": None if has_come else row["unmodified_since"] or now,
        **_moved(manners, row, now, known=known or not pull.changed),
    }
    if pull.validators.etag or pull.validators.last_modified:
        columns["has_validators"] = 1
    if pull.changed:
        columns |= {
            "wait": int(manners.wait),
            "skip_hours": list(manners.skip_hours),
            "skip_days": list(manners.skip_days),
            **_rhythm(pull, row, now),
        }
    return columns


def after_failure(trouble: Trouble, row: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """Return what a failure changes."""
    rest = trouble.retry_after
    columns: dict[str, Any] = {
        "trouble": trouble.kind,
        "rest_until": None if rest is None else now + min(timedelta(seconds=rest), LONGEST_REST),
        "failing_since": row["failing_since"] or now,
    }
    if row["moved_ok"] and trouble.kind not in {"server", "busy"}:
        columns |= NOT_MOVED  # the address before is asked again
    return columns


def _moved(
    manners: Manners, row: Mapping[str, Any], now: datetime, *, known: bool
) -> dict[str, Any]:
    if not manners.moved_to:
        return {} if row["moved_ok"] else NOT_MOVED
    if manners.moved_to != row["moved_to"]:
        return NOT_MOVED | {"moved_to": manners.moved_to, "moved_since": now, "moved_count": 1}
    count, since = row["moved_count"] + 1, row["moved_since"] or now
    sure = known and count >= _SIGHTINGS and now - since >= _TIME
    return {"moved_count": count, "moved_ok": int(sure or row["moved_ok"])}


def _rhythm(pull: Pull, row: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    newest: datetime | None = row["newest"]
    dates = sorted({min(item.published or now, now) for item in pull.items})
    fresh = [date for date in dates if newest is None or date > newest]
    if not fresh:
        return {}
    known = [*([newest] if newest else []), *fresh]
    seen = _typical([(b - a).total_seconds() for a, b in pairwise(known)])
    before = row["rhythm"]
    rhythm = (_OLD * before + seen) / (_OLD + 1) if before and seen else before or seen
    return {"newest": fresh[-1], "rhythm": int(min(rhythm, _LONGEST_RHYTHM))}


def _typical(gaps: Sequence[float]) -> float:
    return median(gaps[-_GAPS:]) if gaps else 0.0
