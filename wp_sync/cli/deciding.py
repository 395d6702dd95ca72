"""review approve and reject: one article or many, shown before it is done."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from wp_sync.config import load_config
from wp_sync.errors import ConfigError, Problem
from wp_sync.pipeline.build import open_workshop
from wp_sync.pipeline.options import Orders, SyncOptions
from wp_sync.pipeline.orders import Proposal
from wp_sync.pipeline.review import bury, plan_approval, plan_rejection
from wp_sync.pipeline.sync import sync
from wp_sync.review.waiting import spare_conflicts
from wp_sync.unattended.lock import hold_lock

from .ordering import agree, order
from .output import counted
from .reviewing import choose
from .running import heed_signals, told

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from wp_sync.pipeline.orders import Office
    from wp_sync.pipeline.waiting import Desk
    from wp_sync.publish.target import SiteIdentity
    from wp_sync.review.waiting import Filter, Waiting

    from .output import Result, Screen


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Which articles a person means, and how."""

    targets: tuple[str, ...]
    wanted: Filter
    everything: bool = False  # all that fit the filter
    channel: str = ""  # for held items that fit none
    reason: str = ""
    yes: bool = False
    dry_run: bool = False

    @property
    def is_sure(self) -> bool:
        """Tell whether nobody has to be asked: who names one by one has looked."""
        return self.yes or self.dry_run or not self.everything


def approve(path: Path, decision: Decision, screen: Screen) -> Result:
    """Publish drafts, and make posts of held items: one run."""
    config = load_config(path)
    _check(path, decision, tuple(config.channels))
    with (
        hold_lock(config.path.parent),
        heed_signals() as (stop, received),
        open_workshop(config, os.environ, stop) as shop,
    ):
        identity = shop.identity
        chosen = _choose(shop, identity, decision)
