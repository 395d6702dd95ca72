"""Which post types a site shows in REST, where their posts are, and of which type a post is."""

from __future__ import annotations

import re
from threading import Lock
from typing import TYPE_CHECKING

from wp_sync.errors import SiteError

from .post_types import PLAIN, POST, PostType, in_order
from .rest_values import shaped
from .routes import NAMESPACE, TYPES

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from wp_sync.model import SitePost

    from .answers import Json
    from .rest_api import RestApi

_ROUTE = re.compile(r"[\w/-]+")  # others hold patterns: the posts of one type among another's


class RestTypes:
    """The post types in use. As long as that is "post" alone, nothing is asked."""

    def __init__(self, api: RestApi, names: Collection[str]) -> None:
        self.names = in_order(names)
        self._api = api
        self._reading = Lock()
        self._shown: Mapping[str, PostType] | None = None
        self._types: dict[int, str] = {}  # by post, as they were read last
        self.user = 0  # who logs in, known once that was asked
        self.rights: frozenset[str] = frozenset()

    def read(self) -> Mapping[str, PostType]:
        """Read all types that the site shows in REST, once."""
        with self._reading:
            if self._shown is None:
                seen, _ = self._api.get(TYPES)
                # WordPress tells more of those that we may edit, and leaves out the others.
                ours, _ = self._api.get(TYPES, {"context": "edit"})
                if not (isinstance(seen, dict) and isinstance(ours, dict)):
                    raise SiteError(f"GET {TYPES}: no kinds of posts")
                self._shown = shaped(lambda rows: _types_of(*rows), (seen, ours))
            return self._shown

    def in_use(self) -> tuple[PostType, ...]:
        """List the types in use that the site shows and lets us edit."""
        if self.names == (POST,):
            return (PLAIN,)
        known = self.read()
        kinds = (known.get(name) for name in self.names)
        return tuple(kind for kind in kinds if kind and (kind.editable or kind.name == POST))

    def is_blind(self) -> bool:
        """Tell whether posts of ours may be of a type that is not shown to us."""
        return len(self.in_use()) < len(self.names)

    def find(self, name: str) -> PostType | None:
        """Return a type in use; None where the site does not show it, or not to us."""
        return next((kind for kind in self.in_use() if kind.name == name), None)

    def get(self, name: str) -> PostType:
        """Return the type of a post that was read."""
        return self.find(name) or PLAIN

    def only(self, kind: PostType) -> int:
        """Return the user whose posts of a type alone we may edit; 0 for all users."""
        return 0 if kind.right("edit_others_posts") in self.rights else self.user

    def note(self, post: SitePost) -> SitePost:
        """Remember of which type a post is."""
        self._types[post.wp_id] = post.type
        return post

    def sort(self, wp_ids: Sequence[int]) -> list[tuple[PostType, list[int]]]:
        """Sort posts by type; one of which nothing is known may be of any."""
        found: list[tuple[PostType, list[int]]] = []
        for kind in self.in_use():
            known = (wp_id for wp_id in wp_ids if self._types.get(wp_id, kind.name) == kind.name)
            if some := list(known):
                found.append((kind, some))
        return found

    def route_of(self, wp_id: int, look: Callable[[Sequence[int]], object]) -> str:
        """Return the route of a post; where its type is unknown it is looked up first."""
        kinds = self.in_use()
        if len(kinds) > 1 and wp_id not in self._types:
            look([wp_id])
        name = self._types.get(wp_id, POST)
        return f"{self.get(name).route}/{wp_id}"


def _types_of(seen: Mapping[str, Json], ours: Mapping[str, Json]) -> dict[str, PostType]:
    rows = {name: {**(seen.get(name) or {}), **(ours.get(name) or {})} for name in {**seen, **ours}}
    kinds = {name: _type_of(name, row, editable=name in ours) for name, row in rows.items()}
    return {name: kind for name, kind in kinds.items() if _ROUTE.fullmatch(kind.route)}


def _type_of(name: str, row: Json, *, editable: bool) -> PostType:
    had, rights = row.get("supports"), row.get("capabilities")  # PHP's empty object is a list
    return PostType(
        name=name,
        route=f"{row.get('rest_namespace') or NAMESPACE}/{row['rest_base']}",
        taxonomies=frozenset(map(str, row.get("taxonomies") or ())),
        supports=frozenset(had or ()) if editable else None,
        rights=rights if isinstance(rights, dict) else {},
        editable=editable,
    )
