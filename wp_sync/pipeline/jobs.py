"""The feeds of a run: those that it asks, and those whose items may wait."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wp_sync.model import Validators

from .choosing import choose_sources, is_refetched, is_stuck, may_ask
from .collect import FeedJob

if TYPE_CHECKING:
    from wp_sync.config.channels import Source

    from .build import Workshop
    from .options import SyncOptions


def list_jobs(shop: Workshop, options: SyncOptions, messages: list[str]) -> list[FeedJob]:
    """List the feeds of a run; `messages` gets what is told of those that are not asked."""
    feeds, orders, now = shop.ledger.feeds, options.orders, shop.clock()
    rows = {row.id: row for row in feeds.all()}
    wanted = {key.feed for key in orders.items} if orders else None
    places: list[tuple[str, Source]] = []
    for source in choose_sources(shop.config, options):
        asked, told = shop.ledger.withdrawals.sift(source.name, source.feeds)
        messages += [told] if told else []
        places += [(location, source) for location in asked]
    memory = feeds.recall([(location, source.name) for location, source in places])
    jobs: list[FeedJob] = []
    for location, source in places:
        one = memory[location]
        if wanted is not None and one.feed not in wanted:
            continue
        row = rows.get(one.feed)
        afresh = is_stuck(row, shop.config.fetch.stuck, now) or is_refetched(
            location, source, options
        )
        jobs.append(
            FeedJob(
                feed=one.feed,
                address=location,
                location=row.location if row and row.moved_ok else location,
                source=source,
                last=Validators() if afresh else one.validators,
                known=one.known,
                traces=one.traces,
                afresh=afresh,
                is_asked=row is None or may_ask(row, options, now, messages),
            )
        )
    return jobs
