"""Field-by-field differences between what we want, what we wrote, and what is there."""

from __future__ import annotations

import html
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from wp_sync.hashing import digest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wp_sync.model import Post, Receipt, SitePost

FIELDS = (
    "title",
    "body",
    "excerpt",
    "slug",
    "date",
    "status",
    "author",
    "categories",
    "tags",
    "featured",
)
# What a change at the source may change on the site. Slug, date, status and author belong to the
# site once the post is there.
FOLLOWED = ("title", "body", "excerpt", "categories", "tags", "featured")
_EDITED = ""  # a stored hash that no value has: the field is somebody else's


def wanted_values(post: Post) -> dict[str, Any]:
    """Return what we want, by field, in names and not ids."""
    values = {name: getattr(post, name) for name in FIELDS if name != "featured"}
    return values | {"featured": post.pictures[0].url if post.pictures else ""}


def sent_hashes(post: Post) -> dict[str, str]:
    """Hash what we want, the form in which the ledger remembers it."""
    return {name: digest(value) for name, value in wanted_values(post).items()}


def stored_hashes(site_post: SitePost) -> dict[str, str]:
    """Hash what WordPress answered: its filters may have rewritten what we sent."""
    return {name: digest(value) for name, value in site_post.values.items()}


def adopted_hashes(post: Post, site_post: SitePost, ids: Mapping[str, Any]) -> dict[str, str]:
    """Hash what a found post holds; where it is not what we would have sent, a person wins.

    `ids` holds the site's ids of our author, categories and tags.
    """
    wanted = wanted_values(post) | dict(ids)
    return {
        name: digest(value) if _same(name, wanted.get(name), value) else _EDITED
        for name, value in site_post.values.items()
    }


def stale_fields(post: Post, receipt: Receipt) -> tuple[str, ...]:
    """Name the fields whose wanted value is not the one we last sent."""
    sent = sent_hashes(post)
    return tuple(name for name in FOLLOWED if receipt.sent.get(name) != sent[name])


def edited_fields(
    receipt: Receipt, site_post: SitePost, post: Post, ids: Mapping[str, Any]
) -> frozenset[str]:
    """Name the fields that someone changed on the site since we wrote them.

    One that holds what we want now is none of them: an update whose answer was lost left it so.
    """
    current, wanted = stored_hashes(site_post), wanted_values(post) | dict(ids)
    return frozenset(
        name
        for name, stored in receipt.stored.items()
        if current.get(name, stored) != stored
        and not _same(name, wanted.get(name), site_post.values[name])
    )


def unfinished_fields(post: Post, site_post: SitePost, default_category: int) -> tuple[str, ...]:
    """Name what a create that died left out: WordPress writes terms and picture after the row."""
    has = site_post.values
    bare_categories = tuple(has.get("categories", ())) in {(), (default_category,)}
    missing = {
        "categories": bool(post.categories) and bare_categories,
        "tags": bool(post.tags) and not has.get("tags"),
        "featured": bool(post.pictures) and not has.get("featured"),
    }
    return tuple(name for name, is_missing in missing.items() if is_missing)


def _same(name: str, wanted: object, stored: object) -> bool:
    if name == "excerpt":  # stored as markup
        return html.unescape(str(stored)) == wanted
    if name in {"categories", "tags"} and isinstance(stored, tuple):
        return isinstance(wanted, tuple) and set(wanted) == set(stored)
    if name == "featured":
        return not wanted and not stored
    if name == "date" and isinstance(wanted, datetime):  # stored as naive UTC, to the second
        return f"{wanted.astimezone(UTC):%Y-%m-%dT%H:%M:%S}" == stored
    return bool(wanted == stored)
