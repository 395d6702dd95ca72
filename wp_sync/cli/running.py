"""plan and sync: run the pipeline, and render what it came to."""

from __future__ import annotations

import os
import signal
from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from wp_sync.config import load_config
from wp_sync.errors import WpSyncError
from wp_sync.model import FeedReport, Outcome, Run, Skip, Trash
from wp_sync.pipeline.build import open_workshop
from wp_sync.pipeline.choosing import check_allowed, choose_sources
from wp_sync.pipeline.stop import Stop
from wp_sync.pipeline.sync import sync
from wp_sync.review.plan_text import key_of
from wp_sync.text import plain_text
from wp_sync.unattended.lock import hold_lock
from wp_sync.unattended.service import run_unattended

from .output import Result, Screen, Status, Table, counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path
    from types import FrameType

    from wp_sync.config.schema import Config
    from wp_sync.pipeline.options import SyncOptions, SyncResult

    from .options import Face

_BARE = (Skip, Trash)  # changes without a post of ours
_QUIET_STATUSES = frozenset({"unchanged", "dropped"})  # shown with --verbose only

_GRACE = 8  # seconds for the write in hand, once the run should end
_WHY_STOPPED = {
    "interrupted": "interrupted; what was written is remembered, the next run does the rest"
}


def run_sync(
    path: Path, options: SyncOptions, screen: Screen, *, unattended: bool = False
) -> Result:
    """Run, and tell every outcome; unattended without progress, in lines for a journal."""
    result, signalled = run_pipeline(path, options, screen, unattended=unattended)
    return told(options.command, result, signalled, screen.face, rehearsal=options.dry_run)


def told(
    command: str, result: SyncResult, signalled: int, face: Face, *, rehearsal: bool = False
) -> Result:
    """Tell a run: every outcome, and how it ended."""
    run = result.run
    return Result(
        command=command,
        status=status_of(result),
        exit_code=exit_code_of(result, signalled),
        data=run_data(run),
        messages=messages_of(result, face),
        text=(*_outcome_table(run, verbose=face.verbose), summary(run, rehearsal=rehearsal)),
    )


def run_data(run: Run) -> dict[str, Any]:
    """Return a run as --json shows it."""
    return {
        "run": run.id,
        "totals": run.totals | ({"deferred": run.deferred} if run.deferred else {}),
        "feeds": [
            {
                "feed": feed.feed,
                "source": feed.source,
                "status": feed.status,
                "items": feed.items,
                "reason": feed.reason,
            }
            for feed in run.feeds
        ],
        "outcomes": [
            {
                "feed": one.key.feed,
                "guid": one.key.guid,
                "url": one.url,
                "title": one.title,
                "channel": one.channel,
                "status": one.status,
                "stage": one.stage,
                "reason": one.reason,
                "wp_id": one.wp_id,
                "link": one.link,
                "warning": one.warning,
                "again": one.again,
                "due": one.due.isoformat() if one.due else None,
            }
            for one in run.outcomes
        ],
    }


def summary(run: Run, *, rehearsal: bool = False) -> str:
    """Tell a run in one line."""
    counts = ", ".join(f"{count} {status}" for status, count in sorted(run.totals.items()))
    if run.deferred:
        counts += f" ({run.deferred} of them deferred)"
    failed = sum(feed.status == "failed" for feed in run.feeds)
    feeds = counted(len(run.feeds), "feed") + (f", {failed} failed" if failed else "")
    if rehearsal:
        return f"A sync would come to: {feeds}; {counts or 'nothing to do'}. Nothing was written."
    return f"Run {run.id}: {feeds}; {counts or 'nothing to do'}."


def run_pipeline(
    path: Path, options: SyncOptions, screen: Screen, *, unattended: bool = False
) -> tuple[SyncResult, int]:
    """Run under the lock; return with the result the signal that ended it, or 0."""
    with heed_signals() as (stop, received):
        try:
            if unattended:
                result = run_unattended(path, options, stop, os.environ, screen.warn)
            else:
                config = load_config(path)
                with hold_lock(config.path.parent):
                    result = _run_until(stop, config, options, screen)
            return result, next(iter(received), 0)
        except WpSyncError:
            if received:  # what was cut off failed because it was cut off
                raise KeyboardInterrupt(received[0]) from None
            raise


def _run_until(stop: Stop, config: Config, options: SyncOptions, screen: Screen) -> SyncResult:
    check_allowed(config, options)
    feeds = sum(len(source.feeds) for source in choose_sources(config, options))
    with (
        open_workshop(config, os.environ, stop) as shop,
        screen.progress("asking the feeds", total=feeds) as tell,
    ):
        totals: Counter[str] = Counter()

        def watch(event: FeedReport | Outcome) -> None:
            if isinstance(event, FeedReport):
                line = f"{event.source}: {counted(event.items, 'item')}"
                tell(f"{event.source}: failed" if event.status == "failed" else line, 1)
            else:
                totals[event.status] += 1
                counts = ", ".join(f"{count} {status}" for status, count in totals.items())
                tell(f"{counts}: {plain_text(event.title)}")

        return sync(shop, options, watch=watch)


@contextmanager
def heed_signals() -> Iterator[tuple[Stop, list[int]]]:
    """Turn SIGINT and SIGTERM into a wish to stop: the write in hand is finished first.

    A second signal, or a site that does not answer for long, ends the run where it stands; what
    was in hand is looked up on the site at the next run, as after a kill.
    """
    stop = Stop()
    received: list[int] = []

    def remember(number: int, _frame: FrameType | None) -> None:
        if received:
            raise KeyboardInterrupt(received[0])
        received.append(number)
        stop.ask()
        signal.alarm(_GRACE)

    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGALRM)
    before = {number: signal.signal(number, remember) for number in numbers}
    try:
        yield stop, received
    finally:
        signal.alarm(0)
        for number, handler in before.items():
            signal.signal(number, handler)


def exit_code_of(result: SyncResult, signalled: int) -> int:
    """Return what the command ends with; `signalled` is the signal that ended it, or 0."""
    if signalled:
        return 128 + signalled
    if result.error is not None:
        return result.error.exit_code
    return 0 if status_of(result) == "success" else 1


def status_of(result: SyncResult) -> Status:
    """Return the envelope's status of a run."""
    run = result.run
    if run.stopped or result.error:
        return "error"
    failed = run.totals.get("failed", 0) + sum(feed.status == "failed" for feed in run.feeds)
    return "partial" if failed or any(one.warning for one in run.outcomes) else "success"


def messages_of(result: SyncResult, face: Face) -> tuple[str, ...]:
    """Return what belongs on standard error."""
    run = result.run
    feeds = tuple(f"{one.source}: {one.reason}" for one in run.feeds if one.reason)
    failed = tuple(
        f"{one.title or one.key.guid}: {one.reason}"
        for one in run.outcomes
        if one.status == "failed"
    )
    # What waits for a person is no error.
    told = () if face.quiet and not face.json else run.outcomes
    held = dict.fromkeys(one.reason for one in told if one.status == "held" and not one.due)
    waiting = tuple(
        f"{sum(one.reason == reason for one in run.outcomes)} held: {reason}" for reason in held
    )
    turns = [(one.due, one.reason) for one in told if one.due]
    if turns:
        waiting += (f"{len(turns)} deferred; the first: {min(turns)[1]}",)
    stopped = (f"stopped: {_WHY_STOPPED.get(run.stopped, run.stopped)}",) if run.stopped else ()
    return (*run.messages, *feeds, *failed, *waiting, *stopped)


def _outcome_table(run: Run, *, verbose: bool) -> tuple[Table, ...]:
    shown = [one for one in run.outcomes if verbose or one.status not in _QUIET_STATUSES]
    return table_of(shown, verbose=verbose)


def unplanned(result: SyncResult, *, verbose: bool) -> tuple[Table, ...]:
    """Show what never came to the plan: held, dropped and failed before."""
    planned = {key_of(change) for change in result.plan.changes if not isinstance(change, _BARE)}
    outcomes = (one for one in result.run.outcomes if one.key not in planned)
    shown = [one for one in outcomes if verbose or one.status not in _QUIET_STATUSES]
    return table_of(shown, verbose=verbose)


def table_of(outcomes: Sequence[Outcome], *, verbose: bool = False) -> tuple[Table, ...]:
    """Make a row for each; with `verbose` with the addresses that `why` takes."""
    rows = tuple(
        (
            one.status,
            one.channel,
            "\n".join(
                filter(None, (plain_text(one.title) or one.key.guid, one.url if verbose else ""))
            ),
            f"{one.wp_id or ''}",
            one.reason,
        )
        for one in outcomes
    )
    return (Table(headings=("", "Channel", "Title", "Post", "Why"), rows=rows),) if rows else ()
