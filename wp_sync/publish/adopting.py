"""Take over a post that the ledger did not know; complete one whose request died half-way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wp_sync.model import Receipt

from .merge import (
    adopted_hashes,
    stale_fields,
    stored_hashes,
    unfinished_fields,
    written_hashes,
)
from .outcomes import outcome_of
from .writing import receipt_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wp_sync.model import Adopt, Outcome, OutcomeStatus

    from .writing import Writing


def adopt_post(change: Adopt, writing: Writing) -> Outcome:
    """Remember a found post as this article's; what a person changed in it stays."""
    post, found = change.post, change.found
    ids: Mapping[str, Any] = writing.known_ids(post)
    if change.doubtful:
        ids = writing.values(post, ("author", "categories", "tags"))
    begun = writing.site.doubtful.get(post.key)
    sent, held = adopted_hashes(post, found, ids, begun)
    missing: tuple[str, ...] = ()
    stale: tuple[str, ...] = ()
    if change.doubtful and found.status != "trash":
        if found.values.get("featured") in {0, writing.pictures.id_of(post)}:
            held["featured"] = stored_hashes(found)["featured"]
        # All else is in the row itself, which a create writes first (wp_insert_post).
        missing = unfinished_fields(post, found, writing.site.default_category)
        stale = stale_fields(post, Receipt(key=post.key, wp_id=found.wp_id, sent=sent))
        missing = writing.without_lost_picture(post, missing)
        stale = writing.without_lost_picture(post, stale)
    fields = tuple(dict.fromkeys((*missing, *stale)))
    values = writing.values(post, fields)
    stored, before = found, {name: found.values.get(name) for name in fields}
    if fields:
        stored = writing.target.update_post(found.wp_id, values)
        stored = writing.with_picture(post, values, stored)
        got, wanted = stored_hashes(stored), written_hashes(post, values, stored)
        held |= {name: got[name] for name in fields if name in got}
        sent |= {name: wanted[name] for name in fields if name in wanted}
    if change.doubtful and post.pictures and not stored.values.get("featured"):
        del sent["featured"]
    receipt = receipt_of(post, stored, sent, held)
    writing.record("adopt", receipt, post, values, before)
    since = tuple(name for name in stale if name not in missing)
    told = [("completed", missing), ("changed at the source since", since)]
    notes = [f"{what}: {', '.join(names)}" for what, names in told if names]
    status: OutcomeStatus = "updated" if fields else "unchanged"
    told_all = writing.tell(change, values, stored, notes)
    again = writing.lacks(post, values, stored)
    return outcome_of(change, status, told_all, stored, again=again)
