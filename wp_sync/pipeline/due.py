"""What a run must decide: items of the feeds that it asks, and of others whose items may wait."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wp_sync.ledger import DueItem

    from .build import Workshop
    from .collect import FeedJob
    from .visit import Visit


@dataclass(slots=True)
class Due:
    """One run's view of what is due."""

    shop: Workshop
    visit: Visit
    rules_changed: bool  # what was dropped is judged again
    _feeds: frozenset[str] | None = field(default=None, init=False)  # None: not asked, or not true

    def look_again(self) -> None:
        """Forget which feeds have anything due: persons may have decided, feeds brought more."""
        self._feeds = None

    def may_wait(self, job: FeedJob) -> bool:
        """Tell whether anything of a feed that is not asked may be due: most have nothing."""
        if self._feeds is None:
            self._feeds = self.shop.ledger.items.feeds_due(
                dropped_too=self.rules_changed,
                site=self.visit.address,
                may_upload=self.visit.may_upload,
            )
        return job.feed in self._feeds

    def find(self, job: FeedJob) -> list[DueItem]:
        """List what is due of a feed."""
        due = self.shop.ledger.items.due(
            job.feed,
            dropped_too=self.rules_changed,
            site=self.visit.address,
            may_upload=self.visit.may_upload,
        )
        return [one for one in due if job.is_asked or not _waits_for_source(one)]


def _waits_for_source(due: DueItem) -> bool:
    """Tell whether another try would ask the source: it is left alone until its feed is asked."""
    return due.state == "failed" and due.stage in {"extract", "clean"}
