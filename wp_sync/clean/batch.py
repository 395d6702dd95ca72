"""Many items cleaned in one call: what the confined child is asked to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wp_sync.errors import CleanError

from .item import clean_item

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wp_sync.config.schema import CleanRules
    from wp_sync.model import Article, Item, Page, Rights


def clean_items(
    batch: Sequence[tuple[Item, Page | None]], rights: Rights, rules: CleanRules
) -> list[Article | str]:
    """Clean items in order; a refusal comes back as its message."""
    cleaned: list[Article | str] = []
    for item, page in batch:
        try:
            cleaned.append(clean_item(item, page, rights=rights, rules=rules))
        except CleanError as error:
            cleaned.append(str(error))
    return cleaned
