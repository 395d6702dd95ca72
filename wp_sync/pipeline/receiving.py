"""What the feeds brought, remembered as it comes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wp_sync.errors import RestingError, WpSyncError
from wp_sync.model import Pull

from .keeping import learn_feed
from .pulling import trouble_of
from .rekeyed import notice_rekey
from .tally import report_of
from .twins import preferred

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from wp_sync.model import FeedReport, Outcome

    from .build import Workshop
    from .collect import FeedJob
    from .moved import Moves
    from .pulling import Pulled
    from .tally import Tally


@dataclass(frozen=True, slots=True, kw_only=True)
class Reception:
    """One run's answers of feeds."""

    shop: Workshop
    moves: Moves
    tally: Tally
    watch: Callable[[FeedReport | Outcome], None]

    def remember(self, some: Iterable[Pulled]) -> list[Pulled]:
        """Keep what came at the same time, in one commit; return it as the ledger knows it now."""
        reports: list[FeedReport] = []
        kept: list[Pulled] = []
        same: list[tuple[Pull, str]] = []
        with self.shop.ledger.together():
            for job, pulled in sorted(some, key=preferred):
                known, came, told = self.moves.follow(job, pulled)
                self.tally.messages += [told] if told else []
                if isinstance(came, Pull) and not came.changed:
                    same.append((came, known.source.name))
                    reports.append(report_of(known.feed, known.source.name, came))
                elif came is not None:
                    reports.append(self._remember(known, came))
                kept.append((known, came))
            self.shop.ledger.feeds.record_same(same)
        for report in reports:
            self.tally.feeds.append(report)
            self.watch(report)
        return kept

    def _remember(self, job: FeedJob, pulled: Pull | WpSyncError) -> FeedReport:
        ledger = self.shop.ledger
        if isinstance(pulled, WpSyncError):
            if not isinstance(pulled, RestingError):  # it was not asked
                ledger.feeds.record_failure(
                    job.feed,
                    source=job.source.name,
                    reason=str(pulled),
                    trouble=trouble_of(pulled),
                )
        else:
            pulled = ledger.feeds.recognise(pulled)
            notice_rekey(ledger, job, pulled)
            health = learn_feed(ledger, job, pulled, self.shop.clock())
            pulled = ledger.feeds.record_pull(pulled, source=job.source.name, health=health)
        return report_of(job.feed, job.source.name, pulled)
