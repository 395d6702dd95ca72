"""Find the posts that are articles of ours already: by slug, mark, link, importers' key, title."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from wp_sync.errors import ConfigError, Problem
from wp_sync.model import Skip
from wp_sync.publish.likeness import NEAR, fold_title, gap, match_titles, title_digest
from wp_sync.publish.signs import address_words, is_ours, linked_addresses
from wp_sync.publish.target import FORBIDDEN
from wp_sync.text import normalise_address

from .census import Census, name_of, places_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from wp_sync.ledger import Ledger
    from wp_sync.model import Intent, ItemKey, Post, Receipt, SitePost
    from wp_sync.publish.likeness import Match
    from wp_sync.publish.target import SiteIdentity, Target

    from .census import Entry

_BODIES = 50  # posts whose bodies one request reads
_MOST = 10  # posts of one title that are looked at: the nearest in time
_TOLD = "as you said"


@dataclass(slots=True)
class Finds:
    """What was found for one batch of posts."""

    posts: dict[ItemKey, dict[int, SitePost]] = field(default_factory=lambda: defaultdict(dict))
    signs: dict[ItemKey, dict[int, str]] = field(default_factory=lambda: defaultdict(dict))
    repeats: dict[ItemKey, Skip] = field(default_factory=dict)

    def add(self, post: Post, one: SitePost, sign: str = "") -> None:
        self.posts[post.key][one.wp_id] = one
        if sign:
            self.signs[post.key][one.wp_id] = sign

    def missing(self, posts: Iterable[Post]) -> list[Post]:
        """List those of which no post is certain yet."""
        return [post for post in posts if post.key not in self.repeats and not self._has(post)]

    def taken(self, posts: Iterable[Post]) -> frozenset[int]:
        """List the posts that are certainly an article's."""
        return frozenset(
            one.wp_id
            for post in posts
            for one in self.posts.get(post.key, {}).values()
            if one.wp_id in self.signs.get(post.key, {}) or is_ours(post, one)
        )

    def _has(self, post: Post) -> bool:
        return bool(self.taken([post]))


class Recogniser:
    """Looks articles up on the site, the surest way first, and only those not yet found."""

    def __init__(
        self,
        target: Target,
        identity: SiteIdentity,
        ledger: Ledger,
        pairs: Mapping[str, int] | None = None,
    ) -> None:
        self._target, self._ledger, self._identity = target, ledger, identity
        self._site = identity.address
        self._pairs = dict(pairs or {})  # normalised address or guid -> post, by a person's word
        self._links: dict[str, set[int]] = defaultdict(set)  # from bodies that this run has read
        self._read: set[int] = set()
        self.census = Census(target, identity, ledger)

    def forget(self) -> None:
        """List the site's posts anew next time; the links of those that were read stay known."""
        self.census = Census(self._target, self._identity, self._ledger)

    def find(self, posts: Sequence[Post], doubts: Mapping[ItemKey, Sequence[Intent]]) -> Finds:
        """Find what may be these articles, and tell what certainly is."""
        finds = Finds()
        self._find_by_slug(posts, doubts, finds)
        looks = (
            self._find_by_pair,
            # A ledger that was lost, or restored from an old copy, knows less than the site.
            self._find_by_mark,
            self._find_by_link,
            self._find_by_key,
            self._find_by_title,
        )
        for look in looks:
            if missing := finds.missing(posts):
                look(missing, finds)
        return finds

    def _find_by_slug(
        self, posts: Sequence[Post], doubts: Mapping[ItemKey, Sequence[Intent]], finds: Finds
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
                finds.add(post, one)

    def _find_by_pair(self, posts: Sequence[Post], finds: Finds) -> None:
        """Take a person's word for it."""
        asked: dict[int, Post] = {}
        for post in posts if self._pairs else ():
            names = (normalise_address(post.source_url), post.key.guid)
            wp_id = next((self._pairs[name] for name in names if name in self._pairs), None)
            if wp_id:
                asked[wp_id] = post
        for one in self._target.read_posts(sorted(asked)) if asked else ():
            finds.add(asked[one.wp_id], one, _TOLD)

    def _find_by_mark(self, posts: Sequence[Post], finds: Finds) -> None:
        """Find posts whose title, and so whose slug, has changed since."""
        by_mark: dict[str, list[Post]] = defaultdict(list)
        for post in posts:
            by_mark[post.mark].append(post)
        made = {
            wp_id: [post for mark in entry.marks.split() for post in by_mark.get(mark, ())]
            for wp_id, entry in self._others().items()
        }
        for one in self._target.read_posts(sorted(wp_id for wp_id in made if made[wp_id])):
            for post in made[one.wp_id]:
                finds.add(post, one)

    def _find_by_link(self, posts: Sequence[Post], finds: Finds) -> None:
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
                    finds.add(post, one)

    def _search(self, addresses: Collection[str]) -> Iterator[SitePost]:
        """Read what may link to these and is in no receipt, in as few requests as will do."""
        others = self._others()
        unread = sorted(others.keys() - self._read)
        if len(unread) <= _BODIES * len(addresses):
            again = {wp_id for address in addresses for wp_id in self._links.get(address, ())}
            yield from self._target.search_posts((), sorted(again & others.keys()))
            for one in self._target.search_posts((), unread):
                for address in linked_addresses(str(one.values.get("body", ""))):
                    self._links[address].add(one.wp_id)
                yield one
            self._read.update(unread)
            return
        for address in addresses:
            for one in self._target.search_posts(address_words(address)):
                if one.wp_id in others:
                    yield one

    def _find_by_key(self, posts: Sequence[Post], finds: Finds) -> None:
        """Find posts by what their importer noted with them."""
        known = self._known()
        holders: dict[str, list[tuple[int, str]]] = defaultdict(list)
        for wp_id, entry in self.census.with_keys(known).items():
            for place, name in entry.places.items():
                holders[place].append((wp_id, name))
        held: dict[ItemKey, dict[int, str]] = {}
        for post in posts:
            held[post.key] = {
                wp_id: name for place in sorted(places_of(post)) for wp_id, name in holders[place]
            }
        wanted = sorted({wp_id for ids in held.values() for wp_id in ids})
        there = {one.wp_id: one for one in self._target.read_posts(wanted)} if wanted else {}
        for post in posts:
            ones = [there[wp_id] for wp_id in held[post.key] if wp_id in there]
            self._take_keys(post, ones, held[post.key], finds)

    def _take_keys(
        self, post: Post, ones: Sequence[SitePost], names: Mapping[int, str], finds: Finds
    ) -> None:
        """Several posts with one key are one article twice, or a key that names no article."""
        title = fold_title(post.title)
        same = [one for one in ones if fold_title(str(one.values.get("title", ""))) == title]
        sure = same if len(ones) > 1 else ones
        for one in ones:
            owner = self._owner(one.wp_id)
            if owner and one in sure:
                reason = f"the same article as post {one.wp_id}: {name_of(names[one.wp_id])}"
                skip = Skip(key=post.key, reason=reason, status="dropped", wp_id=one.wp_id)
                finds.repeats[post.key] = skip
            elif not owner:
                finds.add(post, one, name_of(names[one.wp_id]) if one in sure else "")

    def _find_by_title(self, posts: Sequence[Post], finds: Finds) -> None:
        """Find posts of the same title that are from the same time, or have the same text."""
        entries = self.census.entries(self._known())
        titled: dict[str, list[int]] = defaultdict(list)
        for wp_id, entry in entries.items():
            titled[entry.title].append(wp_id)
        names = {post.key: title_digest(post.title) for post in posts}
        taken = finds.taken([post for post in posts if post.key in finds.posts])
        wanted = {
            post.key: _nearest(post, titled.get(names[post.key], ()), entries) for post in posts
        }
        ids = sorted({wp_id for ids in wanted.values() for wp_id in ids} - taken)
        read = self._target.read_posts(ids) if ids else ()
        there = {one.wp_id: _dated(one, entries[one.wp_id]) for one in read}
        candidates = {
            post.key: [
                there[wp_id]
                for wp_id in wanted[post.key]
                if wp_id in there and _is_titled(there[wp_id], post.title)
            ]
            for post in posts
        }
        among = Counter({wp_id: len(titled[entries[wp_id].title]) for wp_id in there})
        matches = match_titles(posts, candidates, among)
        for post in posts:
            if post.key in matches:
                self._take_match(post, matches[post.key], finds)

    def _take_match(self, post: Post, match: Match, finds: Finds) -> None:
        owner = match.sure and self._owner(match.sure.wp_id)
        if match.sure and owner and owner.key.feed != post.key.feed:
            reason = f"the title and the date of post {match.sure.wp_id}, which is another feed's"
            reason += " article: a repeat? (if not: wp-sync review approve)"
            finds.repeats[post.key] = Skip(key=post.key, reason=reason, status="held")
        elif match.sure and not owner:
            finds.add(post, match.sure, "the same title and date")
        for one in match.possible:
            if not self._owner(one.wp_id):
                finds.add(post, one)

    def _others(self) -> dict[int, Entry]:
        """List the posts that are in no receipt."""
        known = self._known()
        entries = self.census.entries(known)
        return {wp_id: entry for wp_id, entry in entries.items() if wp_id not in known}

    def _owner(self, wp_id: int) -> Receipt | None:
        return self._ledger.posts.owners(self._site, [wp_id]).get(wp_id)

    def _known(self) -> frozenset[int]:
        return self._ledger.posts.wp_ids(self._site, owned=True)


def check_pairs(target: Target, ledger: Ledger, site: str, pairs: Mapping[str, int]) -> None:
    """Refuse a pair whose post is not on the site, or is an article's already."""
    there = {one.wp_id for one in target.read_posts(sorted(set(pairs.values())))}
    owners = ledger.posts.owners(site, tuple(pairs.values()))
    problems: list[Problem] = []
    for name, wp_id in pairs.items():
        message = "" if wp_id in there else f"the site has no post {wp_id}"
        if list(pairs.values()).count(wp_id) > 1:
            message = f"post {wp_id} is given to several articles"
        if owner := owners.get(wp_id):
            title = ledger.items.title(owner.key) or owner.key.guid
            message = f"post {wp_id} is known as the article {title!r}"
        if message:
            problems.append(
                Problem(file="--pair", line=0, key="", message=f"{name}={wp_id}: {message}")
            )
    if problems:
        raise ConfigError(problems)


def _dated(one: SitePost, entry: Entry) -> SitePost:
    """Give what we may not read the date that it was listed with."""
    return replace(one, values={"date": entry.date}) if one.status == FORBIDDEN else one


def _is_titled(one: SitePost, title: str) -> bool:
    """Tell whether a post still has the title that it was listed with, as far as we may see it."""
    now = fold_title(str(one.values.get("title", "")))
    return one.status == FORBIDDEN or now == fold_title(title)


def _nearest(post: Post, ids: Sequence[int], entries: Mapping[int, Entry]) -> list[int]:
    """Choose the posts of one title that are nearest in time."""

    def distance(wp_id: int) -> float:
        after = gap(post, entries[wp_id].date)
        return abs(after.total_seconds()) if after is not None else NEAR.total_seconds()

    return sorted(ids, key=lambda wp_id: (distance(wp_id), wp_id))[:_MOST]
