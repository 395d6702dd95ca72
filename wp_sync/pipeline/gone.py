"""Terms and pictures that posts had before a run, and that the site has no more."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from wp_sync.publish.custom import is_taxonomy

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from wp_sync.ledger import WriteRow
    from wp_sync.publish.target import Target

PICTURE = "featured"


def find_gone(target: Target, writes: Sequence[WriteRow]) -> frozenset[tuple[str, int]]:
    """Name by field the ids that these writes replaced and that the site does not know now."""
    before: dict[str, set[int]] = defaultdict(set)
    for row in writes:
        if row.field == PICTURE and row.previous:
            before[PICTURE].add(row.previous)
        elif row.field in {"categories", "tags"} or is_taxonomy(row.field):
            before[row.field].update(row.previous or ())
    return frozenset(
        (name, wp_id)
        for name, ids in before.items()
        for wp_id in ids - (_known(target, name, ids) if ids else set())
    )


def _known(target: Target, name: str, ids: Iterable[int]) -> set[int]:
    if name == PICTURE:
        return set(target.read_media(sorted(ids)))
    return {term.wp_id for term in target.read_terms(name)}
