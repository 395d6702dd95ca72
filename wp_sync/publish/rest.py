"""The site behind the REST API: routes, parameters, and what an answer must hold."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from http import HTTPStatus
from itertools import islice, takewhile
from typing import TYPE_CHECKING, Any

from wp_sync.batching import batched
from wp_sync.errors import PublishError, RejectedError
from wp_sync.model import SitePost, Term, User

from .moments import naive_utc
from .rest_batch import Batches
from .rest_fields import Fields
from .rest_lists import PAGE, chunks_of, read_pages
from .rest_markers import RestMarkers
from .rest_media import find_media, read_media, upload_file
from .rest_values import (
    LISTED_FIELDS,
    POST_FIELDS,
    REVISION_FIELDS,
    SAVES,
    WAITING_FIELDS,
    WRITTEN,
    allowances_of,
    identity_of,
    listed_of,
    number_of,
    read_back,
    revision_of,
    shaped,
    site_post_of,
    term_of,
    term_values,
    user_of,
    user_values,
    waiting_of,
    written,
)
from .routes import PAGES, POSTS, SETTINGS, USERS
from .target import (
    CLOSED,
    FORBIDDEN,
    GONE,
    Allowances,
    Revision,
    SiteIdentity,
    attempt,
    check_page,
    is_between,
    token_of,
    with_trashed,
)
from .xmlrpc_beside import Beside

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
    from datetime import datetime

    from wp_sync.model import Taxonomy, Upload

    from .answers import Json
    from .discovery import ApiRoot
    from .rest_api import Params, RestApi
    from .target import Markers, Shown

IDS_AT_ONCE = 50  # posts with their bodies in one answer
REVISIONS_AT_ONCE = 20
PRIVATE = {"status": "private", **CLOSED}
EVERYWHERE = {"status": "any,trash"}  # "any" is all but the trash


class RestTarget:
    """A WordPress written to over its REST API: what `target.Target` asks for."""

    def __init__(
        self, api: RestApi, root: ApiRoot, *, lock: bool = True, fields: Collection[str] = ()
    ) -> None:
        self._api, self._root = api, root
        self._batches = Batches(api, self._create, self.find_posts)
        self._beside, self._lock = Beside(api, root), lock
        self._fields = Fields(api, self._beside, frozenset(fields))
        self._only = 0  # the user whose posts alone we may edit: known once we are identified
        self._markers = RestMarkers(api, PAGES)

    @property
    def markers(self) -> Markers:
        return self._markers

    def identify(self) -> SiteIdentity:
        # A wrong password makes the request an anonymous one, and only this route tells.
        fields = {"context": "edit", "_fields": "id,username,roles,capabilities"}
        answer = self._api.read(f"{USERS}/me", fields)
        if answer.status == HTTPStatus.UNAUTHORIZED:
            from .refusal import explain_refusal  # loaded only when a login fails

            raise explain_refusal(answer, self._api, self._root)
        me = self._api.accept(answer, write=False)
        identity = shaped(lambda row: identity_of(row, self._root), me)
        self._only = 0 if "edit_others_posts" in identity.capabilities else identity.user_id
        if "edit_pages" not in identity.capabilities:
            self._markers = RestMarkers(self._api, POSTS)
        if "manage_options" not in identity.capabilities:
            return identity
        settings, _ = self._api.get(SETTINGS, {"_fields": "default_category"})
        default = shaped(lambda row: number_of(row, "default_category"), settings)
        return replace(identity, default_category=default)

    def read_allowances(self) -> Allowances:
        asked: dict[str, Any] = {"context": "edit", "status": "any", "per_page": "1"}
        asked |= {"author": self._only} if self._only else {}  # others' posts are cut out
        rows, _ = self._api.get(POSTS, asked | {"_fields": "id,permalink_template,_links"})
        return shaped(allowances_of, rows)

    def find_posts(self, slugs: Sequence[str]) -> tuple[SitePost, ...]:
        with ThreadPoolExecutor(self.connections) as pool:
            found = pool.map(self._find_slugs, chunks_of(with_trashed(slugs)))
            return self._fields.add([post for some in found for post in some])

    def _find_slugs(self, slugs: Sequence[str]) -> list[SitePost]:
        # A site that ignores the parameter gives every post.
        found = [post for post in self._posts({"slug": ",".join(slugs)}) if post.slug in slugs]
        if self._only:
            seen = {post.slug for post in found}
            found += self._find_hidden([slug for slug in slugs if slug not in seen])
        return found

    def _find_hidden(self, slugs: Sequence[str]) -> Iterator[SitePost]:
        """Find who holds a slug and is not shown to us: lists leave it out, and count it."""
        if not slugs:
            return
        asked = {"slug": ",".join(slugs), "per_page": "1", "_fields": "id,slug"}
        rows, headers = self._api.get(POSTS, EVERYWHERE | asked)
        if headers.get("X-WP-Total", "0") == "0":
            return
        if len(slugs) > 1:
            half = len(slugs) // 2
            yield from self._find_hidden(slugs[:half])
            yield from self._find_hidden(slugs[half:])
        elif not rows or rows[0]["slug"] == slugs[0]:
            wp_id = shaped(lambda row: number_of(row, "id"), rows[0]) if rows else 0
            yield SitePost(wp_id=wp_id, slug=slugs[0], status=FORBIDDEN)

    def read_posts(self, wp_ids: Sequence[int]) -> tuple[SitePost, ...]:
        found: dict[int, SitePost] = {}
        for asked in batched(wp_ids, IDS_AT_ONCE):
            params = {"include": ",".join(map(str, asked)), "_fields": f"{POST_FIELDS},{SAVES}"}
            listed = self._posts(params)
            found |= {post.wp_id: post for post in listed if post.wp_id in asked}
            # A list leaves out what we may not see, too: only its own 404 says that it is gone.
            alone = (self._read_alone(wp_id) for wp_id in asked if wp_id not in found)
            found |= {post.wp_id: post for post in alone if post}
        return self._fields.add(tuple(found.values()))

    def list_posts(self, after: int = 0) -> tuple[SitePost, ...]:
        how = {"orderby": "id", "order": "desc", "_fields": LISTED_FIELDS}
        # In context=edit an author would not see the posts of others.
        how |= {} if self._only else {"context": "edit"}
        rows = (shaped(listed_of, row) for row in read_pages(self._api, POSTS, EVERYWHERE | how))
        newer = takewhile(lambda post: post.wp_id > after, rows)
        return tuple(post for post in newer if not token_of(post.slug))

    def read_keys(self, after: int = 0) -> Mapping[int, Mapping[str, str]]:
        return self._beside.read_keys(after)

    def read_waiting(self) -> tuple[SitePost, ...]:
        rows = self._waiting({"context": "edit", "_fields": WAITING_FIELDS})
        return tuple(self._as_allowed(shaped(waiting_of, row)) for row in rows)

    def waiting_ids(self) -> frozenset[int]:
        rows = self._waiting({"_fields": "id,slug"})
        return frozenset(shaped(lambda row: number_of(row, "id"), row) for row in rows)

    def _waiting(self, how: Params) -> Iterator[Json]:
        rows = read_pages(self._api, POSTS, {"status": "draft,pending", **how})
        return (row for row in rows if not token_of(row["slug"]))

    def changed_since(self, moment: datetime) -> tuple[SitePost, ...]:
        # Z: a naive moment would be the site's local time.
        return tuple(self._posts({"modified_after": f"{naive_utc(moment)}Z"}))

    def search_posts(
        self, words: Sequence[str], among: Sequence[int] | None = None
    ) -> tuple[SitePost, ...]:
        # In quotes a comma or a plus is no border between words (WP_Query::parse_search).
        # Where they are too many the rest is left out: more is found, and nothing missed.
        quoted = next(chunks_of(f'"{word}"' for word in words), [])
        asked = {"search": " ".join(quoted)} if quoted else {}
        if among is None:
            return tuple(islice(self._posts(asked), PAGE))
        some = (",".join(map(str, few)) for few in batched(among, IDS_AT_ONCE))
        return tuple(post for ids in some for post in self._posts({**asked, "include": ids}))

    def read_terms(self, taxonomy: Taxonomy) -> tuple[Term, ...]:
        params = {"orderby": "id", "_fields": "id,name,slug,parent"}
        rows = read_pages(self._api, self._fields.route_of(taxonomy), params)
        return tuple(shaped(term_of, row) for row in rows)

    def read_authors(self) -> tuple[User, ...]:
        fields = {"_fields": "id,slug,name"}
        with suppress(RejectedError):
            # who=authors is deprecated, and the only list that editors may see whole.
            rows = read_pages(self._api, USERS, {"who": "authors", **fields})
            return tuple(shaped(user_of, row) for row in rows)
        return (shaped(user_of, self._api.get(f"{USERS}/me", fields)[0]),)

    def create_user(self, login: str, name: str) -> User:
        return written(user_of, self._api.write("POST", USERS, json=user_values(login, name)))

    def create_term(self, taxonomy: Taxonomy, name: str, parent: int) -> Term:
        route = self._fields.route_of(taxonomy)
        answer = self._api.send("POST", route, json=term_values(name, parent))
        if answer.code == "term_exists":
            wp_id = shaped(lambda data: number_of(data, "term_id"), answer.error.get("data"))
            return shaped(term_of, self._api.get(f"{route}/{wp_id}")[0])
        return written(term_of, self._api.accept(answer))

    def create_post(self, values: Mapping[str, Any]) -> SitePost:
        made = self._make_post(_body_of(values))
        return self._fields.bring(made, values, self._read_alone, is_new=True)

    def writable_fields(self, keys: Collection[str]) -> frozenset[str]:
        return self._fields.writable(keys)

    @property
    def batch_size(self) -> int:
        return self._batches.size

    @property
    def connections(self) -> int:
        return self._api.pace.connections

    def create_posts(
        self, posts: Sequence[Mapping[str, Any]]
    ) -> tuple[SitePost | PublishError, ...]:
        made = self._batches.create([_body_of(values) for values in posts])
        return tuple(
            self._fields.bring(one, values, self._read_alone, is_new=True)
            if isinstance(one, SitePost)
            else one
            for one, values in zip(made, posts, strict=True)
        )

    def _create(self, body: dict[str, Any]) -> SitePost | PublishError:
        return attempt(self._make_post, body)

    def _make_post(self, body: Mapping[str, Any]) -> SitePost:
        return self._write_post("POST", POSTS, body, lambda: self._batches.are_absent([body]))

    def update_post(
        self,
        wp_id: int,
        values: Mapping[str, Any],
        *,
        unless_changed_since: str = "",
    ) -> SitePost:
        locked = self._lock and unless_changed_since
        if locked and self._beside.update(wp_id, values, unless_changed_since):
            stored = replace(read_back(self._read_alone, wp_id), read_back=True)
        else:
            stored = self._write_post("POST", f"{POSTS}/{wp_id}", _body_of(values))
        return self._fields.bring(stored, values, self._read_alone)

    def lock_time(self) -> datetime | None:
        """Tell the site's own time where there is a lock, which knows whole seconds."""
        return self._beside.lock_time() if self._lock else None

    def read_revisions(
        self, wp_id: int, *, after: int = 0, before: int | None = None
    ) -> tuple[Revision, ...]:
        route = f"{POSTS}/{wp_id}/revisions"
        # Their texts are given out rendered, too: only those that are wanted are asked for.
        rows = read_pages(self._api, route, {"_fields": "id,slug"})
        saves = (row["id"] for row in rows if f"{wp_id}-autosave" not in row["slug"])
        wanted = [one for one in saves if is_between(one, after, before)]
        found: list[Revision] = []
        for few in batched(wanted, REVISIONS_AT_ONCE):
            some = ",".join(map(str, few))
            asked = {"context": "edit", "_fields": REVISION_FIELDS, "include": some}
            found += [shaped(revision_of, row) for row in read_pages(self._api, route, asked)]
        return tuple(sorted(found, key=_by_id, reverse=True))

    def trash_post(self, wp_id: int) -> SitePost:
        try:
            return self._write_post("DELETE", f"{POSTS}/{wp_id}", {})
        except RejectedError as error:
            if error.code != "rest_already_trashed":
                raise
        return self.read_posts([wp_id])[0]

    def find_media(self, names: Sequence[str]) -> Mapping[str, int]:
        return find_media(self._api, names)

    def read_media(self, wp_ids: Sequence[int]) -> Mapping[int, Shown]:
        return read_media(self._api, wp_ids)

    def upload(self, upload: Upload) -> int:
        return upload_file(self._api, upload)

    def write_page(self, wp_id: int, *, slug: str, title: str, body: str) -> SitePost:
        both = ",".join(with_trashed([slug]))
        named: Params = {"include": wp_id} if wp_id else {"slug": both}
        asked: Params = {**EVERYWHERE, "context": "edit", "_fields": LISTED_FIELDS, **named}
        rows = read_pages(self._api, PAGES, asked)
        there = min((shaped(listed_of, row) for row in rows), key=_by_id, default=None)
        check_page(there, (wp_id, slug, title))
        if there and there.status == "trash":
            return there
        sent = {"content": body}
        if there is None:
            sent |= {"title": title, "slug": slug, **PRIVATE}
        route = f"{PAGES}/{there.wp_id}" if there else PAGES
        return written(
            listed_of, self._api.write("POST", route, {"_fields": LISTED_FIELDS}, json=sent)
        )

    def _write_post(
        self,
        method: str,
        route: str,
        body: Mapping[str, Any],
        is_absent: Callable[[], bool] | None = None,
    ) -> SitePost:
        content = {"json": body} if body else {}  # a DELETE with a body is refused by some proxies
        asked = {"_fields": f"{POST_FIELDS},{SAVES}"}
        data = self._api.write(method, route, asked, is_absent=is_absent, **content)
        return written(site_post_of, data)

    def _posts(self, params: Params) -> Iterator[SitePost]:
        whole = EVERYWHERE | {"context": "edit", "_fields": POST_FIELDS}
        rows = read_pages(self._api, POSTS, {**whole, **params})
        posts = (self._as_allowed(shaped(site_post_of, row)) for row in rows)
        return (post for post in posts if not token_of(post.slug))

    def _as_allowed(self, post: SitePost) -> SitePost:
        """Mark what is not ours to edit: WordPress 6.5.5 shows it all the same."""
        foreign = self._only and post.values["author"] != self._only
        return replace(post, status=FORBIDDEN) if foreign else post

    def _read_alone(self, wp_id: int) -> SitePost | None:
        try:
            asked = {"context": "edit", "_fields": f"{POST_FIELDS},{SAVES}"}
            row, _ = self._api.get(f"{POSTS}/{wp_id}", asked)
        except RejectedError as error:
            if error.code == GONE:
                return None
            if error.code == "rest_forbidden_context":  # may not be edited: somebody else's now
                return SitePost(wp_id=wp_id, slug="", status=FORBIDDEN)
            raise
        return self._as_allowed(shaped(site_post_of, row))


def _body_of(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        WRITTEN[name][0]: WRITTEN[name][1](value)
        for name, value in values.items()
        if value is not None and name in WRITTEN
    }


def _by_id(post: SitePost | Revision) -> int:
    return post.wp_id
