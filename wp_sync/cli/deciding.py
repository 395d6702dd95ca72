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
from wp_sync.review.waiting import spare_some
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
        approval = plan_approval(shop, identity.address, chosen, decision.channel)
        question = f"Approve {counted(len(chosen), 'article')}?"
        notes = tuple(f"make    {one.title}" for one in chosen if one.key in approval.items)
        proposal = Proposal(plan=approval.plan, question=question, notes=notes)
        if not decision.is_sure and (refusal := agree(proposal, screen, "review approve")):
            return refusal
        orders = Orders(changes=approval.plan, items=approval.items)
        options = SyncOptions(command="review approve", orders=orders, dry_run=decision.dry_run)
        result = sync(shop, options)
    signalled = next(iter(received), 0)
    whole = told("review approve", result, signalled, screen.face, rehearsal=decision.dry_run)
    return _with_refusals(whole, approval.refused)


def reject(path: Path, decision: Decision, screen: Screen) -> Result:
    """Trash drafts and drop held items; they do not come again."""
    _check(path, decision, ())

    def make(office: Office) -> Proposal:
        chosen = _choose(office, office.identity, decision)
        return Proposal(
            plan=plan_rejection(office, chosen, decision.reason),
            states={one.key: "rejected" for one in chosen if one.kind != "conflict"},
            question=f"Reject {counted(len(chosen), 'article')}?",
            first=lambda run: bury(office, chosen, decision.reason, run),
        )

    return order(
        path,
        screen,
        make,
        command="review reject",
        yes=decision.is_sure,
        dry_run=decision.dry_run,
    )


def _choose(desk: Desk, identity: SiteIdentity, decision: Decision) -> tuple[Waiting, ...]:
    """Find what a person means; a conflict only by its name, or by words of its reason."""
    chosen = choose(desk, identity, decision.targets, decision.wanted)
    return spare_some(chosen, decision.wanted) if decision.everything else chosen


def _check(path: Path, decision: Decision, channels: Sequence[str]) -> None:
    """Refuse a decision that names nothing, or more than a person can mean."""
    message = ""
    if not (decision.targets or decision.everything):
        message = "name what you mean: IDs of `wp-sync review list`, or --all"
    elif decision.targets and decision.everything:
        message = "name IDs or --all, not both"
    elif decision.channel and decision.channel not in channels:
        message = f"there is no channel {decision.channel!r}: {', '.join(channels)}"
    if message:
        raise ConfigError([Problem(file=str(path), line=0, key="", message=message)])


def _with_refusals(whole: Result, refused: tuple[str, ...]) -> Result:
    """Tell what could not be approved; the rest was."""
    if not refused:
        return whole
    return replace(
        whole,
        messages=(*whole.messages, *refused),
        status="partial" if whole.status == "success" else whole.status,
        exit_code=whole.exit_code or 1,
    )
