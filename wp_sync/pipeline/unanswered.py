"""Creates without an answer whose items nobody works any more: their posts become known, too.

What is still wanted is looked up when it is planned. But the rules may drop or hold an article by
now, or its feed may have left the configuration: then its post would stay unknown for ever.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from wp_sync.hashing import short_mark
from wp_sync.mapping import make_mark
from wp_sync.model import Intent, Outcome, Post, Receipt
from wp_sync.publish.journal import Write
from wp_sync.publish.merge_found import landed_hashes
from wp_sync.publish.signs import CREDIT, bare_slugs, is_linked, marks_of
from wp_sync.publish.target import FORBIDDEN
from wp_sync.publish.updates import find_touched, read_before
from wp_sync.text import plain_text

from .observe import TRASHED, stone_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from wp_sync.ledger import ItemRow, Ledger
    from wp_sync.model import ItemKey, SitePost, SiteState

    from .build import Workshop
    from .collect import FeedJob
    from .visit import Visit

_ANSWER = "made by an attempt whose answer was lost"
_LEFT = {  # by the state of its item: what a person should do
    "rejected": "but rejected since: wp-sync review reject takes it away",
    "undone": "but taken back since: wp-sync review reject takes it away",
}
_WITHDRAWN = "but its source is withdrawn: order the takedown again"
_TEXTS = ("title", "body")


class _Lost(NamedTuple):
    """A create without an answer, and a post by which it is looked up."""

    begun: Intent
    post: Post
    row: ItemRow


def keep_unanswered(
    shop: Workshop, visit: Visit, jobs: Sequence[FeedJob], run: str
) -> Iterator[Outcome]:
    """Look up the creates that no run will plan again, and remember what they made as it is."""
    ledger, site = shop.ledger, visit.address
    settled = shop.clock() - shop.config.site.settle  # before it WordPress has ended with them
    begun = [one for one in ledger.posts.intents(site) if one.begun <= settled]
    if not begun:
        return
    feeds = (ledger.items.due(job.feed, site=site) for job in jobs)
    worked = {one.item.key for due in feeds for one in due}
    lost = [*_describe(ledger, [one for one in begun if one.key not in worked])]
    if not lost:
        return
    posts = [one.post for one in lost]
    visit.reader.forget()  # what was listed before may be older than what landed late
    if visit.address != site:  # only known once the site is asked: it has moved
        return
    state = visit.reader.read(posts, {}, shop.clock())
    for one in lost:
        found = state.found.get(one.post.key, ())
        there = _find_ours(one, found)
        if one.post.key in state.resting:  # a create of the same article's other item
            continue
        if there and not ledger.posts.owners(site, [there.wp_id]):
            now = read_before(shop.target, there.wp_id)  # which tells of its revisions
            there = now if now and now.values else there
            yield _keep(ledger, site, one, there, state, run)
            continue
        if not there and any(post.status == FORBIDDEN for post in found):
            yield _give_up(ledger, one, run)
        ledger.posts.journal(site, run).forget(one.post)


def _describe(ledger: Ledger, begun: Sequence[Intent]) -> Iterator[_Lost]:
    rows = ledger.decisions.items([one.key for one in begun])
    for one in begun:
        if row := rows.get(one.key):
            own, common = short_mark(f"{one.key.feed}\n{one.key.guid}"), make_mark(row.url, one.key)
            yield _Lost(
                one,
                Post(
                    key=one.key,
                    source_url=row.url,
                    channel=row.channel,
                    title=plain_text(row.title),
                    body="",
                    excerpt="",
                    status="draft",
                    date=None,
                    slug=one.slug,
                    mark=own if one.slug.endswith(own) else common,
                    type=one.type,
                ),
                row,
            )


def _find_ours(lost: _Lost, found: Sequence[SitePost]) -> SitePost | None:
    """Find the post that the create made: by our mark in its slug, or by the texts that it sent.

    An editor may have changed the texts: our attribution under the slug counts, too. Of several
    what is in use. A post of others about the same article is none of these.
    """
    begun, mark = lost.begun, lost.post.mark
    texts = {name: begun.pending[name] for name in _TEXTS if name in begun.pending}
    ours = [
        one
        for one in found
        if (begun.slug.endswith(mark) and mark in marks_of(one.slug))
        or (texts and not find_touched(one, texts))
        or (begun.slug in bare_slugs(one.slug) and _is_credited(one, lost.post))
    ]
    known = (one for one in ours if one.status != FORBIDDEN)
    return min(known, key=lambda one: (one.status == "trash", one.wp_id), default=None)


def _is_credited(there: SitePost, post: Post) -> bool:
    """Tell whether a post has our attribution to this article, whoever edited it since."""
    return CREDIT in str(there.values.get("body", "")) and is_linked(there, post)


def _keep(
    ledger: Ledger, site: str, lost: _Lost, there: SitePost, state: SiteState, run: str
) -> Outcome:
    """Remember a post as its run made it, so that undo, takedown and review know it."""
    begun, row = lost.begun, lost.row
    landed = begun.begun + state.settle
    sent, stored = landed_hashes(begun, there, state.default_category, landed)
    receipt = Receipt(
        key=row.key,
        wp_id=there.wp_id,
        channel=row.channel,
        link=there.link,
        sent=sent,
        stored=stored,
        modified=there.modified,
        revision=there.revision,
        status=there.status,
        type=there.type,
    )
    write = Write(action="create", receipt=receipt, source_url=row.url)
    ledger.posts.journal(site, begun.run or run).record(write)
    if there.status == "trash":  # a person's decision, as for any other post of ours
        ledger.decisions.bury(site, [stone_of(ledger, row.key, TRASHED, row.url)], "")
    warning = _warning(ledger, row.key, row.state)
    outcome = Outcome(
        key=row.key,
        status="unchanged",
        stage="publish",
        reason=f"{_ANSWER}, {warning}" if warning else f"{_ANSWER}: left as it is",
        url=row.url,
        title=lost.post.title,
        channel=row.channel,
        wp_id=there.wp_id,
        link=there.link,
        warning=f"{_ANSWER}, {warning}" if warning else "",
    )
    ledger.items.decide(outcome, run, "published" if row.state == "dropped" else None)
    return outcome


def _give_up(ledger: Ledger, lost: _Lost, run: str) -> Outcome:
    """Tell once of a post that only somebody with more rights can look at."""
    told = (
        f"its create was not answered, and a post of another author has its slug {lost.begun.slug}:"
        " look at it on the site"
    )
    row = lost.row
    outcome = Outcome(
        key=row.key,
        status="unchanged",
        stage="publish",
        reason=told,
        url=row.url,
        title=lost.post.title,
        channel=row.channel,
        warning=told,
    )
    ledger.items.decide(outcome, run, None)
    return outcome


def _warning(ledger: Ledger, key: ItemKey, state: str) -> str:
    if key.feed in {one.feed for one in ledger.withdrawals.all()}:
        return _WITHDRAWN
    return _LEFT.get(state, "")
