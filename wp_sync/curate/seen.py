"""What curation may ask of memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import datetime

    from wp_sync.model import ItemKey, Tombstone


class Seen(Protocol):
    """What is known of addresses, feeds, and the decisions of persons."""

    def owner(self, address: str) -> ItemKey | None:
        """Return the item whose post has this normalised address."""

    def title_of(self, key: ItemKey) -> str:
        """Return an item's title, which may hold markup; "" for unknown."""

    def has_buried(self) -> bool:
        """Tell whether a person rejected anything at all: to ask costs an article's whole text."""

    def buried(self, article: Tombstone) -> Tombstone | None:
        """Return what a person rejected, and this article is again."""

    def known_since(self, feed: str) -> datetime | None:
        """Tell when a feed was seen first; None: always."""
