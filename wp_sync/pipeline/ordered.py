"""What a person orders of posts that are there: approve, reject, undo, settle."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from wp_sync.model import Amend
from wp_sync.review.plan_text import key_of

from .alone import writes
from .conflicts import settle_written, tell_finds
from .teaching import teach_orders

if TYPE_CHECKING:
    from collections.abc import Collection

    from wp_sync.model import ItemKey, Outcome, Plan

    from .build import Workshop
    from .deliver import Delivery
    from .landing import Landing
    from .options import Orders


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderedWork:
    """One run's orders."""

    shop: Workshop
    delivery: Delivery
    landing: Landing

    def carry_out(self, orders: Orders) -> None:
        """Change the posts that are there; what becomes of items is kept with each."""
        ledger = self.shop.ledger
        if not self.delivery.rehearsal:
            self._prepare(orders)
        keys = [key_of(change) for change in orders.changes.changes]
        undone = {key for key, row in ledger.decisions.items(keys).items() if row.state == "undone"}
        for outcome in self.delivery.order(self._as_seen(orders.changes)):
            if not self.delivery.rehearsal:
                self._keep(outcome, orders, undone)
            self.landing.add(outcome)
        tally = self.landing.tally
        tally.messages += tell_finds(tally.outcomes, tally.messages)
        tally.plan = orders.changes

    def _prepare(self, orders: Orders) -> None:
        ledger = self.shop.ledger
        if writes(orders.changes):
            self.shop.lock.take()  # each of these reads its post just before it writes
        ledger.decisions.approve(orders.items)
        teach_orders(ledger, orders)
        keys = [key_of(change) for change in orders.changes.changes]
        ledger.decisions.unbury(self.delivery.visit.address, [*keys, *orders.items])

    def _keep(self, outcome: Outcome, orders: Orders, undone: Collection[ItemKey]) -> None:
        # new: the next sync completes it
        wanted = "new" if outcome.key in undone else "published"
        state = wanted if outcome.status == "updated" else None
        self.shop.ledger.items.decide(outcome, self.delivery.run, state)
        settle_written(self.shop.ledger, self.delivery.visit.address, orders.changes, outcome)

    def _as_seen(self, plan: Plan) -> Plan:
        """Take the channels as they are by now: this run has looked at the site."""
        keys = [key_of(change) for change in plan.changes]
        now = self.shop.ledger.posts.receipts(self.delivery.visit.address, keys)
        changes = (
            replace(change, receipt=replace(change.receipt, channel=now[key_of(change)].channel))
            if isinstance(change, Amend) and key_of(change) in now
            else change
            for change in plan.changes
        )
        return replace(plan, changes=tuple(changes))
