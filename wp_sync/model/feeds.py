"""What is learned of a feed: who it is, and how it usually comes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """By what a feed is known to be the one that a person chose; domains are registrable ones."""

    title: str = ""
    site: str = ""  # domain of the site that the feed names as its own
    location: str = ""  # domain of the address, after redirects
    is_secure: bool = False  # it came by https
    format: str = ""
    items: int = 0  # from which this was learned
    languages: tuple[str, ...] = ()  # as declared, without regions
    tongues: Mapping[str, int] = field(default_factory=dict)  # as recognised -> items
    hosts: Mapping[str, int] = field(default_factory=dict)  # domain -> items that link there
    outbound: Mapping[str, int] = field(default_factory=dict)  # domain -> items whose text does
    authors: tuple[str, ...] = ()  # folded; the latest


@dataclass(frozen=True, slots=True, kw_only=True)
class Habit:
    """A number an item: of the latest ones, and of those before, which say what is usual."""

    usual: tuple[int, ...] = ()
    latest: tuple[int, ...] = ()
    is_low: bool = False  # the latest are far below the usual, which stay as they were meanwhile


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedHealth:
    """All that is learned of one feed."""

    feed: str  # ItemKey.feed
    identity: Identity = field(default_factory=Identity)
    pulled: datetime | None = None  # the last pull that brought anything new
    last_item: datetime | None = None
    moments: tuple[int, ...] = ()  # of the latest items, in seconds since 1970
    gaps: Mapping[str, int] = field(default_factory=dict)  # week -> the longest gap, in seconds
    batches: tuple[int, ...] = ()  # new items of the pulls that had any
    words: Habit = field(default_factory=Habit)  # an item
    pictures: Habit = field(default_factory=Habit)  # an item: 100 with, 0 without
    pages: Habit = field(default_factory=Habit)  # words extracted an article's page
    # "key: selector" of [sources.extract] -> pages in a row on which it found nothing
    missed: Mapping[str, int] = field(default_factory=dict)
    flooded: datetime | None = None  # the last pull that brought far too much
    flood: str = ""  # what it brought
    held_since: datetime | None = None
    held: str = ""  # why nothing of it is published: it seems to have changed hands
    candidate: Identity | None = None  # who it seems to be now, while it is held
