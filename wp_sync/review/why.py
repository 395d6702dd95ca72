"""A story in words: what was seen, decided and written, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wp_sync.text import plain_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

# The ledger's words for an item, where they say something else to a person.
STATES = {
    "new": "not yet on the site",
    "published": "on the site",
    "unfinished": "on the site, not complete: another run tries again",
    "deferred": "deferred, waiting for its turn",
    "undone": "taken back, waiting for a person",
}
# The ledger's words for how a person said where an article belongs.
TEACHINGS = {
    "approved": "approved by a person",
    "moved": "moved by a person on the site",
    "published": "published by a person on the site",
    "rejected": "rejected by a person",
    "site": "the site has it there",
    "trashed": "trashed by a person on the site",
}
_LONG = 70  # characters of a value that a line shows


def time_text(moment: datetime | None) -> str:
    """Write a moment for people."""
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC" if moment else "never"


def item_lines(*, title: str, url: str, feed: str, state: str, seen: datetime) -> Iterator[str]:
    """Introduce an item."""
    yield plain_text(title) or url or feed
    yield f"  article: {url or 'no address'}"
    yield f"  feed:    {feed}"
    yield f"  first seen {time_text(seen)}; now {STATES.get(state, state)}"


def outcome_line(at: datetime, run: str, status: str, stage: str, reason: str) -> str:
    """Tell how an item ended in one run."""
    return f"  {time_text(at)}  run {run}: {status} at {stage}: {reason}"


def write_line(at: datetime, action: str, field: str, previous: object, value: object) -> str:
    """Tell what was written to one field; a create has nothing before."""
    before = "" if previous is None else f"{_short(previous)} -> "
    return f"  {time_text(at)}  {action} {field}: {before}{_short(value)}"


def judgement_line(at: datetime, explained: str) -> str:
    """Tell which words decided where an article belongs."""
    return f"  {time_text(at)}  judged by its words: {explained}"


def lesson_line(at: datetime, channel: str, teaching: str, *, is_against: bool) -> str:
    """Tell what a person's decision taught."""
    where = f"{'does not belong' if is_against else 'belongs'} in {channel}"
    place = where if channel else "belongs in no channel"
    return f"  {time_text(at)}  a lesson for topics: {place} ({TEACHINGS.get(teaching, teaching)})"


def steady(outcomes: Sequence[Any]) -> list[Any]:
    """Leave out outcomes that only repeat the one before."""
    kept: list[Any] = []
    for one in outcomes:
        same = kept and (kept[-1].outcome.status, kept[-1].outcome.reason) == (
            one.outcome.status,
            one.outcome.reason,
        )
        if not same:
            kept.append(one)
    return kept


def _short(value: object) -> str:
    text = ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)
    text = " ".join(text.split()) or "nothing"
    return text if len(text) <= _LONG else f"{text[:_LONG]}… ({len(text)} characters)"
