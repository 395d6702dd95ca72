"""Tell why a post of ours is left as it is; first of all, that it is no longer ours.

A site that was put back from a backup gives the ids of posts that it lost to the posts of others.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from .merge import stored_hashes
from .signs import bare_slug, links_to, marks_of
from .target import FORBIDDEN

if TYPE_CHECKING:
    from wp_sync.model import Post, Receipt, SitePost

DELETED = "deleted on the site: stays deleted"
NOT_OURS = "left: another post has its number by now (was the site put back from a backup?)"
LEFT = {
    "trash": "in the trash of the site: stays there",
    FORBIDDEN: "given to another author on the site: stays as it is",
}
# An editor changes some of these, hardly all of them; of two posts none of them is the same.
SIGNS = ("title", "body", "slug")


def why_left(
    ours: Receipt, there: SitePost | None, post: Post | None = None, *, even_trashed: bool = False
) -> str:
    """Say why a post of ours is not written to; "" when it is."""
    if there is None:
        return DELETED
    if not is_still_ours(ours, there, post):
        return NOT_OURS
    return "" if even_trashed and there.status == "trash" else LEFT.get(there.status, "")


def is_still_ours(receipt: Receipt, there: SitePost, post: Post | None = None) -> bool:
    """Tell whether a post has anything of what we know of ours: our mark, our link, a value."""
    if there.status == FORBIDDEN or not there.values:
        return True  # it is left alone anyway
    known = {
        name: {receipt.stored[name], *receipt.pending.get(name, ())} - {""}
        for name in SIGNS
        if name in receipt.stored
    }
    if not any(known.values()):
        return True  # taken over from others, and all its values were theirs
    # The trash gives a post another slug.
    bare = replace(there, values={**there.values, "slug": bare_slug(there.slug)})
    current = stored_hashes(bare)
    if any(current.get(name) in hashes for name, hashes in known.items()):
        return True
    if post is None:
        return False
    body = str(there.values.get("body", ""))
    return post.mark in marks_of(there.slug) or links_to(body, post.source_url)
