"""Feeds that have moved: the configuration names another address, and the articles are the same."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, delete, select, update

from wp_sync.model import ItemKey
from wp_sync.text import normalise_address

from . import schema
from .database import chunks
from .manners import NOT_MOVED

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy import Connection

    from wp_sync.model import Pull

_FEEDS, _ALIASES = schema.feeds, schema.feed_aliases
_AT = select(schema.items.c.feed, schema.items.c.address).where(
    schema.items.c.address.in_(bindparam("addresses", expanding=True))
)
_FEW = 3  # articles in common are enough, where a feed has so many


def find_predecessor(connection: Connection, pull: Pull, configured: Collection[str]) -> str:
    """Find the feed that this one was before it moved; "" for none.

    It is one whose addresses the configuration has no more, that was not withdrawn, and that has
    at least half of these articles, by their addresses.
    """
    places = {normalise_address(one.url) for one in pull.items} - {""}
    common: dict[str, set[str]] = defaultdict(set)
    for some in chunks(sorted(places)):
        for row in connection.execute(_AT, {"addresses": some}):
            common[row.feed].add(row.address)
    for feed in _kept(connection, configured) if common else ():
        common.pop(feed, None)
    feed = max(common, key=lambda one: (len(common[one]), one), default="")
    enough = max(min(_FEW, len(pull.items)), len(pull.items) / 2)
    return feed if feed and len(common[feed]) >= enough else ""


def _kept(connection: Connection, configured: Collection[str]) -> set[str]:
    """Name the feeds that are what they were: they have their address yet, or were withdrawn."""
    aliases = connection.execute(select(_ALIASES.c.feed, _ALIASES.c.address))
    kept = {row.feed for row in aliases if row.address in configured}
    return kept | set(connection.scalars(select(schema.withdrawals.c.feed)))


def succeed(connection: Connection, pull: Pull, feed: str, address: str, source: str) -> Pull:
    """Make the feed at this address the one that is known; it has no items of its own yet."""
    moved = _ALIASES.c.feed == pull.feed
    connection.execute(update(_ALIASES).where(moved).values(feed=feed))
    connection.execute(delete(_FEEDS).where(_FEEDS.c.id == pull.feed))
    told = {"address": address, "source": source, **NOT_MOVED}
    connection.execute(update(_FEEDS).where(_FEEDS.c.id == feed).values(told))
    items = (replace(one, key=ItemKey(feed, one.key.guid)) for one in pull.items)
    return replace(pull, feed=feed, items=tuple(items))
