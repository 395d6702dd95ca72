"""One run.

for each feed, as its answer comes in:
    remember what it brought, in one transaction
    open the site, if anything waits: log in, see what persons did there
    make posts of what waits: screen, full text, clean, judge, map
    plan them against the ledger and the site, and check the plan
    if it writes: take the site's lock, and plan again what another machine may have changed
    unattended, before the first write: compare what the site allows with its contract
    apply the plan while the lock is kept, and remember each outcome
look up the creates without an answer whose items nobody works any more
keep the page of what waits; give the lock back
"""

from __future__ import annotations

from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import TYPE_CHECKING

from wp_sync.errors import (
    AlreadyRunningError,
    ConfinedError,
    FeedError,
    LedgerError,
    PublishError,
    StoppedError,
    WebError,
    WpSyncError,
)
from wp_sync.model import FeedReport, Outcome, Run

from .choosing import check_allowed, choose_channels
from .collect import FeedJob, pull
from .deliver import Delivery
from .options import SyncOptions, SyncResult
from .saved import check_plan
from .tally import finish_run, stopper_of
from .visit import Visit
from .work import RULES, Work

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from wp_sync.model import Pull

    from .build import Workshop

PULLS_AT_ONCE = 16
_POLL = 0.2  # seconds between looks at the stop signal while feeds are awaited


def sync(
    shop: Workshop,
    options: SyncOptions,
    *,
    watch: Callable[[FeedReport | Outcome], None] = lambda _: None,
) -> SyncResult:
    """Pull, plan and apply. A feed or an item that fails does not stop the others."""
    check_allowed(shop.config, options)
    visit = Visit(shop, options, choose_channels(shop.config, options))
    must_look = visit.is_due()
    if must_look:
        visit.open()
    if options.saved:
        check_plan(options.saved, visit.address)
    run_id = shop.ledger.runs.start(options.command)
    started = shop.clock()
    delivery = Delivery(shop, visit, run_id, options.allowed, rehearsal=options.dry_run)
    work = Work(shop, options, delivery, watch)
    error: WpSyncError | None = None
    try:
        if must_look:
            work.arrive()
        _do(work, shop, options)
    except StoppedError:
        pass  # told below, as a wish that was heard between two writes is
    except (PublishError, LedgerError, AlreadyRunningError) as stopper:
        error = stopper_of(stopper)
    run = Run(
        id=run_id,
        started=started,
        outcomes=tuple(work.tally.outcomes),
        feeds=tuple(work.tally.feeds),
        messages=(*work.tally.messages, *visit.messages),
    )
    run = finish_run(shop, run, error)
    if not (run.stopped or options.is_partial):
        shop.ledger.meta.set(RULES, work.rules)
    return SyncResult(
        run=run,
        plan=work.tally.plan,
        error=error or delivery.unsafe,
        site=visit.address,
        site_asked=visit.is_made,
        entries=tuple(work.tally.entries),
    )


def _do(work: Work, shop: Workshop, options: SyncOptions) -> None:
    jobs = work.jobs()
    if options.orders:
        work.carry_out(options.orders, jobs)
    elif options.saved:
        work.carry_out_saved(options.saved, jobs)
    else:
        for some in pull_all(jobs, shop):
            work.remember(some)
            for job, pulled in some:
                work.take(job, pulled)
        work.tell_forgotten(jobs)
        work.tell_unanswered(jobs)
    if not (options.dry_run or options.saved):  # a saved plan is carried out, and no more
        work.tell_waiting()


def pull_all(
    jobs: Sequence[FeedJob], shop: Workshop
) -> Iterator[list[tuple[FeedJob, Pull | WpSyncError | None]]]:
    """Pull feeds side by side, and yield what has come since; None: a feed is not asked."""
    asked = [job for job in jobs if job.is_asked]
    with ThreadPoolExecutor(PULLS_AT_ONCE) as pool:
        waiting: dict[Future[Pull], FeedJob] = {pool.submit(pull, job, shop): job for job in asked}
        try:
            if (resting := [job for job in jobs if not job.is_asked]) and not shop.stop():
                yield [(job, None) for job in resting]
            while waiting and not shop.stop():
                done, _ = wait(waiting, timeout=_POLL, return_when=FIRST_COMPLETED)
                if done:
                    yield [(waiting.pop(future), _result(future)) for future in done]
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _result(future: Future[Pull]) -> Pull | WpSyncError:
    try:
        return future.result()
    except (WebError, FeedError, ConfinedError) as error:
        return error
    finally:
        del future  # which holds the error, whose frames would hold it
