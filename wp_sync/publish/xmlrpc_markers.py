"""The drafts that say who is writing to a site, over XML-RPC: what `target.Markers` asks for."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from wordpress_xmlrpc.methods.posts import DeletePost, EditPost, GetPost, NewPost

from wp_sync.errors import RejectedError

from .rest_markers import BODY
from .rest_values import number_of, read_back, shaped
from .target import CLOSED, MARKER, Marker, token_of
from .xmlrpc_values import stamp_of

if TYPE_CHECKING:
    from .xmlrpc_api import XmlRpcApi
    from .xmlrpc_listing import Listing, Row

_FIELDS = ["post_name", "post_status", "post_title", "post_modified_gmt"]


class XmlRpcMarkers:
    """Markers among the drafts of one kind of posts."""

    def __init__(self, api: XmlRpcApi, listing: Listing, kind: str) -> None:
        self._api, self._listing, self._kind = api, listing, kind  # "page" or "post"

    def make(self, token: str, title: str) -> Marker:
        sent = {
            "post_type": self._kind,
            "post_status": "draft",
            "post_name": f"{MARKER}{token}",
            "post_title": title,
            "post_content": BODY,
        }
        made = int(self._api.write(NewPost({**sent, **CLOSED})))
        return read_back(self._read, made)

    def list_all(self) -> tuple[Marker, ...]:
        rows = self._listing.rows(_FIELDS, {"post_type": self._kind, "post_status": "draft"})
        return tuple(shaped(_marker_of, row) for row in rows if token_of(row["post_name"]))

    def renew(self, wp_id: int, title: str) -> bool:
        try:  # any write to a post moves its moment, also one that changes nothing
            self._api.write(EditPost(wp_id, {"post_title": title}))
        except RejectedError as error:
            if error.status != HTTPStatus.NOT_FOUND:
                raise
            return False
        return bool(self._row(wp_id)["post_status"] == "draft")

    def drop(self, wp_id: int) -> None:
        try:
            for _ in range(2):  # the first time it goes into the trash, where there is one
                self._api.write(DeletePost(wp_id))
        except RejectedError as error:
            if error.status != HTTPStatus.NOT_FOUND:
                raise

    def _row(self, wp_id: int) -> Row:
        return self._api.read(GetPost(wp_id, _FIELDS, results_class=None))

    def _read(self, wp_id: int) -> Marker:
        return shaped(_marker_of, self._row(wp_id))


def _marker_of(row: Row) -> Marker:
    return Marker(
        wp_id=number_of(row, "post_id"),
        token=token_of(row["post_name"]),
        title=row["post_title"],
        modified=stamp_of(row["post_modified_gmt"]),
    )
