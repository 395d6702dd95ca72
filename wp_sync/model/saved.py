"""A plan that is kept, for a person to look at and to carry out later: exactly this, or nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from .changes import Adopt, Create, Skip, Update

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from .changes import NewTerm
    from .items import ItemKey

SavedChange = Create | Update | Adopt | Skip  # what the plan of a sync holds


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A post as the site had it when a change to it was decided on."""

    status: str
    modified: str = ""  # as SitePost.modified
    hashes: Mapping[str, str] = field(default_factory=dict)  # by field, as Receipt.stored


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A change, and what it was decided on beside the receipt that it carries."""

    change: SavedChange
    item: str  # hash of the article as its feed gave it
    seen: Seen | None = None  # None: there was no post


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """A post whose time is over, and how it is taken back: looked at anew when that is done."""

    key: ItemKey
    wp_id: int
    how: Literal["draft", "trash"]
    title: str = field(default="", compare=False)
    url: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedPlan:
    """The plan of one site, made at one moment with one configuration."""

    site: str  # SiteIdentity.address
    made: datetime
    rules: str  # hash of sources and channels
    entries: tuple[Entry, ...] = ()
    new_terms: tuple[NewTerm, ...] = ()
    ended: tuple[Ended, ...] = ()
