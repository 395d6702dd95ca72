"""Where a run's outcomes come in: told as they come, and kept."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .conflicts import remember_finds, tell_finds
from .freeing import find_items, foresee_freed, free_repeats

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from wp_sync.model import FeedReport, Item, ItemKey, Outcome

    from .build import Workshop
    from .collect import FeedJob
    from .deliver import Delivery
    from .tally import Tally
    from .twins import Twins


@dataclass(frozen=True, slots=True, kw_only=True)
class Landing:
    """One run's outcomes, and what becomes of their items."""

    shop: Workshop
    delivery: Delivery
    twins: Twins
    tally: Tally
    watch: Callable[[FeedReport | Outcome], None]
    approved: dict[ItemKey, str]  # by a person; -> channel
    freed: set[ItemKey] = field(default_factory=set)  # due since what they repeat did not come
    judged: set[ItemKey] = field(default_factory=set)  # of these

    def add(self, outcome: Outcome) -> None:
        """Tell one outcome."""
        self.tally.outcomes.append(outcome)
        self.watch(outcome)

    def land(self, outcomes: Iterable[Outcome]) -> None:
        """Tell outcomes as they come, and keep what becomes of their items."""
        if self.shop.stop():
            return
        landed: list[Outcome] = []
        try:
            for outcome in outcomes:
                landed.append(outcome)
                self.add(outcome)
        finally:
            self._foresee(landed) if self.delivery.rehearsal else self._keep(landed)
            self.tally.messages += tell_finds(landed, self.tally.messages)

    def _keep(self, landed: list[Outcome]) -> None:
        ledger, site, run = self.shop.ledger, self.delivery.visit.address, self.delivery.run
        remember_finds(ledger, site, run, landed)
        # What a person approved stays so until it is there.
        waits = [one.key for one in landed if one.status in {"held", "failed"}]
        states = {key: "approved" for key in waits if key in self.approved}
        gone = self._find_gone(landed)
        with ledger.together():
            ledger.items.settle(landed, run, states)
            self.freed.update(free_repeats(ledger, site, gone))

    def _foresee(self, landed: list[Outcome]) -> None:
        """Find what a sync would have judged anew."""
        ledger, site = self.shop.ledger, self.delivery.visit.address
        told, leads = self.tally.outcomes, self.twins.foreseen.leads
        self.freed.update(foresee_freed(ledger, site, self._find_gone(landed), told, leads))

    def _find_gone(self, landed: list[Outcome]) -> dict[ItemKey, str]:
        ended = [one for one in landed if one.status in {"dropped", "failed"}]
        return {one.key: one.reason for one in ended if one.key not in self.approved}

    def find_freed(self, jobs: Iterable[FeedJob]) -> list[tuple[FeedJob, list[Item]]]:
        """List, each once, what is due since what it repeats did not come in this run."""
        keys = self.freed - self.judged
        self.judged.update(keys)
        found = [(job, find_items(self.shop.ledger, job.feed, keys)) for job in jobs if keys]
        return [(job, items) for job, items in found if items]

    def tell(self, outcomes: Iterable[Outcome]) -> None:
        """Tell outcomes that leave their items as they are."""
        for outcome in outcomes:
            if not self.delivery.rehearsal:
                self.shop.ledger.items.decide(outcome, self.delivery.run, None)
            self.add(outcome)
