"""Posts of a plan beside what they were made of: for people who look before it is carried out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .changes import Adopt, Create, Update
    from .items import Removal


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """What a source gave of an article, and what was taken out of it."""

    source: str  # its name
    byline: str = ""  # as the source has it
    language: str = ""
    found_by: str = ""  # the finder of the article's page; "" when the feed's own text was taken
    # Label -> HTML made safe to look at: no picture is in it, only the name of each.
    parts: tuple[tuple[str, str], ...] = ()
    removed: tuple[Removal, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Exhibit:
    """One post of a plan, its house author's name, and its original."""

    change: Create | Update | Adopt
    author: str
    original: Original
