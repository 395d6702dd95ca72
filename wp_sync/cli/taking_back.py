"""undo, takedown and history: take back what runs did, and tell what they did."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from wp_sync.config import load_config
from wp_sync.ledger import open_ledger
from wp_sync.pipeline.orphans import propose_gc
from wp_sync.pipeline.takedown import propose_takedown, withdrawn_feeds
from wp_sync.pipeline.undo import find_run, propose_undo
from wp_sync.unattended.lock import hold_lock

from .ordering import order
from .output import Result, Screen, Table, counted
from .running import table_of

if TYPE_CHECKING:
    from pathlib import Path

    from wp_sync.ledger import Ledger, RunRow

_SHOWN = 20  # runs


def take_back(path: Path, wanted: str, screen: Screen, *, yes: bool, dry_run: bool) -> Result:
    """Undo a run; without one, show which there are."""
    if not wanted:
        return list_runs(path, "undo")
    return order(
        path,
        screen,
        lambda office: propose_undo(office, wanted),
        command="undo",
        yes=yes,
        dry_run=dry_run,
    )


def collect_media(path: Path, screen: Screen, *, yes: bool, dry_run: bool) -> Result:
    """Delete the uploads of ours that nothing uses."""
    return order(path, screen, propose_gc, command="media gc", yes=yes, dry_run=dry_run)


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawing:
    """How a source is to be withdrawn."""

    source: str
    reason: str = ""
    delete_images: bool = False
    lifted: bool = False  # ended instead


def withdraw(path: Path, asked: Withdrawing, screen: Screen, *, yes: bool, dry_run: bool) -> Result:
    """Withdraw a source, or end that."""
    if asked.lifted:
        return _lift(path, asked.source, dry_run=dry_run)
    return order(
        path,
        screen,
        lambda office: propose_takedown(
            office, asked.source, asked.reason, delete_images=asked.delete_images
        ),
        command="takedown",
        yes=yes,
        dry_run=dry_run,
    )


def _lift(path: Path, source: str, *, dry_run: bool) -> Result:
    """End a withdrawal; no post changes."""
    config = load_config(path)
    with (
        hold_lock(config.path.parent),
        open_ledger(config.ledger.url, config.path.parent, clock=_now) as ledger,
    ):
        feeds = withdrawn_feeds(config, ledger, source)
        items = ledger.withdrawals.lift(feeds) if feeds and not dry_run else 0
    told = f"{source} is not withdrawn: nothing to lift."
    if feeds:
        told = (
            f"{source}: {counted(len(feeds), 'feed')} will be asked again"
            f"{'' if dry_run else ' (' + counted(items, 'item') + ' due)'}."
            " Its posts stay drafts and its images hidden: `wp-sync review approve` publishes a"
            " post, `wp-sync undo` with the takedown's run brings all of them back."
        )
    data = {"source": source, "feeds": list(feeds), "items": items}
    return Result(command="takedown", data=data, text=(told,))


def list_runs(path: Path, command: str) -> Result:
    """List the last runs, newest first."""
    with _open(path) as ledger:
        runs = ledger.history.runs(count=_SHOWN)
        posts = ledger.history.posts_written([run.id for run in runs])
        conflicts = ledger.conflicts.by_run([run.id for run in runs])
    rows = tuple(
        (
            run.id,
            f"{run.started:%Y-%m-%d %H:%M}",
            run.command,
            _with_conflicts(_totals(run), conflicts.get(run.id, 0)),
            counted(posts[run.id], "post") if run.id in posts else "",
        )
        for run in runs
    )
    headings = ("Run", "When (UTC)", "Command", "What came of it", "Wrote")
    table = (Table(headings=headings, rows=rows),) if rows else ()
    hint = "`wp-sync undo RUN` takes one back." if rows else "No run yet."
    return Result(
        command=command,
        data={
            "runs": [
                run_row(run)
                | {"posts": posts.get(run.id, 0), "conflicts": conflicts.get(run.id, 0)}
                for run in runs
            ]
        },
        text=(*table, hint),
    )


def show_run(path: Path, wanted: str) -> Result:
    """Tell what one run did."""
    with _open(path) as ledger:
        run = find_run(ledger, wanted)
        outcomes = ledger.runs.outcomes(run.id)
    shown = [
        {"wp_id": one.wp_id, "title": one.title, "status": one.status, "reason": one.reason}
        for one in outcomes
    ]
    started = f"{run.id} ({run.command}), {run.started:%Y-%m-%d %H:%M:%S} UTC: {_totals(run)}"
    return Result(
        command="history",
        data={"runs": [run_row(run)], "outcomes": shown},
        text=(started, *table_of(outcomes), *run.messages),
    )


def run_row(run: RunRow) -> dict[str, Any]:
    """Return a run of the past as --json shows it."""
    return {
        "run": run.id,
        "started": run.started.isoformat(),
        "finished": run.finished.isoformat() if run.finished else None,
        "command": run.command,
        "status": run.status,
        "totals": dict(run.totals),
    }


def _with_conflicts(totals: str, count: int) -> str:
    return f"{totals}; {counted(count, 'conflict')}" if count else totals


def _totals(run: RunRow) -> str:
    totals = ", ".join(f"{count} {status}" for status, count in sorted(run.totals.items()))
    ended = {"": "not finished; ", "stopped": "stopped; "}.get(run.status, "")
    return f"{ended}{totals or 'nothing'}"


def _open(path: Path) -> Ledger:
    config = load_config(path)
    return open_ledger(config.ledger.url, config.path.parent, clock=_now, create=False)


def _now() -> datetime:
    return datetime.now(UTC)
