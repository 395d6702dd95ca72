"""review approve and reject: one article or many, shown before it is done."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import typer

from wp_sync.config import load_config
from wp_sync.errors import ConfigError, Problem
from wp_sync.pipeline.build import open_workshop
from wp_sync.pipeline.options import Orders, SyncOptions
from wp_sync.pipeline.orders import carry_out, office_of, open_office
from wp_sync.pipeline.review import bury, plan_approval, plan_rejection, refresh_page
from wp_sync.pipeline.sync import sync
from wp_sync.unattended.lock import hold_lock

from .output import Result, counted
from .reviewing import choose
from .running import signals, told

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from wp_sync.review.waiting import Filter, Waiting

    from .output import Screen


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """Which articles a person means, and how."""

    targets: tuple[str, ...]
    wanted: Filter
    everything: bool = False  # all that fit the filter
    channel: str = ""  # for held items that fit none
    reason: str = ""
    yes: bool = False
    dry_run: bool = False


def approve(path: Path, order: Order, screen: Screen) -> Result:
    """Publish drafts, and make posts of held items."""
    config = load_config(path)
    _check(path, order, tuple(config.channels))
    with (
        hold_lock(config.path.parent),
        signals() as (stop, received),
        open_workshop(config, os.environ, stop) as shop,
    ):
        office = office_of(shop)
        chosen = choose(office, order.targets, order.wanted)
        if not _is_meant("publish", chosen, order, screen):
            return _nothing("review approve")
        approval = plan_approval(office, chosen, order.channel)
        orders = Orders(changes=approval.plan, items=approval.items)
        options = SyncOptions(command="review approve", orders=orders, dry_run=order.dry_run)
        result = sync(shop, options)
    signalled = next(iter(received), 0)
    whole = told("review approve", result, signalled, screen.face, rehearsal=order.dry_run)
    return _with_refusals(whole, approval.refused)


def reject(path: Path, order: Order, screen: Screen) -> Result:
    """Trash drafts and drop held items; they do not come again."""
    config = load_config(path)
    _check(path, order, tuple(config.channels))
    with (
        hold_lock(config.path.parent),
        signals() as (stop, received),
        open_office(config, os.environ, stop) as office,
    ):
        chosen = choose(office, order.targets, order.wanted)
        if not _is_meant("reject", chosen, order, screen):
            return _nothing("review reject")
        plan = plan_rejection(chosen, order.reason)
        if not order.dry_run:
            bury(office, chosen, order.reason)
        states = {one.key: "rejected" for one in chosen}
        result = carry_out(office, plan, "review reject", states=states, dry_run=order.dry_run)
        note = "" if order.dry_run else refresh_page(office)
    signalled = next(iter(received), 0)
    whole = told("review reject", result, signalled, screen.face, rehearsal=order.dry_run)
    return replace(whole, messages=(*whole.messages, *filter(None, (note,))))


def _check(path: Path, order: Order, channels: Sequence[str]) -> None:
    """Refuse an order that names nothing, or more than a person can mean."""
    message = ""
    if not (order.targets or order.everything):
        message = "name what you mean: IDs of `wp-sync review list`, or --all"
    elif order.targets and order.everything:
        message = "name IDs or --all, not both"
    elif order.channel and order.channel not in channels:
        message = f"there is no channel {order.channel!r}: {', '.join(channels)}"
    if message:
        raise ConfigError([Problem(file=str(path), line=0, key="", message=message)])


def _is_meant(deed: str, chosen: Sequence[Waiting], order: Order, screen: Screen) -> bool:
    """Ask before many articles that were not named one by one."""
    if order.dry_run or order.yes or not order.everything or not chosen:
        return bool(chosen)
    if not screen.asks:
        message = f"{deed} {counted(len(chosen), 'article')}? say --yes, there is nobody to ask"
        raise ConfigError([Problem(file="--all", line=0, key="", message=message)])
    for one in chosen:
        screen.warn(f"{one.handle}  {one.kind}  {one.title}")
    return typer.confirm(f"{deed} these {counted(len(chosen), 'article')}?", err=True)


def _nothing(command: str) -> Result:
    data = {"run": "", "totals": {}, "feeds": [], "outcomes": []}
    return Result(command=command, data=data, text=("Nothing was done.",))


def _with_refusals(whole: Result, refused: tuple[str, ...]) -> Result:
    """Tell what could not be approved; the rest was."""
    if not refused:
        return whole
    messages = (*whole.messages, *refused)
    partial = whole.status == "success"
    return replace(
        whole,
        messages=messages,
        status="partial" if partial else whole.status,
        exit_code=whole.exit_code or 1,
    )
