"""Creates without an answer whose items nobody works any more: their posts become known, too.

What is still wanted is looked up when it is planned. But the rules may drop or hold an article by
now, or its feed may have left the configuration: then its post would stay unknown for ever.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from wp_sync.hashing import short_mark
from wp_sync.mapping import make_mark
from wp_sync.model import Adopt, Intent, Outcome, Post, Receipt
from wp_sync.publish.journal import Write
from wp_sync.publish.merge import landed_hashes
from wp_sync.publish.plan import make_plan
from wp_sync.publish.target import FORBIDDEN
from wp_sync.publish.updates import find_touched
from wp_sync.text import plain_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from wp_sync.ledger import ItemRow, Ledger
    from wp_sync.model import ItemKey, SitePost

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
    state = visit.reader.read(posts, {}, shop.clock())
    changes = make_plan(posts, {}, state).changes
    for one, change in zip(lost, changes, strict=True):
        found = state.found.get(one.post.key, ())
        there = change.found if isinstance(change, Adopt) else _find_same(one.begun, found)
        if there and not ledger.posts.owners(site, [there.wp_id]):
            yield _keep(ledger, site, one, there, state.default_category, run)
        elif there or not any(two.status == FORBIDDEN for two in found):
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
                ),
                row,
            )


def _find_same(begun: Intent, found: Sequence[SitePost]) -> SitePost | None:
    """Find the first post with the texts that the create sent: its slug may bear no mark."""
    texts = {name: begun.pending[name] for name in _TEXTS if name in begun.pending}
    same = [one for one in found if texts and one.values and not find_touched(one, texts)]
    return min(same, key=lambda one: one.wp_id, default=None)


def _keep(
    ledger: Ledger, site: str, lost: _Lost, there: SitePost, default_category: int, run: str
) -> Outcome:
    """Remember a post as its run made it, so that undo, takedown and review know it."""
    begun, row = lost.begun, lost.row
    sent, stored = landed_hashes(begun, there, default_category)
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
    )
    write = Write(action="create", receipt=receipt, source_url=row.url)
    ledger.posts.journal(site, begun.run or run).record(write)
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


def _warning(ledger: Ledger, key: ItemKey, state: str) -> str:
    if key.feed in {one.feed for one in ledger.withdrawals.all()}:
        return _WITHDRAWN
    return _LEFT.get(state, "")
