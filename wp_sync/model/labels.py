"""The labels of feeds on their way to tags: what was seen of them, and what persons said."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

# A person's word: its tag may be made; it means another tag; it is none.
Word = Literal["", "accepted", "mapped", "ignored"]
# Why a label has no tag of its own: nothing like it is known; a name that is nearly the same is;
# or too few articles have it. "made" was wanted by so many that its tag is made.
Standing = Literal["unknown", "near", "rare", "made"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """A label that the site has no tag for, or about which a person has decided."""

    name: str  # folded: mapping.names
    spellings: Mapping[str, int] = field(default_factory=dict)  # -> how many articles write it so
    articles: int = 0  # how many have it
    marks: tuple[str, ...] = ()  # of the latest of these, so that none is counted twice
    feeds: tuple[str, ...] = ()
    first: datetime
    last: datetime
    title: str = ""  # of an article with it
    url: str = ""
    near: str = ""  # the tag with almost this name
    standing: Standing = "unknown"
    word: Word = ""
    target: str = ""  # the name that it was mapped to

    @property
    def spelling(self) -> str:
        """Write it as most articles do; of equals as the first one did."""
        return max(self.spellings, key=self.spellings.__getitem__, default=self.name)
