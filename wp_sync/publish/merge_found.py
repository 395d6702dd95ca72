"""What is ours in a post that was found without a receipt: made by a lost answer, or taken over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wp_sync.hashing import digest

from .bodies import without_pictures
from .custom import is_custom
from .merge import (
    EDITED,
    FLOATING,
    same_value,
    sent_hashes,
    stored_hashes,
    wanted_values,
    with_ids,
)
from .moments import naive_utc
from .signs import without_mentions

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from wp_sync.model import Intent, Post, SitePost

_LATE = ("categories", "tags", "featured")  # which WordPress writes after the row


def adopted_hashes(
    post: Post, site_post: SitePost, ids: Mapping[str, Any], begun: Intent | None = None
) -> tuple[dict[str, str], dict[str, str]]:
    """Hash what we sent to a found post, and what it holds: where these differ, a person wins.

    `ids` holds the site's ids of our author, categories and tags; `begun` what the create sent,
    which the source may have corrected since.
    """
    wanted, current = with_ids(post, ids), stored_hashes(site_post)
    sent, held = sent_hashes(post), dict.fromkeys(current, EDITED)
    for name, value in current.items():
        if begun and value in begun.pending.get(name, ()):
            held[name] = value
            sent[name] = begun.sent.get(name, "")
        elif name == "body" and digest(site_post.values[name]) == post.other_body:
            held[name], sent[name] = value, post.other_body
        elif same_value(name, wanted.get(name), site_post.values[name]) or (
            name == "body" and _same_text(post.body, str(site_post.values[name]))
        ):
            held[name] = value
    return sent, held


def landed_hashes(
    begun: Intent, site_post: SitePost, default_category: int, landed: datetime
) -> tuple[dict[str, str], dict[str, str]]:
    """Hash what a create without an answer sent, and what the post holds now.

    What it left to the site is as the site has it. What it left out is neither sent nor a
    person's, unless somebody has saved the post: WordPress writes terms and picture last.
    """
    saved = was_saved(site_post, landed)
    sent, held = dict(begun.sent), dict.fromkeys(site_post.values, EDITED)
    for name, value in stored_hashes(site_post).items():
        if begun.pending and value in begun.pending.get(name, (value,)):
            held[name] = value
        elif not saved and _is_bare(name, site_post, default_category):
            held[name] = value
            sent.pop(name, None)
    return sent, held


def unfinished_fields(post: Post, site_post: SitePost, default_category: int) -> tuple[str, ...]:
    """Name what a create that died left out: WordPress writes terms and picture after the row."""
    has = site_post.values
    bare = {name: _is_bare(name, site_post, default_category) for name in _LATE}
    missing = {
        "categories": bool(post.categories) and bare["categories"],
        "tags": bool(post.tags) and bare["tags"],
        "featured": bool(post.pictures) and bare["featured"],
    }
    wanted = {name: value for name, value in wanted_values(post).items() if is_custom(name)}
    missing |= {name: bool(one) and not has.get(name, one) for name, one in wanted.items()}
    return tuple(name for name, is_missing in missing.items() if is_missing)


def was_saved(site_post: SitePost, landed: datetime) -> bool:
    """Tell whether anybody has saved a post since it was made, at `landed` at the latest.

    Until then its last change is its own date (wp_insert_post): each save moves that, and leaves a
    revision where any are kept. Publishing by time leaves one, too, and moves nothing; the date of
    a draft may move along. XML-RPC writes each post twice, and tells of no revisions here.
    """
    late = bool(site_post.modified) and site_post.modified > naive_utc(landed)
    if site_post.revisions is None:
        return late
    moved = bool(site_post.modified) and site_post.modified != site_post.values.get("date")
    floats = site_post.status in FLOATING
    return moved or (floats and (bool(site_post.revisions) or late))


def _is_bare(name: str, site_post: SitePost, default_category: int) -> bool:
    """Tell whether a field is as a create that died leaves it."""
    value = site_post.values.get(name)
    is_default = name == "categories" and tuple(value or ()) == (default_category,)
    return name in _LATE and (not value or is_default)


def _same_text(wanted: str, stored: str) -> bool:
    """Compare texts without the pictures that we uploaded, whose addresses are the site's own.

    And without the names of those who also report it, which a ledger that was lost does not know.
    """
    bare = without_mentions(without_pictures(stored, ours=True))
    return without_mentions(without_pictures(wanted)) == bare
