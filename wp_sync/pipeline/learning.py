"""The paragraphs that a feed repeats: learned from its articles as these are cleaned."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from wp_sync.clean.recurring import learn, marks_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from wp_sync.ledger import Ledger
    from wp_sync.model import Article, Recurrences


@dataclass(slots=True)
class Repeats:
    """What one feed repeats, as the ledger knows it."""

    ledger: Ledger
    feed: str
    clock: Callable[[], datetime]
    marks: frozenset[str] = field(init=False)  # of paragraphs that are to be left out
    _known: Recurrences = field(init=False)

    def __post_init__(self) -> None:
        self._known = self.ledger.recurring.get(self.feed)
        self.marks = marks_of(self._known)

    def learn(self, articles: Iterable[Article]) -> frozenset[str]:
        """Learn from articles, also in a rehearsal; return the marks that are new by it.

        It is the feed that is learned: what a plan has shown, a sync must come to.
        """
        before = self._known
        self._known = learn(before, articles, self.clock())
        self.ledger.recurring.put(before, self._known)
        fresh = marks_of(self._known) - self.marks
        self.marks |= fresh
        return fresh
