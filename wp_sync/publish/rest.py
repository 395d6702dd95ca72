"""The site behind the REST API: routes, parameters, and what an answer must hold."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from wp_sync.errors import PublishError, RejectedError
from wp_sync.model import SitePost, Term, User

from .post_types import PLAIN, POST
from .rest_batch import Batches, Draft
from .rest_fields import Fields
from .rest_lists import read_pages
from .rest_markers import RestMarkers
from .rest_media import find_media, read_media, upload_file
from .rest_pages import write_page
from .rest_posts import RestPosts
from .rest_types import RestTypes
from .rest_values import (
    POST_FIELDS,
    SAVES,
    WRITTEN,
    allowances_of,
    identity_of,
    number_of,
    read_back,
    shaped,
    site_post_of,
    term_of,
    term_values,
    user_of,
    user_values,
    written,
)
from .routes import PAGES, POSTS, SETTINGS, USERS
from .target import (
    Allowances,
    Revision,
    SiteIdentity,
    attempt,
)
from .xmlrpc_beside import Beside

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from datetime import datetime

    from wp_sync.model import Taxonomy, Upload

    from .discovery import ApiRoot
    from .post_types import PostType
    from .rest_api import RestApi
    from .target import Markers, Shown


class RestTarget:
    """A WordPress written to over its REST API: what `target.Target` asks for."""

    def __init__(
        self,
        api: RestApi,
        root: ApiRoot,
        *,
        lock: bool = True,
        fields: Collection[str] = (),
        types: Collection[str] = (),
    ) -> None:
        self._api, self._root = api, root
        self._types = RestTypes(api, types)
        self._posts = RestPosts(api, self._types)
        self._batches = Batches(api, self._types, self._create, self.find_posts)
        self._beside, self._lock = Beside(api, root, self._posts.route_of), lock
        self._fields = Fields(api, self._types, self._beside, frozenset(fields))
        self._markers = RestMarkers(api, PAGES)

    @property
    def markers(self) -> Markers:
        return self._markers

    @property
    def types(self) -> tuple[str, ...]:
        return self._types.names

    def read_types(self) -> Mapping[str, PostType]:
        return self._types.read()

    def hidden_types(self) -> frozenset[str]:
        return self._beside.read_types() - self._types.read().keys()

    def identify(self) -> SiteIdentity:
        # A wrong password makes the request an anonymous one, and only this route tells.
        fields = {"context": "edit", "_fields": "id,username,roles,capabilities"}
        answer = self._api.read(f"{USERS}/me", fields)
        if answer.status == HTTPStatus.UNAUTHORIZED:
            from .refusal import explain_refusal  # loaded only when a login fails

            raise explain_refusal(answer, self._api, self._root)
        me = self._api.accept(answer, write=False)
        identity = shaped(lambda row: identity_of(row, self._root), me)
        self._types.user, self._types.rights = identity.user_id, identity.capabilities
        if "edit_pages" not in identity.capabilities:
            self._markers = RestMarkers(self._api, POSTS)
        if "manage_options" not in identity.capabilities:
            return identity
        settings, _ = self._api.get(SETTINGS, {"_fields": "default_category"})
        default = shaped(lambda row: number_of(row, "default_category"), settings)
        return replace(identity, default_category=default)

    def read_allowances(self) -> Allowances:
        asked: dict[str, Any] = {"context": "edit", "status": "any", "per_page": "1"}
        only = self._types.only(PLAIN)
        asked |= {"author": only} if only else {}  # others' posts are cut out
        rows, _ = self._api.get(POSTS, asked | {"_fields": "id,permalink_template,_links"})
        return shaped(allowances_of, rows)

    def find_posts(self, slugs: Sequence[str]) -> tuple[SitePost, ...]:
        return self._fields.add(self._posts.find(slugs))

    def read_posts(self, wp_ids: Sequence[int]) -> tuple[SitePost, ...]:
        return self._fields.add(self._posts.read(wp_ids))

    def list_posts(self, after: int = 0) -> tuple[SitePost, ...]:
        return self._posts.list_all(after)

    def read_keys(self, after: int = 0) -> Mapping[int, Mapping[str, str]]:
        return self._beside.read_keys(after, self._types.names)

    def read_waiting(self) -> tuple[SitePost, ...]:
        return self._posts.read_waiting()

    def waiting_ids(self) -> frozenset[int]:
        return self._posts.waiting_ids()

    def changed_since(self, moment: datetime) -> tuple[SitePost, ...]:
        return self._posts.changed_since(moment)

    def search_posts(
        self, words: Sequence[str], among: Sequence[int] | None = None
    ) -> tuple[SitePost, ...]:
        return self._posts.search(words, among)

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
        made = self._make_post(self._draft_of(values))
        return self._fields.bring(made, values, self._posts.read_alone, is_new=True)

    def writable_fields(self, keys: Collection[str], kind: str = POST) -> frozenset[str]:
        return self._fields.writable(keys, kind)

    @property
    def batch_size(self) -> int:
        return self._batches.size

    @property
    def connections(self) -> int:
        return self._api.pace.connections

    def create_posts(
        self, posts: Sequence[Mapping[str, Any]]
    ) -> tuple[SitePost | PublishError, ...]:
        if any(self._types.find(str(values.get("type", POST))) is None for values in posts):
            return tuple(attempt(self.create_post, values) for values in posts)
        made = self._batches.create([self._draft_of(values) for values in posts])
        return tuple(
            self._fields.bring(one, values, self._posts.read_alone, is_new=True)
            if isinstance(one, SitePost)
            else one
            for one, values in zip(made, posts, strict=True)
        )

    def _draft_of(self, values: Mapping[str, Any]) -> Draft:
        name = str(values.get("type", POST))
        kind = self._types.find(name)
        if kind is None:  # a post made as another type would have to be moved by hand
            raise RejectedError(f"the site shows no post type {name!r} in REST", status=404)
        return Draft(kind.route, _body_of(values))

    def _create(self, draft: Draft) -> SitePost | PublishError:
        return attempt(self._make_post, draft)

    def _make_post(self, draft: Draft) -> SitePost:
        route, body = draft
        return self._write_post("POST", route, body, lambda: self._batches.are_absent([draft]))

    def update_post(
        self,
        wp_id: int,
        values: Mapping[str, Any],
        *,
        unless_changed_since: str = "",
    ) -> SitePost:
        locked = self._lock and unless_changed_since
        if locked and self._beside.update(wp_id, values, unless_changed_since):
            stored = replace(read_back(self._posts.read_alone, wp_id), read_back=True)
        else:
            stored = self._write_post("POST", self._posts.route_of(wp_id), _body_of(values))
        return self._fields.bring(stored, values, self._posts.read_alone)

    def lock_time(self) -> datetime | None:
        """Tell the site's own time where there is a lock, which knows whole seconds."""
        return self._beside.lock_time() if self._lock else None

    def read_revisions(
        self, wp_id: int, *, after: int = 0, before: int | None = None
    ) -> tuple[Revision, ...]:
        return self._posts.read_revisions(wp_id, after, before)

    def trash_post(self, wp_id: int) -> SitePost:
        try:
            return self._write_post("DELETE", self._posts.route_of(wp_id), {})
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
        return write_page(self._api, (wp_id, slug, title), body)

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
        return self._types.note(written(site_post_of, data))


def _body_of(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        WRITTEN[name][0]: WRITTEN[name][1](value)
        for name, value in values.items()
        if value is not None and name in WRITTEN
    }


def _by_id(post: SitePost | Revision) -> int:
    return post.wp_id
