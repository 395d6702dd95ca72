"""One run's work: its feeds, one after the other, and a person's orders."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wp_sync.model import Outcome, Plan, Pull, SiteState
from wp_sync.publish.outcomes import complete
from wp_sync.publish.safety import is_allowed

from .carrying import SavedWork
from .collect import FeedJob, Intake, RunSeen
from .conflicts import tell_finds
from .due import Due
from .exhibiting import make_exhibits
from .expiring import (
    are_rights_kept,
    find_changed,
    find_cut,
    keep_cut,
    look_at_rights,
    take_back,
)
from .jobs import list_jobs
from .keeping import note_pages, sift_held
from .landing import Landing
from .learning import Repeats
from .limits import Limits
from .moved import Moves
from .naming import Naming
from .observe import observe
from .ordered import OrderedWork
from .pacing import Turns
from .page import keep_page
from .receiving import Reception
from .saved import (
    entries_of,
    rules_of,
)
from .tally import Tally
from .twins import Twins, find_unnamed
from .unanswered import keep_unanswered

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from wp_sync.errors import WpSyncError
    from wp_sync.model import FeedReport, Item, ItemKey, Post, Receipt, SavedPlan

    from .build import Workshop
    from .deliver import Delivery
    from .options import Orders, SyncOptions
    from .pacing import Parked
    from .pulling import Pulled

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
        self._visit, self._has_arrived = delivery.visit, False
        self._seen = RunSeen(shop.ledger.posts.seen(self._visit.address))
        self._twins = Twins(shop, self._visit.address, options.dry_run, options.channel)
        self._left = options.limit
        self.tally = Tally()
        self.rules = rules_of(shop.config)
        changed = shop.ledger.meta.get(RULES) != self.rules
        self._due = Due(shop=shop, visit=self._visit, rules_changed=changed)
        # By a person; -> channel.
        self._approved = dict(options.orders.items) if options.orders else {}
        self.naming = Naming(shop, delivery.visit)
        self._moves = Moves(shop.ledger, shop.config)
        self._turns = Turns(shop, self._visit, options)
        self._limits = Limits(delivery, self._turns, options)
        self._landing = Landing(
            shop=shop,
            delivery=delivery,
            twins=self._twins,
            tally=self.tally,
            watch=watch,
            approved=self._approved,
        )
        self._reception = Reception(shop=shop, moves=self._moves, tally=self.tally, watch=watch)

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
        self._due.look_again()
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
            self._landing.add(outcome)

    def tell_unanswered(self, jobs: Sequence[FeedJob]) -> None:
        """Look up the creates without an answer that no feed's items ask for any more."""
        if self._options.is_partial or self._shop.stop():
            return
        now = self._moves.as_known(jobs)
        for outcome in keep_unanswered(self._shop, self._visit, now, self._delivery.run):
            self._landing.add(outcome)
            self.tally.messages += tell_finds([outcome], self.tally.messages)

    def name_twins(self, jobs: Sequence[FeedJob]) -> None:
        """Name in the posts that lead a story who else reports it."""
        if self._shop.stop():
            return
        ledger, site = self._shop.ledger, self._visit.address
        foreseen, before = self._twins.foreseen, tuple(self.tally.outcomes)
        self.tally.messages += foreseen.tell(before)
        any_left = foreseen.named or ledger.twins.has_unwritten(site)
        for job in self._moves.as_known(jobs) if any_left else ():
            if leads := find_unnamed(self._shop, site, job, foreseen.leads_in(job.feed, before)):
                self.arrive()
                told = len(self.tally.outcomes)
                self._landing.land(self._work_off(leads, job))
                self._twins.wrote(self.tally.outcomes[told:])
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
                self._landing.tell(take_back(self._delivery, self.tally, ending, job))
                done = {one.key for one in self.tally.outcomes}  # under the rights of now
                items = [one for one in ending.items if one.key not in done]
                self._landing.land(self._work_off(items, job) if items else ())
                if before := [one for one in ending.before if one.key not in done]:
                    self._cut_before(before, job)

    def _cut_before(self, items: list[Item], job: FeedJob) -> None:
        """Cut the posts of a held feed; their items stay what they are."""
        told = len(self.tally.outcomes)
        sure = frozenset(one.key for one in items)
        self._landing.tell(self._work_off(items, job, sure=sure))
        keep_cut(self._delivery, self.tally.outcomes[told:])

    def tell_waiting(self) -> None:
        """Keep the site's private page of what waits up to date."""
        if self._shop.config.review.page and not self._shop.stop():
            note = keep_page(self._shop, self._visit.identity)
            self.tally.messages += [note] if note else []

    def carry_out(self, orders: Orders, jobs: Sequence[FeedJob]) -> None:
        """Change the posts that are there, then make posts of the items."""
        work = OrderedWork(shop=self._shop, delivery=self._delivery, landing=self._landing)
        work.carry_out(orders)
        for job in jobs:
            self.deliver(job)

    def carry_out_saved(self, saved: SavedPlan, jobs: Sequence[FeedJob]) -> None:
        """Carry out a plan that was made earlier."""
        SavedWork(
            shop=self._shop,
            delivery=self._delivery,
            landing=self._landing,
            twins=self._twins,
            rules=self.rules,
        ).carry_out(saved, jobs)

    def remember(self, some: Iterable[Pulled]) -> list[Pulled]:
        """Keep what came at the same time; return it as the ledger knows it now."""
        self._due.look_again()
        return self._reception.remember(some)

    def take(self, job: FeedJob, pulled: Pull | WpSyncError | None) -> None:
        """Take what waits of a feed to the site."""
        self._shop.stop.step()
        if pulled is None and not self._due.may_wait(job):
            return
        if isinstance(pulled, Pull) and (pulled.changed or pulled.body_hash):
            self.arrive()  # also for what persons did meanwhile: only a 304 costs nothing
        self.deliver(job)

    def deliver(self, job: FeedJob) -> None:
        """Take what is due of a feed all the way to the site."""
        self._landing.land(self._process(job))

    def _choose(self, job: FeedJob) -> list[Item]:
        if self._options.orders:
            ours = [key for key in self._approved if key.feed == job.feed]
            return self._shop.ledger.decisions.raws(ours)
        due = self._due.find(job)
        if self._left is not None:
            due = due[: self._left]
            self._left -= len(due)
        self._approved |= {one.item.key: one.channel for one in due if one.state == "approved"}
        if not self._due.rules_changed:  # else all of it is judged again
            self._limits.note(due)
        return [one.item for one in due]

    def _process(self, job: FeedJob) -> Iterator[Outcome]:
        if not self._has_arrived and self._due.find(job):
            self.arrive()
        if due := self._choose(job):
            yield from self._work_off(due, job)

    def _work_off(
        self, due: list[Item], job: FeedJob, *, sure: frozenset[ItemKey] = frozenset()
    ) -> Iterator[Outcome]:
        """Take items to the site; `sure` are those that their feed brought before it was held."""
        passing = sure.union(self._approved)
        items, held = sift_held(self._shop.ledger, job, due, self._options, passing)
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
            expired=find_cut(self._shop, self._visit.address, job),
        )
        items, told = self._limits.keep_waiting(items, job, intake)
        yield from told
        yield from self._make(items, job, intake)

    def _make(self, items: Sequence[Item], job: FeedJob, intake: Intake) -> Iterator[Outcome]:
        posts: list[Post] = []
        for result in intake.make_posts(items):
            if isinstance(result, Outcome):
                yield intake.readings.tell(result)
            elif self._options.channel in {"", result.channel}:
                posts.append(result)
        self._note(intake, job)
        if posts:
            yield from self._publish(self.naming.name(posts), intake.receipts, job, intake)

    def _let_in(self, items: Sequence[Item], parked: Parked) -> None:
        """Make posts of what waited in the backlog until now."""
        self._seen.look_up(items)
        self._landing.land(self._make(items, parked.job, parked.intake))

    def release(self) -> None:
        """Give the new posts of paced channels their turns: all feeds are known by now."""
        for parked in () if self._shop.stop() else self._turns.decide(self._let_in):
            self._let_go(*(one.key for one in parked.outcomes if one.status == "dropped"))
            self._landing.land(parked.outcomes)
            if parked.posts:
                self._landing.land(
                    self._publish(parked.posts, {}, parked.job, parked.intake, final=True)
                )
        told = self.tally.messages
        told += [one for one in self._turns.messages if one not in told]

    def judge_freed(self, jobs: Sequence[FeedJob]) -> None:
        """Judge anew, once a run, what repeats articles that did not come in this run."""
        if self._options.limit is not None:
            return
        jobs = self._moves.as_known(jobs)
        while not self._shop.stop() and (found := self._landing.find_freed(jobs)):
            for job, items in found:
                self._landing.land(self._work_off(items, job))
            self.release()

    def _let_go(self, *keys: ItemKey) -> None:
        """Let others have the address and the story of what does not come."""
        if keys:
            self._seen.release(*keys)
            self._twins.forget(*keys)

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
        for outcome in self._delivery.apply(plan, site, job.source):
            if outcome.status == "failed":
                self._let_go(outcome.key)
            yield intake.readings.tell(complete(outcome, by_key[outcome.key]))

    def _note(self, intake: Intake, job: FeedJob) -> None:
        """Keep what the articles and their pages taught."""
        self._twins.keep()
        if not self._options.dry_run:
            self._shop.ledger.pictures.note(job.feed, intake.sighted)
            self._shop.ledger.topics.note(intake.judged)
        note_pages(self._shop.ledger, job, intake.readings, rehearsal=self._options.dry_run)
        self.tally.messages += intake.readings.find_lost(job.source)
        intake.readings.forget_pages()

    def _keep_entries(self, plan: Plan, site: SiteState, job: FeedJob) -> None:
        """Keep what a rehearsed plan was decided on."""
        if self._options.dry_run:
            known = self._shop.ledger.feeds.known(job.feed)
            self.tally.entries += entries_of(plan, site, known)
