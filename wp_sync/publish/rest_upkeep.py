"""A site's terms and uploads behind the REST API: what `upkeep.Upkeep` asks for."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from wp_sync.batching import batched
from wp_sync.errors import RejectedError, SiteError

from .rest_lists import read_pages
from .rest_posts import EVERYWHERE, IDS_AT_ONCE
from .rest_values import number_of, plain, shaped
from .routes import MEDIA, NAMESPACE, PAGES, POSTS, STYLES, THEMES, TYPES, WIDGETS, terms_route
from .target import GONE
from .upkeep import Attachment, TermRow, names_upload

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from wp_sync.model import Taxonomy

    from .answers import Json
    from .rest_api import Params, RestApi

_BELONGS = {"categories": "category", "tags": "post_tag"}
_GALLERY = re.compile(r"\[gallery[^\]]*\bids=[\"']?([\d, ]+)")
_SCALED = re.compile(r"-scaled$")  # WordPress's copy of a very large picture
_STYLES = re.compile(r"global-styles/(\d+)")
_SITE = 0  # uses an upload where no post does
# Kinds that show no pictures, or none of ours; templates and styles are read in their own way.
_NO_POSTS = ("attachment", "nav_menu_item", "wp_font_", "wp_global_styles", "wp_template")
_TEMPLATES = {
    "wp_template": f"{NAMESPACE}/templates",
    "wp_template_part": f"{NAMESPACE}/template-parts",
}
_FORCE = {"force": "true"}  # neither terms nor uploads have a trash (501 without)
_GONE = frozenset({GONE, "rest_term_invalid"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kind:
    """A kind of posts."""

    route: str
    editable: bool  # by us; of any other only what is published is shown
    taxonomies: frozenset[str]
    features: frozenset[str] | None  # None: not told

    def has(self, feature: str) -> bool:
        return self.features is None or feature in self.features


class RestUpkeep:
    """A WordPress looked after over its REST API."""

    def __init__(self, api: RestApi) -> None:
        self._api = api
        self._kinds: list[_Kind] = []
        self._refused: dict[str, None] = {}  # the routes that were, in their order
        self._templates: list[str] = []  # their routes, where the site has them
        self._site_texts: list[str] | None = None

    def read_terms(self, taxonomy: Taxonomy) -> Mapping[int, TermRow]:
        params = {"orderby": "id", "_fields": "id,name,parent,description"}
        rows = read_pages(self._api, terms_route(taxonomy), params)
        return dict(shaped(_term_of, row) for row in rows)

    def posts_with(self, taxonomy: Taxonomy, wp_id: int) -> frozenset[int]:
        asked = {taxonomy: str(wp_id), "status": "any", "_fields": "id"}
        kinds = [kind for kind in self._read_kinds() if _BELONGS[taxonomy] in kind.taxonomies]
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
        kinds = [kind for kind in self._read_kinds() if kind.has("thumbnail")]
        for row in self._rows(kinds, asked):
            uses[int(row.get("featured_media") or 0)].add(number_of(row, "id"))
        uses.pop(0, None)
        galleries = {"search": '"[gallery"', "context": "edit", "_fields": "id,content.raw"}
        for row in self._rows(self._texts(), EVERYWHERE | galleries):
            for ids in _GALLERY.findall(_raw(row) or ""):
                for wp_id in re.findall(r"\d+", ids):
                    uses[int(wp_id)].add(number_of(row, "id"))
        index, _ = self._api.get("", {"_fields": "site_logo,site_icon"})
        for name in ("site_logo", "site_icon"):
            uses[int(index.get(name) or 0)].add(_SITE)
        return {wp_id: frozenset(posts) for wp_id, posts in uses.items() if wp_id}

    def text_uses(self, mark: str, wp_id: int) -> frozenset[int]:
        # WordPress searches what is stored, for no quotation marks: "id":5 is found by its number.
        by_mark = EVERYWHERE | {"search": f'"{mark}"', "_fields": "id"}
        by_id = {"search": f'"{wp_id}"', "context": "edit", "_fields": "id,content.raw"}
        uses = {number_of(row, "id") for row in self._rows(self._texts(), by_mark)}
        for row in self._rows(self._texts(), EVERYWHERE | by_id):
            text = _raw(row)
            if text is None or names_upload(text, wp_id):  # None: found in what we may not read
                uses.add(number_of(row, "id"))
        if any(mark in text or names_upload(text, wp_id) for text in self._read_site()):
            uses.add(_SITE)
        return frozenset(uses)

    def unseen(self) -> str:
        return next(iter(self._refused), "")

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

    def _texts(self) -> list[_Kind]:
        return [kind for kind in self._read_kinds() if kind.has("editor")]

    def _rows(self, kinds: Sequence[_Kind], params: Params) -> Iterator[Json]:
        """Read posts; a kind that is refused is noted, and not asked again."""
        for kind in kinds:
            if kind.route in self._refused:
                continue
            published = {**params, "status": "publish", "context": "view"}
            try:
                yield from read_pages(self._api, kind.route, params if kind.editable else published)
            except RejectedError:
                if kind.route in {POSTS, PAGES}:
                    raise
                self._refused[kind.route] = None

    def _read_kinds(self) -> Sequence[_Kind]:
        """Read the kinds of posts. WordPress tells more of those that we may edit."""
        if not self._kinds:
            seen, _ = self._api.get(TYPES)
            ours, _ = self._api.get(TYPES, {"context": "edit"})
            if not (isinstance(seen, dict) and isinstance(ours, dict)):
                raise SiteError(f"GET {TYPES}: no kinds of posts")
            self._kinds = [
                _kind_of(seen.get(name, {}) | ours.get(name, {}), editable=name in ours)
                for name in seen | ours
                if not name.startswith(_NO_POSTS)
            ]
            self._kinds = [kind for kind in self._kinds if "(" not in kind.route]
            self._templates = [route for name, route in _TEMPLATES.items() if name in seen]
        return self._kinds

    def _read_site(self) -> Sequence[str]:
        """Read the texts that the site has beside its posts."""
        if self._site_texts is None:
            theme = self._read_theme()
            self._site_texts = [*self._read_appearance(theme)]
            if _takes_templates(theme):
                self._site_texts += self._read_templates()
        return self._site_texts

    def _read_theme(self) -> Json:
        asked = {"status": "active", "_fields": "theme_supports,_links"}
        with suppress(RejectedError):
            themes, _ = self._api.get(THEMES, asked)
            return themes[0] if themes else {}
        return {}

    def _read_templates(self) -> Iterator[str]:
        """Read all templates at once, as WordPress gives them; before 6.6 an Editor may not."""
        self._read_kinds()
        for route in self._templates:
            try:
                rows, _ = self._api.get(route, {"context": "edit", "_fields": "id,content.raw"})
            except RejectedError:
                self._refused[route] = None
            else:
                yield from (_raw(row) or "" for row in rows)

    def _read_appearance(self, theme: Json) -> Iterator[str]:
        """Read widgets and the styles of the theme, as far as the user may."""
        with suppress(RejectedError):
            widgets, _ = self._api.get(WIDGETS, {"context": "edit", "_fields": "instance,rendered"})
            yield json.dumps(widgets)
        for wp_id in _STYLES.findall(str(theme.get("_links"))):
            with suppress(RejectedError):
                styles, _ = self._api.get(f"{STYLES}/{wp_id}", {"context": "edit"})
                yield json.dumps({name: styles.get(name) for name in ("styles", "settings")})


def _takes_templates(theme: Json) -> bool:
    """Tell whether a theme shows templates; one that does not say it may."""
    supports = theme.get("theme_supports") or {}
    return bool(supports.get("block-templates", True) or supports.get("block-template-parts"))


def _kind_of(row: Json, *, editable: bool) -> _Kind:
    return _Kind(
        route=f"{row.get('rest_namespace') or NAMESPACE}/{row['rest_base']}",
        editable=editable,
        taxonomies=frozenset(row.get("taxonomies") or ()),
        features=frozenset(row.get("supports") or ()) if editable else None,
    )


def _raw(row: Json) -> str | None:
    """Return a post's text as it is stored; None where we are not shown it."""
    raw: str | None = (row.get("content") or {}).get("raw")
    return raw


def _term_of(row: Json) -> tuple[int, TermRow]:
    parent, description = row.get("parent", 0), row.get("description", "")
    term = TermRow(name=plain(row["name"]), parent=parent, description=description)
    return number_of(row, "id"), term


def _attachment_of(row: Json) -> tuple[int, Attachment]:
    stem = _SCALED.sub("", PurePosixPath(row["source_url"]).stem)
    parent: Any = row.get("post") or 0
    return number_of(row, "id"), Attachment(stem=stem, status=row["status"], parent=int(parent))
