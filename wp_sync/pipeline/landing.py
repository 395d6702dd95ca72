"""Where a run's outcomes come in: told as they come, and kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .conflicts import remember_finds, tell_finds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from wp_sync.model import FeedReport, ItemKey, Outcome

    from .build import Workshop
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
            if not self.delivery.rehearsal:
                self._keep(landed)
            self.tally.messages += tell_finds(landed, self.tally.messages)

    def _keep(self, landed: list[Outcome]) -> None:
        ledger, site, run = self.shop.ledger, self.delivery.visit.address, self.delivery.run
        remember_finds(ledger, site, run, landed)
        # What a person approved stays so until it is there.
        waits = [one.key for one in landed if one.status in {"held", "failed"}]
        states = {key: "approved" for key in waits if key in self.approved}
        dropped = [one.key for one in landed if one.status == "dropped"]
        with ledger.together():
            ledger.items.settle(landed, run, states)
            ledger.twins.free(site, dropped)

    def tell(self, outcomes: Iterable[Outcome]) -> None:
        """Tell outcomes that leave their items as they are."""
        for outcome in outcomes:
            if not self.delivery.rehearsal:
                self.shop.ledger.items.decide(outcome, self.delivery.run, None)
            self.add(outcome)
