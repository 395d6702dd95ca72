"""What curation learns from: articles that a person placed; and what it learned of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from .items import ItemKey

# How a person said it: by the category of a post on the site, by `review`, in wp-admin.
Teaching: TypeAlias = Literal["site", "approved", "rejected", "published", "moved", "trashed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """One article as an example."""

    key: ItemKey
    channel: str  # "" for none of the channels
    is_against: bool = False  # True: all that is known is that it does not belong in the channel
    teaching: Teaching
    weight: float = 1.0  # of one decision
    words: str  # folded, three lines: the title, the labels, the beginning of the text
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Learned:
    """What was learned of all lessons, as the weights of single words and pairs of them."""

    channels: tuple[str, ...] = ()  # in the order of the weights
    weights: Mapping[str, tuple[float, ...]] = field(default_factory=dict)  # word -> bits a channel
    decisions: int = 0  # that were learned from
