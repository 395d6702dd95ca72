"""The drafts on a site that say who is writing to it: what `target.Markers` asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wp_sync.errors import RejectedError

from .rest_lists import read_pages
from .rest_values import number_of, shaped, written
from .target import CLOSED, GONE, MARKER, Marker, token_of

if TYPE_CHECKING:
    from .answers import Json
    from .rest_api import RestApi

_FIELDS = "id,slug,status,title.raw,modified_gmt"
# By id and not by search: what a plugin puts in the place of WordPress's search may lag behind.
_DRAFTS = {"status": "draft", "context": "edit", "orderby": "id", "order": "desc"}
BODY = (
    "wp-sync makes this draft while it writes to the site, so that no two machines do so at once,"
    " and deletes it at the end. Where no run is at work it may be deleted."
)


class RestMarkers:
    """Markers among the drafts of one kind of posts."""

    def __init__(self, api: RestApi, route: str) -> None:
        self._api, self._route = api, route

    def make(self, token: str, title: str) -> Marker:
        sent = {"title": title, "slug": f"{MARKER}{token}", "status": "draft", "content": BODY}
        fields = {"_fields": _FIELDS}
        return written(
            _marker_of, self._api.write("POST", self._route, fields, json={**sent, **CLOSED})
        )

    def list_all(self) -> tuple[Marker, ...]:
        rows = read_pages(self._api, self._route, {**_DRAFTS, "_fields": _FIELDS})
        return tuple(shaped(_marker_of, row) for row in rows if token_of(row["slug"]))

    def renew(self, wp_id: int, title: str) -> bool:
        route, fields = f"{self._route}/{wp_id}", {"_fields": _FIELDS}
        try:  # any write to a post moves its moment, also one that changes nothing
            row = self._api.write("POST", route, fields, json={"title": title})
        except RejectedError as error:
            if error.code != GONE:
                raise
            return False
        return bool(row["status"] == "draft")

    def drop(self, wp_id: int) -> None:
        how = {"force": "true", "_fields": "deleted"}
        try:
            self._api.write("DELETE", f"{self._route}/{wp_id}", how)
        except RejectedError as error:
            if error.code != GONE:
                raise


def _marker_of(row: Json) -> Marker:
    return Marker(
        wp_id=number_of(row, "id"),
        token=token_of(row["slug"]),
        title=row["title"]["raw"],
        modified=row["modified_gmt"],
    )
