"""Read what planning needs to know of the site: in bulk, once a run, and only when asked."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from wp_sync.model import SiteState
from wp_sync.publish.merge import stale_fields

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime, timedelta

    from wp_sync.ledger import Ledger
    from wp_sync.model import Intent, ItemKey, Post, Receipt, SitePost, Taxonomy, Term, User
    from wp_sync.publish.target import SiteIdentity, Target

_MARK = 6  # characters of the identity at the end of a slug


class SiteReader:
    """The site as one run sees it."""

    def __init__(
        self, target: Target, identity: SiteIdentity, ledger: Ledger, settle: timedelta
    ) -> None:
        self.identity = identity
        self._target, self._ledger, self._settle = target, ledger, settle
        self._terms: dict[Taxonomy, tuple[Term, ...]] = {}
        self._users: tuple[User, ...] | None = None
        self._census: tuple[SitePost, ...] | None = None

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
        intents = {
            intent.key: intent for intent in self._ledger.posts.intents(self.identity.address)
        }
        resting: dict[ItemKey, Intent] = {}
        doubtful: dict[ItemKey, Intent] = {}
        for key, intent in intents.items():
            (resting if intent.begun + self._settle > now else doubtful)[key] = intent
        asked = [post for post in unknown if post.key not in resting]
        return SiteState(
            posts={one.wp_id: one for one in self._target.read_posts(stale)} if stale else {},
            found=self._find(asked, doubtful),
            terms=self._read_terms(),
            users=self._read_users(posts),
            resting=resting,
            doubtful=doubtful,
            default_category=self._default_category(),
        )

    def forget_terms(self) -> None:
        """Read the taxonomies anew next time: terms were made."""
        self._terms.clear()

    def has_others(self) -> bool:
        """Tell whether the site has posts that are not ours."""
        known = self._ledger.posts.count(self.identity.address)
        return len([one for one in self._all() if one.status != "trash"]) > known

    def _find(
        self, posts: Sequence[Post], doubtful: Mapping[ItemKey, Intent]
    ) -> dict[ItemKey, tuple[SitePost, ...]]:
        if not posts:
            return {}
        # The title may have changed since the lost answer: the slug of then is looked up too.
        wanted: dict[str, set[ItemKey]] = defaultdict(set)
        for post in posts:
            wanted[post.slug].add(post.key)
            if post.key in doubtful:
                wanted[doubtful[post.key].slug].add(post.key)
        found: dict[ItemKey, dict[int, SitePost]] = defaultdict(dict)
        for one in self._target.find_posts(sorted(wanted)):
            for key in wanted.get(one.slug.removesuffix("__trashed"), ()):
                found[key][one.wp_id] = one
        self._find_by_mark(posts, found)
        return {key: tuple(ones.values()) for key, ones in found.items()}

    def _find_by_mark(
        self, posts: Sequence[Post], found: dict[ItemKey, dict[int, SitePost]]
    ) -> None:
        """Find posts of a lost ledger whose title, and so whose slug, has changed since."""
        if self._census is None and self._ledger.posts.count(self.identity.address):
            return
        by_mark: dict[str, list[int]] = defaultdict(list)
        for one in self._all():
            by_mark[one.slug.removesuffix("__trashed")[-_MARK:]].append(one.wp_id)
        ids = {
            wp_id: post.key
            for post in posts
            if not found.get(post.key)
            for wp_id in by_mark.get(post.mark, ())
        }
        for one in self._target.read_posts(sorted(ids)) if ids else ():
            found[ids[one.wp_id]][one.wp_id] = one

    def _all(self) -> tuple[SitePost, ...]:
        if self._census is None:
            self._census = self._target.list_posts()
        return self._census

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
