"""XML-RPC beside a REST target: core's only lock, and custom fields without a plugin."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from wp_sync.errors import (
    ChangedError,
    RejectedError,
    SiteError,
    UnauthorizedError,
    UnreachableError,
)

from .rest_values import shaped

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from .discovery import ApiRoot
    from .rest_api import RestApi
    from .xmlrpc_api import XmlRpcApi

POSTS = "wp/v2/posts"


class Beside:
    """XML-RPC with the login of a REST API: asked once whether it works, when it is needed."""

    def __init__(self, api: RestApi, root: ApiRoot) -> None:
        self._rest, self._url = api, f"{root.url.rstrip('/')}/xmlrpc.php"
        self._api: XmlRpcApi | None = None
        self._works: bool | None = None
        self._zone: tzinfo | None = None

    @property
    def works(self) -> bool:
        """Tell whether XML-RPC takes the login."""
        if self._works is None:
            self._works = self._probe()
        return self._works

    def _probe(self) -> bool:
        from wordpress_xmlrpc.methods.users import GetUsersBlogs

        from .xmlrpc_api import XmlRpcApi

        api, patience = self._rest, self._rest.patience
        try:
            hasty = replace(patience, attempts=1, read=min(patience.read, 20))
            once = XmlRpcApi(self._url, api.username, lambda: api.password, patience=hasty)
            once.read(GetUsersBlogs(results_class=None))
        except (SiteError, UnauthorizedError, RejectedError, UnreachableError):
            return False
        self._api = XmlRpcApi(self._url, api.username, lambda: api.password, patience=patience)
        return True

    def update(self, wp_id: int, values: Mapping[str, Any], unless_changed_since: str) -> bool:
        """Update a post unless it was changed; False when it must go another way.

        Raises ChangedError when it was changed, and nothing was written.
        """
        if not (self.works and self._keeps_all_else(wp_id)):
            return False
        from wordpress_xmlrpc.methods.posts import EditPost

        from .xmlrpc_values import date_of, struct_of

        lock = {"if_not_modified_since": date_of(unless_changed_since)}
        try:
            self._write(EditPost(wp_id, struct_of(values) | lock))
        except ChangedError:
            # In the hour that a clock skips, WordPress takes a moment for a later one.
            if self._read(wp_id, "modified_gmt") != unless_changed_since:
                raise
            return False
        except RejectedError:  # REST has its own word for it, and drops unknown ids
            return False
        except (SiteError, UnauthorizedError):  # switched off since
            self._works = False
            return False
        return True

    def lock_time(self) -> datetime | None:
        """Tell the site's own time where there is a lock, which knows whole seconds."""
        if not (self.works and self._api):
            return None
        return datetime.now(UTC) + timedelta(seconds=self._api.clock_ahead)

    def read_fields(
        self, wp_ids: Sequence[int], keys: Collection[str]
    ) -> Mapping[int, Mapping[str, str]]:
        """Read these custom fields of the posts that we may edit."""
        if not (wp_ids and keys and self.works and self._api):
            return {}
        from wordpress_xmlrpc.methods.posts import GetPost

        from .xmlrpc_values import asked_fields

        asks = [GetPost(wp_id, ["custom_fields"], results_class=None) for wp_id in wp_ids]
        answers = zip(wp_ids, self._api.read_many(asks), strict=True)
        return {
            wp_id: shaped(lambda row: asked_fields(row, keys), row)
            for wp_id, row in answers
            if not isinstance(row, RejectedError)
        }

    def write_fields(self, wp_id: int, wanted: Mapping[str, str]) -> None:
        """Write custom fields, each into the row that it has. Raises what a write may raise."""
        if not (self.works and self._api):
            raise SiteError("XML-RPC does not take the login")
        if not self._keeps_all_else(wp_id):
            raise RejectedError(f"post {wp_id}: XML-RPC would change its date or author, too")
        from wordpress_xmlrpc.methods.posts import EditPost, GetPost

        from .xmlrpc_values import fields_of, struct_of_fields

        row = self._api.read(GetPost(wp_id, ["custom_fields"], results_class=None))
        if changes := struct_of_fields(wanted, shaped(fields_of, row)):
            self._api.write(EditPost(wp_id, {"custom_fields": changes}))

    def _keeps_all_else(self, wp_id: int) -> bool:
        """Tell whether wp.editPost would leave the author and the dates as they are.

        It gives a post without an author to us, and makes the local date anew from the other: on a
        site whose time zone was changed that is another one, and with it the post's address.
        """
        row = self._read(wp_id, "author,date,date_gmt")
        if not isinstance(row, dict) or not row.get("author"):
            return False
        date = datetime.fromisoformat(row["date_gmt"]).replace(tzinfo=UTC)
        local = date.astimezone(self._find_zone()).replace(tzinfo=None)
        return bool(local.isoformat() == row["date"])

    def _read(self, wp_id: int, fields: str) -> Any:  # noqa: ANN401
        asked = {"context": "edit", "_fields": fields}
        try:
            row, _ = self._rest.get(f"{POSTS}/{wp_id}", asked)
        except RejectedError:
            return None
        return row if "," in fields else row.get(fields)

    def _find_zone(self) -> tzinfo:
        if self._zone is None:
            index, _ = self._rest.get("", {"_fields": "timezone_string,gmt_offset"})
            self._zone = shaped(_zone_of, index)
        return self._zone

    def _write(self, method: Any) -> None:  # noqa: ANN401
        if self._api is None:
            raise SiteError("XML-RPC does not take the login")
        self._api.write(method)


def _zone_of(index: Any) -> tzinfo:  # noqa: ANN401
    try:
        return ZoneInfo(index["timezone_string"])
    except (ZoneInfoNotFoundError, ValueError):  # "" where the site has an offset alone
        return timezone(timedelta(hours=float(index["gmt_offset"])))
