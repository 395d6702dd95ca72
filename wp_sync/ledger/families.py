"""Guids that stand for several articles: each of these has a key of its own."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sqlalchemy import select

from wp_sync.hashing import guid_at
from wp_sync.model import ItemKey
from wp_sync.text import normalise_address, plain_text

from . import schema
from .database import chunks
from .items import BY_GUID, OURS

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from sqlalchemy import Connection, RowMapping

    from wp_sync.model import Item, Pull

_ITEMS = schema.items
# Made once: with a thousand feeds, to make them costs more than to carry them out.
_NAMES = select(_ITEMS.c.guid, _ITEMS.c.address, _ITEMS.c.title)
_NAMES_BY_GUID = _NAMES.where(*BY_GUID)
_NAMES_WITH_ADDRESS = _NAMES.where(OURS, _ITEMS.c.guid.contains("\n"))


def tell_apart(connection: Connection, pull: Pull, *, is_new: bool) -> Pull:
    """Give an item a key of its own where its guid is known for another article.

    Some feeds have one guid for all. Another article: its address and its title are both other.
    `is_new`: no item of the feed is known.
    """
    if not pull.items:
        return pull
    places = {item.key.guid: normalise_address(item.url) for item in pull.items}
    plain = {guid: guid.removesuffix(guid_at("", place)) for guid, place in places.items()}
    guids = () if is_new else tuple(set(plain.values()))
    families = _find_families(connection, pull.feed, guids)
    here = set(places.values()) - {""}
    taken = {row["guid"] for rows in families.values() for row in rows if row["address"] in here}
    keys: dict[str, str] = {}
    notes = dict.fromkeys(pull.notes)
    for item in pull.items:
        was, (guid, address) = item.key.guid, (plain[item.key.guid], places[item.key.guid])
        family = families.get(guid, ())
        same = _find_same(item, address, family, taken) if family else was
        if not same:
            told = f"the guid {guid[:80]} stands for several articles: known by their addresses"
            notes[told] = None
        keys[was] = same or guid_at(guid, address)
        taken.add(keys[was])
    renamed = (replace(one, key=ItemKey(pull.feed, keys[one.key.guid])) for one in pull.items)
    hashes = {keys.get(guid, guid): mark for guid, mark in pull.hashes.items()}
    return replace(pull, items=tuple(renamed), hashes=hashes, notes=tuple(notes))


def _find_families(
    connection: Connection, feed: str, guids: Sequence[str]
) -> dict[str, list[RowMapping]]:
    """Find what is known by these guids, alone or with an address: by guid."""
    families: dict[str, list[RowMapping]] = {}
    for some in chunks(guids):
        told = {"this_feed": feed, "guids": some}
        for row in connection.execute(_NAMES_BY_GUID, told).mappings():
            families[row["guid"]] = [row]
    if not families:
        return families
    for row in connection.execute(_NAMES_WITH_ADDRESS, {"this_feed": feed}).mappings():
        if family := families.get(row["guid"].rpartition("\n")[0]):
            family.append(row)
    return families


def _find_same(
    item: Item, address: str, family: Sequence[RowMapping], taken: Collection[str]
) -> str:
    """Name the known item that this one is, by its address, else by its title; "" for none."""
    title = plain_text(item.title)
    for row in family:
        if row["address"] == address:
            return str(row["guid"])
    for row in family:
        is_vague = not (address and row["address"])  # then the guid is all there is
        if row["guid"] not in taken and (is_vague or plain_text(row["title"]) == title):
            return str(row["guid"])
    return ""
