"""Read what planning needs to know of the site: in bulk, once a run, and only when asked."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING

from wp_sync.model import SiteState
from wp_sync.publish.merge import stale_fields
from wp_sync.publish.plan import address_words, is_ours, linked_addresses, marks_of
from wp_sync.text import normalise_address

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from datetime import datetime, timedelta

    from wp_sync.ledger import Ledger
    from wp_sync.model import Intent, ItemKey, Post, Receipt, SitePost, Taxonomy, Term, User
    from wp_sync.publish.target import SiteIdentity, Target

CENSUS = "census:"  # + the site's address, in the ledger's meta
# The newest posts are listed anew each time: an editor's empty draft has an id before it is listed.
_NEWEST = 100
_BODIES = 50  # posts whose bodies one request reads

Found = defaultdict["ItemKey", dict[int, "SitePost"]]


class SiteReader:
    """The site as one run sees it."""

    def __init__(
        self, target: Target, identity: SiteIdentity, ledger: Ledger, settle: timedelta
    ) -> None:
        self.identity = identity
        self._target, self._ledger, self._settle = target, ledger, settle
        self._terms: dict[Taxonomy, tuple[Term, ...]] = {}
        self._users: tuple[User, ...] | None = None
        self._all: tuple[SitePost, ...] | None = None
        self._others: dict[int, str] | None = None

    def read(
        self, posts: Sequence[Post], receipts: Mapping[ItemKey, Receipt], now: datetime
    ) -> SiteState:
        """Read what these posts need; nothing at all when none of them needs a write."""
        stale = [
            receipts[post.key].wp_id
            for post in posts
            if post.key in receipts and stale_fields(post, receipts[post.key])
        ]
        unknown = [post for post in posts if post.key not in receipts]
        if not stale and not unknown:
            return SiteState()
        resting, doubts = self._sort_intents(unknown, now)
        asked = [post for post in unknown if post.key not in resting]
        return SiteState(
            posts={one.wp_id: one for one in self._target.read_posts(stale)} if stale else {},
            found=self._find(asked, doubts),
            terms=self._read_terms(),
            users=self._read_users(posts),
            resting=resting,
            doubtful={key: intents[-1] for key, intents in doubts.items()},
            default_category=self._default_category(),
        )

    def forget_terms(self) -> None:
        """Read the taxonomies anew next time: terms were made."""
        self._terms.clear()

    def has_others(self) -> bool:
        """Tell whether the site has posts, outside the trash, that are not ours."""
        known = self._ledger.posts.wp_ids(self.identity.address)
        return any(one.status != "trash" and one.wp_id not in known for one in self._list_all())

    def _sort_intents(
        self, posts: Sequence[Post], now: datetime
    ) -> tuple[dict[ItemKey, Intent], dict[ItemKey, list[Intent]]]:
        """Give each post the creates that may have made it: of its own item, or of a twin's.

        The same article may come in another feed: then the mark is the same, or the whole slug.
        """
        resting: dict[ItemKey, Intent] = {}
        doubts: dict[ItemKey, list[Intent]] = defaultdict(list)
        for intent in self._ledger.posts.intents(self.identity.address):
            marks = marks_of(intent.slug)
            for post in posts:
                if post.key == intent.key or post.slug == intent.slug or post.mark in marks:
                    if intent.begun + self._settle > now:
                        resting[post.key] = intent
                    else:
                        doubts[post.key].append(intent)
        return resting, doubts

    def _find(
        self, posts: Sequence[Post], doubts: Mapping[ItemKey, Sequence[Intent]]
    ) -> dict[ItemKey, tuple[SitePost, ...]]:
        found: Found = defaultdict(dict)
        self._find_by_slug(posts, doubts, found)
        # A ledger that was lost, or restored from an old copy, knows less than the site.
        for look in (self._find_by_mark, self._find_by_link):
            if missing := [post for post in posts if not _is_found(post, found)]:
                look(missing, found)
        return {key: tuple(ones.values()) for key, ones in found.items()}

    def _find_by_slug(
        self, posts: Sequence[Post], doubts: Mapping[ItemKey, Sequence[Intent]], found: Found
    ) -> None:
        """Find posts by their slugs; those in doubt also by the slug of then, as it may be now."""
        wanted: dict[str, list[Post]] = defaultdict(list)
        numbered: dict[str, list[Post]] = defaultdict(list)
        for post in posts:
            slugs = {intent.slug for intent in doubts.get(post.key, ())}
            for slug in {post.slug, *slugs}:
                wanted[slug].append(post)
            for slug in slugs:
                numbered[f"{slug}-2"].append(post)
                numbered[f"{slug}-3"].append(post)
        for one in self._target.find_posts(sorted({*wanted, *numbered})) if wanted else ():
            slug = one.slug.removesuffix("__trashed")
            made = [post for post in numbered.get(slug, ()) if is_ours(post, one)]
            for post in (*wanted.get(slug, ()), *made):
                found[post.key][one.wp_id] = one

    def _find_by_mark(self, posts: Sequence[Post], found: Found) -> None:
        """Find posts whose title, and so whose slug, has changed since."""
        by_mark: dict[str, list[ItemKey]] = defaultdict(list)
        for post in posts:
            by_mark[post.mark].append(post.key)
        keys = {
            wp_id: [key for mark in marks.split() for key in by_mark.get(mark, ())]
            for wp_id, marks in self._list_others().items()
        }
        for one in self._target.read_posts(sorted(wp_id for wp_id in keys if keys[wp_id])):
            for key in keys[one.wp_id]:
                found[key][one.wp_id] = one

    def _find_by_link(self, posts: Sequence[Post], found: Found) -> None:
        """Find posts of people and other importers, and our own that have another slug by now."""
        linked: dict[str, list[Post]] = defaultdict(list)
        for post in posts:
            if address := normalise_address(post.source_url):
                linked[address].append(post)
        for one in self._search(linked):
            addresses = linked_addresses(str(one.values.get("body", "")))
            for post in (post for address in addresses for post in linked.get(address, ())):
                # What is in the trash is this article, or no reason to wait for a person.
                if one.status != "trash" or is_ours(post, one):
                    found[post.key][one.wp_id] = one

    def _search(self, addresses: Collection[str]) -> Iterator[SitePost]:
        """Read what may link to these and is in no receipt, in as few requests as will do."""
        others = self._list_others()
        if len(others) <= _BODIES * len(addresses):
            yield from self._target.search_posts((), sorted(others))
            return
        for address in addresses:
            for one in self._target.search_posts(address_words(address)):
                if one.wp_id in others:
                    yield one

    def _list_others(self) -> dict[int, str]:
        """List the posts that are in no receipt, each with what may be marks in its slug."""
        known = self._ledger.posts.wp_ids(self.identity.address)
        if self._others is None:
            self._others = self._take_census(known)
        return {wp_id: marks for wp_id, marks in self._others.items() if wp_id not in known}

    def _take_census(self, known: frozenset[int]) -> dict[int, str]:
        """Ask for what is new since the last census, and remember it in the ledger."""
        place = CENSUS + self.identity.address
        saved = self._ledger.meta.get(place, '{"through":0,"others":{}}')
        through, before = json.loads(saved).values()
        listed = self._target.list_posts(through) if through else self._list_all()
        if not listed:  # the site is older than the ledger: it was restored
            before, listed = {}, self._list_all()
        others = {int(wp_id): marks for wp_id, marks in before.items()}
        others |= {one.wp_id: " ".join(sorted(marks_of(one.slug))) for one in listed}
        others = {wp_id: marks for wp_id, marks in others.items() if wp_id not in known}
        through = listed[_NEWEST].wp_id if len(listed) > _NEWEST else through
        census = json.dumps({"through": through, "others": others}, separators=(",", ":"))
        if census != saved:
            self._ledger.meta.set(place, census)
        return others

    def _list_all(self) -> tuple[SitePost, ...]:
        if self._all is None:
            self._all = self._target.list_posts()
        return self._all

    def _read_terms(self) -> Mapping[Taxonomy, tuple[Term, ...]]:
        if not self._terms:
            self._terms = {
                "categories": self._target.read_terms("categories"),
                "tags": self._target.read_terms("tags"),
            }
        return dict(self._terms)

    def _default_category(self) -> int:
        """Return the site's default category; who may not read the settings takes the first."""
        known = self._read_terms()["categories"]
        first = min((term.wp_id for term in known if not term.parent), default=0)
        return self.identity.default_category or first

    def _read_users(self, posts: Sequence[Post]) -> tuple[User, ...]:
        if self._users is None and any(post.author for post in posts):
            self._users = self._target.read_authors()
        return self._users or ()


def _is_found(post: Post, found: Found) -> bool:
    return any(is_ours(post, one) for one in found.get(post.key, {}).values())
