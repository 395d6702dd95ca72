"""Items that the safety limits held: only those that a run has room for are made again.

The others are screened, and wait on by what the ledger knows of them; no page of theirs is read.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from wp_sync.model import Outcome
from wp_sync.publish.safety import is_limited, newness, passes_flood, why_first_run, why_flood
from wp_sync.text import plain_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from wp_sync.ledger import DueItem
    from wp_sync.model import Item, ItemKey

    from .collect import FeedJob, Intake
    from .deliver import Delivery
    from .options import SyncOptions
    from .pacing import Turns


@dataclass(slots=True)
class Limits:
    """What one run knows of the items that the limits of an earlier one held."""

    delivery: Delivery
    turns: Turns
    options: SyncOptions
    noted: dict[ItemKey, DueItem] = field(default_factory=dict)  # due, and not looked at yet

    def note(self, due: Iterable[DueItem]) -> None:
        """Remember which of these a limit held, or the pace of a channel."""
        due = [*due]
        self.turns.note(due)
        if self.options.channel:  # who knows whether those chosen would be this channel's
            return
        self.noted |= {
            one.item.key: one
            for one in due
            if one.state == "held" and one.stage == "publish" and is_limited(one.reason)
        }

    def keep_waiting(
        self, items: Sequence[Item], job: FeedJob, intake: Intake
    ) -> tuple[list[Item], list[Outcome]]:
        """Part items into those to be made now, and how others end."""
        items, told = self._part(items, intake)
        now, late = self.turns.keep_waiting(items, job, intake)
        return now, [*told, *late]

    def _part(self, items: Sequence[Item], intake: Intake) -> tuple[Sequence[Item], list[Outcome]]:
        held = [
            one
            for item in items
            if (one := self.noted.pop(item.key, None))
            and not (item.key in intake.receipts or item.key in intake.approved)
        ]
        if not held:
            return items, []
        told: dict[ItemKey, Outcome] = {}
        waiting: list[DueItem] = []
        for one in held:
            if outcome := intake.screen(one.item):
                told[one.item.key] = outcome
            else:
                waiting.append(one)
        beyond = [*self._beyond_first_run(waiting)]
        told |= {one.key: one for one in beyond}
        rest = [one for one in waiting if one.item.key not in told]
        told |= {one.key: one for one in self._beyond_flood(rest, intake)}
        return [item for item in items if item.key not in told], [*told.values()]

    def _beyond_first_run(self, held: Sequence[DueItem]) -> Iterator[Outcome]:
        """Hold what has no place in its channel while the site waits for a person's word."""
        address = self.delivery.visit.address
        if not held or not self.delivery.is_first_run(address):
            return
        limit = self.delivery.shop.config.safety.first_run
        count = Counter(self.delivery.shop.ledger.posts.made(address))
        for one in held:
            count[one.channel] += 1
            if count[one.channel] > limit:
                yield _hold(one, why_first_run(limit))

    def _beyond_flood(self, held: Sequence[DueItem], intake: Intake) -> Iterator[Outcome]:
        """Hold what is beyond a run's number of new posts of a feed: the newest go."""
        source, limit = intake.source.name, self.delivery.shop.config.safety.new_per_feed
        if passes_flood(source, self.delivery.allowed):
            return
        newest = sorted(held, key=lambda one: newness(one.item.published), reverse=True)
        for one in newest[limit:]:
            yield _hold(one, why_flood(limit, source))


def _hold(one: DueItem, reason: str) -> Outcome:
    return Outcome(
        key=one.item.key,
        status="held",
        stage="publish",
        reason=reason,
        url=one.item.url,
        title=plain_text(one.item.title),
        channel=one.channel,
    )
