"""What curation may ask of memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from wp_sync.model import ItemKey


class Seen(Protocol):
    """The addresses that already have a post."""

    def owner(self, address: str) -> ItemKey | None:
        """Return the item whose post has this normalised address."""

    def title_of(self, key: ItemKey) -> str:
        """Return an item's title, which may hold markup; "" for unknown."""
