"""Take over a post that the ledger did not know; complete one whose request died half-way."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from wp_sync.model import Receipt, Update

from .belonging import NOT_OURS, why_left
from .custom import custom_names, is_taxonomy
from .merge import stale_fields, stored_hashes
from .merge_found import adopted_hashes, unfinished_fields, was_saved
from .outcomes import outcome_of
from .updates import read_before, until_unchanged
from .updating import write_fields
from .writing import receipt_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wp_sync.model import Adopt, Outcome, SitePost

    from .writing import Writing


def adopt_post(change: Adopt, writing: Writing) -> Outcome:
    """Remember a found post as this article's; what a person changed in it stays."""
    if change.doubtful:
        return until_unchanged(lambda: _complete(change, writing))
    _remember(change, change.found, writing, writing.known_ids(change.post))
    return outcome_of(change, "unchanged", writing.tell(change, {}, change.found), change.found)


def _complete(change: Adopt, writing: Writing) -> Outcome:
    """Write what a lost create left out, decided on a read made just before, verified after."""
    post, found = change.post, change.found
    there = read_before(writing.target, found.wp_id)
    why = why_left(_known_of(change, writing), there, post)
    if why == NOT_OURS:  # the intent stays: another run looks for the article
        return outcome_of(change, "failed", why)
    own = filter(is_taxonomy, custom_names(post))
    ids = writing.values(post, ("author", "categories", "tags", *own))
    if there is None or why:  # remembered, lest it is made again
        seen = there if there and there.values else found
        _remember(change, seen, writing, ids)
        reason = change.reason if found.status == "trash" else f"{change.reason}; {why}"
        return outcome_of(change, "unchanged", reason, seen)
    # All else is in the row itself, which a create writes first (wp_insert_post).
    bare = unfinished_fields(post, there, writing.site.default_category)
    saved = was_saved(there, _landed(change, writing))
    missing = () if saved else bare  # or somebody may have taken it out
    ours = _remember(change, there, writing, ids, missing)
    fields = writing.without_lost_pictures(post, stale_fields(post, ours), there)
    since = [name for name in fields if name not in missing]
    done = [name for name in missing if name in fields]
    left = [name for name in bare if name not in fields]
    told = [
        ("completed", done),
        ("changed at the source since", since),
        ("somebody has saved it, and may have taken out", [] if missing else left),
    ]
    notes = [f"{what}: {', '.join(names)}" for what, names in told if names]
    if not fields:
        reason = "; ".join((writing.tell(change, {}, there), *notes))
        again = writing.lacks(post, {}, there) and not saved
        return outcome_of(change, "unchanged", reason, there, again=again)
    reason = "; ".join((change.reason, *notes))
    update = Update(post=post, wp_id=there.wp_id, fields=fields, receipt=ours, reason=reason)
    return write_fields(update, there, writing)


def _landed(change: Adopt, writing: Writing) -> datetime:
    """Tell by when the create had ended."""
    begun = writing.site.doubtful.get(change.post.key)
    return begun.begun + writing.site.settle if begun else datetime.min.replace(tzinfo=UTC)


def _known_of(change: Adopt, writing: Writing) -> Receipt:
    """Tell by what the post is known: what it held when it was found, and what was sent."""
    begun, found = writing.site.doubtful.get(change.post.key), change.found
    pending = begun.pending if begun else {}
    held = stored_hashes(found)
    return Receipt(key=change.post.key, wp_id=found.wp_id, stored=held, pending=pending)


def _remember(
    change: Adopt,
    there: SitePost,
    writing: Writing,
    ids: Mapping[str, Any],
    missing: tuple[str, ...] = (),
) -> Receipt:
    """Record a post as ours; what is missing in it was never sent."""
    post = change.post
    sent, held = adopted_hashes(post, there, ids, writing.site.doubtful.get(post.key))
    if (
        change.doubtful
        and not was_saved(there, _landed(change, writing))
        and there.values.get("featured") in {0, writing.pictures.id_of(post)}
    ):
        held["featured"] = stored_hashes(there)["featured"]
    sent = {name: value for name, value in sent.items() if name not in missing}
    held |= {name: value for name, value in stored_hashes(there).items() if name in missing}
    receipt = receipt_of(post, there, sent, held)
    writing.record("adopt", receipt, post, {}, {})
    return receipt
