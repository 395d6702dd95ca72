"""Custom fields beside a REST target: by REST where a plugin registers them, else by XML-RPC.

REST writes and shows those alone that are registered with show_in_rest; of those without "_"
before them XML-RPC writes and shows all.
"""

from __future__ import annotations

from collections import defaultdict
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from wp_sync.batching import batched
from wp_sync.errors import PublishError, RejectedError

from .custom import (
    as_values,
    base_of,
    fields_among,
    is_custom,
    is_taxonomy,
    part_of,
    slug_of,
    taxonomies_among,
    taxonomy_name,
    value_name,
)
from .php_values import part_text
from .rest_values import number_of, read_back, shaped
from .routes import TAXONOMIES, terms_route

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from wp_sync.model import SitePost

    from .answers import Json
    from .post_types import PostType
    from .rest_api import Params, RestApi
    from .rest_types import RestTypes
    from .xmlrpc_beside import Beside

AT_ONCE = 100  # posts whose fields are read in one request
# GET, for it reads (WP_REST_Server::serve_request takes the method from the address, too).
OPTIONS = {"_method": "OPTIONS", "_fields": "schema"}
_TEXTS = frozenset({"boolean", "integer", "number", "string"})
_ARRAYS = frozenset({"array", "object"})


class Fields:
    """The custom fields that one configuration writes."""

    def __init__(
        self, api: RestApi, types: RestTypes, beside: Beside, keys: frozenset[str]
    ) -> None:
        self._api, self._types, self._beside = api, types, beside
        self._keys = frozenset(key for key in keys if not is_taxonomy(key))
        self._slugs = frozenset(map(slug_of, filter(is_taxonomy, keys)))
        # By post type:
        self._known: dict[str, frozenset[str]] = {}
        self._bases_known: dict[str, dict[str, str]] = {}  # of taxonomies

    def writable(self, keys: Collection[str], name: str) -> frozenset[str]:
        """Tell which of these fields the site takes in posts of a type."""
        if not keys:
            return frozenset()
        kind = self._types.get(name)
        own = {key for key in keys if is_taxonomy(key)}
        taken = {key for key in own if slug_of(key) in self._bases(kind)}
        fields = frozenset(keys) - own
        registered = self._registered(kind) & fields
        if registered == fields or not self._beside.works:
            return registered | taken
        return registered | taken | {key for key in fields if not is_protected(key)}

    def route_of(self, taxonomy: str) -> str:
        """Return the route of a taxonomy's terms. Raises RejectedError where there is none."""
        if not is_taxonomy(taxonomy):
            return terms_route(taxonomy)
        slug, kinds = slug_of(taxonomy), self._types.in_use()
        bases = (self._bases(kind) for kind in kinds)
        base = next((one[slug] for one in bases if slug in one), "")
        if not base:
            raise RejectedError(f"REST does not show the taxonomy {slug}")
        return terms_route(base)

    def _bases(self, kind: PostType) -> dict[str, str]:
        """Tell under which name posts of a type have the terms of each of our taxonomies."""
        if kind.name not in self._bases_known:
            # Not with _fields: it takes this answer, an object by name, for one taxonomy.
            asked: Params = {"type": kind.name, "context": "edit"}
            answer, _ = self._api.get(TAXONOMIES, asked) if self._slugs else ({}, {})
            every = shaped(_bases_of, answer)
            known = {slug: every[slug] for slug in self._slugs if slug in every}
            self._bases_known[kind.name] = known
        return self._bases_known[kind.name]

    def _registered(self, kind: PostType) -> frozenset[str]:
        """Name those of our fields that REST takes, in the form in which we have them."""
        if kind.name not in self._known:
            answer, _ = self._api.get(kind.route, OPTIONS) if self._keys else ({}, {})
            kinds = shaped(_kinds_of, answer)
            self._known[kind.name] = frozenset(
                key
                for key in self._keys
                if kinds.get(base_of(key)) in (_ARRAYS if part_of(key) else _TEXTS)
            )
        return self._known[kind.name]

    def _hidden(self, kind: PostType) -> frozenset[str]:
        """Name those of our fields that only XML-RPC may show and write."""
        return frozenset(
            key for key in self._keys - self._registered(kind) if not is_protected(key)
        )

    def _read(self, kind: PostType, wp_ids: Sequence[int]) -> dict[int, dict[str, str]]:
        """Read the fields of posts, "" for one that is not there; what can't be read is absent."""
        if not (self._keys and wp_ids):
            return {}
        found = self._read_registered(kind, wp_ids) if self._registered(kind) else {}
        for wp_id, fields in self._beside.read_fields(wp_ids, self._hidden(kind)).items():
            found.setdefault(wp_id, {}).update(fields)
        return found

    def _read_registered(self, kind: PostType, wp_ids: Sequence[int]) -> dict[int, dict[str, str]]:
        found: dict[int, dict[str, str]] = {}
        registered = self._registered(kind)
        names = [f"meta.{key}" for key in sorted(set(map(base_of, registered)))]
        for some in batched(wp_ids, AT_ONCE):
            rows, _ = self._api.get(kind.route, _asking(some, names))
            for row in rows:
                meta = row.get("meta") or {}  # PHP's empty array is a list
                read = {key: _text_of(meta, key) for key in registered}
                kept = {key: text for key, text in read.items() if text is not None}
                found[shaped(lambda row: number_of(row, "id"), row)] = kept
        return found

    def _read_terms(
        self, kind: PostType, wp_ids: Sequence[int]
    ) -> dict[int, dict[str, tuple[int, ...]]]:
        found: dict[int, dict[str, tuple[int, ...]]] = {}
        if not (self._slugs and wp_ids and self._bases(kind)):
            return found
        bases = self._bases(kind)
        for some in batched(wp_ids, AT_ONCE):
            rows, _ = self._api.get(kind.route, _asking(some, sorted(bases.values())))
            for row in rows:
                terms = {
                    taxonomy_name(slug): tuple(sorted(map(int, row[base])))
                    for slug, base in bases.items()
                    if isinstance(row.get(base), list)
                }
                found[shaped(lambda row: number_of(row, "id"), row)] = terms
        return found

    def add(self, posts: Sequence[SitePost]) -> tuple[SitePost, ...]:
        """Give posts the fields, and the terms of own taxonomies, that they hold on the site."""
        fields: dict[int, dict[str, str]] = {}
        terms: dict[int, dict[str, tuple[int, ...]]] = {}
        for name in dict.fromkeys(post.type for post in posts if post.values):
            wp_ids = [post.wp_id for post in posts if post.values and post.type == name]
            kind = self._types.get(name)
            fields |= self._read(kind, wp_ids)
            terms |= self._read_terms(kind, wp_ids)
        return tuple(
            replace(
                post,
                values={
                    **post.values,
                    **as_values(fields.get(post.wp_id, {})),
                    **terms.get(post.wp_id, {}),
                },
            )
            if post.wp_id in fields or post.wp_id in terms
            else post
            for post in posts
        )

    def _write_terms(
        self, post: SitePost, wanted: Mapping[str, tuple[int, ...]]
    ) -> tuple[str, ...]:
        """Write the terms of own taxonomies; name those that the site did not take."""
        if not wanted:
            return ()
        bases = self._bases(self._types.get(post.type))
        known = {bases[slug]: list(wanted[slug]) for slug in wanted if slug in bases}
        refused = [slug for slug in wanted if slug not in bases]
        try:
            if known:
                self._api.write("POST", self._route_of(post), {"_fields": "id"}, json=known)
        except PublishError:
            refused = [*wanted]
        return tuple(map(taxonomy_name, refused))

    def _route_of(self, post: SitePost) -> str:
        return f"{self._types.get(post.type).route}/{post.wp_id}"

    def write(self, post: SitePost, wanted: Mapping[str, str]) -> tuple[str, ...]:
        """Write the fields of a post that is there; name those that the site did not take."""
        refused: list[str] = []
        kind, wp_id = self._types.get(post.type), post.wp_id
        by_rest = {key: value for key, value in wanted.items() if key in self._registered(kind)}
        hidden = {key: value for key, value in wanted.items() if key in self._hidden(kind)}
        try:
            self._write_registered(post, by_rest)
        except RejectedError:  # one of them may be closed to us, and takes the others along
            for key, value in by_rest.items():
                refused += self._try(lambda one: self._write_registered(post, one), {key: value})
        except PublishError:
            refused += by_rest
        if any(hidden.values()) or (hidden and self._beside.works):
            refused += self._try(lambda all_: self._beside.write_fields(wp_id, all_), hidden)
        return tuple(refused)

    def _try(
        self, write: Callable[[Mapping[str, str]], object], wanted: Mapping[str, str]
    ) -> tuple[str, ...]:
        try:
            write(wanted)
        except PublishError:
            return tuple(wanted)
        return ()

    def _write_registered(self, post: SitePost, wanted: Mapping[str, str]) -> None:
        if not wanted:
            return
        sent: dict[str, Any] = {key: value for key, value in wanted.items() if not part_of(key)}
        parts: dict[str, dict[str, str]] = defaultdict(dict)
        for key, value in wanted.items():
            if part_of(key):
                parts[base_of(key)][part_of(key)] = value
        if parts:
            asked: Params = {"context": "edit", "_fields": "meta"}
            row, _ = self._api.get(self._route_of(post), asked)
            sent |= {key: _array_of(row, key) | some for key, some in parts.items()}
        self._api.write("POST", self._route_of(post), {"_fields": "id"}, json={"meta": sent})

    def bring(
        self,
        post: SitePost,
        values: Mapping[str, Any],
        read: Callable[[int], SitePost | None],
        *,
        is_new: bool = False,
    ) -> SitePost:
        """Write the fields of a post that was just written, and read it again.

        What fails leaves the post without them: it is told, and the next run brings them.
        """
        fields = fields_among(values)
        wanted = {key: value for key, value in fields.items() if value or not is_new}
        terms = {slug: ids for slug, ids in taxonomies_among(values).items() if ids or not is_new}
        if not (wanted or terms):
            return post
        lost = self.write(post, wanted) if wanted else ()
        refused = (*map(value_name, lost), *self._write_terms(post, terms))
        with suppress(PublishError):  # the answer to the post itself we have
            (now,) = self.add([read_back(read, post.wp_id)])
            # Of all else the answer to the post itself counts: an editor may have saved since.
            both = {
                **post.values,
                **{key: now.values[key] for key in filter(is_custom, now.values)},
            }
            return replace(post, modified=now.modified, values=both, refused=refused)
        return replace(post, refused=(*as_values(wanted), *map(taxonomy_name, terms)))


def is_protected(key: str) -> bool:
    """Tell a field that WordPress hides from XML-RPC, too (meta.php, is_protected_meta)."""
    return key.startswith("_")


def _asking(wp_ids: Sequence[int], names: Sequence[str]) -> Params:
    return {
        "include": ",".join(map(str, wp_ids)),
        "status": "any,trash",
        "context": "edit",
        "per_page": AT_ONCE,
        "_fields": ",".join(("id", *names)),
    }


def _bases_of(answer: Json) -> dict[str, str]:
    rows = answer.values() if isinstance(answer, dict) else ()  # PHP's empty array is a list
    return {str(row["slug"]): str(row["rest_base"]) for row in rows}


def _kinds_of(answer: Json) -> dict[str, str]:
    meta = answer.get("schema", {}).get("properties", {}).get("meta", {}).get("properties") or {}
    return {key: str(one.get("type")) for key, one in meta.items()}


def _text_of(meta: Mapping[str, Any], key: str) -> str | None:
    """Read a field, or a part of one, as a text; None where it can't be known."""
    value = meta.get(base_of(key))
    if not part_of(key):
        return part_text({"": value}, "")
    if value is None:  # another kind of value is stored than what was registered
        return None
    return part_text(_pairs(value), part_of(key))


def _array_of(row: Json, key: str) -> dict[str, Any]:
    value = row["meta"].get(key)
    if value is None:
        raise RejectedError(f"{key} holds something else on the site than an array")
    return _pairs(value)


def _pairs(value: Any) -> dict[str, Any]:  # noqa: ANN401
    if isinstance(value, list):
        return {str(number): one for number, one in enumerate(value)}
    return dict(value) if isinstance(value, dict) else {}
