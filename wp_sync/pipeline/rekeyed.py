"""Feeds whose articles seem to have new ids: noticed as they come in, held until a person says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wp_sync.publish.safety import find_rekey, is_allowed, is_overturned
from wp_sync.text import normalise_address

if TYPE_CHECKING:
    from collections.abc import Collection

    from wp_sync.ledger import Ledger
    from wp_sync.model import Pull

    from .collect import FeedJob

_REKEYED = "rekeyed:"  # + the feed, in the ledger's meta: what is told of it; "" when all passes


def notice_rekey(ledger: Ledger, job: FeedJob, pulled: Pull) -> None:
    """Remember that nearly all ids of a feed are new, but its articles are not.

    Comes before the items are kept: at the next pull these ids are known. An item whose guid
    stands for several articles is known by its address too (`guid_at`).
    """
    if not pulled.items:
        return
    known = {guid.partition("\n")[0] for guid in job.known}
    fresh = [item for item in pulled.items if item.key.guid.partition("\n")[0] not in known]
    entries = len(pulled.items) + pulled.unchanged
    if not is_overturned(len(job.known), len(fresh), entries):
        return
    names = [(item.title, normalise_address(item.url)) for item in fresh]
    if told := find_rekey(ledger.items.names(job.feed), names, entries):
        ledger.meta.set(_REKEYED + job.feed, told)


def read_rekey(
    ledger: Ledger, feed: str, source: str, allowed: Collection[str], *, rehearsal: bool
) -> str:
    """Return what was told of a feed's new ids; "" when a person let them pass."""
    told = ledger.meta.get(_REKEYED + feed)
    if told and is_allowed(f"rekey:{source}", allowed):
        if not rehearsal:
            ledger.meta.set(_REKEYED + feed, "")
        return ""
    return told
