"""status and why: read the ledger, and nothing else."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from wp_sync.config.load import load_config
from wp_sync.ledger import Ledger, open_ledger

from .output import Result, Table, counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from wp_sync.ledger import FeedRow, RunRow, Story
    from wp_sync.ledger.story import StoryItem
    from wp_sync.model import FeedHealth

_MOST_TITLED = 10  # articles that are named


def show_status(path: Path) -> Result:
    """Tell how the feeds are, what waits, and how the last run ended."""
    with _open(path) as ledger:
        feeds, counts, runs = ledger.feeds.all(), ledger.items.counts(), ledger.runs.last(1)
        withdrawn = {one.feed: str(one) for one in ledger.withdrawals.all()}
        conflicts = ledger.conflicts.count()
        healths = ledger.health.all()
        deferred, next_turn = ledger.pacing.waiting()
    data = {
        "items": counts,
        "deferred": {"count": deferred, "next": _iso(next_turn)},
        "conflicts": conflicts,
        "feeds": [
            {
                "feed": feed.address,
                "source": feed.source,
                "title": feed.title,
                "last_pulled": _iso(feed.last_pulled),
                "last_ok": _iso(feed.last_ok),
                "failures": feed.failures,
                "last_error": feed.last_error,
                "withdrawn": withdrawn.get(feed.id, ""),
                "health": _health(feed, healths.get(feed.id)),
            }
            for feed in feeds
        ],
        "last_run": [
            asdict(run) | {"started": _iso(run.started), "finished": _iso(run.finished)}
            for run in runs
        ],
    }
    told = {
        feed.id: withdrawn.get(feed.id) or _health(feed, healths.get(feed.id)) for feed in feeds
    }
    text = [*_status_text(feeds, counts, runs, told)]
    if deferred:
        when = f"{next_turn:%Y-%m-%d %H:%M} UTC" if next_turn else "the next run"
        text.append(f"{counted(deferred, 'item')} deferred: the next turn comes {when}.")
    if conflicts:
        text.append(f"{counted(conflicts, 'conflict')} with editors: `wp-sync review list`.")
    return Result(command="status", data=data, text=tuple(text))


def _status_text(
    feeds: Sequence[FeedRow],
    counts: Mapping[str, int],
    runs: Sequence[RunRow],
    healths: Mapping[str, str],
) -> Iterator[str | Table]:
    from wp_sync.review.why import STATES, time_text

    rows = tuple(
        (
            feed.source,
            feed.address,
            f"{feed.last_ok:%Y-%m-%d %H:%M}" if feed.last_ok else "never",
            healths[feed.id],
        )
        for feed in feeds
    )
    if rows:
        yield Table(headings=("Source", "Feed", "Last read (UTC)", "Health"), rows=rows)
    items = (f"{count:,} {STATES.get(state, state)}" for state, count in sorted(counts.items()))
    yield f"Items: {', '.join(items) or 'none yet'}."
    for run in runs:
        totals = ", ".join(f"{count} {status}" for status, count in sorted(run.totals.items()))
        ended = f"{run.status}, {totals or 'nothing to do'}" if run.status else "not finished"
        yield f"Last run: {run.id} ({run.command}), {time_text(run.started)}: {ended}."
    if not runs:
        yield "No run yet: `wp-sync plan` shows what one would do."


def _health(feed: FeedRow, health: FeedHealth | None) -> str:
    from wp_sync.review.health import WELL, find_troubles

    told = [f"failed {counted(feed.failures, 'time')}: {feed.last_error}"] if feed.failures else []
    if health:
        told += [one.message for one in find_troubles(health, feed.last_ok)]
    return "; ".join(told) or WELL


def tell_why(path: Path, target: str) -> Result:
    """Tell the story of a post or an article."""
    with _open(path) as ledger:
        story = ledger.story(target)
        titled = () if story else ledger.titled(target, _MOST_TITLED)
        meant = {one.url or one.key.guid for one in titled}
        if len(meant) == 1:
            story = ledger.story(meant.pop())
    if story is None:
        message = _tell_titled(titled) or (
            f"the ledger knows nothing of {target!r} (give a post's id or address, an article's"
            " address, as `wp-sync sync --verbose` shows them, or words of its title)"
        )
        return Result(command="why", status="error", exit_code=1, messages=(message,))
    return Result(command="why", data=_story_data(story), text=("\n".join(_story_lines(story)),))


def _tell_titled(titled: Sequence[StoryItem]) -> str:
    """Ask which of several articles is meant."""
    lines = [f"  {one.url or one.key.guid}  {one.title}" for one in titled]
    return "\n".join(("several articles have these words; name one:", *lines)) if lines else ""


def _story_lines(story: Story) -> list[str]:
    from wp_sync.review.why import (
        item_lines,
        judgement_line,
        lesson_line,
        outcome_line,
        steady,
        time_text,
        write_line,
    )

    lines: list[str] = []
    for item in story.items:
        lines += item_lines(
            title=item.title,
            url=item.url,
            feed=item.key.feed,
            state=item.state,
            seen=item.first_seen,
        )
    lines += [f"  post {one.wp_id}: {one.link}" for one in story.receipts]
    told = [
        (
            one.at,
            outcome_line(
                one.at, one.run, one.outcome.status, one.outcome.stage, one.outcome.reason
            ),
        )
        for one in steady(story.outcomes)
    ]
    told += [
        (one.at, write_line(one.at, one.action, one.field, one.previous, one.value))
        for one in story.writes
    ]
    told += [(one.at, judgement_line(one.at, one.explained)) for one in story.judgements]
    told += [
        (one.at, lesson_line(one.at, one.channel, one.teaching, is_against=bool(one.against)))
        for one in story.lessons
    ]
    lines += [line for _, line in sorted(told, key=itemgetter(0))]
    lines += [
        f"  a create begun {time_text(one.begun)} has no answer yet: it is looked up on the site"
        for one in story.intents
    ]
    return lines


def _story_data(story: Story) -> dict[str, Any]:
    return {
        "items": [
            {
                "feed": one.key.feed,
                "guid": one.key.guid,
                "url": one.url,
                "title": one.title,
                "state": one.state,
                "channel": one.channel,
                "reason": one.reason,
                "first_seen": _iso(one.first_seen),
            }
            for one in story.items
        ],
        "posts": [{"wp_id": one.wp_id, "link": one.link} for one in story.receipts],
        "outcomes": [
            {
                "run": one.run,
                "at": _iso(one.at),
                "status": one.outcome.status,
                "stage": one.outcome.stage,
                "reason": one.outcome.reason,
            }
            for one in story.outcomes
        ],
        "writes": [
            {
                "run": one.run,
                "at": _iso(one.at),
                "wp_id": one.wp_id,
                "action": one.action,
                "field": one.field,
                "previous": one.previous,
                "value": one.value,
            }
            for one in story.writes
        ],
        "judged": [
            {
                "at": _iso(one.at),
                "channel": one.channel,
                "scores": dict(one.scores),
                "explained": one.explained,
            }
            for one in story.judgements
        ],
        "lessons": [
            {
                "at": _iso(one.at),
                "channel": one.channel,
                "against": bool(one.against),
                "teaching": one.teaching,
            }
            for one in story.lessons
        ],
        "doubtful": [{"slug": one.slug, "begun": _iso(one.begun)} for one in story.intents],
    }


def _open(path: Path) -> Ledger:
    config = load_config(path)
    return open_ledger(config.ledger.url, config.path.parent, clock=_now, create=False)


def _now() -> datetime:
    return datetime.now(UTC)


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
