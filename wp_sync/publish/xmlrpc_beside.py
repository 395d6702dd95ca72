"""XML-RPC beside a REST target: core's only lock, and custom fields without a plugin."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone, tzinfo
from threading import Lock
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from wp_sync.errors import (
    ChangedError,
    PublishError,
    RejectedError,
    SiteError,
    UnauthorizedError,
)

from .importers import read_keys
from .moments import moment_of
from .rest_values import shaped

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from .discovery import ApiRoot
    from .rest_api import RestApi
    from .xmlrpc_api import XmlRpcApi


class Beside:
    """XML-RPC with the login and the pace of a REST API, for all threads that write to the site.

    Whether it works is asked once, when it is needed.
    """

    def __init__(self, rest: RestApi, root: ApiRoot, route_of: Callable[[int], str]) -> None:
        self._rest, self._url, self._route_of = rest, root.xmlrpc, route_of
        self._opening = Lock()
        self._api: XmlRpcApi | None = None
        self._trouble = ""  # why it can't be used
        self._zone: tzinfo | None = None

    @property
    def works(self) -> bool:
        """Tell whether XML-RPC takes the login."""
        return self._find() is not None

    def _find(self) -> XmlRpcApi | None:
        with self._opening:
            if self._api is None and not self._trouble:
                self._probe()
            return None if self._trouble else self._api

    def _probe(self) -> None:
        from wordpress_xmlrpc.methods.users import GetUsersBlogs

        from .xmlrpc_api import XmlRpcApi

        try:
            once = XmlRpcApi.beside(self._rest, self._url, hasty=True)
            once.read(GetUsersBlogs(results_class=None))
        except PublishError as error:
            self._trouble = error.message
        else:
            self._api = XmlRpcApi.beside(self._rest, self._url)

    def _open(self) -> XmlRpcApi:
        api = self._find()
        if api is None:
            raise SiteError(f"XML-RPC can't be used here: {self._trouble}")
        return api

    def update(self, wp_id: int, values: Mapping[str, Any], unless_changed_since: str) -> bool:
        """Update a post unless it was changed; False when it must go another way.

        Raises ChangedError when it was changed, and nothing was written.
        """
        api = self._find()
        if api is None or not self._keeps_all_else(wp_id):
            return False
        from wordpress_xmlrpc.methods.posts import EditPost

        from .xmlrpc_values import date_of, struct_of

        lock = {"if_not_modified_since": date_of(unless_changed_since)}
        try:
            api.write(EditPost(wp_id, struct_of(values) | lock))
        except ChangedError:
            # In the hour that a clock skips, WordPress takes a moment for a later one.
            if self._read(wp_id, "modified_gmt") != unless_changed_since:
                raise
            return False
        except RejectedError:  # REST has its own word for it, and drops unknown ids
            return False
        except (SiteError, UnauthorizedError) as error:  # switched off since
            self._trouble = error.message
            return False
        return True

    def lock_time(self) -> datetime | None:
        """Tell the site's own time where there is a lock, which knows whole seconds."""
        api = self._find()
        return datetime.now(UTC) + timedelta(seconds=api.clock_ahead) if api else None

    def read_keys(self, after: int, types: Sequence[str]) -> Mapping[int, Mapping[str, str]]:
        """Read other importers' keys in posts of these types, as `target.read_keys` says."""
        return read_keys(self._open(), after, types)

    def read_types(self) -> frozenset[str]:
        """Name the post types that the user may edit, in REST or not; none where it can't tell."""
        from .xmlrpc_types import XmlRpcTypes

        api = self._find()
        return frozenset(XmlRpcTypes(api, ()).read()) if api else frozenset()

    def read_fields(
        self, wp_ids: Sequence[int], keys: Collection[str]
    ) -> Mapping[int, Mapping[str, str]]:
        """Read these custom fields of the posts that we may edit."""
        api = self._find() if wp_ids and keys else None
        if api is None:
            return {}
        from wordpress_xmlrpc.methods.posts import GetPost

        from .xmlrpc_values import asked_fields

        asks = [GetPost(wp_id, ["custom_fields"], results_class=None) for wp_id in wp_ids]
        return {
            wp_id: shaped(lambda row: asked_fields(row, keys), row)
            for wp_id, row in zip(wp_ids, api.read_many(asks), strict=True)
            if not isinstance(row, RejectedError)
        }

    def write_fields(self, wp_id: int, wanted: Mapping[str, str]) -> None:
        """Write custom fields, each into the row that it has. Raises what a write may raise."""
        api = self._open()
        if not self._keeps_all_else(wp_id):
            raise RejectedError(f"post {wp_id}: XML-RPC would change its date or author, too")
        from wordpress_xmlrpc.methods.posts import EditPost, GetPost

        from .xmlrpc_values import fields_of, struct_of_fields

        row = api.read(GetPost(wp_id, ["custom_fields"], results_class=None))
        if changes := struct_of_fields(wanted, shaped(fields_of, row)):
            api.write(EditPost(wp_id, {"custom_fields": changes}))

    def _keeps_all_else(self, wp_id: int) -> bool:
        """Tell whether wp.editPost would leave the author and the dates as they are.

        It gives a post without an author to us, and makes the local date anew from the other: on a
        site whose time zone was changed that is another one, and with it the post's address.
        """
        row = self._read(wp_id, "author,date,date_gmt")
        if not isinstance(row, dict) or not (row.get("author") or self._has_author(row, wp_id)):
            return False
        local = moment_of(row["date_gmt"]).astimezone(self._find_zone()).replace(tzinfo=None)
        return bool(local.isoformat() == row["date"])

    def _has_author(self, row: Mapping[str, Any], wp_id: int) -> bool:
        """Ask for the author of a post whose type shows none in REST."""
        from wordpress_xmlrpc.methods.posts import GetPost

        if "author" in row:
            return False
        (told,) = self._open().read_many([GetPost(wp_id, ["post_author"], results_class=None)])
        return isinstance(told, dict) and told.get("post_author") not in {None, "", "0"}

    def _read(self, wp_id: int, fields: str) -> Any:  # noqa: ANN401
        asked = {"context": "edit", "_fields": fields}
        try:
            row, _ = self._rest.get(self._route_of(wp_id), asked)
        except RejectedError:
            return None
        return row if "," in fields else row.get(fields)

    def _find_zone(self) -> tzinfo:
        if self._zone is None:
            index, _ = self._rest.get("", {"_fields": "timezone_string,gmt_offset"})
            self._zone = shaped(_zone_of, index)
        return self._zone


def _zone_of(index: Any) -> tzinfo:  # noqa: ANN401
    try:
        return ZoneInfo(index["timezone_string"])
    except (ZoneInfoNotFoundError, ValueError):  # "" where the site has an offset alone
        return timezone(timedelta(hours=float(index["gmt_offset"])))
