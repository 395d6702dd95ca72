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

from wordpress_xmlrpc.methods.options import GetOptions
from wordpress_xmlrpc.methods.posts import EditPost, GetPost, NewPost
from wordpress_xmlrpc.methods.taxonomies import GetTaxonomies
from wordpress_xmlrpc.methods.users import GetAuthors, GetProfile

from wp_sync.errors import PublishError, RejectedError, SiteError

from .custom import fields_among, is_taxonomy, taxonomy_name
from .importers import read_keys
from .post_types import POST
from .rest_fields import is_protected
from .rest_values import number_of, read_back, shaped
from .rights import rights_of
from .signs import numbered
from .target import (
    GONE,
    Allowances,
    Revision,
    SiteIdentity,
    attempt,
    check_content,
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
from .xmlrpc_posts import XmlRpcPosts
from .xmlrpc_types import XmlRpcTypes
from .xmlrpc_values import (
    date_of,
    fields_of,
    hours_of,
    struct_of,
    struct_of_fields,
    user_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from wp_sync.model import SitePost, Taxonomy, Term, Upload, User

    from .post_types import PostType
    from .target import Markers, Shown
    from .xmlrpc_api import XmlRpcApi

NEEDED = ("home_url", "blog_url", "default_comment_status")
TOLD = (VERSION, "time_zone")  # where no plugin takes them out


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
        self._taken: dict[str, frozenset[str]] = {}  # of taxonomies, by post type
        self._types = XmlRpcTypes(api, types)
        self._listing = Listing(api, self._types)
        self._posts = XmlRpcPosts(api, self._types, self._listing, fields, now)
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
                clock_ahead=self._api.clock_ahead,
            )

        found = shaped(identity, profile)
        self._listing.sees_all = "edit_others_posts" in found.capabilities
        kind = "page" if "edit_pages" in found.capabilities else "post"
        self._markers = XmlRpcMarkers(self._api, self._listing, kind)
        return found

    def read_allowances(self) -> Allowances:
        return Allowances()  # XML-RPC tells neither: only doctor --write sees what is filtered

    def find_posts(self, slugs: Sequence[str]) -> tuple[SitePost, ...]:
        return self._posts.find(slugs)

    def read_posts(self, wp_ids: Sequence[int]) -> tuple[SitePost, ...]:
        return self._posts.read(wp_ids)

    def list_posts(self, after: int = 0) -> tuple[SitePost, ...]:
        return self._posts.list_all(after)

    def read_keys(self, after: int = 0) -> Mapping[int, Mapping[str, str]]:
        return read_keys(self._api, after, [kind.name for kind in self._types.in_use()])

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

        return read_back(self._posts.read_alone, self._write(values, create))

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

        stored = read_back(self._posts.read_alone, self._write(values, edit, wp_id))
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
        return self._posts.read_revisions(wp_id, after, before)

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


def _as_fields(fields: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return {"custom_fields": list(fields)} if fields else {}
