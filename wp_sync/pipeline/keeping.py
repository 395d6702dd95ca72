"""Feeds kept in mind: what a pull teaches, and whether it comes from whom a person chose."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from wp_sync.extract.site_rules import selectors_of
from wp_sync.model import FeedHealth, Outcome
from wp_sync.publish.safety import is_allowed
from wp_sync.sources.habits import (
    accept_habits,
    learn_pages,
    learn_pull,
    learn_selectors,
    longest_silence,
)
from wp_sync.sources.identity import HELD, accept, find_signs, learn, see, weigh
from wp_sync.text import plain_text

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from wp_sync.ledger import Ledger
    from wp_sync.model import Item, ItemKey, Pull

    from .collect import FeedJob
    from .options import SyncOptions
    from .pages import Readings

WORD = "changed-hands"  # of --allow, before the source's name


def learn_feed(ledger: Ledger, job: FeedJob, pulled: Pull, now: datetime) -> FeedHealth | None:
    """Learn from a pull before its items are kept: later they are known ones. None: nothing new.

    What seems to come from another publisher teaches nothing, and holds the feed.
    """
    if not pulled.items:
        return None
    is_new = not job.known
    health = FeedHealth(feed=job.feed) if is_new else ledger.health.get(job.feed)
    articles = {} if is_new else ledger.items.articles(job.feed)
    seen = see(pulled, articles, job.location)
    if health.held:
        candidate = learn(health.candidate or seen.identity, seen.identity)
        return replace(health, candidate=candidate)
    # Articles may be dated back: what came late was no silence.
    silence = now - max(health.last_item or now, health.pulled or now)
    signs = find_signs(health.identity, seen, silence=silence, usual=longest_silence(health))
    if weigh(signs, seen) >= HELD:
        held = "; ".join(sign.told for sign in signs)
        return replace(health, held=held, held_since=now, candidate=seen.identity)
    fresh = [item for item in pulled.items if item.key.guid not in job.known]
    health = replace(health, identity=learn(health.identity, seen.identity))
    return learn_pull(health, fresh, now)


def approve_feed(ledger: Ledger, feed: str) -> FeedHealth:
    """Take a feed as it is now, by a person's word; return what was known of it until then."""
    health = ledger.health.get(feed)
    identity = accept(health.identity, health.candidate) if health.candidate else health.identity
    approved = replace(health, held="", held_since=None, candidate=None, identity=identity)
    if health.held:  # its silence is over, or would hold it again
        approved = replace(approved, last_item=health.held_since, pulled=health.held_since)
    ledger.health.put(accept_habits(approved))
    return health


def sift_held(
    ledger: Ledger,
    job: FeedJob,
    items: list[Item],
    options: SyncOptions,
    approved: Collection[ItemKey],
) -> tuple[list[Item], list[Outcome]]:
    """Hold what a feed that changed hands brings: no page of its is read, no post changed.

    What a person approved passes.
    """
    told = items and _read_held(ledger, job, options)
    if not told:
        return items, []
    kept = [item for item in items if item.key in approved]
    return kept, [_hold(item, told) for item in items if item.key not in approved]


def _read_held(ledger: Ledger, job: FeedJob, options: SyncOptions) -> str:
    """Return why a feed's items are held; "" when a person lets them pass."""
    held, flag = ledger.health.held(job.feed), f"{WORD}:{job.source.name}"
    if held and is_allowed(flag, options.allowed):
        if not options.dry_run:
            approve_feed(ledger, job.feed)
        return ""
    quoted = f"'{flag}'" if " " in flag else flag
    cure = f"wp-sync feeds approve {job.address} (or --allow {quoted})"
    return held and f"the feed seems to have changed hands: {held}; to let it pass: {cure}"


def _hold(item: Item, reason: str) -> Outcome:
    return Outcome(
        key=item.key,
        status="held",
        stage="publish",
        reason=reason,
        url=item.url,
        title=plain_text(item.title),
    )


def note_pages(ledger: Ledger, job: FeedJob, readings: Readings, *, rehearsal: bool) -> None:
    """Keep what the pages of a feed's articles gave, and which selectors found nothing there."""
    if not readings.words or rehearsal:
        return
    health = learn_pages(ledger.health.get(job.feed), readings.words)
    selectors = selectors_of(job.source.extract)
    ledger.health.put(learn_selectors(health, selectors, readings.missed))
