"""A plan that was made earlier, carried out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from wp_sync.model import Skip
from wp_sync.publish.outcomes import complete
from wp_sync.publish.plan import with_terms
from wp_sync.review.plan_text import key_of

from .alone import writes
from .expiring import find_cut
from .saved import (
    NO_SOURCE,
    WITHDRAWN,
    Sifted,
    of_feed,
    refuse_all,
    refuse_some,
    sift,
    sift_rights,
)
from .saved_ends import end_planned, ends_of_feed, refuse_end
from .twins import posts_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from wp_sync.model import Entry, Outcome, SavedPlan

    from .build import Workshop
    from .collect import FeedJob
    from .deliver import Delivery
    from .landing import Landing
    from .twins import Twins


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedWork:
    """One run with a saved plan."""

    shop: Workshop
    delivery: Delivery
    landing: Landing
    twins: Twins
    rules: str  # of the configuration of now

    def carry_out(self, saved: SavedPlan, jobs: Sequence[FeedJob]) -> None:
        """Carry out a plan that was made earlier; what has moved since is refused."""
        if saved.rules != self.rules:
            self.landing.tally.messages.append(
                "the configuration has changed since the plan was made: the plan is carried out as"
                " it was seen"
            )
        by_feed = {job.feed: job for job in jobs}
        for feed, entries in of_feed(saved).items():
            if job := by_feed.get(feed):
                self.landing.land(self._process(entries, saved, job))
            else:
                self.landing.tell(refuse_all(entries, self._why_gone(feed)))
        for feed, ended in ends_of_feed(saved).items():
            if self.shop.stop():
                return
            if job := by_feed.get(feed):
                self.landing.tell(end_planned(self.delivery, self.landing.tally, ended, job))
            else:
                self.landing.tell(refuse_end(one, self._why_gone(feed)) for one in ended)

    def _why_gone(self, feed: str) -> str:
        """Say why no job has a feed."""
        withdrawn = {one.feed for one in self.shop.ledger.withdrawals.all()}
        return WITHDRAWN if feed in withdrawn else NO_SOURCE

    def _process(
        self, entries: Sequence[Entry], saved: SavedPlan, job: FeedJob
    ) -> Iterator[Outcome]:
        cut = find_cut(self.shop, self.delivery.visit.address, job)
        entries, others = sift_rights(entries, job.source, cut)
        self.landing.tell(others)
        sifted = self._sift(entries, saved)
        self.landing.tell(sifted.told)
        yield from sifted.done
        repeats = self.twins.refuse(sifted.plan, job.source)
        self.landing.tell(refuse_some(entries, repeats))
        standing = tuple(one for one in sifted.plan.changes if key_of(one) not in repeats)
        safe = self.delivery.keep_safe(replace(sifted.plan, changes=standing), job.source)
        plan = with_terms(safe, sifted.site)
        self.landing.tally.add_plan(plan)
        self.twins.learn(posts_of(plan), job.source)
        self.twins.keep()
        names = {key_of(entry.change): entry.change for entry in entries}
        for outcome in self.delivery.apply(plan, sifted.site, job.source):
            change = names[outcome.key]
            yield outcome if isinstance(change, Skip) else complete(outcome, change.post)

    def _sift(self, entries: Sequence[Entry], saved: SavedPlan) -> Sifted:
        reader = self.delivery.visit.reader
        look = partial(sift, entries, saved, self.shop.ledger, reader)
        sifted = look(self.shop.clock())
        if not self.delivery.rehearsal and writes(sifted.plan) and self.shop.lock.take():
            reader.forget()  # another machine may have written since we looked
            sifted = look(self.shop.clock())
        return sifted
