"""What repeats an article that never comes: else nobody would tell its story.

It is judged anew; where a person did not want the article, a person decides about its repeats, too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wp_sync.curate.screen import SAME_ADDRESS, SAME_PAGE
from wp_sync.text import normalise_address

from .repeats import REJECTED, REPEATS, hold_for

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from wp_sync.ledger import Ledger
    from wp_sync.model import Item, ItemKey, Outcome

_TOLD = (*REPEATS, SAME_ADDRESS, SAME_PAGE)  # begin the reasons of what was taken for a repeat


def free_repeats(ledger: Ledger, site: str, gone: Mapping[ItemKey, str]) -> set[ItemKey]:
    """Make due what repeats these, which ended for a reason; return what is due by it.

    One with a post, or whose create has no answer yet, keeps its repeats: it tells the story. Of
    one that a person rejected, a person decides about them.
    """
    if not gone:
        return set()
    lost, owners = _find_lost(ledger, site, gone)
    return ledger.twins.free(site, lost, owners, _TOLD)


def foresee_freed(
    ledger: Ledger,
    site: str,
    gone: Mapping[ItemKey, str],
    told: Sequence[Outcome],
    leads: Mapping[ItemKey, ItemKey],
) -> set[ItemKey]:
    """Choose what a sync would make due; `told`, with its `leads`, is known to this run alone."""
    if not gone:
        return set()
    lost, owners = _find_lost(ledger, site, gone)
    now = {one.key: one for one in told}
    freed = ledger.twins.repeats_to_free(site, lost, owners, _TOLD).difference(now)
    rows = ledger.decisions.items(sorted(owners))
    addresses = {normalise_address(one.url) for one in rows.values()} - {""}
    for key, one in now.items():
        waits = one.status in {"held", "dropped"} and one.stage == "curate"
        if waits and one.reason.startswith(_TOLD) and key not in lost:
            repeats = leads.get(key) in lost or normalise_address(one.url) in addresses
            freed.update({key} if repeats else ())
    return freed


def _find_lost(
    ledger: Ledger, site: str, gone: Mapping[ItemKey, str]
) -> tuple[set[ItemKey], set[ItemKey]]:
    """Choose those of which no post comes, and those of them that own their addresses."""
    there = ledger.posts.receipts(site, sorted(gone)).keys()
    begun = {one.key for one in ledger.posts.intents(site)}
    rejected = ledger.decisions.buried_keys(site, gone)
    lost = {*gone} - there - begun - rejected
    # What has another one's address itself owns none: its like are the other one's repeats.
    owners = {key for key in lost if not gone[key].startswith((SAME_ADDRESS, SAME_PAGE))}
    return lost, owners


def find_items(ledger: Ledger, feed: str, keys: Collection[ItemKey]) -> list[Item]:
    """Return the items of a feed among these."""
    return ledger.decisions.raws(sorted(key for key in keys if key.feed == feed))


def hold_repeats(
    ledger: Ledger, site: str, leads: Collection[ItemKey], run: str, why: str = REJECTED
) -> list[Outcome]:
    """Hold for a person what repeats these, which are not to be seen; nothing of it goes by itself.

    Dropped, or named in what nobody reads, it would be lost without a word.
    """
    pairs = dict(ledger.twins.repeats_of(site, leads))
    rows = ledger.decisions.items([*pairs, *pairs.values()])
    held: list[Outcome] = []
    for key, lead in pairs.items():
        row = rows.get(key)
        if row and row.state in {"held", "dropped"} and row.reason.startswith(REPEATS):
            held.append(hold_for(row, rows.get(lead), why))
            ledger.items.decide(held[-1], run, "held")
    ledger.twins.unlist(site, leads)
    return held
