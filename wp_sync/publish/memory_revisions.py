"""The revisions on a site in memory."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING, Any

from .merge import TEXTS
from .target import Revision, is_between

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wp_sync.model import SitePost


class MemoryRevisions:
    """What each save of a text left, oldest first, with ids of their own."""

    def __init__(self, author: int) -> None:
        self._of: dict[int, list[Revision]] = {}  # by post
        self._author, self._ids = author, count(100_000)

    def read(self, wp_id: int, after: int, before: int | None) -> tuple[Revision, ...]:
        found = reversed(self._of.get(wp_id, ()))
        return tuple(one for one in found if is_between(one.wp_id, after, before))

    def keep(self, post: SitePost, before: Mapping[str, Any]) -> None:
        """Keep the first save of a post, and each that changes a text."""
        texts = {name: post.values[name] for name in TEXTS if name in post.values}
        kept = self._of.setdefault(post.wp_id, [])
        if not kept or any(before[name] != text for name, text in texts.items()):
            made = Revision(
                wp_id=next(self._ids), author=self._author, modified=post.modified, values=texts
            )
            kept.append(made)

    def counted(self, post: SitePost) -> SitePost:
        """Tell with a post how many there are, and the newest one."""
        kept = self._of.get(post.wp_id, ())
        return replace(post, revisions=len(kept), revision=kept[-1].wp_id if kept else 0)
