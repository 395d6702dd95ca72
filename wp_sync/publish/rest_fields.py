"""Custom fields beside a REST target: by REST where a plugin registers them, else by XML-RPC.

REST writes and shows those alone that are registered with show_in_rest; of those without "_"
before them XML-RPC writes and shows all.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from wp_sync.batching import batched
from wp_sync.errors import PublishError

from .rest_values import number_of, read_back, shaped
from .routes import POSTS

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from wp_sync.model import SitePost

    from .answers import Json
    from .rest_api import Params, RestApi
    from .xmlrpc_beside import Beside

AT_ONCE = 100  # posts whose fields are read in one request
# GET, for it reads (WP_REST_Server::serve_request takes the method from the address, too).
OPTIONS = {"_method": "OPTIONS", "_fields": "schema"}


class Fields:
    """The custom fields that one configuration writes."""

    def __init__(self, api: RestApi, beside: Beside, keys: frozenset[str]) -> None:
        self._api, self._beside, self._keys = api, beside, keys
        self._known: frozenset[str] | None = None

    def writable(self, keys: Collection[str]) -> frozenset[str]:
        """Tell which of these fields the site takes."""
        if not keys:
            return frozenset()
        registered = self._registered & frozenset(keys)
        if registered == frozenset(keys) or not self._beside.works:
            return registered
        return frozenset(keys)

    @property
    def _registered(self) -> frozenset[str]:
        """Name those of our fields that REST takes: single texts with show_in_rest."""
        if self._known is None:
            answer, _ = self._api.get(POSTS, OPTIONS) if self._keys else ({}, {})
            self._known = shaped(lambda data: _texts_of(data) & self._keys, answer)
        return self._known

    def read(self, wp_ids: Sequence[int]) -> dict[int, dict[str, str]]:
        """Read the fields of posts; of a post whose fields can't be read there is nothing."""
        if not (self._keys and wp_ids):
            return {}
        found = self._read_registered(wp_ids) if self._registered else {}
        hidden = self._keys - self._registered
        for wp_id, fields in self._beside.read_fields(wp_ids, hidden).items():
            found.setdefault(wp_id, {}).update(fields)
        return found

    def _read_registered(self, wp_ids: Sequence[int]) -> dict[int, dict[str, str]]:
        found: dict[int, dict[str, str]] = {}
        names = ",".join(f"meta.{key}" for key in sorted(self._registered))
        for some in batched(wp_ids, AT_ONCE):
            asked: Params = {
                "include": ",".join(map(str, some)),
                "status": "any,trash",
                "context": "edit",
                "per_page": AT_ONCE,
                "_fields": f"id,{names}",
            }
            rows, _ = self._api.get(POSTS, asked)
            for row in rows:
                meta = row.get("meta") or {}  # PHP's empty array is a list
                kept = {key: str(meta[key]) for key in self._registered if meta.get(key)}
                found[shaped(lambda row: number_of(row, "id"), row)] = kept
        return found

    def add(self, posts: Sequence[SitePost]) -> tuple[SitePost, ...]:
        """Give posts the fields that they hold on the site."""
        fields = self.read([post.wp_id for post in posts if post.values])
        return tuple(
            replace(post, values={**post.values, "fields": fields[post.wp_id]})
            if post.wp_id in fields
            else post
            for post in posts
        )

    def write(self, wp_id: int, wanted: Mapping[str, str]) -> None:
        """Write the fields of a post that is there. Raises what a write may raise."""
        by_rest = {key: value for key, value in wanted.items() if key in self._registered}
        hidden = {key: value for key, value in wanted.items() if key not in self._registered}
        if by_rest:
            sent = {"meta": by_rest}
            self._api.write("POST", f"{POSTS}/{wp_id}", {"_fields": "id"}, json=sent)
        if any(hidden.values()) or (hidden and self._beside.works):
            self._beside.write_fields(wp_id, hidden)

    def bring(
        self, post: SitePost, values: Mapping[str, Any], read: Callable[[int], SitePost | None]
    ) -> SitePost:
        """Write the fields of a post that was just written, and read it again.

        What fails leaves the post without them: comparing tells it, and the next run brings them.
        """
        if not (wanted := values.get("fields")):
            return post
        with suppress(PublishError):
            self.write(post.wp_id, wanted)
        with suppress(PublishError):  # the answer to the post itself we have
            (now,) = self.add([read_back(read, post.wp_id)])
            fields = now.values.get("fields", {})
            # Of all else the answer to the post itself counts: an editor may have saved since.
            return replace(post, modified=now.modified, values={**post.values, "fields": fields})
        return replace(post, values={**post.values, "fields": {}})


def _texts_of(answer: Json) -> frozenset[str]:
    meta = answer.get("schema", {}).get("properties", {}).get("meta", {}).get("properties") or {}
    return frozenset(key for key, one in meta.items() if one.get("type") == "string")
