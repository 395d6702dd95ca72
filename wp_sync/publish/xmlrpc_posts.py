"""The posts of one site as XML-RPC tells them, of all types in use; nothing here writes."""

from __future__ import annotations

from dataclasses import replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from wordpress_xmlrpc.base import AuthenticatedMethod
from wordpress_xmlrpc.methods.posts import GetPost

from wp_sync.errors import RejectedError
from wp_sync.model import SitePost

from .custom import as_values, is_taxonomy
from .rest_fields import is_protected
from .rest_values import number_of, shaped
from .target import FORBIDDEN, Revision, holds, is_between, token_of, with_trashed
from .xmlrpc_values import (
    LISTED_FIELDS,
    POST_FIELDS,
    REVISION_FIELDS,
    asked_fields,
    listed_of,
    revision_of,
    site_post_of,
    terms_among,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from datetime import datetime

    from .xmlrpc_api import XmlRpcApi
    from .xmlrpc_listing import Listing, Row
    from .xmlrpc_types import XmlRpcTypes

TEXTS_PAGE = 100  # rows with texts in one answer
WAITING = {"post_status": "draft,pending"}


class GetRevisions(AuthenticatedMethod):  # type: ignore[misc]
    """The library has none."""

    method_name = "wp.getRevisions"
    method_args = ("post_id", "fields")


class XmlRpcPosts:
    """What `target.Target` reads of posts, with those of their custom fields that are ours."""

    def __init__(
        self,
        api: XmlRpcApi,
        types: XmlRpcTypes,
        listing: Listing,
        fields: Collection[str],
        now: Callable[[], datetime],
    ) -> None:
        self._api, self._types, self._listing, self._now = api, types, listing, now
        # The custom fields that we are asked to write, but for those that XML-RPC does not show.
        readable = (name for name in fields if not is_protected(name))
        self._fields = frozenset(name for name in readable if not is_taxonomy(name))
        self._own = frozenset(filter(is_taxonomy, fields))

    def find(self, slugs: Sequence[str]) -> tuple[SitePost, ...]:
        if not slugs:
            return ()
        wanted = set(with_trashed(slugs))
        found = self.read(self._listing.find(wanted, self._now()))
        return tuple(post for post in found if post.slug in wanted)

    def read(self, wp_ids: Sequence[int]) -> tuple[SitePost, ...]:
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

    def list_all(self, after: int) -> tuple[SitePost, ...]:
        rows = self._listing.everywhere(LISTED_FIELDS, after=after)
        found = sorted((shaped(listed_of, row) for row in rows), key=_by_id, reverse=True)
        return tuple(post for post in found if not token_of(post.slug))

    def read_waiting(self) -> tuple[SitePost, ...]:
        return self._posts(WAITING)

    def waiting_ids(self) -> frozenset[int]:
        rows = self._listing.everywhere(["post_name"], WAITING)
        rows = (row for row in rows if not token_of(row["post_name"]))
        return frozenset(shaped(lambda row: number_of(row, "post_id"), row) for row in rows)

    def changed_since(self, moment: datetime) -> tuple[SitePost, ...]:
        rows = self._listing.changed(moment, POST_FIELDS, TEXTS_PAGE)
        return tuple(post for row in rows if (post := shaped(self._as_post, row)))

    def search(self, words: Sequence[str], among: Sequence[int] | None) -> tuple[SitePost, ...]:
        if among is not None:
            seen = (one for one in self.read(among) if one.status != FORBIDDEN)
            return tuple(post for post in seen if holds(post, words))
        # In quotes a comma or a plus is no border between words (WP_Query::parse_search).
        asked = {"s": " ".join(f'"{word}"' for word in words)} if words else {}
        return self._posts(asked, most=TEXTS_PAGE)

    def read_revisions(self, wp_id: int, after: int, before: int | None) -> tuple[Revision, ...]:
        try:
            rows = self._api.read(GetRevisions(wp_id, REVISION_FIELDS))
        except RejectedError as error:
            if error.status == HTTPStatus.UNAUTHORIZED:  # switched off, or not ours to see
                return ()
            raise
        saves = [shaped(revision_of, row) for row in rows]
        found = [one for one in saves if is_between(one.wp_id, after, before)]
        return tuple(sorted(found, key=_by_id, reverse=True))

    def _posts(self, which: Mapping[str, Any], most: int | None = None) -> tuple[SitePost, ...]:
        rows = self._listing.everywhere(POST_FIELDS, which, TEXTS_PAGE, most=most)
        return tuple(post for row in rows if (post := shaped(self._as_post, row)))

    def read_alone(self, wp_id: int) -> SitePost | None:
        """Read one post that was just written."""
        return shaped(self._as_post, self._api.read(self._ask(wp_id)))


def _hidden(wp_id: int, row: Row) -> SitePost:
    """Make what a post is whose type is in use and can't be edited (any more)."""
    slug, kind = str(row["post_name"]), str(row["post_type"])
    return SitePost(wp_id=wp_id, slug=slug, status=FORBIDDEN, type=kind)


def _by_id(post: SitePost | Revision) -> int:
    return post.wp_id
