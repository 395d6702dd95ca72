"""One run's work: its feeds, one after the other, and a person's orders."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from wp_sync.errors import RestingError, WpSyncError
from wp_sync.model import Amend, Outcome, Plan, Pull, SiteState, Skip
from wp_sync.publish.media import no_files
from wp_sync.publish.plan import with_terms
from wp_sync.publish.safety import is_allowed
from wp_sync.review.plan_text import key_of

from .alone import apply_locked, keeping, writes
from .collect import FeedJob, Intake, RunSeen
from .conflicts import remember_finds, settle_written, tell_finds
from .exhibiting import make_exhibits
from .expiring import are_rights_kept, find_changed, look_at_rights, take_back
from .jobs import list_jobs
from .keeping import learn_feed, note_pages, sift_held
from .learning import Repeats
from .moved import Moves
from .naming import Naming
from .observe import observe
from .pacing import Turns
from .page import keep_page
from .pulling import Pulled, trouble_of
from .rehearse import rehearse
from .rekeyed import notice_rekey
from .saved import (
    NO_SOURCE,
    WITHDRAWN,
    entries_of,
    of_feed,
    refuse_all,
    refuse_some,
    rules_of,
    sift,
    sift_rights,
)
from .tally import Tally, report_of
from .teaching import teach_orders
from .twins import SETTLED, Twins, find_unnamed, posts_of, preferred
from .unanswered import keep_unanswered

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from wp_sync.ledger import DueItem
    from wp_sync.model import Entry, FeedReport, Item, ItemKey, Post, Receipt, SavedPlan

    from .build import Workshop
    from .deliver import Delivery
    from .options import Orders, SyncOptions

RULES = "rules"  # meta key: with these rules the dropped items were judged


class Work:
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
        self._visit, self._has_arrived = delivery.visit, False
        self._seen = RunSeen(shop.ledger.posts.seen(self._visit.address))
        self._twins = Twins(shop, self._visit.address, options.dry_run, options.channel)
        self._left = options.limit
        self.rules = rules_of(shop.config)
        self._rules_changed = shop.ledger.meta.get(RULES) != self.rules
        # By a person; -> channel.
        self._approved = dict(options.orders.items) if options.orders else {}
        self.naming = Naming(shop, delivery.visit)
        self._moves = Moves(shop.ledger, shop.config)
        self._turns = Turns(shop, self._visit, options)
        self._feeds_due: frozenset[str] | None = None  # None: not asked yet, or no more true
        self._cut: frozenset[ItemKey] = frozenset()  # their time is over
        self.tally = Tally()

    def jobs(self) -> list[FeedJob]:
        """List the feeds of this run: those that it asks, and those whose items may wait."""
        return list_jobs(self._shop, self._options, self.tally.messages)

    def tell_forgotten(self, jobs: Sequence[FeedJob]) -> None:
        """Tell how many items wait in feeds that the configuration no longer has."""
        if self._options.channel or self._options.source:
            return
        asked = {job.feed for job in self._moves.as_known(jobs)}
        for row in self._shop.ledger.feeds.all():
            waiting = () if row.id in asked else self._shop.ledger.items.due(row.id)
            if waiting:
                self.tally.messages.append(
                    f"{row.source}: {len(waiting)} items wait, but no source has the feed"
                    f" {row.address} any more"
                )

    def arrive(self) -> None:
        """Open the site, once, and take what persons did there as their decisions."""
        if self._has_arrived:
            return
        self._has_arrived = True
        self._feeds_due = None  # persons may have decided
        self._visit.open()
        self.tally.messages += self._visit.poorer
        # Only the site itself knows by which address it is known.
        self._seen.ledger = self._shop.ledger.posts.seen(self._visit.address)
        self._twins.site = self._visit.address
        if not self._options.dry_run:
            self._observe()

    def _observe(self) -> None:
        sure = is_allowed("changes", self._options.allowed)
        seen = observe(self._shop, self._visit.identity, self._delivery.run, sure=sure)
        self.tally.messages += [seen.note] if seen.note else []
        for outcome in seen.outcomes:
            self.tally.outcomes.append(outcome)
            self._watch(outcome)

    def tell_unanswered(self, jobs: Sequence[FeedJob]) -> None:
        """Look up the creates without an answer that no feed's items ask for any more."""
        if self._options.is_partial or self._shop.stop():
            return
        now = self._moves.as_known(jobs)
        for outcome in keep_unanswered(self._shop, self._visit, now, self._delivery.run):
            self.tally.outcomes.append(outcome)
            self.tally.messages += tell_finds([outcome], self.tally.messages)
            self._watch(outcome)

    def name_twins(self, jobs: Sequence[FeedJob]) -> None:
        """Name in the posts that lead a story who else reports it."""
        if self._options.dry_run or self._shop.stop():
            return
        ledger, site = self._shop.ledger, self._visit.address
        any_left = ledger.twins.has_unwritten(site)
        for job in self._moves.as_known(jobs) if any_left else ():
            if leads := find_unnamed(self._shop, site, job):
                self.arrive()
                told = len(self.tally.outcomes)
                self._land(self._work_off(leads, job))
                ended = [one for one in self.tally.outcomes[told:] if one.status in SETTLED]
                ledger.twins.wrote(site, [one.key for one in ended])
        if self._has_arrived:
            self._twins.prune()

    def end_rights(self, jobs: Sequence[FeedJob]) -> None:
        """Take back, or make anew, what rights that ended or changed ask of posts."""
        changed = find_changed(self._shop)
        for job in self._moves.as_known(jobs) if are_rights_kept(self._options) else ():
            again = job.source.name in changed
            if self._shop.stop() or not (job.source.expires or again):
                continue
            if ending := look_at_rights(self._delivery, job, again=again):
                self.arrive()
                self.tally.messages += ending.messages
                self._cut |= ending.cut
                self._tell(take_back(self._delivery, self.tally, ending, job, self._order))
                done = {one.key for one in self.tally.outcomes}  # under the rights of now
                items = [one for one in ending.items if one.key not in done]
                self._land(self._work_off(items, job) if items else ())

    def tell_waiting(self) -> None:
        """Keep the site's private page of what waits up to date."""
        if self._shop.config.review.page and not self._shop.stop():
            note = keep_page(self._shop, self._visit.identity)
            self.tally.messages += [note] if note else []

    def carry_out(self, orders: Orders, jobs: Sequence[FeedJob]) -> None:
        """Change the posts that are there, then make posts of the items."""
        ledger, rehearsal = self._shop.ledger, self._options.dry_run
        if not rehearsal and writes(orders.changes):
            self._shop.lock.take()  # each of these reads its post just before it writes
        keys = [key_of(change) for change in orders.changes.changes]
        if not rehearsal:
            ledger.decisions.approve(orders.items)
            teach_orders(ledger, orders)
            ledger.decisions.unbury(self._visit.address, [*keys, *orders.items])
        before = ledger.decisions.items(keys)
        for outcome in self._order(self._as_seen(orders.changes)):
            if not rehearsal:
                was_undone = outcome.key in before and before[outcome.key].state == "undone"
                wanted = "new" if was_undone else "published"  # new: the next sync completes it
                state = wanted if outcome.status == "updated" else None
                ledger.items.decide(outcome, self._delivery.run, state)
                settle_written(ledger, self._visit.address, orders.changes, outcome)
            self.tally.outcomes.append(outcome)
            self._watch(outcome)
        self.tally.messages += tell_finds(self.tally.outcomes, self.tally.messages)
        self.tally.plan = orders.changes
        for job in jobs:
            self.deliver(job)

    def _as_seen(self, plan: Plan) -> Plan:
        """Take the channels as they are by now: this run has looked at the site."""
        keys = [key_of(change) for change in plan.changes]
        now = self._shop.ledger.posts.receipts(self._visit.address, keys)
        changes = (
            replace(change, receipt=replace(change.receipt, channel=now[key_of(change)].channel))
            if isinstance(change, Amend) and key_of(change) in now
            else change
            for change in plan.changes
        )
        return replace(plan, changes=tuple(changes))

    def _order(self, plan: Plan) -> Iterator[Outcome]:
        if self._options.dry_run:
            yield from rehearse(plan)
            return
        journal = self._shop.ledger.posts.journal(self._visit.address, self._delivery.run)
        heed = keeping(self._shop.lock, self._shop.stop)
        yield from apply_locked(plan, self._shop.target, journal, no_files, SiteState(), heed)

    def remember(self, some: Iterable[Pulled]) -> list[Pulled]:
        """Keep what came at the same time, in one commit; return it as the ledger knows it now."""
        reports: list[FeedReport] = []
        kept: list[Pulled] = []
        same: list[tuple[Pull, str]] = []
        self._feeds_due = None
        with self._shop.ledger.together():
            for job, pulled in sorted(some, key=preferred):
                known, came, told = self._moves.follow(job, pulled)
                self.tally.messages += [told] if told else []
                if isinstance(came, Pull) and not came.changed:
                    same.append((came, known.source.name))
                    reports.append(report_of(known.feed, known.source.name, came))
                elif came is not None:
                    reports.append(self._remember(known, came))
                kept.append((known, came))
            self._shop.ledger.feeds.record_same(same)
        for report in reports:
            self.tally.feeds.append(report)
            self._watch(report)
        return kept

    def take(self, job: FeedJob, pulled: Pull | WpSyncError | None) -> None:
        """Take what waits of a feed to the site."""
        self._shop.stop.step()
        if pulled is None and not self._may_wait(job):
            return
        if isinstance(pulled, Pull) and (pulled.changed or pulled.body_hash):
            self.arrive()  # also for what persons did meanwhile: only a 304 costs nothing
        self.deliver(job)

    def _remember(self, job: FeedJob, pulled: Pull | WpSyncError) -> FeedReport:
        if isinstance(pulled, WpSyncError):
            if not isinstance(pulled, RestingError):  # it was not asked
                self._shop.ledger.feeds.record_failure(
                    job.feed,
                    source=job.source.name,
                    reason=str(pulled),
                    trouble=trouble_of(pulled),
                )
        else:
            ledger = self._shop.ledger
            pulled = ledger.feeds.recognise(pulled)
            notice_rekey(ledger, job, pulled)
            health = learn_feed(ledger, job, pulled, self._shop.clock())
            pulled = ledger.feeds.record_pull(pulled, source=job.source.name, health=health)
        return report_of(job.feed, job.source.name, pulled)

    def deliver(self, job: FeedJob) -> None:
        """Take what is due of a feed all the way to the site."""
        self._land(self._process(job))

    def _land(self, outcomes: Iterable[Outcome]) -> None:
        """Tell outcomes as they come, and keep what becomes of their items."""
        if self._shop.stop():
            return
        landed: list[Outcome] = []
        try:
            for outcome in outcomes:
                landed.append(outcome)
                self.tally.outcomes.append(outcome)
                self._watch(outcome)
        finally:
            if not self._options.dry_run:
                remember_finds(self._shop.ledger, self._visit.address, self._delivery.run, landed)
                # What a person approved stays so until it is there.
                waits = [one.key for one in landed if one.status in {"held", "failed"}]
                states = {key: "approved" for key in waits if key in self._approved}
                dropped = [one.key for one in landed if one.status == "dropped"]
                with self._shop.ledger.together():
                    self._shop.ledger.items.settle(landed, self._delivery.run, states)
                    self._shop.ledger.twins.free(self._visit.address, dropped)
            self.tally.messages += tell_finds(landed, self.tally.messages)

    def _may_wait(self, job: FeedJob) -> bool:
        """Tell whether anything of a feed that is not asked may be due: most have nothing."""
        if self._feeds_due is None:
            self._feeds_due = self._shop.ledger.items.feeds_due(
                dropped_too=self._rules_changed, site=self._visit.address
            )
        return job.feed in self._feeds_due

    def _find_due(self, job: FeedJob) -> list[DueItem]:
        due = self._shop.ledger.items.due(
            job.feed, dropped_too=self._rules_changed, site=self._visit.address
        )
        return [one for one in due if job.is_asked or not _waits_for_source(one)]

    def _due(self, job: FeedJob) -> list[Item]:
        if self._options.orders:
            ours = (key for key in self._approved if key.feed == job.feed)
            return [item for key in ours if (item := self._shop.ledger.decisions.raw(key))]
        due = self._find_due(job)
        if self._left is not None:
            due = due[: self._left]
            self._left -= len(due)
        self._approved |= {one.item.key: one.channel for one in due if one.state == "approved"}
        return [one.item for one in due]

    def _process(self, job: FeedJob) -> Iterator[Outcome]:
        if not self._has_arrived and self._find_due(job):
            self.arrive()
        if due := self._due(job):
            yield from self._work_off(due, job)

    def _work_off(self, due: list[Item], job: FeedJob) -> Iterator[Outcome]:
        items, held = sift_held(self._shop.ledger, job, due, self._options, self._approved)
        yield from held
        receipts = self._shop.ledger.posts.receipts(
            self._visit.address, [item.key for item in items]
        )
        self._seen.look_up(items)
        intake = Intake(
            source=job.source,
            shop=self._shop,
            seen=self._seen,
            receipts=receipts,
            approved=self._approved,
            repeats=Repeats(self._shop.ledger, job.feed, self._shop.clock),
            given={} if self._options.exhibits else None,
            twins=self._twins,
            also=self._twins.mentions([item.key for item in items]),
            expired=self._cut | self._shop.ledger.expiries.cut(job.feed),
        )
        posts: list[Post] = []
        for result in intake.make_posts(items):
            if isinstance(result, Outcome):
                yield intake.readings.tell(result)
            elif self._options.channel in {"", result.channel}:
                posts.append(result)
        self._note(intake, job)
        if posts:
            yield from self._publish(self.naming.name(posts), receipts, job, intake)

    def release(self) -> None:
        """Give the new posts of paced channels their turns: all feeds are known by now."""
        for parked in () if self._shop.stop() else self._turns.decide():
            self._land(parked.outcomes)
            if parked.posts:
                self._land(self._publish(parked.posts, {}, parked.job, parked.intake, final=True))
        self.tally.messages += self._turns.messages

    def _publish(
        self,
        posts: Sequence[Post],
        receipts: Mapping[ItemKey, Receipt],
        job: FeedJob,
        intake: Intake,
        *,
        final: bool = False,
    ) -> Iterator[Outcome]:
        """Plan posts and apply the plan; what waits for its turn is set aside, unless it is it."""
        plan, site = self._delivery.plan(posts, receipts, job.source)
        plan = plan if final else self._turns.set_aside(plan, site, job, intake)
        self.tally.add_plan(plan)
        self._keep_entries(plan, site, job)
        self.tally.exhibits += make_exhibits(
            plan, intake.given or {}, job.source, site.users, self._shop.confinement
        )
        by_key = {post.key: post for post in posts}
        outcomes = rehearse(plan) if self._options.dry_run else self._apply(plan, site, job)
        for outcome in outcomes:
            if outcome.status == "failed":
                self._seen.release(outcome.key)
                self._twins.forget(outcome.key)
            yield intake.readings.tell(_complete(outcome, by_key[outcome.key]))

    def _note(self, intake: Intake, job: FeedJob) -> None:
        """Keep what the articles and their pages taught."""
        self._twins.keep()
        if not self._options.dry_run:
            self._shop.ledger.pictures.note(job.feed, intake.sighted)
            self._shop.ledger.topics.note(intake.judged)
        note_pages(self._shop.ledger, job, intake.readings, rehearsal=self._options.dry_run)
        self.tally.messages += intake.readings.find_lost(job.source)

    def _keep_entries(self, plan: Plan, site: SiteState, job: FeedJob) -> None:
        """Keep what a rehearsed plan was decided on."""
        if self._options.dry_run:
            known = self._shop.ledger.feeds.known(job.feed)
            self.tally.entries += entries_of(plan, site, known)

    def carry_out_saved(self, saved: SavedPlan, jobs: Sequence[FeedJob]) -> None:
        """Carry out a plan that was made earlier; what has moved since is refused."""
        if saved.rules != self.rules:
            self.tally.messages.append(
                "the configuration has changed since the plan was made: the plan is carried out as"
                " it was seen"
            )
        by_feed = {job.feed: job for job in jobs}
        for feed, entries in of_feed(saved).items():
            if job := by_feed.get(feed):
                self._land(self._process_saved(entries, saved, job))
            else:
                withdrawn = {one.feed for one in self._shop.ledger.withdrawals.all()}
                self._tell(refuse_all(entries, WITHDRAWN if feed in withdrawn else NO_SOURCE))

    def _process_saved(
        self, entries: Sequence[Entry], saved: SavedPlan, job: FeedJob
    ) -> Iterator[Outcome]:
        rehearsal, reader = self._options.dry_run, self._visit.reader
        entries, others = sift_rights(entries, job.source, self._shop.ledger)
        self._tell(others)
        look = partial(sift, entries, saved.new_terms, self._shop.ledger, reader)
        sifted = look(self._shop.clock())
        if not rehearsal and writes(sifted.plan) and self._shop.lock.take():
            reader.forget()  # another machine may have written since we looked
            sifted = look(self._shop.clock())
        self._tell(sifted.told)
        yield from sifted.done
        repeats = self._twins.refuse(sifted.plan, job.source)
        self._tell(refuse_some(entries, repeats))
        standing = tuple(one for one in sifted.plan.changes if key_of(one) not in repeats)
        safe = self._delivery.keep_safe(replace(sifted.plan, changes=standing), job.source)
        plan = with_terms(safe, sifted.site)
        self.tally.add_plan(plan)
        self._twins.learn(posts_of(plan), job.source)
        self._twins.keep()
        names = {key_of(entry.change): entry.change for entry in entries}
        for outcome in rehearse(plan) if rehearsal else self._apply(plan, sifted.site, job):
            change = names[outcome.key]
            yield outcome if isinstance(change, Skip) else _complete(outcome, change.post)

    def _tell(self, outcomes: Iterable[Outcome]) -> None:
        """Tell outcomes that leave their items as they are."""
        for outcome in outcomes:
            if not self._options.dry_run:
                self._shop.ledger.items.decide(outcome, self._delivery.run, None)
            self.tally.outcomes.append(outcome)
            self._watch(outcome)

    def _apply(self, plan: Plan, site: SiteState, job: FeedJob) -> Iterator[Outcome]:
        journal = self._shop.ledger.posts.journal(self._visit.address, self._delivery.run)
        if plan.new_terms:
            self._visit.reader.forget_terms()
        files = partial(self._delivery.files, source=job.source)
        heed = keeping(self._shop.lock, self._shop.stop)
        yield from apply_locked(plan, self._shop.target, journal, files, site, heed)


def _waits_for_source(due: DueItem) -> bool:
    """Tell whether another try would ask the source: it is left alone until its feed is asked."""
    return due.state == "failed" and due.stage in {"extract", "clean"}


def _complete(outcome: Outcome, post: Post) -> Outcome:
    """Name the article in an outcome that knows only its key."""
    return replace(
        outcome, url=post.source_url, title=post.title, channel=outcome.channel or post.channel
    )
