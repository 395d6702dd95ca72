"""What people are told of: a change of state, once. Values in, values out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from wp_sync.errors import DriftError, RejectedError, SiteError, UnauthorizedError, UnreachableError
from wp_sync.ledger import AlertRow
from wp_sync.review.health import STATES, find_troubles

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime, timedelta

    from wp_sync.errors import WpSyncError
    from wp_sync.ledger import FeedRow
    from wp_sync.model import FeedHealth

SITE, RUNS, SERVICE, LIMITS = "site", "runs", "service", "limits"  # subjects, beside the feeds
PATIENCE = 3  # runs in a row that do not reach the site, before anybody is told
_LONGEST = 600  # characters of one message
_REFUSALS = frozenset({401, 403})
_WELL_AGAIN = {
    "changed hands": "is published again",
    "selector": "has pages again as [sources.extract] describes them",
    "silent": "has news again",
    "flood": "comes in its usual number again",
    "thin": "is as rich as usual again",
}
_HEADINGS = {"bad": "", "well": "well again: "}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """How one subject is: well, or bad and why."""

    subject: str
    message: str
    is_bad: bool = False
    since: datetime | None = None  # None: since it was found


def judge_feeds(feeds: Iterable[FeedRow], failures: int) -> Iterator[Finding]:
    """Find a feed bad after so many failures in a row, and well after one success."""
    for feed in feeds:
        who = f"{feed.source}: the feed {feed.address}"
        if feed.is_over:
            message = f"{who} is not asked any more: {feed.last_error}"
            yield Finding(subject=subject_of(feed.id), is_bad=True, message=message)
        elif feed.failures >= failures:
            message = f"{who} failed {feed.failures} times in a row: {feed.last_error}"
            yield Finding(subject=subject_of(feed.id), is_bad=True, message=message)
        elif not feed.failures:
            yield Finding(subject=subject_of(feed.id), message=f"{who} is read again")


def judge_health(feeds: Iterable[FeedRow], healths: Mapping[str, FeedHealth]) -> Iterator[Finding]:
    """Find what is amiss with feeds that can be read: each kind is told, and well, by itself."""
    for feed in feeds:
        health = healths.get(feed.id)
        if health is None:
            continue
        who = f"{feed.source}: the feed {feed.address}"
        found = {one.state: one for one in find_troubles(health, feed.last_ok)}
        for state in STATES:
            subject = subject_of(feed.id, state)
            if state in found:
                message = f"{who} {found[state].message} ({found[state].cure})"
                yield Finding(subject=subject, is_bad=True, message=message)
            else:
                yield Finding(subject=subject, message=f"{who} {_WELL_AGAIN[state]}")


def subject_of(feed: str, kind: str = "feed") -> str:
    """Name a feed among the subjects, or one kind of trouble with it."""
    return f"{kind}:{feed}"


def is_refusal(error: WpSyncError | None) -> bool:
    """Tell whether the site refuses our login, which no other try will change."""
    refused = isinstance(error, RejectedError) and error.status in _REFUSALS
    return refused or isinstance(error, UnauthorizedError)


def is_away(error: WpSyncError | None) -> bool:
    """Tell whether the site could not be used, which another try may change."""
    return isinstance(error, UnreachableError | SiteError | RejectedError)


def judge_site(error: WpSyncError | None, failures: int) -> Iterator[Finding]:
    """Find the site bad when it refuses us, or after some runs in a row that could not use it."""
    if isinstance(error, DriftError):
        yield Finding(subject=SITE, is_bad=True, message=str(error))
    elif is_refusal(error):
        yield Finding(subject=SITE, is_bad=True, message=f"the site refuses us: {error}")
    elif is_away(error):
        if failures >= PATIENCE:
            message = f"{failures} runs in a row could not use the site: {error}"
            yield Finding(subject=SITE, is_bad=True, message=message)
    else:
        yield Finding(subject=SITE, message="the site takes our posts")


def judge_silence(last: datetime, now: datetime, silence: timedelta) -> Finding:
    """Find the runs bad when none came to its end for too long."""
    if now - last <= silence:
        return Finding(subject=RUNS, message="runs come to their end")
    message = f"no run has come to its end since {_time(last)}; [alerts] silence is {silence}"
    return Finding(subject=RUNS, is_bad=True, message=message, since=last)


def find_changes(
    known: Mapping[str, AlertRow], findings: Iterable[Finding], now: datetime
) -> Iterator[AlertRow]:
    """Tell which subjects changed their state; a well one that was never bad did not."""
    for one in findings:
        row = known.get(one.subject)
        was_bad = row is not None and row.state == "bad"
        message = _one_line(one.message)
        if one.is_bad and not was_bad:
            since = one.since or now
            yield AlertRow(subject=one.subject, state="bad", message=message, since=since)
        elif row and was_bad and not one.is_bad:
            message = f"{message} (trouble since {_time(row.since)})"
            yield AlertRow(subject=one.subject, state="well", message=message, since=now)
        elif row and one.is_bad and row.told is None:  # not told yet: then the latest reason
            yield replace(row, message=message)


def find_gone(known: Collection[str], feeds: Iterable[str]) -> tuple[str, ...]:
    """List the subjects of feeds that the configuration no longer has."""
    kinds = ("feed", *STATES)
    kept = {subject_of(feed, kind) for feed in feeds for kind in kinds}
    ours = tuple(subject_of("", kind) for kind in kinds)
    return tuple(one for one in known if one.startswith(ours) and one not in kept)


def make_text(site: str, rows: Sequence[AlertRow]) -> str:
    """Write one message of several changes."""
    lines = (f"- {_HEADINGS[row.state]}{row.message}" for row in rows)
    return "\n".join((f"wp-sync for {site}:", *lines))


def make_data(site: str, rows: Sequence[AlertRow]) -> dict[str, Any]:
    """Make what a webhook gets: `text` is what chat services show."""
    alerts = [
        {
            "subject": row.subject,
            "state": row.state,
            "message": row.message,
            "since": row.since.isoformat(timespec="seconds"),
        }
        for row in rows
    ]
    return {"text": make_text(site, rows), "site": site, "alerts": alerts}


def _one_line(text: str) -> str:
    """Keep what a feed or a site wrote from steering anything: one line of printable text."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"


def _time(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
