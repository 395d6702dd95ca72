"""Decide what changed mappings make of posts that are there. Values in, values out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wp_sync.model import Skip, Update

from .authors import author_id
from .belonging import why_left
from .custom import GROUP, TERMS, custom_names, group_of
from .merge import FOLLOWED, edited_fields, sent_hashes
from .terms import known_ids

if TYPE_CHECKING:
    from collections.abc import Collection

    from wp_sync.model import Post, Receipt, SiteState

# Slug, date and status belong to the site once the post is there, whatever a mapping says.
REMAPPED = (*FOLLOWED, GROUP, TERMS, "author", "comments")


@dataclass(frozen=True, slots=True, kw_only=True)
class Remap:
    """What becomes of one post, and the fields that an editor keeps from it."""

    change: Update | Skip
    locked: tuple[str, ...] = ()


def remapped_fields(post: Post, ours: Receipt, fields: Collection[str]) -> tuple[str, ...]:
    """Name the fields that the mapping wants otherwise than we sent them.

    What it leaves to WordPress, such as the author, stays what it is; so does a picture that could
    not be had when the post was made.
    """
    sent = sent_hashes(post)
    left = {
        "author": not post.author,
        "categories": not post.categories,
        "featured": not (post.pictures and "featured" in ours.sent),
    }
    return tuple(
        name
        for name in (*REMAPPED, *custom_names(post))
        if group_of(name) in fields
        and name in sent
        and not left.get(name)
        and ours.sent.get(name) != sent[name]
    )


def remap_post(post: Post, ours: Receipt, site: SiteState, fields: Collection[str]) -> Remap:
    """Propose the update of one post; what an editor changed stays."""
    theirs = site.posts.get(ours.wp_id)
    why = why_left(ours, theirs, post)
    if theirs is None or why:
        return Remap(change=_skip(post, ours, why))
    stale = remapped_fields(post, ours, fields)
    ids = known_ids(post, site.terms) | author_id(post, site.users)
    edited = edited_fields(ours, theirs, post, ids)
    locked = tuple(name for name in stale if name in edited)
    wanted = tuple(name for name in stale if name not in edited)
    if "author" in wanted and not ids.get("author"):
        return Remap(change=_skip(post, ours, f"the site has no author {post.author!r}"))
    kept = f"edited on the site and kept: {', '.join(locked)}" if locked else ""
    if not wanted:
        return Remap(change=_skip(post, ours, kept or "as its mapping wants it"), locked=locked)
    told = [f"its mapping changed: {', '.join(wanted)}", kept]
    if post.channel != ours.channel:
        told.insert(1, f"its channel is now {post.channel}, and was {ours.channel or 'none'}")
    reason = "; ".join(filter(None, told))
    change = Update(post=post, wp_id=ours.wp_id, fields=wanted, receipt=ours, reason=reason)
    return Remap(change=change, locked=locked)


def _skip(post: Post, ours: Receipt, reason: str) -> Skip:
    return Skip(
        key=post.key, reason=reason, wp_id=ours.wp_id, title=post.title, url=post.source_url
    )
