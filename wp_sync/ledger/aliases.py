"""Items that a feed gives under new guids: the articles that are known already, under their own.

What is gone from a feed and what is new in it may be one article. Only what is certain counts: a
sign that one item of either side has, and no other.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import bindparam, select

from wp_sync.hashing import telling_words
from wp_sync.model import Item, ItemKey
from wp_sync.text import normalise_address, plain_text

from . import schema
from .database import upsert
from .items import OURS, find_known, has_items
from .packing import unpack_item

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from wp_sync.model import Pull

_ITEMS, _ALIASES = schema.items, schema.item_aliases
# Made once: with a thousand feeds, to make them costs more than to carry them out.
_SEVERAL = select(_ITEMS.c.guid).where(OURS, _ITEMS.c.guid.contains("\n"))
_TOLD = select(_ALIASES.c.guid, _ALIASES.c.item).where(_ALIASES.c.feed == bindparam("this_feed"))
_WHOLE = 50  # words, of which no two articles are the same by chance or by habit
_MOST = 1_000  # items, those seen last, that are compared with new ones


class Signs(NamedTuple):
    """By what an article is known again."""

    guid: str
    address: str  # normalised; "" for none
    title: str  # plain, in one case
    published: datetime | None
    text: str  # with the title; a short one with its day; "" for too little text


def signs_of(item: Item) -> Signs:
    """Read the signs of an item as its feed gave it."""
    title, text = plain_text(item.title), plain_text(item.body_html or item.summary_html)
    mark = " ".join(telling_words(title, text))
    if mark and item.published and len(text.split()) < _WHOLE:
        mark += f" {item.published:%Y-%m-%d}"  # "Play today's crossword" is a new one each day
    return Signs(
        guid=item.key.guid,
        address=normalise_address(item.url),
        title=title.casefold(),
        published=item.published,
        text=mark,
    )


def match_items(fresh: Sequence[Signs], gone: Sequence[Signs]) -> dict[str, str]:
    """Name for new guids the known ones of the same articles."""
    found: dict[str, str] = {}
    for sign in (_place, _title_and_time, _text):
        left = _singles((one for one in fresh if one.guid not in found), sign)
        known = _singles((one for one in gone if one.guid not in found.values()), sign)
        for name in left.keys() & known.keys():
            if _agree(left[name], known[name]):
                found[left[name].guid] = known[name].guid
    return found


def _place(one: Signs) -> Hashable:
    return one.address


def _title_and_time(one: Signs) -> Hashable:
    return (one.title, one.published) if one.title and one.published else ""


def _text(one: Signs) -> Hashable:
    return one.text


def _singles(some: Iterable[Signs], sign: Callable[[Signs], Hashable]) -> dict[Hashable, Signs]:
    """Choose those whose sign nobody else has."""
    groups: dict[Hashable, list[Signs]] = defaultdict(list)
    for one in some:
        groups[sign(one)].append(one)
    return {name: ones[0] for name, ones in groups.items() if name and len(ones) == 1}


def _agree(one: Signs, other: Signs) -> bool:
    """Tell whether more than an address is alike: a page may hold another article each day."""
    same_time = one.published is not None and one.published == other.published
    return same_time or one.title == other.title or bool(one.text and one.text == other.text)


def recognise(connection: Connection, pull: Pull) -> Pull:
    """Give known items their own guids again; `aliases` tells of those that were not known."""
    if not has_items(connection, pull.feed):
        return pull
    here = {item.key.guid for item in pull.items}
    told = dict(_told(connection, pull.feed))
    fresh = here - told.keys() - _known(connection, pull.feed, here)
    found: dict[str, str] = {}
    present = pull.present | here
    if fresh and pull.present:
        busy = {told.get(guid, guid) for guid in present}
        gone = [one for one in _last_seen(connection, pull.feed) if _base(one.guid) not in busy]
        signs = [signs_of(item) for item in pull.items if gone and item.key.guid in fresh]
        found = match_items(signs, gone)
    names: dict[str, str] = {}
    for guid, known in (told | found).items():
        # Of two entries that are there side by side, each is an item of its own.
        if guid in here and known not in present and known not in names.values():
            names[guid] = known
    return replace(_renamed(pull, names), aliases=found)


def _told(connection: Connection, feed: str) -> Iterable[tuple[str, str]]:
    return ((row.guid, row.item) for row in connection.execute(_TOLD, {"this_feed": feed}))


def _known(connection: Connection, feed: str, guids: Iterable[str]) -> set[str]:
    """Choose the guids under which items are kept, alone or with an address."""
    known = find_known(connection, feed, guids)
    bases = {_base(guid) for guid in connection.scalars(_SEVERAL, {"this_feed": feed})}
    return known | {guid for guid in guids if _base(guid) in bases}


def _base(guid: str) -> str:
    return guid.partition("\n")[0]


def _last_seen(connection: Connection, feed: str) -> Iterable[Signs]:
    ours = _ITEMS.c
    query = select(ours.guid, ours.raw).where(ours.feed == feed)
    for row in connection.execute(query.order_by(ours.last_seen.desc()).limit(_MOST)):
        yield signs_of(unpack_item(ItemKey(feed, row.guid), row.raw))


def _renamed(pull: Pull, names: Mapping[str, str]) -> Pull:
    if not names:
        return pull
    keys = {
        one.key: ItemKey(pull.feed, names.get(one.key.guid, one.key.guid)) for one in pull.items
    }
    items = tuple(replace(one, key=keys[one.key]) for one in pull.items)
    hashes = {names.get(guid, guid): mark for guid, mark in pull.hashes.items()}
    return replace(pull, items=items, hashes=hashes)


def put_aliases(connection: Connection, pull: Pull, now: datetime) -> None:
    """Remember under which guids else a feed has its items."""
    rows: list[dict[str, Any]] = [
        {"feed": pull.feed, "guid": guid, "item": item, "seen": now}
        for guid, item in pull.aliases.items()
    ]
    upsert(connection, _ALIASES, rows, update=("item", "seen"))
