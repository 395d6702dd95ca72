"""The posts of one site as REST shows them, of all types in use; nothing here writes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import islice, takewhile
from typing import TYPE_CHECKING

from wp_sync.batching import batched
from wp_sync.errors import RejectedError
from wp_sync.model import SitePost

from .moments import naive_utc
from .rest_lists import PAGE, chunks_of, read_pages
from .rest_values import (
    LISTED_FIELDS,
    POST_FIELDS,
    REVISION_FIELDS,
    SAVES,
    WAITING_FIELDS,
    listed_of,
    number_of,
    revision_of,
    shaped,
    site_post_of,
    waiting_of,
)
from .target import FORBIDDEN, GONE, Revision, is_between, token_of, with_trashed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from .answers import Json
    from .post_types import PostType
    from .rest_api import Params, RestApi
    from .rest_types import RestTypes

IDS_AT_ONCE = 50  # posts with their bodies in one answer
REVISIONS_AT_ONCE = 20
EVERYWHERE = {"status": "any,trash"}  # "any" is all but the trash


class RestPosts:
    """What `target.Target` reads of posts, without their custom fields."""

    def __init__(self, api: RestApi, types: RestTypes) -> None:
        self._api, self._types = api, types

    def route_of(self, wp_id: int) -> str:
        """Return the route of one post."""
        return self._types.route_of(wp_id, self._read_listed)

    def find(self, slugs: Sequence[str]) -> list[SitePost]:
        with ThreadPoolExecutor(self._api.pace.connections) as pool:
            found = pool.map(self._find_slugs, chunks_of(with_trashed(slugs)))
            return [post for some in found for post in some]

    def _find_slugs(self, slugs: Sequence[str]) -> list[SitePost]:
        found: list[SitePost] = []
        for kind in self._types.in_use():
            listed = self._posts_of(kind, {"slug": ",".join(slugs)})
            # A site that ignores the parameter gives every post.
            ours = [post for post in listed if post.slug in slugs]
            found += ours
            if self._types.only(kind):
                seen = {post.slug for post in ours}
                found += self._find_hidden(kind, [slug for slug in slugs if slug not in seen])
        return found

    def _find_hidden(self, kind: PostType, slugs: Sequence[str]) -> Iterator[SitePost]:
        """Find who holds a slug and is not shown to us: lists leave it out, and count it."""
        if not slugs:
            return
        asked = {"slug": ",".join(slugs), "per_page": "1", "_fields": "id,slug"}
        rows, headers = self._api.get(kind.route, EVERYWHERE | asked)
        if headers.get("X-WP-Total", "0") == "0":
            return
        if len(slugs) > 1:
            half = len(slugs) // 2
            yield from self._find_hidden(kind, slugs[:half])
            yield from self._find_hidden(kind, slugs[half:])
        elif not rows or rows[0]["slug"] == slugs[0]:
            wp_id = shaped(lambda row: number_of(row, "id"), rows[0]) if rows else 0
            yield SitePost(wp_id=wp_id, slug=slugs[0], status=FORBIDDEN, type=kind.name)

    def read(self, wp_ids: Sequence[int]) -> tuple[SitePost, ...]:
        found: dict[int, SitePost] = {}
        for asked in batched(wp_ids, IDS_AT_ONCE):
            found |= self._read_listed(asked)
            # A list leaves out what we may not see, too: only its own 404 says that it is gone.
            alone = (self.read_alone(wp_id) for wp_id in asked if wp_id not in found)
            found |= {post.wp_id: post for post in alone if post}
        return tuple(found.values())

    def _read_listed(self, wp_ids: Sequence[int]) -> dict[int, SitePost]:
        found: dict[int, SitePost] = {}
        for kind, some in self._types.sort(wp_ids):
            if left := [wp_id for wp_id in some if wp_id not in found]:
                asked = {"include": ",".join(map(str, left)), "_fields": f"{POST_FIELDS},{SAVES}"}
                listed = self._posts_of(kind, asked)
                found |= {post.wp_id: post for post in listed if post.wp_id in wp_ids}
        return found

    def list_all(self, after: int = 0) -> tuple[SitePost, ...]:
        how = {"orderby": "id", "order": "desc", "_fields": LISTED_FIELDS}
        found: list[SitePost] = []
        for kind in self._types.in_use():
            # In context=edit an author would not see the posts of others.
            asked = EVERYWHERE | how | ({} if self._types.only(kind) else {"context": "edit"})
            rows = (shaped(listed_of, row) for row in read_pages(self._api, kind.route, asked))
            found += takewhile(lambda post: post.wp_id > after, rows)
        listed = sorted(found, key=_by_id, reverse=True)
        return tuple(self._types.note(post) for post in listed if not token_of(post.slug))

    def read_waiting(self) -> tuple[SitePost, ...]:
        rows = self._waiting({"context": "edit", "_fields": WAITING_FIELDS})
        return tuple(self._as_allowed(shaped(waiting_of, row)) for row in rows)

    def waiting_ids(self) -> frozenset[int]:
        rows = self._waiting({"_fields": "id,slug"})
        return frozenset(shaped(lambda row: number_of(row, "id"), row) for row in rows)

    def _waiting(self, how: Params) -> Iterator[Json]:
        for kind in self._types.in_use():
            rows = read_pages(self._api, kind.route, {"status": "draft,pending", **how})
            yield from (row for row in rows if not token_of(row["slug"]))

    def changed_since(self, moment: datetime) -> tuple[SitePost, ...]:
        # Z: a naive moment would be the site's local time.
        return tuple(self._posts({"modified_after": f"{naive_utc(moment)}Z"}))

    def search(self, words: Sequence[str], among: Sequence[int] | None) -> tuple[SitePost, ...]:
        # In quotes a comma or a plus is no border between words (WP_Query::parse_search).
        # Where they are too many the rest is left out: more is found, and nothing missed.
        quoted = next(chunks_of(f'"{word}"' for word in words), [])
        asked = {"search": " ".join(quoted)} if quoted else {}
        if among is None:
            kinds = self._types.in_use()
            newest = (islice(self._posts_of(kind, asked), PAGE) for kind in kinds)
            return tuple(post for some in newest for post in some)
        some = (",".join(map(str, few)) for few in batched(among, IDS_AT_ONCE))
        return tuple(post for ids in some for post in self._posts({**asked, "include": ids}))

    def read_revisions(self, wp_id: int, after: int, before: int | None) -> tuple[Revision, ...]:
        route = f"{self.route_of(wp_id)}/revisions"
        # Their texts are given out rendered, too: only those that are wanted are asked for.
        rows = read_pages(self._api, route, {"_fields": "id,slug"})
        try:
            saves = [row["id"] for row in rows if f"{wp_id}-autosave" not in row["slug"]]
        except RejectedError as error:
            if error.code != "rest_no_route":  # a type without revisions has none
                raise
            return ()
        wanted = [one for one in saves if is_between(one, after, before)]
        found: list[Revision] = []
        for few in batched(wanted, REVISIONS_AT_ONCE):
            some = ",".join(map(str, few))
            asked = {"context": "edit", "_fields": REVISION_FIELDS, "include": some}
            found += [shaped(revision_of, row) for row in read_pages(self._api, route, asked)]
        return tuple(sorted(found, key=_by_id, reverse=True))

    def _posts(self, params: Params) -> Iterator[SitePost]:
        for kind in self._types.in_use():
            yield from self._posts_of(kind, params)

    def _posts_of(self, kind: PostType, params: Params) -> Iterator[SitePost]:
        whole = EVERYWHERE | {"context": "edit", "_fields": POST_FIELDS}
        rows = read_pages(self._api, kind.route, {**whole, **params})
        posts = (self._as_allowed(shaped(site_post_of, row)) for row in rows)
        return (post for post in posts if not token_of(post.slug))

    def _as_allowed(self, post: SitePost) -> SitePost:
        """Mark what is not ours to edit: WordPress 6.5.5 shows it all the same."""
        only = self._types.only(self._types.get(post.type))
        foreign = only and post.values.get("author", only) != only
        return self._types.note(replace(post, status=FORBIDDEN) if foreign else post)

    def read_alone(self, wp_id: int) -> SitePost | None:
        """Read one post, or see that it is gone."""
        for kind in self._types.in_use():
            if found := self._read_one(kind, wp_id):
                return found
        # It may be of a type that is in use, and that the site does not show any more.
        blind = self._types.is_blind()
        return SitePost(wp_id=wp_id, slug="", status=FORBIDDEN) if blind else None

    def _read_one(self, kind: PostType, wp_id: int) -> SitePost | None:
        try:
            asked = {"context": "edit", "_fields": f"{POST_FIELDS},{SAVES}"}
            row, _ = self._api.get(f"{kind.route}/{wp_id}", asked)
        except RejectedError as error:
            if error.code == GONE:
                return None
            if error.code == "rest_forbidden_context":  # may not be edited: somebody else's now
                return SitePost(wp_id=wp_id, slug="", status=FORBIDDEN)
            raise
        return self._as_allowed(shaped(site_post_of, row))


def _by_id(post: SitePost | Revision) -> int:
    return post.wp_id
