"""A body under work: the one tree that the steps change in place, and what they took out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from wp_sync.config.channels import CleanRules
from wp_sync.model import Removal

from .tree import drop, text_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from datetime import datetime

    from lxml.etree import _Element as Element  # type: ignore[import-untyped]

    from wp_sync.model import Edge

_SHOWN = 80  # characters of a removal that a report shows


@dataclass(frozen=True, slots=True, kw_only=True)
class Traits:
    """What is known of a source, beside what one entry says."""

    names: tuple[str, ...] = ()  # by which its titles may end
    recurring: frozenset[str] = frozenset()  # marks of paragraphs that recur: `clean.recurring`


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known of an article before its body is read: a body that repeats it says no more."""

    title: str = ""
    byline: str = ""
    published: datetime | None = None


@dataclass(slots=True, kw_only=True)
class Draft:
    body: Element
    base_url: str  # "" when unknown: relative addresses are then dropped
    rules: CleanRules = field(default_factory=CleanRules)
    facts: Facts = field(default_factory=Facts)
    traits: Traits = field(default_factory=Traits)
    spared: set[Element] = field(default_factory=set)  # what the channel's `spare` names
    removed: list[Removal] = field(default_factory=list)
    lines: list[tuple[Element, str]] | None = None  # of `clean.lines`, read once
    emptied_at: int = -1  # how much had been removed when nothing empty was left
    edges: list[Edge] = field(default_factory=list)

    def elements(self, names: Collection[str] = ()) -> list[Element]:
        """List the elements in document order."""
        found: list[Element] = list(self.body.iter(*(names or ("*",))))
        return found[1:] if found and found[0] is self.body else found

    def remaining(self, names: Collection[str] = ()) -> Iterator[Element]:
        """Walk the elements, without those that go with an earlier one meanwhile."""
        count = len(self.removed)
        for element in self.elements(names):
            if len(self.removed) == count or self.holds(element):
                yield element

    def holds(self, element: Element) -> bool:
        """Tell whether an element is still there."""
        return any(above is self.body for above in element.iterancestors())

    def remove(self, element: Element, rule: str) -> bool:
        """Take an element out with all that is in it, and write down what there was to see."""
        if self.spared and not self.spared.isdisjoint(element.iter("*")):
            return False
        shown = text_of(element) or next(
            (one.get("src") for one in element.iter("*") if one.get("src")), ""
        )
        self.removed.append(Removal(rule=rule, text=shown[:_SHOWN]))
        if element.getparent() is not self.body:
            self.lines = None  # one of them says less by now
        drop(element)
        return True
