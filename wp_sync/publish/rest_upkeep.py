"""A site's terms and uploads behind the REST API: what `upkeep.Upkeep` asks for."""

from __future__ import annotations

import re
from collections import defaultdict
from contextlib import suppress
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from wp_sync.batching import batched
from wp_sync.errors import RejectedError

from .rest import EVERYWHERE, IDS_AT_ONCE
from .rest_lists import read_pages
from .rest_values import number_of, plain, shaped
from .routes import MEDIA, NAMESPACE, PAGES, POSTS, TYPES, terms_route
from .target import GONE
from .upkeep import Attachment, TermRow

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from wp_sync.model import Taxonomy

    from .answers import Json
    from .rest_api import Params, RestApi

_BELONGS = {"categories": "category", "tags": "post_tag"}
_GALLERY = re.compile(r"\[gallery[^\]]*\bids=[\"']?([\d, ]+)")
_SCALED = re.compile(r"-scaled$")  # WordPress's copy of a very large picture
_FORCE = {"force": "true"}  # neither terms nor uploads have a trash (501 without)
_GONE = frozenset({GONE, "rest_term_invalid"})


class RestUpkeep:
    """A WordPress looked after over its REST API."""

    def __init__(self, api: RestApi) -> None:
        self._api = api
        self._kinds: dict[str, Json] = {}

    def read_terms(self, taxonomy: Taxonomy) -> Mapping[int, TermRow]:
        params = {"orderby": "id", "_fields": "id,name,parent,description"}
        rows = read_pages(self._api, terms_route(taxonomy), params)
        return dict(shaped(_term_of, row) for row in rows)

    def posts_with(self, taxonomy: Taxonomy, wp_id: int) -> frozenset[int]:
        asked = {taxonomy: str(wp_id), "status": "any", "_fields": "id"}
        kinds = [
            base
            for base, kind in self._read_kinds().items()
            if _BELONGS[taxonomy] in kind["taxonomies"]
        ]
        return frozenset(number_of(row, "id") for row in self._rows(kinds, asked))

    def read_media(self, wp_ids: Sequence[int]) -> Mapping[int, Attachment]:
        found: dict[int, Attachment] = {}
        for few in batched(wp_ids, IDS_AT_ONCE):
            asked = {
                "include": ",".join(map(str, few)),
                "status": "inherit,private,trash",
                "context": "edit",
                "_fields": "id,status,post,source_url",
            }
            rows = read_pages(self._api, MEDIA, asked)
            found |= dict(shaped(_attachment_of, row) for row in rows)
        return {wp_id: found[wp_id] for wp_id in wp_ids if wp_id in found}

    def picture_uses(self) -> Mapping[int, frozenset[int]]:
        # REST has no way to ask for a featured image: all posts are listed (43 ms a hundred).
        uses: dict[int, set[int]] = defaultdict(set)
        asked = EVERYWHERE | {"_fields": "id,featured_media"}
        kinds = [base for base, kind in self._read_kinds().items() if _shows(kind, "thumbnail")]
        for row in self._rows(kinds, asked):
            uses[int(row.get("featured_media") or 0)].add(number_of(row, "id"))
        uses.pop(0, None)
        galleries = {"search": '"[gallery"', "context": "edit", "_fields": "id,content.raw"}
        for row in self._rows(self._texts(), EVERYWHERE | galleries):
            for ids in _GALLERY.findall(row["content"]["raw"]):
                for wp_id in re.findall(r"\d+", ids):
                    uses[int(wp_id)].add(number_of(row, "id"))
        index, _ = self._api.get("", {"_fields": "site_logo,site_icon"})
        for name in ("site_logo", "site_icon"):
            uses[int(index.get(name) or 0)].add(0)
        return {wp_id: frozenset(posts) for wp_id, posts in uses.items() if wp_id}

    def text_uses(self, stem: str) -> frozenset[int]:
        asked = EVERYWHERE | {"search": f'"{stem}"', "_fields": "id"}
        return frozenset(number_of(row, "id") for row in self._rows(self._texts(), asked))

    def delete_term(self, taxonomy: Taxonomy, wp_id: int) -> None:
        self._delete(f"{terms_route(taxonomy)}/{wp_id}")

    def delete_media(self, wp_id: int) -> None:
        self._delete(f"{MEDIA}/{wp_id}")

    def set_media_status(self, wp_id: int, status: str) -> None:
        # REST refuses "inherit", and wp_insert_post makes it of "publish" (post.php, attachments).
        sent = {"status": "publish" if status == "inherit" else status}
        self._api.write("POST", f"{MEDIA}/{wp_id}", {"_fields": "id"}, json=sent)

    def _delete(self, route: str) -> None:
        try:
            self._api.write("DELETE", route, {**_FORCE, "_fields": "deleted"})
        except RejectedError as error:
            if error.code not in _GONE:
                raise

    def _texts(self) -> list[str]:
        return [base for base, kind in self._read_kinds().items() if _shows(kind, "editor")]

    def _rows(self, kinds: Sequence[str], params: Params) -> Iterator[Json]:
        for base in kinds:
            rows = read_pages(self._api, base, params)
            if base in {POSTS, PAGES}:
                yield from rows
            else:  # of a plugin's own type we may be allowed to see nothing
                with suppress(RejectedError):
                    yield from rows

    def _read_kinds(self) -> Mapping[str, Json]:
        """Read the kinds of posts: route -> what it supports. Those of the theme have no posts."""
        if not self._kinds:
            kinds, _ = self._api.get(TYPES, {"context": "edit"})
            self._kinds = {
                f"{kind.get('rest_namespace') or NAMESPACE}/{kind['rest_base']}": kind
                for name, kind in kinds.items()
                if (name == "wp_block" or not name.startswith(("wp_", "nav_menu", "attachment")))
                and "(" not in kind["rest_base"]
            }
        return self._kinds


def _shows(kind: Json, feature: str) -> bool:
    return feature in (kind.get("supports") or {})


def _term_of(row: Json) -> tuple[int, TermRow]:
    parent, description = row.get("parent", 0), row.get("description", "")
    term = TermRow(name=plain(row["name"]), parent=parent, description=description)
    return number_of(row, "id"), term


def _attachment_of(row: Json) -> tuple[int, Attachment]:
    stem = _SCALED.sub("", PurePosixPath(row["source_url"]).stem)
    parent: Any = row.get("post") or 0
    return number_of(row, "id"), Attachment(stem=stem, status=row["status"], parent=int(parent))
