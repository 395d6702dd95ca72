"""From posts to the site: read it, plan, check, fetch the pictures, apply."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

from wp_sync.errors import UnsafePlanError
from wp_sync.ledger.journal import REFUSED_TYPE
from wp_sync.model import SiteState, Skip
from wp_sync.publish.bodies import find_images
from wp_sync.publish.media import Inside, Ready, no_files
from wp_sync.publish.pictures import Wanted
from wp_sync.publish.plan import make_plan, with_terms
from wp_sync.publish.safety import (
    check_safety,
    hold_changes,
    hold_first_run,
    hold_flood,
    hold_rekeyed,
    is_allowed,
)
from wp_sync.publish.target import WEBP
from wp_sync.review.plan_text import key_of

from .alone import apply_locked, keeping, writes
from .pictures import Darkroom
from .rehearse import rehearse
from .rekeyed import read_rekey
from .visit import UPLOAD

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from wp_sync.config.channels import Source
    from wp_sync.model import ItemKey, Outcome, Plan, Post, Receipt
    from wp_sync.publish.media import Files

    from .build import Workshop
    from .visit import Visit

_AT_ONCE = 4  # pictures fetched side by side
FIRST_RUN_PASSED = "first-run passed:"  # + the site's address, in the ledger's meta


@dataclass(slots=True)
class Delivery:
    """One run's way to the site: what it may do, and what it has done so far."""

    shop: Workshop
    visit: Visit
    run: str
    allowed: Collection[str]
    rehearsal: bool = False  # nothing is remembered
    unsafe: UnsafePlanError | None = None  # the changes of a feed that were held for it
    _barred: set[ItemKey] = field(default_factory=set)  # whose pictures we may not upload

    def plan(
        self, posts: Sequence[Post], receipts: Mapping[ItemKey, Receipt], source: Source
    ) -> tuple[Plan, SiteState]:
        """Plan these posts; what is to be written is planned when nobody else writes."""
        plan, site = self._plan(posts, receipts, source)
        if not self.rehearsal and writes(plan) and self.shop.lock.take():
            self.visit.reader.forget()  # another machine may have written since we looked
            plan, site = self._plan(posts, receipts, source)
        return plan, site

    def _plan(
        self, posts: Sequence[Post], receipts: Mapping[ItemKey, Receipt], source: Source
    ) -> tuple[Plan, SiteState]:
        """Plan these posts and keep the plan within the limits."""
        reader = self.visit.reader
        posts = reader.with_writable(posts, receipts)
        site = reader.read(posts, receipts, self.shop.clock())
        plan = self.keep_safe(make_plan(posts, receipts, site), source)
        if not all(isinstance(one, Skip) for one in plan.changes):
            self.visit.keep_contract()
        return with_terms(plan, site), site

    def keep_safe(self, plan: Plan, source: Source) -> Plan:
        """Keep the plan of one feed within the limits: what is beyond them is held, visibly."""
        limits, ledger = self.shop.config.safety, self.shop.ledger
        address = self.visit.address
        plan = self._hold_rekeyed(plan, source)
        if plan.counts.get("Create") and self.is_first_run(address):
            plan = hold_first_run(plan, limits.first_run, ledger.posts.made(address))
        plan = hold_flood(plan, limits.new_per_feed, source.name, self.allowed)
        try:
            check_safety(
                plan,
                limits,
                self.allowed,
                ours=ledger.posts.count(address),
                touched=ledger.posts.touched(self.run),
            )
        except UnsafePlanError as error:  # this feed's changes wait; its new posts, and others, go
            self.unsafe = error
            plan = hold_changes(plan, str(error))
        return plan

    def _hold_rekeyed(self, plan: Plan, source: Source) -> Plan:
        if not plan.changes:
            return plan
        ledger, feed = self.shop.ledger, key_of(plan.changes[0]).feed
        told = read_rekey(ledger, feed, source.name, self.allowed, rehearsal=self.rehearsal)
        return hold_rekeyed(plan, told, source.name, self.allowed)

    def is_first_run(self, address: str) -> bool:
        """Tell whether a site with posts of others still waits for a person's word."""
        meta = self.shop.ledger.meta
        if meta.get(FIRST_RUN_PASSED + address):
            return False
        if is_allowed("first-run", self.allowed) or not self.visit.reader.has_others():
            if not self.rehearsal:
                meta.set(FIRST_RUN_PASSED + address, self.run)
            return False
        return True

    def apply(self, plan: Plan, site: SiteState, source: Source) -> Iterator[Outcome]:
        """Carry out the plan of a feed; a rehearsal tells what it would do."""
        if plan.new_terms and not self.rehearsal:
            self.visit.reader.forget_terms()
        for outcome in self._carry_out(plan, site, partial(self.files, source=source)):
            is_barred = outcome.again and outcome.key in self._barred
            yield replace(outcome, right=UPLOAD) if is_barred else outcome

    def order(self, plan: Plan) -> Iterator[Outcome]:
        """Carry out what asks for no files and no state of the site."""
        return self._carry_out(plan, SiteState(), no_files)

    def _carry_out(self, plan: Plan, site: SiteState, files: Files) -> Iterator[Outcome]:
        if self.rehearsal:
            return rehearse(plan)
        journal = self.shop.ledger.posts.journal(self.visit.address, self.run)
        heed = keeping(self.shop.lock, self.shop.stop)
        return apply_locked(plan, self.shop.target, journal, files, site, heed)

    def files(self, posts: Sequence[Post], source: Source) -> dict[ItemKey, Ready]:
        """Fetch and make ready the pictures of these posts, side by side."""
        if not self.visit.may_upload:  # told at the beginning of the run
            self._barred |= {post.key for post in posts}
            return {post.key: self._without(post, source) for post in posts}
        darkroom = self._open_darkroom(posts, source)
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            pictures = list(pool.map(darkroom.make_ready, posts))
        self.shop.stop.check()  # else posts would go without the pictures that were cut
        return {post.key: ready for post, ready in zip(posts, pictures, strict=True)}

    def _without(self, post: Post, source: Source) -> Ready:
        """Leave a post's pictures to a run whose user has the right to upload."""
        note = f"without picture: {self.visit.identity.login} may not upload"
        shown = find_images(post.body) if source.pictures == "all" else ()
        inside = {one.url: Inside(None, again=True) for one in shown}
        return Ready(None, note, inside, again=bool(post.pictures))

    def _open_darkroom(self, posts: Sequence[Post], source: Source) -> Darkroom:
        shop, channels = self.shop, self.shop.config.channels
        shown = {one.url for post in posts for one in (*post.pictures, *find_images(post.body))}
        feeds = {post.key.feed for post in posts}
        logos = {url for feed in feeds for url in shop.ledger.pictures.logos(feed, shown)}
        taken = shop.config.site.picture_format == "auto" and not shop.ledger.meta.get(
            f"{REFUSED_TYPE}{WEBP}:{self.visit.address}"
        )
        return Darkroom(
            web=shop.web,
            confinement=shop.confinement,
            source=source,
            wanted=Wanted(width=shop.config.site.picture_width, webp=taken),
            directory=shop.config.path.parent,
            step=shop.stop.step,
            repeats={name: one.post.repeat_picture for name, one in channels.items()},
            logos=logos,
        )
