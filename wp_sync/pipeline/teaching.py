"""What persons decided about articles, as lessons of where these belong; and what is learned of it.

An approval, a publication and another category say where an article belongs. A rejection and the
trash say at most where it does not, and often something else: they weigh less, the more so when
nobody had doubted that the article fits. What goes for its age, or as another article's repeat,
says nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from wp_sync.curate.lessons import METHOD, learn, write_words
from wp_sync.curate.topics import NOTHING, read_words
from wp_sync.hashing import digest
from wp_sync.model import Amend, ItemKey, Lesson
from wp_sync.text import plain_text

from .repeats import REPEATS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from wp_sync.config.channels import Channel
    from wp_sync.ledger import Ledger
    from wp_sync.model import Item, Learned, Outcome, Receipt, SitePost, Teaching
    from wp_sync.review.waiting import Waiting

    from .options import Orders

SITE = "wp-sync:posts-of:"  # + the site's address: the feed of lessons that its posts are
_WEIGHTS: dict[Teaching, float] = {
    "site": 1.0,
    "approved": 1.0,
    "published": 1.0,
    "moved": 2.0,  # a person saw that the channel was wrong, and which one is right
    "rejected": 0.5,
    "trashed": 0.3,
}
_NEGATIVE = frozenset({"rejected", "trashed"})
_DOUBTED = 1.0  # a rejection or the trash, where the article waited because it fitted badly
_BADLY = "fits "  # is in the reason of what waits for that
_LONGEST_BODY = 40_000  # characters of markup that are read: more than the words that are kept
_LIVE = ("publish", "future", "private")


class _Said(NamedTuple):
    """What a person said of one article."""

    key: ItemKey
    channel: str
    teaching: Teaching
    reason: str = ""  # for which it waited


def learn_topics(ledger: Ledger, channels: Mapping[str, Channel], *, keep: bool = True) -> Learned:
    """Return what is to be learned of all lessons, learning it anew when anything has changed."""
    state = ledger.topics.state()
    if not state:
        return NOTHING
    described = [
        (name, one.general, one.about, one.hints, one.not_about) for name, one in channels.items()
    ]
    made_of = digest([METHOD, state, described])
    if known := ledger.topics.learned(made_of):
        return known
    learned = learn(ledger.topics.lessons(), channels)
    if keep:
        ledger.topics.keep(made_of, learned)
    return learned


def teach_orders(ledger: Ledger, orders: Orders) -> None:
    """Learn from what a person approves: drafts, and held items with a channel."""
    said = [_Said(key, channel, "approved") for key, channel in orders.items.items()]
    said += [
        _Said(one.receipt.key, one.receipt.channel, "approved")
        for one in orders.changes.changes
        if isinstance(one, Amend) and one.order == "approve" and "status" in one.values
    ]
    ledger.topics.teach(_make_lessons(ledger, said))


def teach_rejections(ledger: Ledger, rejected: Iterable[Waiting]) -> None:
    """Learn from what a person rejects; without a channel it belongs to none."""
    said = [_Said(one.key, one.channel, "rejected", one.reason) for one in rejected]
    ledger.topics.teach(_make_lessons(ledger, said))


def teach_observed(ledger: Ledger, seen: Iterable[tuple[Receipt, Receipt, Outcome | None]]) -> None:
    """Learn from what persons did in wp-admin: each post as it was, as it is, and what is told."""
    said: list[_Said] = []
    back: list[ItemKey] = []
    for before, now, outcome in seen:
        if outcome is None:
            continue
        if outcome.status == "trashed":
            said.append(_Said(now.key, before.channel, "trashed", before.doubt))
        elif now.channel != before.channel:
            said.append(_Said(now.key, now.channel, "moved"))
        elif now.status in _LIVE and before.status not in _LIVE:
            said.append(_Said(now.key, now.channel, "published"))
        elif before.status == "trash":
            back.append(now.key)
    ledger.topics.forget(back)
    ledger.topics.teach(_make_lessons(ledger, said))


def teach_site(
    ledger: Ledger, site: str, posts: Sequence[tuple[SitePost, str]], *, dry_run: bool = False
) -> tuple[Lesson, ...]:
    """Learn from the posts of a site, each in a channel; those that we made ourselves are none."""
    ours = ledger.topics.made(site)
    lessons = tuple(
        Lesson(
            key=ItemKey(SITE + site, str(post.wp_id)),
            channel=channel,
            teaching="site",
            weight=_WEIGHTS["site"],
            words=_words(str(post.values.get("title", "")), (), str(post.values.get("body", ""))),
        )
        for post, channel in posts
        if post.wp_id not in ours and post.status in _LIVE
    )
    if not dry_run:
        ledger.topics.replace_all(SITE + site, lessons)
    return lessons


def _make_lessons(ledger: Ledger, said: Iterable[_Said]) -> Iterator[Lesson]:
    said = tuple(said)
    negative = {one.key for one in said if one.teaching in _NEGATIVE}
    over = ledger.expiries.over(negative)  # they go for their age
    for one in said:
        is_negative = one.key in negative
        if is_negative and (one.key in over or one.reason.startswith(REPEATS)):
            continue
        item = ledger.decisions.raw(one.key)
        if item is None:  # of a ledger that was lost: its words are not known
            continue
        doubted = is_negative and _BADLY in one.reason
        yield Lesson(
            key=one.key,
            channel=one.channel,
            is_against=is_negative and bool(one.channel),
            teaching=one.teaching,
            weight=_DOUBTED if doubted else _WEIGHTS[one.teaching],
            words=_words_of(item),
        )


def _words_of(item: Item) -> str:
    return _words(item.title, item.labels, item.body_html or item.summary_html)


def _words(title: str, labels: Iterable[str], body: str) -> str:
    text = plain_text(body[:_LONGEST_BODY])
    return write_words(read_words(plain_text(title), map(plain_text, labels), text))
