"""A memory in which nothing is: for what is judged by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from wp_sync.model import ItemKey, Tombstone


class Nothing:
    """Fits curate.seen.Seen: nothing was ever seen."""

    def owner(self, address: str) -> ItemKey | None:  # noqa: ARG002
        return None

    def title_of(self, key: ItemKey) -> str:  # noqa: ARG002
        return ""

    def has_buried(self) -> bool:
        return False

    def buried(self, article: Tombstone) -> Tombstone | None:  # noqa: ARG002
        return None

    def known_since(self, feed: str) -> datetime | None:  # noqa: ARG002
        return None
