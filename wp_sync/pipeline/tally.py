"""What a run gathers on its way, and how it ends."""

from __future__ import annotations

from contextlib import nullcontext, suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol

from wp_sync.errors import InDoubtError, LedgerError, RejectedError, SiteError, WpSyncError
from wp_sync.model import FeedReport, Plan

if TYPE_CHECKING:
    from wp_sync.ledger import Ledger
    from wp_sync.model import Entry, Exhibit, Outcome, Pull, Run

    from .stop import Stop


class Runner(Protocol):
    """What a run and an order have in common at their ends."""

    @property
    def ledger(self) -> Ledger: ...
    @property
    def stop(self) -> Stop: ...


@dataclass(slots=True)
class Tally:
    """Outcomes, feeds, plan and messages of one run."""

    outcomes: list[Outcome] = field(default_factory=list)
    feeds: list[FeedReport] = field(default_factory=list)
    plan: Plan = field(default_factory=Plan)
    messages: list[str] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)  # of a rehearsal
    exhibits: list[Exhibit] = field(default_factory=list)

    def add_plan(self, plan: Plan) -> None:
        """Add the plan of one feed."""
        terms = dict.fromkeys(self.plan.new_terms + plan.new_terms)
        self.plan = Plan(changes=self.plan.changes + plan.changes, new_terms=tuple(terms))


def report_of(feed: str, source: str, pulled: Pull | WpSyncError) -> FeedReport:
    """Tell how one feed ended."""
    if isinstance(pulled, WpSyncError):
        return FeedReport(feed=feed, source=source, status="failed", reason=str(pulled))
    return FeedReport(
        feed=feed,
        source=source,
        status="pulled" if pulled.changed else "unchanged",
        items=len(pulled.items) + pulled.unchanged,
        reason="; ".join(pulled.notes),
    )


def stopper_of(error: WpSyncError) -> WpSyncError:
    """Tell what ended a run early.

    What concerns one post alone became its outcome: any other word of the site ends the run.
    """
    alone = isinstance(error, RejectedError | InDoubtError)
    return SiteError(error.message, cure=error.cure) if alone else error


def finish_run(runner: Runner, run: Run, error: WpSyncError | None) -> Run:
    """Remember how a run ended; `stopped` tells why it ended early."""
    stopped = str(error) if error else ("interrupted" if runner.stop() else "")
    status = "stopped" if stopped else "done"
    with suppress(LedgerError) if isinstance(error, LedgerError) else nullcontext():
        runner.ledger.runs.finish(run.id, status, totals=run.totals, messages=run.messages)
    return replace(run, stopped=stopped)
