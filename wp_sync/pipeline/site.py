"""Read what planning needs to know of the site: in bulk, once a run, and only when asked."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from wp_sync.model import SiteState
from wp_sync.publish.belonging import is_still_ours
from wp_sync.publish.custom import taxonomy_name
from wp_sync.publish.merge import stale_fields
from wp_sync.publish.signs import marks_of

from .recognise import Recogniser
from .settling import Settling
from .type_checks import unseen_types

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime, timedelta

    from wp_sync.ledger import Ledger
    from wp_sync.model import Intent, ItemKey, Post, Receipt, SitePost, Taxonomy, Term, User
    from wp_sync.publish.target import SiteIdentity, Target


class SiteReader:
    """The site as one run sees it."""

    def __init__(
        self,
        target: Target,
        identity: SiteIdentity,
        ledger: Ledger,
        settle: timedelta,
        pairs: Mapping[str, int] | None = None,
    ) -> None:
        self.identity = identity
        self._target, self._ledger, self._settle = target, ledger, settle
        self._terms: dict[Taxonomy, tuple[Term, ...]] = {}
        self._users: tuple[User, ...] | None = None
        self._recogniser = Recogniser(target, identity, ledger, pairs)
        self._settling = Settling(target)

    def forget(self) -> None:
        """Read anew next time what another machine may have made meanwhile: posts and terms."""
        self._terms.clear()
        self._recogniser.forget()

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
        finds = self._recogniser.find(asked, doubts)
        return SiteState(
            posts=self.read_ours(stale, posts, receipts),
            found={key: tuple(ones.values()) for key, ones in finds.posts.items()},
            signs=finds.signs,
            repeats=finds.repeats,
            terms=self._read_terms(posts),
            users=self._read_users(posts),
            resting=resting,
            doubtful={key: intents[-1] for key, intents in doubts.items()},
            default_category=self._default_category(),
            settled=self._ledger.conflicts.kept(self.identity.address) if stale else {},
            settle=self._settle,
        )

    def read_ours(
        self, wp_ids: Sequence[int], posts: Sequence[Post], receipts: Mapping[ItemKey, Receipt]
    ) -> dict[int, SitePost]:
        """Read posts of ours; one that has become another's is as good as deleted."""
        known = {receipts[post.key].wp_id: post for post in posts if post.key in receipts}
        there = self._target.read_posts(wp_ids) if wp_ids else ()
        return {
            one.wp_id: one
            for one in there
            if is_still_ours(receipts[known[one.wp_id].key], one, known[one.wp_id])
        }

    def read_names(self, posts: Sequence[Post]) -> SiteState:
        """Read terms and authors alone, by which these posts are compared with the site's."""
        return SiteState(terms=self._read_terms(posts), users=self._read_users(posts))

    def forget_terms(self) -> None:
        """Read the taxonomies anew next time: terms were made."""
        self._terms.clear()

    def has_others(self) -> bool:
        """Tell whether the site has posts, outside the trash, that are not ours."""
        known = self._ledger.posts.wp_ids(self.identity.address)
        listed = self._recogniser.census.list_all()
        return any(one.status != "trash" and one.wp_id not in known for one in listed)

    def with_writable(
        self, posts: Sequence[Post], receipts: Mapping[ItemKey, Receipt]
    ) -> Sequence[Post]:
        """Leave out what this site does not take, by the type that each post has, or will have."""
        return self._settling.settle(posts, receipts)

    @property
    def messages(self) -> tuple[str, ...]:
        """What a person should know of the look-ups."""
        messages = self._settling.messages
        problem = self._recogniser.census.problem
        if not problem:
            return messages
        meaning = "posts of other importers are recognised by link, title and date alone"
        so = f"{problem}, so the custom fields of the site's posts can't be read: {meaning}"
        return (*messages, so)

    def _sort_intents(
        self, posts: Sequence[Post], now: datetime
    ) -> tuple[dict[ItemKey, Intent], dict[ItemKey, list[Intent]]]:
        """Give each post the creates that may have made it: of its own item, or of a twin's.

        The same article may come in another feed: then the mark is the same, or the whole slug. One
        of a type that the site does not show now rests until it does: nobody can look there.
        """
        resting: dict[ItemKey, Intent] = {}
        doubts: dict[ItemKey, list[Intent]] = defaultdict(list)
        unseen = unseen_types(self._target)
        for intent in self._ledger.posts.intents(self.identity.address):
            marks = marks_of(intent.slug)
            for post in posts:
                if post.key == intent.key or post.slug == intent.slug or post.mark in marks:
                    if intent.begun + self._settle > now or intent.type in unseen:
                        resting[post.key] = intent
                    else:
                        doubts[post.key].append(intent)
        return resting, doubts

    def categories(self) -> tuple[Term, ...]:
        """Read the site's categories, once a run."""
        return self._taxonomy("categories")

    def tags(self) -> tuple[Term, ...]:
        """Read the site's tags, once a run."""
        return self._taxonomy("tags")

    def authors(self) -> tuple[User, ...]:
        """Read who may be an author, once a run."""
        if self._users is None:
            self._users = self._target.read_authors()
        return self._users

    def _read_terms(self, posts: Sequence[Post] = ()) -> Mapping[Taxonomy, tuple[Term, ...]]:
        own = {taxonomy_name(slug) for post in posts for slug in post.terms}
        return {name: self._taxonomy(name) for name in ("categories", "tags", *sorted(own))}

    def _taxonomy(self, taxonomy: Taxonomy) -> tuple[Term, ...]:
        if taxonomy not in self._terms:
            self._terms[taxonomy] = self._target.read_terms(taxonomy)
        return self._terms[taxonomy]

    def _default_category(self) -> int:
        """Return the site's default category; who may not read the settings takes the first."""
        known = self._read_terms()["categories"]
        first = min((term.wp_id for term in known if not term.parent), default=0)
        return self.identity.default_category or first

    def _read_users(self, posts: Sequence[Post]) -> tuple[User, ...]:
        return self.authors() if any(post.author for post in posts) else self._users or ()
