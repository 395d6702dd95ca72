"""What a run gathers on its way."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from wp_sync.model import Plan

if TYPE_CHECKING:
    from wp_sync.model import Entry, FeedReport, Outcome


@dataclass(slots=True)
class Tally:
    """Outcomes, feeds, plan and messages of one run."""

    outcomes: list[Outcome] = field(default_factory=list)
    feeds: list[FeedReport] = field(default_factory=list)
    plan: Plan = field(default_factory=Plan)
    messages: list[str] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)  # of a rehearsal

    def add_plan(self, plan: Plan) -> None:
        """Add the plan of one feed."""
        terms = dict.fromkeys(self.plan.new_terms + plan.new_terms)
        self.plan = Plan(changes=self.plan.changes + plan.changes, new_terms=tuple(terms))
