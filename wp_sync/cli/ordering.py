"""What a person orders: make a plan, show it, ask, carry it out, tell."""

from __future__ import annotations

import os
import signal
import sys
from collections import Counter
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import typer

from wp_sync.config import load_config
from wp_sync.errors import WpSyncError
from wp_sync.model import Skip
from wp_sync.pipeline.orders import carry_out, open_office, rehearse_order
from wp_sync.pipeline.review import refresh_page
from wp_sync.review.plan_text import change_data, discard_data, plan_lines
from wp_sync.text import plain_text
from wp_sync.unattended.lock import hold_lock

from .output import Result
from .running import exit_code_of, heed_signals, messages_of, run_data, status_of, table_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from types import FrameType

    from wp_sync.model import Outcome
    from wp_sync.pipeline.options import SyncResult
    from wp_sync.pipeline.orders import Office, Proposal

    from .output import Screen


def order(
    path: Path,
    screen: Screen,
    make: Callable[[Office], Proposal],
    *,
    command: str,
    yes: bool = False,
    dry_run: bool = False,
) -> Result:
    """Carry out what `make` proposes, once a person has seen it and said yes.

    The lock is held from the first look to the last write; no `--allow` is asked for.
    """
    config = load_config(path)
    with hold_lock(config.path.parent), heed_signals() as (stop, received):
        try:
            with open_office(config, os.environ, stop) as office:
                with screen.progress("reading the site"):
                    proposal = make(office)
                stop.check()
                if dry_run or proposal.is_idle:
                    rehearsal = rehearse_order(office, proposal.plan)
                    return _tell_rehearsal(rehearsal, proposal, command)
                if not yes and (refusal := agree(proposal, screen, command)):
                    return refusal
                result = _carry_out(office, proposal, screen, command)
                ended = result.error or stop()
                note = "" if ended else refresh_page(office, office.identity)
        except WpSyncError:
            if received:  # what was cut off failed because it was cut off
                raise KeyboardInterrupt(received[0]) from None
            raise
    run = result.run
    counts = ", ".join(f"{count} {status}" for status, count in sorted(run.totals.items()))
    # What was told with the question is not told again.
    notes = (*(proposal.notes if yes else ()), *run.messages)
    told = replace(result, run=replace(run, messages=()))  # no warnings: what was asked for
    return Result(
        command=command,
        status=status_of(result),
        exit_code=exit_code_of(result, next(iter(received), 0)),
        data=proposal_data(proposal) | run_data(run) | {"notes": [*proposal.notes, *run.messages]},
        messages=(*messages_of(told, screen.face), *filter(None, (note,))),
        text=(*notes, *table_of(run.outcomes), f"Run {run.id}: {counts or 'nothing to do'}."),
    )


def proposal_lines(proposal: Proposal) -> Iterator[str]:
    """Tell line by line what would be done, and what is left and why."""
    yield from plan_lines(proposal.plan)
    for change in proposal.plan.changes:
        if isinstance(change, Skip):
            yield f"leave   {change.wp_id or ''}: {change.title or change.key.guid}"
            yield f"        why: {change.reason}"
    yield from proposal.notes


def proposal_data(proposal: Proposal) -> dict[str, Any]:
    """Return what --json shows of a plan that no run has carried out."""
    return {
        "run": "",
        "totals": {},
        "feeds": [],
        "outcomes": [],
        "changes": [change_data(change) for change in proposal.plan.changes],
        "discards": [discard_data(one) for one in proposal.plan.discards],
        "notes": list(proposal.notes),
    }


def _carry_out(office: Office, proposal: Proposal, screen: Screen, command: str) -> SyncResult:
    plan, totals = proposal.plan, Counter[str]()
    with screen.progress(command, total=len(plan.changes)) as tell:

        def watch(outcome: Outcome) -> None:
            totals[outcome.status] += 1
            counts = ", ".join(f"{count} {status}" for status, count in totals.items())
            tell(f"{counts}: {plain_text(outcome.title)}", 1)

        name = proposal.run_name or command
        return carry_out(
            office,
            plan,
            name,
            states=proposal.states,
            first=proposal.first,
            site=proposal.site,
            files=proposal.files,
            watch=watch,
        )


def agree(proposal: Proposal, screen: Screen, command: str) -> Result | None:
    """Show the plan and ask; None is a yes."""
    for line in proposal_lines(proposal):
        screen.say(line)
    data = proposal_data(proposal)
    if not sys.stdin.isatty() or screen.face.json or screen.face.quiet:
        message = (
            "nothing was done: there is nobody to ask (--yes does it without a question, --dry-run"
            " only shows it)"
        )
        return Result(command=command, status="error", exit_code=2, data=data, messages=(message,))
    with _leaving_on_signals():
        agreed = typer.confirm(proposal.question, err=True)
    return None if agreed else Result(command=command, data=data, text=("Nothing was done.",))


@contextmanager
def _leaving_on_signals() -> Iterator[None]:
    """Let a signal end a question at once: nothing is in hand that has to be finished."""

    def leave(number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt(number)

    before = {one: signal.signal(one, leave) for one in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _tell_rehearsal(result: SyncResult, proposal: Proposal, command: str) -> Result:
    totals = result.run.totals
    counts = ", ".join(f"{count} {status}" for status, count in sorted(totals.items()))
    summary = f"It would come to: {counts or 'nothing to do'}. Nothing was written."
    return Result(
        command=command,
        data=proposal_data(proposal) | run_data(result.run),
        text=(*proposal_lines(proposal), summary),
    )
