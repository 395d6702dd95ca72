"""Feeds whose address in the configuration was changed: known by their articles."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeVar

from wp_sync.model import Pull
from wp_sync.sources.domains import domain_of, is_carrier

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wp_sync.config.schema import Config
    from wp_sync.ledger import Ledger
    from wp_sync.model import FeedHealth

    from .collect import FeedJob

T = TypeVar("T")


@dataclass(slots=True)
class Moves:
    """The feeds that this run has found to be ones of before."""

    ledger: Ledger
    config: Config
    found: dict[str, str] = field(default_factory=dict)  # the feed -> the one that it was

    def follow(self, job: FeedJob, pulled: T) -> tuple[FeedJob, T | Pull, str]:
        """Return job and pull under the feed's own id, and what is told of it."""
        if not isinstance(pulled, Pull) or not pulled.items or job.known:
            return job, pulled, ""
        feeds, source = self.ledger.feeds, job.source.name
        configured = {place for one in self.config.sources for place in one.feeds}
        moved = feeds.succeed(pulled, job.address, source, configured)
        if moved.feed == job.feed:
            return job, pulled, ""
        self.found[job.feed] = moved.feed
        health = self.ledger.health.get(moved.feed)
        if health.identity.items:
            self.ledger.health.put(_at_new_place(health, job.address))
        (now,) = self.as_known([job])
        return now, moved, f"{source}: {moved.feed} has moved to {job.address}"

    def as_known(self, jobs: Sequence[FeedJob]) -> list[FeedJob]:
        """Name the feeds as the ledger knows them by now."""
        known = self.ledger.feeds.known
        return [
            replace(job, feed=feed, known=known(feed)) if feed else job
            for job in jobs
            for feed in [self.found.get(job.feed, "")]
        ]


def _at_new_place(health: FeedHealth, address: str) -> FeedHealth:
    """Believe that a feed is at an address, and may link there: a person has written it."""
    domain, known = domain_of(address), health.identity
    hosts = {**known.hosts, domain: known.items}
    identity = replace(
        known,
        location=domain,
        is_secure=address.lower().startswith("https://"),
        hosts=hosts if domain and not is_carrier(domain) else known.hosts,
    )
    return replace(health, identity=identity)
