"""Post types: what a site lets us do with one, and what of a post it has no place for.

Values in, values out; rest_types and xmlrpc_types read them.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from wp_sync.model import Post

POST = "post"
# Field of publish.merge -> what a type must support for it (post_type_supports).
_FEATURES = {
    "title": "title",
    "body": "editor",
    "excerpt": "excerpt",
    "author": "author",
    "featured": "thumbnail",
    "comments": "comments",
}
_TAXONOMIES = {"categories": "category", "tags": "post_tag"}
_NEEDED = frozenset({"title", "body"})  # without which there is no article
# Not fields; what it means that they are missing.
_MEANT = {
    "revisions": "it keeps no revisions, so what an editor saves while we write is lost",
}
_TOLD = {  # as people know them
    "author": "authors",
    "categories": "categories",
    "excerpt": "excerpts",
    "featured": "featured images",
    "tags": "tags",
    "comments": "comments of its own",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PostType:
    """A post type as a site has it."""

    name: str
    route: str = ""  # below the root of the REST API; "" over XML-RPC
    taxonomies: frozenset[str] = frozenset({"category", "post_tag"})
    supports: frozenset[str] | None = None  # None: not told, which is no reason to leave out
    rights: Mapping[str, str] = field(default_factory=dict)  # edit_posts -> the type's own name
    editable: bool = True  # by the user who logs in

    @property
    def lacks(self) -> tuple[str, ...]:
        """Name the fields of a post that this type has no place for."""
        had = self.supports
        without = [name for name, it in _FEATURES.items() if had is not None and it not in had]
        without += [name for name, it in _TAXONOMIES.items() if it not in self.taxonomies]
        return tuple(without)

    @property
    def is_unusable(self) -> bool:
        """Tell whether it has no place for an article at all."""
        return not _NEEDED.isdisjoint(self.lacks)

    def right(self, name: str) -> str:
        """Return what this type calls a right to posts."""
        return self.rights.get(name, name)


PLAIN = PostType(name=POST, route="wp/v2/posts")


def lacking_notes(kind: PostType) -> tuple[str, ...]:
    """Say what posts of a type go without, and why."""
    names = [_TOLD[name] for name in kind.lacks if name in _TOLD and name != "comments"]
    told = f"posts of the type {kind.name} go without {', '.join(names)}: the site has none for it"
    had = kind.supports
    unseen = [why for it, why in _MEANT.items() if had is not None and it not in had]
    return (*((told,) if names else ()), *(f"the type {kind.name}: {why}" for why in unseen))


def as_taken(post: Post, kind: PostType) -> Post:
    """Leave out what the site has no place for in posts of this type."""
    lacks = kind.lacks
    if not lacks:
        return replace(post, type=kind.name, lacks=())
    without_category = "categories" in lacks
    fields = {
        key: one
        for key, one in post.fields.items()
        if not (without_category and key in post.primary)
    }
    return replace(
        post,
        type=kind.name,
        lacks=lacks,
        excerpt="" if "excerpt" in lacks else post.excerpt,
        author="" if "author" in lacks else post.author,
        new_author="" if "author" in lacks else post.new_author,
        categories=() if without_category else post.categories,
        tags=() if "tags" in lacks else post.tags,
        pictures=() if "featured" in lacks else post.pictures,
        comments="" if "comments" in lacks else post.comments,
        fields=fields,
        primary=() if without_category else post.primary,
    )


def in_order(types: Collection[str]) -> tuple[str, ...]:
    """List the types in use: posts first, whatever else there is."""
    return (POST, *sorted(set(types) - {POST, ""}))
