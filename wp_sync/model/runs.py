"""How things ended."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from datetime import datetime

    from .changes import Conflict
    from .items import ItemKey

Stage = Literal["sources", "curate", "extract", "clean", "mapping", "pacing", "publish"]
OutcomeStatus = Literal["created", "updated", "unchanged", "held", "dropped", "trashed", "failed"]
FeedStatus = Literal["pulled", "unchanged", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How one item ended, at which stage, and why."""

    key: ItemKey
    status: OutcomeStatus
    stage: Stage
    reason: str
    url: str = ""
    title: str = ""
    channel: str = ""
    wp_id: int | None = None
    link: str = ""
    again: bool = False  # the post lacks something that another run may bring, such as its picture
    right: str = ""  # of the site's user, without which no run brings it
    conflicts: tuple[Conflict, ...] | None = None  # all of its post's; None: nobody looked for any
    warning: str = ""  # what a person must hear of, though it went well
    due: datetime | None = None  # of a held one that waits for its turn: when a run looks again
    unverified: bool = False  # the site keeps no revisions: a save meanwhile would not be seen


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedReport:
    """How one feed ended."""

    feed: str
    source: str
    status: FeedStatus
    items: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One invocation."""

    id: str
    started: datetime
    outcomes: tuple[Outcome, ...] = ()
    feeds: tuple[FeedReport, ...] = ()
    messages: tuple[str, ...] = ()
    stopped: str = ""  # why the run ended early; "" when it did not

    @property
    def totals(self) -> dict[str, int]:
        """Count the outcomes by status."""
        return dict(Counter(outcome.status for outcome in self.outcomes))

    @property
    def deferred(self) -> int:
        """Count those of the held ones that wait for their turn alone."""
        return sum(outcome.due is not None for outcome in self.outcomes)
