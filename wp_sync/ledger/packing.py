"""Items as JSON, without their keys: as feeds gave them."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime
from typing import TYPE_CHECKING, Any

from wp_sync.model import Item

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wp_sync.model import ItemKey

_DATES = ("published", "claimed", "updated")
_FIELDS = tuple(field.name for field in fields(Item) if field.name != "key")


def pack_item(item: Item) -> dict[str, Any]:
    """Make JSON of an item: without its key, and without what is empty."""
    values = {name: value for name in _FIELDS if (value := getattr(item, name))}
    return values | {name: values[name].isoformat() for name in _DATES if name in values}


def unpack_item(key: ItemKey, raw: Mapping[str, Any]) -> Item:
    """Make an item of its JSON, which a newer or older wp-sync may have written."""
    values: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in raw.items()
        if name in _FIELDS
    }
    values |= {name: datetime.fromisoformat(values[name]) for name in _DATES if name in values}
    return Item(key=key, **values)
