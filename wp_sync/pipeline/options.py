"""What a run was asked to do, and what it came to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from wp_sync.model import Plan

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from wp_sync.errors import WpSyncError
    from wp_sync.ledger import FeedRow
    from wp_sync.model import Entry, Exhibit, ItemKey, Run, SavedPlan


@dataclass(frozen=True, slots=True, kw_only=True)
class Orders:
    """What a person approved."""

    changes: Plan = field(default_factory=Plan)
    items: Mapping[ItemKey, str] = field(default_factory=dict)  # -> channel


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncOptions:
    """What the person at the command line asked for."""

    command: str = "sync"
    channel: str = ""
    source: str = ""
    limit: int | None = None  # items
    allowed: frozenset[str] = frozenset()
    dry_run: bool = False
    is_watched: bool = True  # False: nobody looks, so the site must be as we know it
    is_due: Callable[[FeedRow], bool] = lambda _: True  # whether a known feed is asked
    refetch: str = ""  # a source or a feed that is asked unconditionally
    pairs: Mapping[str, int] = field(default_factory=dict)  # article -> its post, by a person
    # A person's orders alone, and no feed: changes to posts that are there, and items to let pass,
    # as the ledger has them, each into a channel. None: an ordinary run.
    orders: Orders | None = None
    saved: SavedPlan | None = None  # that was made earlier, and no feed
    exhibits: bool = False  # of a rehearsal: originals are kept beside the plan

    @property
    def is_partial(self) -> bool:
        """Tell whether a run leaves out what an ordinary one would do."""
        chosen = self.channel or self.source or self.limit or self.orders or self.saved
        return self.dry_run or bool(chosen)


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncResult:
    """A run, the plan behind it, and the error that ended it early."""

    run: Run
    plan: Plan
    error: WpSyncError | None = None
    site_asked: bool = True
    site: str = ""  # SiteIdentity.address
    entries: tuple[Entry, ...] = ()  # of a rehearsal: the plan, and what it was decided on
    exhibits: tuple[Exhibit, ...] = ()  # where they were asked for
