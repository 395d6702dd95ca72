"""Whom the texts of leads would name after a rehearsal: a sync keeps this in the ledger.

What a rehearsal makes or changes itself has one change in its plan; the sync that follows names
others in it right after, and a message says so.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from wp_sync.text import limit_text, plain_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from wp_sync.ledger import Ledger
    from wp_sync.model import ItemKey, Outcome, Twin

_LONGEST_TITLE = 100  # characters
_CHANGED = frozenset({"created", "updated"})


@dataclass(slots=True)
class Foreseen:
    """The repeats that a rehearsal has found, by their leads."""

    named: dict[ItemKey, dict[str, str]] = field(default_factory=dict)  # source -> address
    leads: dict[ItemKey, ItemKey] = field(default_factory=dict)  # of all repeats

    def add(self, ledger: Ledger, site: str, twins: Sequence[Twin]) -> None:
        """Take on what a sync would put into the ledger."""
        self.leads |= {one.piece.key: one.lead.key for one in twins}
        for one in sorted(ledger.twins.to_list(site, twins), key=lambda twin: twin.piece.key):
            self.named.setdefault(one.lead.key, {}).setdefault(one.piece.source, one.piece.url)

    def complete(
        self, named: Mapping[ItemKey, tuple[tuple[str, str], ...]], keys: Iterable[ItemKey]
    ) -> dict[ItemKey, tuple[tuple[str, str], ...]]:
        """Add to what the ledger has of these leads; a source is named once."""
        found = dict(named)
        for key in keys:
            before = dict(named.get(key, ()))
            more = self.named.get(key, {}).items()
            if whole := before | {name: url for name, url in more if name not in before}:
                found[key] = tuple(whole.items())
        return found

    def leads_in(self, feed: str, outcomes: Sequence[Outcome]) -> list[ItemKey]:
        """List the leads in a feed that the plan neither makes nor changes by itself."""
        changed = {one.key for one in outcomes if one.status in _CHANGED}
        return sorted(key for key in self.named if key.feed == feed and key not in changed)

    def tell(self, outcomes: Sequence[Outcome]) -> Iterator[str]:
        """Say which posts that the plan makes or changes name others afterwards."""
        for one in outcomes:
            if one.key in self.named and one.status in _CHANGED:
                title = limit_text(plain_text(one.title), _LONGEST_TITLE)
                names = ", ".join(self.named[one.key])
                yield f'"{title}": a sync names in its post afterwards who else reports it: {names}'
