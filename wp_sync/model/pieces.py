"""What is kept of an article's text to know the same story again, from whatever source."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from .items import ItemKey

_BANDS = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Sketch:
    """A text in hashes, ascending; of each kind the smallest: the same sample of every text."""

    words: int = 0  # how many the text has
    runs: tuple[int, ...] = ()  # of three words
    numbers: tuple[int, ...] = ()  # as they are written
    names: tuple[int, ...] = ()  # words with a capital, but for those that begin a sentence
    codes: tuple[int, ...] = ()  # all words of a short text, and of which kind they are

    @property
    def bands(self) -> tuple[int, ...]:
        """The hashes by which texts that share some of this one are looked up."""
        return self.runs[:_BANDS]


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """An article as one report of something that others may report too."""

    key: ItemKey
    sketch: Sketch
    title: str = ""  # plain
    source: str = ""  # its name
    url: str = ""
    published: datetime | None = None
    seen: datetime | None = None  # when it was taken on first; None: now
    priority: int = 0  # of its source
    # Of a post that was found on the site: by which articles it is known. Else none.
    marks: frozenset[str] = frozenset()
    wp_id: int = 0  # its post; 0 while there is none
    status: str = ""  # of the post, when we looked last; "begun" while its create has no answer

    @property
    def is_published(self) -> bool:
        """Tell whether it has a post, or may have one."""
        return bool(self.wp_id or self.status)


@dataclass(frozen=True, slots=True, kw_only=True)
class Twin:
    """An article that another source, the lead, has told already."""

    piece: Piece
    lead: Piece
    likeness: float  # 0 to 1: how many of the words are the same
    listed: bool = False  # it is named in the lead's text


@dataclass(frozen=True, slots=True, kw_only=True)
class Mentions:
    """Who else reports a story, for the last line of its text."""

    words: str = ""  # before the names
    sources: tuple[tuple[str, str], ...] = field(default_factory=tuple)  # name, address
