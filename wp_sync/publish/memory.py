"""A site in memory that answers as WordPress does, for tests of planning and for rehearsals."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from typing import TYPE_CHECKING, Any

from wp_sync.errors import ChangedError, RejectedError
from wp_sync.model import SitePost, Term, User

from .attempts import about_to_send
from .custom import is_taxonomy, taxonomy_name
from .memory_markers import MemoryMarkers
from .memory_revisions import MemoryRevisions
from .memory_values import EMPTY, as_given, slug_of, unique_slug
from .moments import naive_utc
from .post_types import PLAIN, POST, in_order
from .rights import rights_of
from .target import (
    GONE,
    TRASHED,
    Allowances,
    Revision,
    Shown,
    SiteIdentity,
    attempt,
    check_content,
    find_namesake,
    holds,
    mark_of,
    with_trashed,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from wp_sync.errors import PublishError
    from wp_sync.model import Taxonomy, Upload

    from .post_types import PostType

FLOATING = {"draft", "pending"}  # without a date they take the moment of each change


def _now() -> datetime:
    return datetime.now(UTC)


class MemoryTarget:
    """A fresh WordPress with one administrator: what `target.Target` asks for."""

    def __init__(
        self,
        *,
        home: str = "https://memory.example",
        users: Iterable[User] = (User(wp_id=1, slug="admin", name="admin"),),
        now: Callable[[], datetime] = _now,
    ) -> None:
        self.locks = False  # as XML-RPC does, and REST does not
        self.keeps_revisions = True
        self.kinds = {POST: PLAIN}  # the types that the site has: all are in use
        self.posts: dict[int, SitePost] = {}
        self.terms: dict[Taxonomy, dict[int, Term]] = {
            "categories": {1: Term(wp_id=1, name="Uncategorized", slug="uncategorized")},
            "tags": {},
        }
        self.media: dict[str, int] = {}  # by file name
        self.pages: dict[int, SitePost] = {}
        self.keys: dict[int, dict[str, str]] = {}  # custom fields of other importers, by post
        self.users = tuple(users)
        self._home, self._now = home, now
        self._kinds: dict[int, str] = {}  # of types, by post
        self._floating: set[int] = set()
        self._modified: dict[int, str] = {}
        self._page_ids: dict[str, int] = {}  # by slug
        self._uploads: set[int] = set()
        self._revisions = MemoryRevisions(self.users[0].wp_id)
        self._post_ids, self._term_ids = count(1), count(2)
        ids = self._post_ids
        self.markers = MemoryMarkers(lambda: next(ids), lambda: naive_utc(self._now()))

    @property
    def types(self) -> tuple[str, ...]:
        return in_order(self.kinds)

    def read_types(self) -> Mapping[str, PostType]:
        return self.kinds

    def hidden_types(self) -> frozenset[str]:
        return frozenset()

    def identify(self) -> SiteIdentity:
        return SiteIdentity(
            address=self._home.partition("://")[2],
            home=self._home,
            user_id=self.users[0].wp_id,
            login=self.users[0].slug,
            roles=("administrator",),
            capabilities=rights_of(("administrator",)),
            default_category=1,
            admin=f"{self._home}/wp-admin/",
        )

    def read_allowances(self) -> Allowances:
        return Allowances()

    def find_posts(self, slugs: Sequence[str]) -> tuple[SitePost, ...]:
        wanted = set(with_trashed(slugs))
        return tuple(post for post in self.posts.values() if post.slug in wanted)

    def read_posts(self, wp_ids: Sequence[int]) -> tuple[SitePost, ...]:
        return tuple(self.posts[wp_id] for wp_id in wp_ids if wp_id in self.posts)

    def list_posts(self, after: int = 0) -> tuple[SitePost, ...]:
        newest = (self.posts[wp_id] for wp_id in sorted(self.posts, reverse=True) if wp_id > after)
        return tuple(replace(post, link="", values=self._listed(post)) for post in newest)

    def read_keys(self, after: int = 0) -> Mapping[int, Mapping[str, str]]:
        return {wp_id: keys for wp_id, keys in self.keys.items() if wp_id > after}

    def read_waiting(self) -> tuple[SitePost, ...]:
        waiting = (post for post in self.posts.values() if post.status in FLOATING)
        return tuple(replace(one, values={"title": one.values["title"]}) for one in waiting)

    def waiting_ids(self) -> frozenset[int]:
        return frozenset(post.wp_id for post in self.read_waiting())

    def changed_since(self, moment: datetime) -> tuple[SitePost, ...]:
        changed = (wp_id for wp_id, when in self._modified.items() if when > naive_utc(moment))
        return tuple(self.posts[wp_id] for wp_id in changed)

    def search_posts(
        self, words: Sequence[str], among: Sequence[int] | None = None
    ) -> tuple[SitePost, ...]:
        return tuple(
            post
            for wp_id, post in self.posts.items()
            if (among is None or wp_id in among) and holds(post, words)
        )

    def read_terms(self, taxonomy: Taxonomy) -> tuple[Term, ...]:
        return tuple(self.terms.setdefault(taxonomy, {}).values())

    def read_authors(self) -> tuple[User, ...]:
        return self.users

    def create_user(self, login: str, name: str) -> User:
        if any(user.slug == login for user in self.users):
            raise RejectedError("the login exists", code="existing_user_login", status=500)
        about_to_send()
        made = User(wp_id=max(user.wp_id for user in self.users) + 1, slug=login, name=name)
        self.users = (*self.users, made)
        return made

    def create_term(self, taxonomy: Taxonomy, name: str, parent: int) -> Term:
        terms = self.terms.setdefault(taxonomy, {})
        name = name.strip()
        if not name:
            raise RejectedError("a name is required", code="empty_term_name", status=500)
        if parent and parent not in terms:
            raise RejectedError("no such parent", code="rest_term_invalid", status=400)
        if there := find_namesake(terms.values(), name, parent):
            return there
        slug = unique_slug(slug_of(name), {term.slug for term in terms.values()})
        made = Term(wp_id=next(self._term_ids), name=name, slug=slug, parent=parent)
        terms[made.wp_id] = made
        return made

    def create_post(self, values: Mapping[str, Any]) -> SitePost:
        given = as_given(values)
        kind = given.pop("type", POST)
        check_content(given)
        about_to_send()
        if kind not in self.kinds:
            raise RejectedError(f"no type {kind}", code="rest_no_route", status=404)
        wp_id = next(self._post_ids)
        self._kinds[wp_id] = kind
        made = self._store(wp_id, {}, given)
        self._modified[made.wp_id] = made.values["date"]  # post.php, wp_insert_post
        self.posts[made.wp_id] = replace(made, modified=made.values["date"])
        return self.posts[made.wp_id]

    def writable_fields(self, keys: Collection[str], kind: str = POST) -> frozenset[str]:
        if kind == POST:
            return frozenset(keys)
        taken = {taxonomy_name(slug) for slug in self.kinds.get(kind, PLAIN).taxonomies}
        return frozenset(key for key in keys if not is_taxonomy(key) or key in taken)

    @property
    def batch_size(self) -> int:
        return 25

    @property
    def connections(self) -> int:
        return 1

    def create_posts(
        self, posts: Sequence[Mapping[str, Any]]
    ) -> tuple[SitePost | PublishError, ...]:
        return tuple(attempt(self.create_post, values) for values in posts)

    def update_post(
        self, wp_id: int, values: Mapping[str, Any], *, unless_changed_since: str = ""
    ) -> SitePost:
        before = self._existing(wp_id)
        if self.locks and unless_changed_since and before.modified > unless_changed_since:
            raise ChangedError("there is a revision that is more recent", status=409)
        return self._store(wp_id, before.values, as_given(values))

    def lock_time(self) -> datetime | None:
        return self._now() if self.locks else None

    def read_revisions(
        self, wp_id: int, *, after: int = 0, before: int | None = None
    ) -> tuple[Revision, ...]:
        return self._revisions.read(wp_id, after, before)

    def trash_post(self, wp_id: int) -> SitePost:
        post = self._existing(wp_id)
        if post.status == "trash":
            return post
        return self._store(wp_id, post.values, {"status": "trash", "slug": post.slug + TRASHED})

    def find_media(self, names: Sequence[str]) -> Mapping[str, int]:
        by_mark = {mark_of(name): wp_id for name, wp_id in reversed(self.media.items())}
        return {name: by_mark[mark_of(name)] for name in names if mark_of(name) in by_mark}

    def read_media(self, wp_ids: Sequence[int]) -> Mapping[int, Shown]:
        names = {wp_id: name for name, wp_id in self.media.items()}
        folder = f"{self._home}/wp-content/uploads"
        return {
            wp_id: Shown(url=f"{folder}/{names[wp_id]}", name=mark_of(names[wp_id]))
            for wp_id in wp_ids
            if wp_id in names
        }

    def upload(self, upload: Upload) -> int:
        about_to_send()
        wp_id = next(self._post_ids)
        self._uploads.add(wp_id)
        self.media.setdefault(upload.name, wp_id)  # a second one's slug ends in -2
        return wp_id

    def write_page(self, wp_id: int, *, slug: str, title: str, body: str) -> SitePost:
        there = self.pages.get(wp_id) or self.pages.get(self._page_ids.get(slug, 0))
        if there and there.status == "trash":
            return there
        made = there.wp_id if there else next(self._post_ids)
        values = {"title": title, "body": body}
        self.pages[made] = SitePost(wp_id=made, slug=slug, status="private", values=values)
        self._page_ids[slug] = made
        return self.pages[made]

    def _listed(self, post: SitePost) -> dict[str, Any]:
        guid = f"{self._home}/?p={post.wp_id}"
        return {name: post.values[name] for name in ("title", "date")} | {"guid": guid, "keys": {}}

    def _existing(self, wp_id: int) -> SitePost:
        if wp_id not in self.posts:
            raise RejectedError("invalid post ID", code=GONE, status=404)
        return self.posts[wp_id]

    def _store(self, wp_id: int, before: Mapping[str, Any], given: Mapping[str, Any]) -> SitePost:
        before = {**EMPTY, "author": self.users[0].wp_id, **before}
        if given.get("author", before["author"]) not in {user.wp_id for user in self.users}:
            raise RejectedError("invalid author", code="rest_invalid_author", status=400)
        values = {**before, **given}
        if before["status"] == "trash" != values["status"]:  # it gets its slug back
            values["slug"] = values["slug"].removesuffix(TRASHED)
        values["title"] = values["title"].strip()
        values |= self._dated(wp_id, values, given)
        for taxonomy in ("categories", "tags"):  # unknown ids are left out without a word
            ids = values[taxonomy]
            known = {1} if ids is None else self.terms[taxonomy].keys() & set(ids)
            values[taxonomy] = tuple(sorted(known))
        for name in filter(is_taxonomy, values):
            values[name] = tuple(sorted(self.terms.get(name, {}).keys() & set(values[name])))
        if values["featured"] not in {0, *self._uploads}:
            values["featured"] = before["featured"]
        values["slug"] = self._slug_for(wp_id, values)
        link = f"{self._home}/?p={wp_id}"
        post = SitePost(
            wp_id=wp_id,
            slug=values["slug"],
            status=values["status"],
            link=link,
            modified=(now := naive_utc(self._now())),
            values=self._shown(wp_id, values),
            type=self._kind_of(wp_id).name,
        )
        if self.keeps_revisions and wp_id in self._modified:  # not of a create
            self._revisions.keep(post, before)
        self._modified[wp_id] = now
        self.posts[wp_id] = self._revisions.counted(post)
        return self.posts[wp_id]

    def _kind_of(self, wp_id: int) -> PostType:
        return self.kinds.get(self._kinds.get(wp_id, POST), PLAIN)

    def _shown(self, wp_id: int, values: Mapping[str, Any]) -> dict[str, Any]:
        """Leave out what the type of a post has no place for."""
        lacks = self._kind_of(wp_id).lacks
        return {name: value for name, value in values.items() if name not in lacks}

    def _dated(
        self, wp_id: int, values: Mapping[str, Any], given: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Date a post, and put off what is published with a date to come."""
        now, date, status = naive_utc(self._now()), values["date"], values["status"]
        if "date" in given:
            self._floating.discard(wp_id)
        elif date is None or wp_id in self._floating:
            date = now
            self._floating.add(wp_id)
        if status not in FLOATING:
            self._floating.discard(wp_id)
        if status == "publish" and date > now:
            status = "future"
        return {"date": date, "status": status}

    def _slug_for(self, wp_id: int, values: Mapping[str, Any]) -> str:
        slug = slug_of(values["slug"])
        if not slug and values["status"] not in FLOATING:
            slug = slug_of(values["title"]) or str(wp_id)
        kind = self._kind_of(wp_id).name  # two types may have one slug (wp_unique_post_slug)
        others = {
            one.slug for one in self.posts.values() if one.wp_id != wp_id and one.type == kind
        }
        return unique_slug(slug, others) if slug else ""
