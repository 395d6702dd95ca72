"""Withdraw a source: its posts become drafts, its images are hidden, its feeds are not asked."""

from __future__ import annotations

from difflib import get_close_matches
from functools import partial
from typing import TYPE_CHECKING

from wp_sync.model import Amend, Discard, ItemKey, Plan, Skip
from wp_sync.publish.bodies import upload_ids
from wp_sync.publish.target import FORBIDDEN
from wp_sync.publish.updates import find_touched
from wp_sync.publish.upkeep import Uses
from wp_sync.review.plan_text import key_of
from wp_sync.text import plain_text

from .freeing import free_repeats, hold_repeats
from .orders import Proposal
from .undo import find_unanswered, unknown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from wp_sync.config.schema import Config
    from wp_sync.ledger import Ledger, StoryItem
    from wp_sync.model import Change, Receipt, SitePost

    from .orders import Office

_OURS = frozenset({"status", "slug", "date"})  # which no editor's work is lost with
_ELSEWHERE = (
    "The same articles from another source are another matter: they are published as before."
)


def find_feeds(config: Config, ledger: Ledger, source: str) -> tuple[str, ...]:
    """Find the feeds of a source, by its name now or then. Raises ConfigError, with a near name."""
    by_name: dict[str, dict[str, None]] = {}
    now: set[str] = set()
    for one in config.sources:
        ids = [ledger.feeds.find(location) for location in one.feeds]
        now.update(ids)
        by_name.setdefault(one.name, {}).update(dict.fromkeys(ids))
    for row in ledger.feeds.all():
        if row.id not in now:  # else the configuration says whose it is
            by_name.setdefault(row.source, {})[row.id] = None
        else:
            by_name.setdefault(row.source, {})
    for withdrawn in ledger.withdrawals.all():
        by_name.setdefault(withdrawn.source, {})[withdrawn.feed] = None
    known = {name: feeds for name, feeds in by_name.items() if feeds}
    if source in known:
        return tuple(known[source])
    near = get_close_matches(source, known, n=1, cutoff=0.5)
    cure = f"did you mean {near[0]!r}?" if near else f"known are: {', '.join(sorted(known))}"
    raise unknown("SOURCE", f"there is no source {source!r}", cure)


def propose_takedown(office: Office, source: str, reason: str, *, delete_images: bool) -> Proposal:
    """Propose to withdraw a source. Raises ConfigError for an unknown one."""
    ledger, site = office.ledger, office.identity.address
    feeds = find_feeds(office.config, ledger, source)
    receipts = ledger.posts.of_feeds(site, feeds)
    ids = sorted({one.wp_id for one in receipts})
    posts = {post.wp_id: post for post in office.target.read_posts(ids)}
    items = ledger.history.items([one.key for one in receipts])
    why = f"the source {source} is withdrawn{f': {reason}' if reason else ''}"
    changes: tuple[Change, ...] = tuple(
        _withdraw(ours, posts.get(ours.wp_id), items.get(ours.key), why) for ours in receipts
    )
    # Nobody would look for these any more: no sync asks the feeds.
    begun = [one for one in ledger.posts.intents(site) if one.key.feed in feeds]
    settled = [one for one in begun if one.begun + office.config.site.settle <= office.clock()]
    changes += find_unanswered(office, settled, f"{why}; made by a create without an answer")
    discards, notes = _plan_images(office, feeds, posts, why, delete=delete_images)
    withdrawn = {one.feed for one in ledger.withdrawals.all()}
    is_new = not withdrawn.issuperset(feeds)
    return Proposal(
        plan=Plan(changes=changes, discards=discards),
        states=_states(changes, items),
        question=f"Withdraw {source}?",
        notes=(
            *notes,
            *_doubts(len(begun) - len(settled)),
            f"Its {len(feeds)} feeds are not asked any more.",
            _ELSEWHERE,
        ),
        run_name=f"takedown {source}",
        first=partial(_withdraw_feeds, office, feeds, source, reason) if is_new else None,
    )


def _withdraw_feeds(
    office: Office, feeds: Sequence[str], source: str, reason: str, run: str
) -> None:
    """Ask these feeds no more; what repeats their articles of late is not lost by it."""
    ledger, site = office.ledger, office.identity.address
    ledger.withdrawals.add(feeds, source, reason, run)
    keys = {ItemKey(feed, guid) for feed in feeds for guid in ledger.items.articles(feed)}
    free_repeats(ledger, site, dict.fromkeys(keys, ""))
    hold_repeats(ledger, site, keys, run, "whose source was withdrawn")


def _doubts(count: int) -> tuple[str, ...]:
    told = "have no answer yet and may still become posts: order the takedown again in some minutes"
    return (f"{count} creates {told}.",) if count else ()


def withdrawn_feeds(config: Config, ledger: Ledger, source: str) -> tuple[str, ...]:
    """List the feeds of a source that are withdrawn. Raises ConfigError for an unknown one."""
    withdrawn = {one.feed for one in ledger.withdrawals.all()}
    return tuple(feed for feed in find_feeds(config, ledger, source) if feed in withdrawn)


def _withdraw(ours: Receipt, there: SitePost | None, item: StoryItem | None, why: str) -> Change:
    """Make a draft of a post, whatever somebody did to it: a withdrawal is an order."""
    title, url = (plain_text(item.title), item.url) if item else ("", "")
    left = {
        None: "deleted on the site",
        "trash": "in the trash of the site: stays there",
        "draft": "a draft already",
    }
    status = there.status if there else None
    if status == FORBIDDEN:
        told = "given to another author on the site: ask an administrator to make it a draft"
        return Skip(
            key=ours.key, reason=told, status="held", wp_id=ours.wp_id, title=title, url=url
        )
    if there is None or status in left:
        return Skip(key=ours.key, reason=left[status], wp_id=ours.wp_id, title=title, url=url)
    expected = {
        name: (stored, *ours.pending.get(name, ()))
        for name, stored in ours.stored.items()
        if name not in _OURS
    }
    edited = find_touched(there, expected)
    return Amend(
        receipt=ours,
        values={"status": "draft"},
        order="takedown",
        reason=f"{why}; edited on the site: {', '.join(edited)}" if edited else why,
        title=title,
        url=url,
    )


def _states(changes: Sequence[Change], items: Mapping[ItemKey, StoryItem]) -> Mapping[ItemKey, str]:
    """Let what is a draft now wait for a person, as what is undone does."""
    keys = [
        key_of(change)
        for change in changes
        if not (isinstance(change, Skip) and change.status == "held")
    ]
    undone = ("undone", "rejected")
    return {key: "undone" for key in keys if key in items and items[key].state not in undone}


def _plan_images(
    office: Office,
    feeds: Sequence[str],
    posts: Mapping[int, SitePost],
    why: str,
    *,
    delete: bool,
) -> tuple[tuple[Discard, ...], tuple[str, ...]]:
    """Choose the uploads of ours that only these posts use; name the shared ones."""
    wanted = list(_find_images(office, feeds, posts, why, delete=delete))
    uses = Uses(office.upkeep)
    uses.prepare(wanted)
    users = {one: uses.find_user(one) for one in wanted if not uses.is_done(one)}
    chosen = tuple(one for one, user in users.items() if not user)
    return chosen, tuple(f"kept: upload {one.name}: {user}" for one, user in users.items() if user)


def _find_images(
    office: Office,
    feeds: Sequence[str],
    posts: Mapping[int, SitePost],
    why: str,
    *,
    delete: bool,
) -> Iterator[Discard]:
    history, site = office.ledger.history, office.identity.address
    used = {post.values.get("featured") for post in posts.values()}
    used |= history.pictures(site, feeds)
    shown = (str(post.values.get("body", "")) for post in posts.values())
    for text in (*shown, *history.texts(site, feeds)):
        used |= upload_ids(text)
    for file in history.uploads(site):
        if file.wp_id in used:
            yield Discard(
                kind="upload",
                wp_id=file.wp_id,
                name=file.name,
                how="delete" if delete else "hide",
                order="takedown",
                reason=why,
                beside=frozenset(posts),
            )
