"""One run.

for each feed, as its answer comes in:
    remember what it brought, in one transaction
    make posts of what waits: screen, full text, clean, judge, map
    plan them against the ledger and the site, and check the plan
    apply the plan, and remember each outcome
"""

from __future__ import annotations

from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from wp_sync.curate.screen import reachable_channels
from wp_sync.errors import (
    ConfinedError,
    FeedError,
    InDoubtError,
    LedgerError,
    PublishError,
    RejectedError,
    SiteError,
    StoppedError,
    WebError,
    WpSyncError,
)
from wp_sync.hashing import digest
from wp_sync.model import Adopt, Amend, Create, FeedReport, Outcome, Plan, Run, Skip, Trash, Update
from wp_sync.publish.apply import apply_plan

from .collect import FeedJob, Intake, RunSeen, pull
from .deliver import Delivery
from .site import SiteReader

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from wp_sync.config.schema import Config, Source
    from wp_sync.ledger import FeedRow
    from wp_sync.ledger.items import DueItem
    from wp_sync.model import FeedStatus, ItemKey, Post, Pull, SiteState

    from .build import Workshop

_PULLS_AT_ONCE = 8
_POLL = 0.2  # seconds between looks at the stop signal while feeds are awaited
_RULES = "rules"  # meta key: with these rules the dropped items were judged


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncOptions:
    """What the person at the command line asked for."""

    command: str = "sync"
    channel: str = ""
    source: str = ""
    limit: int | None = None  # items
    allowed: frozenset[str] = frozenset()
    dry_run: bool = False
    is_due: Callable[[FeedRow], bool] = lambda _: True  # whether a known feed is asked


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncResult:
    """A run, the plan behind it, and the error that ended it early."""

    run: Run
    plan: Plan
    error: WpSyncError | None = None


@dataclass(slots=True)
class _Tally:
    """What a run gathers on its way."""

    outcomes: list[Outcome] = field(default_factory=list)
    feeds: list[FeedReport] = field(default_factory=list)
    plan: Plan = field(default_factory=Plan)
    messages: list[str] = field(default_factory=list)


def sync(
    shop: Workshop,
    options: SyncOptions,
    *,
    watch: Callable[[FeedReport | Outcome], None] = lambda _: None,
) -> SyncResult:
    """Pull, plan and apply. A feed or an item that fails does not stop the others."""
    identity = shop.target.identify()
    run_id = shop.ledger.runs.start(options.command)
    started = shop.clock()
    reader = SiteReader(shop.target, identity, shop.ledger, shop.config.site.settle)
    delivery = Delivery(shop, reader, run_id, options.allowed, rehearsal=options.dry_run)
    work = _Work(shop, options, delivery, watch)
    error: WpSyncError | None = None
    try:
        jobs = work.jobs()
        for job, pulled in _pull_all(jobs, shop):
            work.take(job, pulled)
        work.tell_forgotten(jobs)
    except StoppedError:
        pass  # told below, as a wish that was heard between two writes is
    except (PublishError, LedgerError) as stopper:
        # What concerns one post alone became its outcome: any other word of the site ends the run.
        alone = isinstance(stopper, RejectedError | InDoubtError)
        error = SiteError(stopper.message, cure=stopper.cure) if alone else stopper
    stopped = str(error) if error else ("interrupted" if shop.stop() else "")
    run = Run(
        id=run_id,
        started=started,
        outcomes=tuple(work.tally.outcomes),
        feeds=tuple(work.tally.feeds),
        messages=tuple(work.tally.messages),
        stopped=stopped,
    )
    partial = options.dry_run or options.channel or options.source or options.limit
    if not (stopped or partial):
        shop.ledger.meta.set(_RULES, work.rules)
    with suppress(LedgerError) if isinstance(error, LedgerError) else nullcontext():
        status = "stopped" if stopped else "done"
        shop.ledger.runs.finish(run_id, status, totals=run.totals, messages=run.messages)
    return SyncResult(run=run, plan=work.tally.plan, error=error or delivery.unsafe)


def choose_sources(config: Config, options: SyncOptions) -> tuple[Source, ...]:
    """Choose the sources that a run asks: all, or those of one name or of one channel."""
    return tuple(
        source
        for source in config.sources
        if options.source in {"", source.name}
        and (not options.channel or options.channel in reachable_channels(source))
    )


class _Work:
    """One run's feeds, one after the other."""

    def __init__(
        self,
        shop: Workshop,
        options: SyncOptions,
        delivery: Delivery,
        watch: Callable[[FeedReport | Outcome], None],
    ) -> None:
        self._shop, self._options, self._delivery = shop, options, delivery
        self._watch = watch
        self._site = delivery.reader.identity.address
        self._seen = RunSeen(shop.ledger.posts.seen(self._site))
        self._left = options.limit
        self.rules = digest(shop.config.model_dump(mode="json", include={"sources", "channels"}))
        self._rules_changed = shop.ledger.meta.get(_RULES) != self.rules
        self.tally = _Tally()

    def jobs(self) -> list[FeedJob]:
        """List the feeds of this run: those that it asks, and those whose items may wait."""
        feeds = self._shop.ledger.feeds
        rows = {row.id: row for row in feeds.all()}
        jobs: list[FeedJob] = []
        for source in choose_sources(self._shop.config, self._options):
            for location in source.feeds:
                feed = feeds.identify(location, source.name)
                jobs.append(
                    FeedJob(
                        feed=feed,
                        location=location,
                        source=source,
                        last=feeds.validators(feed),
                        known=feeds.known(feed),
                        is_asked=feed not in rows or self._options.is_due(rows[feed]),
                    )
                )
        return jobs

    def tell_forgotten(self, jobs: Sequence[FeedJob]) -> None:
        """Tell how many items wait in feeds that the configuration no longer has."""
        if self._options.channel or self._options.source:
            return
        asked = {job.feed for job in jobs}
        for row in self._shop.ledger.feeds.all():
            waiting = () if row.id in asked else self._shop.ledger.items.due(row.id)
            if waiting:
                self.tally.messages.append(
                    f"{row.source}: {len(waiting)} items wait, but no source has the feed"
                    f" {row.address} any more"
                )

    def take(self, job: FeedJob, pulled: Pull | WpSyncError | None) -> None:
        """Take what a feed brought, and what waits of it, all the way to the site."""
        self._shop.stop.step()
        if pulled is not None:
            self._remember(job, pulled)
        if self._shop.stop():
            return
        landed: list[Outcome] = []
        try:
            for outcome in self._process(job):
                landed.append(outcome)
                self.tally.outcomes.append(outcome)
                self._watch(outcome)
        finally:
            if not self._options.dry_run:
                self._shop.ledger.items.settle(landed, self._delivery.run)

    def _remember(self, job: FeedJob, pulled: Pull | WpSyncError) -> None:
        if isinstance(pulled, WpSyncError):
            self._shop.ledger.feeds.record_failure(
                job.feed, source=job.source.name, reason=str(pulled)
            )
        else:
            pulled = self._shop.ledger.feeds.record_pull(pulled, source=job.source.name)
        self._report(job, pulled)

    def _process(self, job: FeedJob) -> Iterator[Outcome]:
        due: Sequence[DueItem] = self._shop.ledger.items.due(
            job.feed, dropped_too=self._rules_changed, site=self._site
        )
        due = [one for one in due if job.is_asked or not _waits_for_source(one)]
        items = [one.item for one in due[: self._left]]
        if self._left is not None:
            self._left -= len(items)
        receipts = self._shop.ledger.posts.receipts(self._site, [item.key for item in items])
        intake = Intake(source=job.source, shop=self._shop, seen=self._seen, receipts=receipts)
        posts: list[Post] = []
        for result in intake.make_posts(items):
            if isinstance(result, Outcome):
                yield result
            elif self._options.channel in {"", result.channel}:
                posts.append(result)
        if not posts:
            return
        plan, site = self._delivery.plan(posts, receipts, job.source)
        self.tally.plan = Plan(
            changes=self.tally.plan.changes + plan.changes,
            new_terms=tuple(dict.fromkeys(self.tally.plan.new_terms + plan.new_terms)),
        )
        by_key = {post.key: post for post in posts}
        outcomes = rehearse(plan) if self._options.dry_run else self._apply(plan, site, job)
        for outcome in outcomes:
            if outcome.status == "failed":
                self._seen.release(outcome.key)
            yield _complete(outcome, by_key[outcome.key])

    def _apply(self, plan: Plan, site: SiteState, job: FeedJob) -> Iterator[Outcome]:
        journal = self._shop.ledger.posts.journal(self._site, self._delivery.run)
        if plan.new_terms:
            self._delivery.reader.forget_terms()

        def files(posts: Sequence[Post]) -> dict[ItemKey, tuple[object, str]]:
            return self._delivery.files(posts, job.source)  # type: ignore[return-value]

        for outcome in apply_plan(plan, self._shop.target, journal, files, site):  # type: ignore[arg-type]
            yield outcome
            if self._shop.stop():
                return

    def _report(self, job: FeedJob, pulled: Pull | WpSyncError) -> None:
        status: FeedStatus = "failed"
        if isinstance(pulled, WpSyncError):
            report = FeedReport(
                feed=job.feed, source=job.source.name, status=status, reason=str(pulled)
            )
        else:
            status = "pulled" if pulled.changed else "unchanged"
            report = FeedReport(
                feed=job.feed,
                source=job.source.name,
                status=status,
                items=len(pulled.items) + pulled.unchanged,
                reason="; ".join(pulled.notes),
            )
        self.tally.feeds.append(report)
        self._watch(report)


def _pull_all(
    jobs: Sequence[FeedJob], shop: Workshop
) -> Iterator[tuple[FeedJob, Pull | WpSyncError | None]]:
    """Pull feeds side by side, and yield each as soon as it is there; None: it is not asked."""
    asked = [job for job in jobs if job.is_asked]
    with ThreadPoolExecutor(_PULLS_AT_ONCE) as pool:
        waiting: dict[Future[Pull], FeedJob] = {pool.submit(pull, job, shop): job for job in asked}
        try:
            yield from ((job, None) for job in jobs if not job.is_asked and not shop.stop())
            while waiting and not shop.stop():
                done, _ = wait(waiting, timeout=_POLL, return_when=FIRST_COMPLETED)
                for future in done:
                    yield waiting.pop(future), _result(future)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _waits_for_source(due: DueItem) -> bool:
    """Tell whether another try would ask the source: it is left alone until its feed is asked."""
    return due.state == "failed" and due.stage in {"extract", "clean"}


def _result(future: Future[Pull]) -> Pull | WpSyncError:
    try:
        return future.result()
    except (WebError, FeedError, ConfinedError) as error:
        return error


def rehearse(plan: Plan) -> Iterator[Outcome]:
    """Tell what would become of each change."""
    for change in plan.changes:
        match change:
            case Create(post=post, reason=reason):
                yield Outcome(key=post.key, status="created", stage="publish", reason=reason)
            case Update(post=post, wp_id=wp_id, reason=reason):
                yield Outcome(
                    key=post.key, status="updated", stage="publish", reason=reason, wp_id=wp_id
                )
            case Adopt(post=post, found=found, reason=reason):
                yield Outcome(
                    key=post.key,
                    status="unchanged",
                    stage="publish",
                    reason=reason,
                    wp_id=found.wp_id,
                    link=found.link,
                )
            case Amend(receipt=ours, reason=reason):
                yield Outcome(
                    key=ours.key,
                    status="updated",
                    stage="publish",
                    reason=reason,
                    wp_id=ours.wp_id,
                    link=ours.link,
                )
            case Trash(key=key, wp_id=wp_id, reason=reason):
                yield Outcome(
                    key=key, status="trashed", stage="publish", reason=reason, wp_id=wp_id
                )
            case Skip(key=key, status=status, reason=reason, wp_id=wp_id):
                yield Outcome(key=key, status=status, stage="publish", reason=reason, wp_id=wp_id)


def _complete(outcome: Outcome, post: Post) -> Outcome:
    """Name the article in an outcome that knows only its key."""
    return replace(
        outcome, url=post.source_url, title=post.title, channel=outcome.channel or post.channel
    )
