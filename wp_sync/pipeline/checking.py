"""Ask feeds because a person wants to know how they are; what they bring is kept for a run."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wp_sync.errors import ConfinedError, FeedError, RestingError, WebError, WpSyncError
from wp_sync.sources import pull_feed
from wp_sync.text import normalise_address

from .collect import FeedJob
from .keeping import learn_feed
from .moved import Moves
from .pulling import keep_rests, load_rests, trouble_of
from .rekeyed import notice_rekey

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime

    from wp_sync.config.channels import Source
    from wp_sync.config.schema import Config
    from wp_sync.confine import Confinement
    from wp_sync.ledger import FeedRow, Ledger
    from wp_sync.model import Pull
    from wp_sync.web import WebSession

_AT_ONCE = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedCheck:
    """What one feed said."""

    address: str
    answer: str = ""  # what came: a format, or that nothing changed
    error: str = ""  # with its cure
    items: int = 0
    new: int = 0
    moved_to: str = ""  # where a redirect led
    notes: tuple[str, ...] = ()


def check(
    ledger: Ledger,
    config: Config,
    feeds: Sequence[tuple[Source, str]],
    web: WebSession,
    confinement: Confinement,
    clock: Callable[[], datetime],
) -> Iterator[FeedCheck]:
    """Ask feeds side by side, as a sync does, and keep what they say: it is not asked for twice."""
    withdrawn = {one.feed for one in ledger.withdrawals.all()}
    rows = {row.id: row for row in ledger.feeds.all()}
    jobs = _jobs(ledger, feeds, rows)
    rests = {feed: row.rest_until for feed, row in rows.items() if row.rest_until}
    load_rests(web, ledger, is_watched=True)
    ledger.feeds.begin([job.feed for job in jobs if job.feed not in withdrawn])

    def pull(job: FeedJob) -> Pull | WpSyncError:
        if job.feed in withdrawn:
            return FeedError("withdrawn: it is not asked", feed=job.feed)
        rest = rests.get(job.feed)
        if rest and rest > clock():
            until = f"{rest:%Y-%m-%d %H:%M} UTC"
            message = f"{job.address}: not asked: its server wants to be left alone until {until}"
            return RestingError(message, url=job.location)
        try:
            return pull_feed(
                job.feed,
                location=job.location,
                last=job.last,
                known=job.known,
                traces=job.traces,
                web=web,
                confinement=confinement,
                now=clock(),
                allow_private=frozenset(job.source.allow_private),
            )
        except (WebError, FeedError, ConfinedError) as error:
            return error

    moves = Moves(ledger, config)
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        for job, pulled in zip(jobs, pool.map(pull, jobs), strict=True):
            known, came, _ = moves.follow(job, pulled)
            yield _keep(ledger, known, came, clock())
            keep_rests(web, ledger)


def _jobs(
    ledger: Ledger, feeds: Sequence[tuple[Source, str]], rows: Mapping[str, FeedRow]
) -> list[FeedJob]:
    memory = ledger.feeds.recall([(address, source.name) for source, address in feeds])
    jobs: list[FeedJob] = []
    for source, address in feeds:
        one = memory[address]
        row = rows.get(one.feed)
        jobs.append(
            FeedJob(
                feed=one.feed,
                address=address,
                location=row.location if row and row.moved_ok else address,
                source=source,
                last=one.validators,
                known=one.known,
                traces=one.traces,
            )
        )
    return jobs


def _keep(ledger: Ledger, job: FeedJob, pulled: Pull | WpSyncError, now: datetime) -> FeedCheck:
    name = job.source.name
    if isinstance(pulled, WpSyncError):
        if not isinstance(pulled, RestingError):  # it was not asked
            trouble = trouble_of(pulled)
            ledger.feeds.record_failure(job.feed, source=name, reason=str(pulled), trouble=trouble)
        return FeedCheck(address=job.address, error=str(pulled))
    pulled = ledger.feeds.recognise(pulled)
    notice_rekey(ledger, job, pulled)
    health = learn_feed(ledger, job, pulled, now)
    pulled = ledger.feeds.record_pull(pulled, source=name, health=health)
    final = pulled.validators.url
    has_moved = bool(final) and normalise_address(final) != normalise_address(job.address)
    return FeedCheck(
        address=job.address,
        answer=pulled.format if pulled.changed else "not changed",
        items=len(pulled.items) + pulled.unchanged,
        new=sum(item.key.guid not in job.known for item in pulled.items),
        moved_to=final if has_moved else "",
        notes=pulled.notes,
    )
