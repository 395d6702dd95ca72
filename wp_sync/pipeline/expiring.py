"""Rights that end or change: which posts are over their time, and which are to be made anew."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wp_sync.config.rights import days_of, mark_of
from wp_sync.ledger.items import ON_SITE, PUBLISHED
from wp_sync.model import Plan
from wp_sync.publish.expiry import expire_posts
from wp_sync.review.waiting import EXPIRED
from wp_sync.text import plain_text

from .alone import writes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from wp_sync.config.channels import Source
    from wp_sync.ledger import DueItem
    from wp_sync.model import Change, Item, ItemKey, Outcome, Receipt

    from .build import Workshop
    from .collect import FeedJob
    from .deliver import Delivery
    from .options import SyncOptions
    from .tally import Tally

_MARKS = "rights"  # in the ledger's meta: mark_of each source, by name
_EDITED = "editors have changed them: they stay as they are; take them back in wp-admin"
_MOST_NAMED = 5  # posts in a message


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """What the rights of a source ask of a feed's posts now."""

    items: tuple[Item, ...] = ()  # to be made anew
    cut: frozenset[ItemKey] = frozenset()  # those of them whose time is over
    # To be cut though their feed is held: as they came before it was.
    before: tuple[Item, ...] = ()
    changes: tuple[Change, ...] = ()
    told: frozenset[ItemKey] = frozenset()  # left as they are, for good
    messages: tuple[str, ...] = ()


def are_rights_kept(options: SyncOptions) -> bool:
    """Tell whether a run looks at rights: not one that a person has narrowed to something else."""
    return not (options.channel or options.limit or options.orders or options.saved)


def keep_rights(shop: Workshop) -> None:
    """Remember under which rights the posts of each source are now."""
    marks = json.dumps({source.name: mark_of(source) for source in shop.config.sources})
    if shop.ledger.meta.get(_MARKS) != marks:
        shop.ledger.meta.set(_MARKS, marks)


def find_changed(shop: Workshop) -> frozenset[str]:
    """Name the sources whose rights are others than when their posts were made.

    The pages of whole articles are not fetched again: their posts follow their source.
    """
    before = json.loads(shop.ledger.meta.get(_MARKS, "{}"))
    return frozenset(
        one.name
        for one in shop.config.sources
        if one.rights != "full" and before.get(one.name, mark_of(one)) != mark_of(one)
    )


def look_at_rights(delivery: Delivery, job: FeedJob, *, again: bool) -> Ending | None:
    """Look what the rights of a feed's source ask of its posts now; None: nothing.

    `again`: they have changed. Of the site only posts are read whose time is over.
    """
    shop, site = delivery.shop, delivery.visit.address
    changed = _find_items(shop, site, job) if again else ()
    over = _find_over(shop, site, job)
    if not (changed or over):
        return None
    name, count = job.source.name, f"{len(changed)} post{'s' if len(changed) > 1 else ''}"
    told = (f"{name}: its rights have changed: {count} made anew",) if changed else ()
    if job.source.on_expiry == "excerpt":
        return _cut(shop, job, changed, over, told)
    return _end(shop, job, changed, over, told)


def _cut(
    shop: Workshop,
    job: FeedJob,
    changed: tuple[Item, ...],
    over: tuple[Receipt, ...],
    told: tuple[str, ...],
) -> Ending:
    cut = frozenset(ours.key for ours in over)
    due = shop.ledger.items.published(job.feed) if cut else ()
    due = tuple(one for one in due if one.item.key in cut)
    if shop.ledger.health.held(job.feed):
        return _cut_held(job, changed, over, due, told)
    items = {one.item.key: one.item for one in due}
    items |= {item.key: item for item in changed}
    return Ending(items=tuple(items.values()), cut=cut, messages=told)


def _cut_held(
    job: FeedJob,
    changed: tuple[Item, ...],
    over: tuple[Receipt, ...],
    due: Sequence[DueItem],
    told: tuple[str, ...],
) -> Ending:
    """Cut what a held feed brought before: of what it has changed since no word is taken."""
    before = {one.item.key: one.item for one in due if one.state == PUBLISHED}
    since = {one.item.key for one in due} - before.keys()
    left = [ours for ours in over if ours.key in since]
    why = "their feed is held, which has changed them: they stay whole until you approve it or"
    return Ending(
        items=tuple(item for item in changed if item.key not in before),
        before=tuple(before.values()),
        messages=(*told, *_told(job.source, left, f"{why} take them back in wp-admin")),
    )


def keep_cut(delivery: Delivery, outcomes: Sequence[Outcome]) -> None:
    """Remember which posts of a held feed were cut; the others are tried again."""
    cut = [one.key for one in outcomes if one.status in {"updated", "unchanged"}]
    if not delivery.rehearsal:
        delivery.shop.ledger.expiries.keep(delivery.visit.address, cut, "excerpt", delivery.run)


def _end(
    shop: Workshop,
    job: FeedJob,
    changed: tuple[Item, ...],
    over: tuple[Receipt, ...],
    told: tuple[str, ...],
) -> Ending:
    source = job.source
    span = f" {days_of(source.expires)}" if source.expires else ""
    why = f"{EXPIRED}: {source.name} allows{span}"
    there = shop.target.read_posts([one.wp_id for one in over]) if over else ()
    known = shop.ledger.history.items([one.key for one in over])
    articles = {key: (plain_text(one.title), one.url) for key, one in known.items()}
    posts = {post.wp_id: post for post in there}
    found = expire_posts(over, posts, articles, source.on_expiry, why)
    return Ending(
        items=changed,
        changes=found.changes,
        told=frozenset((*(one.key for one in found.edited), *found.over)),
        messages=(*told, *_told(source, found.edited, _EDITED)),
    )


def find_cut(shop: Workshop, site: str, job: FeedJob) -> frozenset[ItemKey]:
    """Name the items of a feed that are shown as an excerpt, for their time is over."""
    known = shop.ledger.expiries.cut(job.feed)
    if job.source.on_expiry != "excerpt":
        return known
    return known | {ours.key for ours in _find_over(shop, site, job)}


def take_back(delivery: Delivery, tally: Tally, ending: Ending, job: FeedJob) -> Iterator[Outcome]:
    """Take posts back within the limits of a run, and remember whose time is over."""
    shop, site, run = delivery.shop, delivery.visit.address, delivery.run
    wanted = Plan(changes=ending.changes)
    if not delivery.rehearsal:
        with shop.ledger.together():  # a run that ends here leaves them to the next one
            shop.ledger.expiries.keep(site, ending.cut, "excerpt", run)
            for key in ending.cut:
                shop.ledger.items.make_due(key)
        shop.ledger.expiries.keep(site, ending.told, "told", run)
        if writes(wanted):
            shop.lock.take()  # each of these reads its post just before it writes
    plan = delivery.keep_safe(wanted, job.source)
    if writes(plan):
        delivery.visit.keep_contract()
    tally.add_plan(plan)
    for outcome in delivery.order(plan):
        if outcome.status in {"updated", "trashed"} and not delivery.rehearsal:
            shop.ledger.expiries.keep(site, [outcome.key], job.source.on_expiry, run)
        yield outcome


def _told(source: Source, posts: Sequence[Receipt], why: str) -> tuple[str, ...]:
    if not posts:
        return ()
    ids = ", ".join(str(one.wp_id) for one in posts[:_MOST_NAMED])
    more = f" and {len(posts) - _MOST_NAMED} more" if len(posts) > _MOST_NAMED else ""
    return (f"{source.name}: the time of posts {ids}{more} is over, and {why}",)


def _find_over(shop: Workshop, site: str, job: FeedJob) -> tuple[Receipt, ...]:
    if job.source.expires is None:
        return ()
    source, before = job.source, shop.clock() - job.source.expires
    shown_only = source.on_expiry == "draft"
    return shop.ledger.expiries.due(site, job.feed, before, shown_only=shown_only)


def _find_items(shop: Workshop, site: str, job: FeedJob) -> tuple[Item, ...]:
    """List the articles of a feed that have posts, and wait for nothing."""
    due = [one for one in shop.ledger.items.published(job.feed) if one.state in ON_SITE]
    ours = shop.ledger.posts.receipts(site, [one.item.key for one in due])
    return tuple(one.item for one in due if one.item.key in ours)
