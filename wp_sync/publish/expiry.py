"""Decide what becomes of posts whose time is over. Values in, values out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from wp_sync.model import Amend, Trash

from .belonging import is_still_ours
from .merge import rewritten_fields, stored_hashes
from .target import FORBIDDEN
from .updates import find_touched

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from wp_sync.model import Change, ItemKey, Receipt, SitePost

_SHOWN = frozenset({"future", "private", "publish"})
_SITES_OWN = frozenset({"date", "slug", "status"})  # which no editor's work is lost with


@dataclass(frozen=True, slots=True, kw_only=True)
class Expiry:
    """What is to be done, and what is left as it is."""

    changes: tuple[Change, ...] = ()
    edited: tuple[Receipt, ...] = ()  # an editor's work is in them: told, and left
    over: tuple[ItemKey, ...] = ()  # not shown any more: nothing to do


def expire_posts(
    receipts: Sequence[Receipt],
    posts: Mapping[int, SitePost],
    articles: Mapping[ItemKey, tuple[str, str]],
    how: str,
    why: str,
) -> Expiry:
    """Make drafts of posts, or trash them, but for those that an editor has changed.

    `articles` holds title and address by item, `why` whose time is over.
    """
    changes: list[Change] = []
    edited: list[Receipt] = []
    over: list[ItemKey] = []
    for ours in receipts:
        there = posts.get(ours.wp_id)
        is_shown = there is not None and (there.status in _SHOWN or how == "trash")
        if there is None or there.status in {FORBIDDEN, "trash"} or not is_shown:
            over.append(ours.key)
        elif not is_still_ours(ours, there) or find_touched(there, _expected(ours, there)):
            edited.append(ours)
        else:
            changes.append(_take_back(ours, there, articles.get(ours.key, ("", "")), how, why))
    return Expiry(changes=tuple(changes), edited=tuple(edited), over=tuple(over))


def _take_back(
    ours: Receipt, there: SitePost, article: tuple[str, str], how: str, why: str
) -> Change:
    title, url = article
    expected = _expected(ours, there)
    if how == "trash":
        return Trash(
            key=ours.key, wp_id=ours.wp_id, reason=why, expected=expected, title=title, url=url
        )
    return Amend(
        receipt=replace(ours, doubt=why),
        values={"status": "draft"},
        expected={**expected, "status": (stored_hashes(there)["status"],)},
        order="expiry",
        reason=why,
        title=title,
        url=url,
    )


def _expected(ours: Receipt, there: SitePost) -> dict[str, tuple[str, ...]]:
    """Return what a post holds that no editor has touched; a plugin may have rewritten it."""
    current = stored_hashes(there)
    rewritten = rewritten_fields(ours, there)
    return {
        name: (stored, *ours.pending.get(name, ()), *([current[name]] if name in rewritten else []))
        for name, stored in ours.stored.items()
        if name not in _SITES_OWN
    }
