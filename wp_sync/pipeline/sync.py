"""One run.

for each feed, as its answer comes in:
    remember what it brought, in one transaction
    open the site, if anything waits: log in, see what persons did there
    make posts of what waits: screen, full text, clean, judge, map
    plan them against the ledger and the site, and check the plan
    if it writes: take the site's lock, and plan again what another machine may have changed
    unattended, before the first write: compare what the site allows with its contract
    apply the plan while the lock is kept, and remember each outcome
give the new posts of paced channels their turns: plan and apply as above what goes now
judge anew what repeats articles that did not come
name in the posts that lead a story who else reports it
take back or make anew what rights that ended or changed ask of posts
look up the creates without an answer whose items nobody works any more
keep the page of what waits; give the lock back
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wp_sync.errors import (
    AlreadyRunningError,
    LedgerError,
    PublishError,
    StoppedError,
    WpSyncError,
)
from wp_sync.model import FeedReport, Outcome, Run
from wp_sync.publish.terms import tell_doubtful

from .choosing import check_allowed, check_refetch, choose_channels
from .deliver import Delivery
from .expiring import keep_rights
from .options import SyncOptions, SyncResult
from .pulling import keep_rests, pull_all, tell_reserved
from .saved import check_plan
from .second_opinion import tell_assistant
from .tally import finish_run, stopper_of
from .visit import Visit
from .work import RULES, Work

if TYPE_CHECKING:
    from collections.abc import Callable

    from .build import Workshop


def sync(
    shop: Workshop,
    options: SyncOptions,
    *,
    watch: Callable[[FeedReport | Outcome], None] = lambda _: None,
) -> SyncResult:
    """Pull, plan and apply. A feed or an item that fails does not stop the others."""
    check_allowed(shop.config, options)
    check_refetch(shop.config, options)
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
    doubtful = tell_doubtful(work.tally.plan.new_terms)
    run = Run(
        id=run_id,
        started=started,
        outcomes=tuple(work.tally.outcomes),
        feeds=tuple(work.tally.feeds),
        messages=(*work.tally.messages, *work.naming.messages, *visit.messages, *doubtful),
    )
    run = finish_run(shop, run, error)
    if not (run.stopped or options.is_partial):
        shop.ledger.meta.set(RULES, work.rules)
        if error is None:
            keep_rights(shop)
    return SyncResult(
        run=run,
        plan=work.tally.plan,
        error=error or delivery.unsafe,
        site=visit.address,
        site_asked=visit.is_made,
        entries=tuple(work.tally.entries),
        exhibits=tuple(work.tally.exhibits),
    )


def _do(work: Work, shop: Workshop, options: SyncOptions) -> None:
    jobs = work.jobs()
    if options.orders:
        work.carry_out(options.orders, jobs)
    elif options.saved:
        work.carry_out_saved(options.saved, jobs)
    else:
        for some in pull_all(jobs, shop, options):
            for job, pulled in work.remember(some):
                work.take(job, pulled)
        work.release()
        work.judge_freed(jobs)
        work.name_twins(jobs)
        work.end_rights(jobs)
        work.tell_forgotten(jobs)
        work.tell_unanswered(jobs)
    if not (options.dry_run or options.saved):  # a saved plan is carried out, and no more
        work.tell_waiting()
    keep_rests(shop.web, shop.ledger)
    work.tally.messages += tell_reserved(shop)
    work.tally.messages += tell_assistant(shop)
