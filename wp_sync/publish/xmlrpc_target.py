"""The site behind XML-RPC: for a REST API that is closed, or a server that strips the header.

XML-RPC looks nothing up by slug, by several ids, or by the time of a change. Instead all posts are
listed once, without their texts, and later what is new or changed; single posts are read many in
one system.multicall. `xmlrpc_values` says what differs from REST.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from wordpress_xmlrpc.base import AuthenticatedMethod
from wordpress_xmlrpc.methods.options import GetOptions
from wordpress_xmlrpc.methods.posts import EditPost, GetPost, NewPost
from wordpress_xmlrpc.methods.taxonomies import GetTaxonomies
from wordpress_xmlrpc.methods.users import GetAuthors, GetProfile

from wp_sync.errors import PublishError, RejectedError, SiteError
from wp_sync.model import SitePost, Term

from .custom import as_values, fields_among, is_taxonomy, taxonomy_name
from .importers import read_keys
from .post_types import POST
from .rest_fields import is_protected
from .rest_values import number_of, read_back, shaped
from .rights import rights_of
from .signs import numbered
from .target import (
    FORBIDDEN,
    GONE,
    Allowances,
    Revision,
    SiteIdentity,
    attempt,
    check_content,
    holds,
    is_between,
    token_of,
    with_trashed,
)
from .xmlrpc import VERSION
from .xmlrpc_library import (
    create_term,
    find_media,
    keep_known,
    read_media,
    read_terms,
    upload_file,
)
from .xmlrpc_listing import Listing, Row
from .xmlrpc_markers import XmlRpcMarkers
from .xmlrpc_pages import write_page
from .xmlrpc_types import XmlRpcTypes
from .xmlrpc_values import (
    LISTED_FIELDS,
    POST_FIELDS,
    REVISION_FIELDS,
    asked_fields,
    date_of,
    fields_of,
    hours_of,
    listed_of,
    revision_of,
    site_post_of,
    struct_of,
    struct_of_fields,
    terms_among,
    user_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from wp_sync.model import Taxonomy, Upload, User

    from .post_types import PostType
    from .target import Markers, Shown
    from .xmlrpc_api import XmlRpcApi

TEXTS_PAGE = 100  # rows with texts in one answer
NEEDED = ("home_url", "blog_url", "default_comment_status")
TOLD = (VERSION, "time_zone")  # where no plugin takes them out
WAITING = {"post_status": "draft,pending"}


class GetRevisions(AuthenticatedMethod):  # type: ignore[misc]
    """The library has none."""

    method_name = "wp.getRevisions"
    method_args = ("post_id", "fields")


class XmlRpcTarget:
    """A WordPress written to over XML-RPC: what `target.Target` asks for."""

    def __init__(
        self,
        api: XmlRpcApi,
        *,
        fields: Collection[str] = (),
        types: Collection[str] = (),
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._api, self._now = api, now
        # The custom fields that we are asked to write, but for those that XML-RPC does not show.
        readable = (name for name in fields if not is_protected(name))
        self._fields = frozenset(name for name in readable if not is_taxonomy(name))
        self._own = frozenset(filter(is_taxonomy, fields))
        self._taken: dict[str, frozenset[str]] = {}  # of taxonomies, by post type
        self._types = XmlRpcTypes(api, types)
        self._listing = Listing(api, self._types)
        self._options: dict[str, str] = {}
        self._markers = XmlRpcMarkers(api, self._listing, "page")

    @property
    def markers(self) -> Markers:
        return self._markers

    @property
    def types(self) -> tuple[str, ...]:
        return self._types.names

    def read_types(self) -> Mapping[str, PostType]:
        return self._types.read()

    def hidden_types(self) -> frozenset[str]:
        return frozenset()

    def identify(self) -> SiteIdentity:
        profile = self._api.read(GetProfile(results_class=None))
        options = self._read_options()
        home = options["home_url"].rstrip("/")

        def identity(row: Row) -> SiteIdentity:
            # PHP's array with a gap is a struct.
            named = row["roles"].values() if isinstance(row["roles"], dict) else row["roles"]
            roles = tuple(map(str, named))
            return SiteIdentity(
                address=home.partition("://")[2],
                home=home,
                user_id=number_of(row, "user_id"),
                login=row["username"],
                roles=roles,
                capabilities=rights_of(roles),
                admin=f"{options['blog_url'].rstrip('/')}/wp-admin/",
                offset=hours_of(options.get("time_zone", "")),
                version=options.get(VERSION, ""),
            )

        found = shaped(identity, profile)
        self._listing.sees_all = "edit_others_posts" in found.capabilities
        kind = "page" if "edit_pages" in found.capabilities else "post"
        self._markers = XmlRpcMarkers(self._api, self._listing, kind)
        return found

    def read_allowances(self) -> Allowances:
        return Allowances()  # XML-RPC tells neither: only doctor --write sees what is filtered

    def find_posts(self, slugs: Sequence[str]) -> tuple[SitePost, ...]:
        if not slugs:
            return ()
        wanted = set(with_trashed(slugs))
        found = self.read_posts(self._listing.find(wanted, self._now()))
        return tuple(post for post in found if post.slug in wanted)

    def read_posts(self, wp_ids: Sequence[int]) -> tuple[SitePost, ...]:
        asked = tuple(dict.fromkeys(wp_ids))
        answers = self._api.read_many([self._ask(wp_id) for wp_id in asked])
        found = (self._post_of(wp_id, row) for wp_id, row in zip(asked, answers, strict=True))
        return tuple(post for post in found if post)

    def _ask(self, wp_id: int) -> GetPost:
        fields = [*POST_FIELDS, "custom_fields"] if self._fields else POST_FIELDS
        return GetPost(wp_id, fields, results_class=None)

    def _post_of(self, wp_id: int, row: Row) -> SitePost | None:
        """Make a post of one answer: None when it is gone, FORBIDDEN when it is not ours."""
        if isinstance(row, RejectedError):
            if row.status == HTTPStatus.NOT_FOUND:
                return None
            if row.status == HTTPStatus.UNAUTHORIZED:
                return SitePost(
                    wp_id=wp_id, slug=self._listing.slugs.get(wp_id, ""), status=FORBIDDEN
                )
            raise row
        return shaped(self._as_post, row)

    def _as_post(self, row: Row) -> SitePost | None:
        if token_of(row["post_name"]):
            return None
        kind = self._types.find(row["post_type"])
        if kind is None:
            gone = row["post_type"] not in self._types.names
            return None if gone else _hidden(number_of(row, "post_id"), row)
        post = site_post_of(row, self._now(), kind)
        own = terms_among(row, self._own)
        post = replace(post, values={**post.values, **own}) if own else post
        if not (self._fields and "custom_fields" in row):
            return post
        return replace(post, values={**post.values, **as_values(asked_fields(row, self._fields))})

    def list_posts(self, after: int = 0) -> tuple[SitePost, ...]:
        rows = self._listing.everywhere(LISTED_FIELDS, after=after)
        found = sorted((shaped(listed_of, row) for row in rows), key=_by_id, reverse=True)
        return tuple(post for post in found if not token_of(post.slug))

    def read_keys(self, after: int = 0) -> Mapping[int, Mapping[str, str]]:
        return read_keys(self._api, after, [kind.name for kind in self._types.in_use()])

    def read_waiting(self) -> tuple[SitePost, ...]:
        return self._posts(WAITING)

    def waiting_ids(self) -> frozenset[int]:
        rows = self._listing.everywhere(["post_name"], WAITING)
        rows = (row for row in rows if not token_of(row["post_name"]))
        return frozenset(shaped(lambda row: number_of(row, "post_id"), row) for row in rows)

    def changed_since(self, moment: datetime) -> tuple[SitePost, ...]:
        rows = self._listing.changed(moment, POST_FIELDS, TEXTS_PAGE)
        return tuple(post for row in rows if (post := shaped(self._as_post, row)))

    def search_posts(
        self, words: Sequence[str], among: Sequence[int] | None = None
    ) -> tuple[SitePost, ...]:
        if among is not None:
            seen = (one for one in self.read_posts(among) if one.status != FORBIDDEN)
            return tuple(post for post in seen if holds(post, words))
        # In quotes a comma or a plus is no border between words (WP_Query::parse_search).
        asked = {"s": " ".join(f'"{word}"' for word in words)} if words else {}
        return self._posts(asked, most=TEXTS_PAGE)

    def read_terms(self, taxonomy: Taxonomy) -> tuple[Term, ...]:
        return read_terms(self._api, taxonomy)

    def read_authors(self) -> tuple[User, ...]:
        rows = self._api.read(GetAuthors(results_class=None))
        return tuple(shaped(user_of, row) for row in rows)

    def create_user(self, login: str, name: str) -> User:
        message = f"XML-RPC makes no users, such as {name!r} ({login})"
        raise RejectedError(message, cure="make the user in wp-admin with the role Author")

    def create_term(self, taxonomy: Taxonomy, name: str, parent: int) -> Term:
        return create_term(self._api, taxonomy, name, parent)

    def create_post(self, values: Mapping[str, Any]) -> SitePost:
        check_content(values)
        # Else wp.newPost closes the comments: WordPress takes its own auto-draft for an old post.
        comments = values.get("comments") or self._read_options()["default_comment_status"]

        slug = str(values.get("slug", ""))

        def is_absent() -> bool:
            return bool(slug) and not self.find_posts(numbered(slug))

        def create(given: Mapping[str, Any]) -> int:
            struct = struct_of({**self._placed(given), "comments": comments})
            fields = struct_of_fields(fields_among(given), {})
            return int(self._api.write(NewPost(struct | _as_fields(fields)), is_absent))

        return read_back(self._read_alone, self._write(values, create))

    @property
    def batch_size(self) -> int:
        return 1

    @property
    def connections(self) -> int:
        """How many calls may be made side by side."""
        return 1

    def lock_time(self) -> datetime:
        """Tell the site's own time: its lock knows whole seconds."""
        return self._now() + timedelta(seconds=self._api.clock_ahead)

    def writable_fields(self, keys: Collection[str], kind: str = POST) -> frozenset[str]:
        own = frozenset(filter(is_taxonomy, keys))
        fields = frozenset(key for key in keys if not is_protected(key)) - own
        if own and kind not in self._taken:
            rows = self._api.read(GetTaxonomies(results_class=None))
            names = (row["name"] for row in rows if kind in row["object_type"])
            self._taken[kind] = frozenset(map(taxonomy_name, names))
        return fields | (own & self._taken.get(kind, frozenset()))

    def create_posts(
        self, posts: Sequence[Mapping[str, Any]]
    ) -> tuple[SitePost | PublishError, ...]:
        return tuple(attempt(self.create_post, values) for values in posts)

    def update_post(
        self, wp_id: int, values: Mapping[str, Any], *, unless_changed_since: str = ""
    ) -> SitePost:
        lock = {"if_not_modified_since": date_of(unless_changed_since)}

        def edit(given: Mapping[str, Any]) -> int:
            struct = struct_of(self._allowed(wp_id, given))
            struct |= lock if unless_changed_since else {}
            if wanted := fields_among(given):
                struct |= _as_fields(struct_of_fields(wanted, self._fields_there(wp_id)))
            self._api.write(EditPost(wp_id, struct))
            return wp_id

        stored = read_back(self._read_alone, self._write(values, edit, wp_id))
        return replace(stored, read_back=bool(unless_changed_since))

    def _fields_there(self, wp_id: int) -> Mapping[str, tuple[int, str]]:
        row = self._api.read(GetPost(wp_id, ["custom_fields"], results_class=None))
        return shaped(fields_of, row)

    def _write(
        self, values: Mapping[str, Any], send: Callable[[Mapping[str, Any]], int], wp_id: int = 0
    ) -> int:
        """Send a post; should an id in it be unknown, once more without it, as REST does."""
        try:
            return send(values)
        except RejectedError as error:
            if error.status not in {HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND}:
                raise
            try:
                known = self._known_of(values, wp_id, error)
            except RejectedError:
                raise
            except PublishError:  # of a read: it says nothing about the write
                raise error from None
            if known == values:
                raise
        return send(known)

    def _known_of(
        self, values: Mapping[str, Any], wp_id: int, error: RejectedError
    ) -> Mapping[str, Any]:
        """Leave out the ids that the site does not know. Raises for the post's or the author's."""
        if wp_id and not self.read_posts([wp_id]):
            raise RejectedError(error.message, code=GONE, status=404)
        author = values.get("author")
        if author and author not in {user.wp_id for user in self.read_authors()}:
            message = f"the site has no author {author}"
            raise RejectedError(message, code="rest_invalid_author", status=400)
        return keep_known(self._api, values)

    def read_revisions(
        self, wp_id: int, *, after: int = 0, before: int | None = None
    ) -> tuple[Revision, ...]:
        try:
            rows = self._api.read(GetRevisions(wp_id, REVISION_FIELDS))
        except RejectedError as error:
            if error.status == HTTPStatus.UNAUTHORIZED:  # switched off, or not ours to see
                return ()
            raise
        saves = [shaped(revision_of, row) for row in rows]
        found = [one for one in saves if is_between(one.wp_id, after, before)]
        return tuple(sorted(found, key=_by_id, reverse=True))

    def trash_post(self, wp_id: int) -> SitePost:
        there = next(iter(self.read_posts([wp_id])), None)
        if there is None:
            raise RejectedError(f"there is no post {wp_id}", code=GONE, status=404)
        if there.status == "trash":
            return there
        # Not wp.deletePost: it deletes for good what is in the trash by then, and everything on
        # sites without one (EMPTY_TRASH_DAYS).
        return self.update_post(wp_id, {"status": "trash"})

    def find_media(self, names: Sequence[str]) -> Mapping[str, int]:
        return find_media(self._api, names)

    def read_media(self, wp_ids: Sequence[int]) -> Mapping[int, Shown]:
        return read_media(self._api, wp_ids)

    def upload(self, upload: Upload) -> int:
        return upload_file(self._api, upload)

    def write_page(self, wp_id: int, *, slug: str, title: str, body: str) -> SitePost:
        return write_page(self._api, self._listing, (wp_id, slug, title), body)

    def _read_options(self) -> Mapping[str, str]:
        if not self._options:
            read = self._api.read(GetOptions([*NEEDED, *TOLD]))
            self._options = {one.name: str(one.value) for one in read}
            if missing := [name for name in NEEDED if name not in self._options]:
                raise SiteError(f"XML-RPC does not tell the site's {missing[0]}")
        return self._options

    def _posts(self, which: Mapping[str, Any], most: int | None = None) -> tuple[SitePost, ...]:
        rows = self._listing.everywhere(POST_FIELDS, which, TEXTS_PAGE, most=most)
        return tuple(post for row in rows if (post := shaped(self._as_post, row)))

    def _placed(self, values: Mapping[str, Any]) -> Mapping[str, Any]:
        """Take what the type of a new post has no place for out of what WordPress would refuse."""
        kind = self._types.get(values.get("type", POST))
        return {name: value for name, value in values.items() if name not in kind.lacks}

    def _allowed(self, wp_id: int, values: Mapping[str, Any]) -> Mapping[str, Any]:
        """Take out of an update what the type of its post has no place for: terms are refused."""
        if self._types.names == (POST,):
            return values
        row = self._api.read(GetPost(wp_id, ["post_type"], results_class=None))
        return self._placed({**values, "type": str(row["post_type"])})

    def _read_alone(self, wp_id: int) -> SitePost | None:
        return shaped(self._as_post, self._api.read(self._ask(wp_id)))


def _hidden(wp_id: int, row: Row) -> SitePost:
    """Make what a post is whose type is in use and can't be edited (any more)."""
    slug, kind = str(row["post_name"]), str(row["post_type"])
    return SitePost(wp_id=wp_id, slug=slug, status=FORBIDDEN, type=kind)


def _by_id(post: SitePost | Revision) -> int:
    return post.wp_id


def _as_fields(fields: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return {"custom_fields": list(fields)} if fields else {}
