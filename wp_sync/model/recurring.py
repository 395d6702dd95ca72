"""Paragraphs that come again and again in a feed's articles."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

EdgePlace = Literal["start", "end"]
# What speaks for a paragraph's being the source's and not the article's: it asks for something, or
# it has a link. "" where nothing does.
EdgeSign = Literal["plea", "link", ""]


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """A short paragraph at the start or the end of an article."""

    mark: str  # of its place and its words
    place: EdgePlace
    sign: EdgeSign
    text: str  # cut


@dataclass(frozen=True, slots=True, kw_only=True)
class Recurrence:
    """How often such a paragraph came in a feed."""

    mark: str
    place: EdgePlace
    sign: EdgeSign
    text: str
    articles: int  # different ones that have it
    since: int  # how many of the feed's articles there were before the first of them
    latest: int  # how many there were with the last of them
    first: datetime  # the dates of the earliest and the newest of them
    last: datetime
    learned: datetime | None = None  # when it was taken for the source's; None: it is not
    verdict: Literal["keep", "remove", ""] = ""  # a person's word


@dataclass(frozen=True, slots=True, kw_only=True)
class Recurrences:
    """What was learned of one feed."""

    feed: str
    articles: int = 0  # that were looked at
    recent: tuple[str, ...] = ()  # marks of the last of them: none counts twice
    found: Mapping[str, Recurrence] = field(default_factory=dict)  # by mark
