"""Bring to a post of ours what its source changed, and leave what an editor changed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from .belonging import why_left
from .merge import edited_fields, find_conflicts, stale_fields, written_hashes
from .outcomes import outcome_of
from .plan import kept_note
from .terms import known_ids
from .updates import Sent, read_before, receipt_after, send_verified, until_unchanged
from .writing import receipt_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wp_sync.model import Conflict, Outcome, OutcomeStatus, SitePost, Update

    from .writing import Writing


def update_post(change: Update, writing: Writing) -> Outcome:
    """Write the stale fields of one post, decided on a read made just before, verified after."""
    return until_unchanged(lambda: _update_post(change, writing))


def _update_post(change: Update, writing: Writing) -> Outcome:
    post, there = change.post, read_before(writing.target, change.wp_id)
    why = why_left(change.receipt, there, post)
    if there is None or why:
        return outcome_of(change, "unchanged", why)
    fields, conflicts = _decide(change, there, writing)
    if conflicts != change.conflicts:
        note = f"meanwhile {kept_note(conflicts, writing.site)}" if conflicts else ""
        reason = f"changed: {', '.join(fields)}" if fields else ""
        reason = "; ".join(filter(None, (reason, note)))
        change = replace(change, conflicts=conflicts, reason=reason)
    if not fields:
        return outcome_of(change, "unchanged", change.reason, there)
    return write_fields(replace(change, fields=fields), there, writing)


def write_fields(change: Update, there: SitePost, writing: Writing) -> Outcome:
    """Write these fields of a post as it was just read, and record what became of them."""
    post, fields = change.post, change.fields
    wanted = writing.without_lost_pictures(post, fields, there)
    if not wanted:
        pictures = writing.pictures
        lost = pictures.note_of(post)
        kept = "the old picture stays: " if lost and there.values.get("featured") else ""
        told = (kept + lost, pictures.body_note(post))
        reason = "; ".join(filter(None, told)) or "the picture is still not to be had"
        again = pictures.comes_again(post) or bool(writing.unfinished(post))
        return outcome_of(change, "unchanged", reason, there, again=again)
    values = writing.values(post, wanted)
    sent = send_verified(writing, change.receipt, there, values)
    stored = writing.with_picture(post, values, sent.stored)
    return _record(change, writing, there, replace(sent, stored=stored), values)


def _decide(
    change: Update, there: SitePost, writing: Writing
) -> tuple[tuple[str, ...], tuple[Conflict, ...]]:
    """Decide anew: what to write, and what an editor has changed by now."""
    post = change.post
    edited = edited_fields(change.receipt, there, post, known_ids(post, writing.site.terms))
    # A remap writes fewer fields than the source changed; the others are none of its business.
    planned = {*change.fields, *(one.field for one in change.conflicts)}
    stale = [name for name in stale_fields(post, change.receipt) if name in planned]
    conflicts = find_conflicts(post, there, stale, edited)
    return tuple(name for name in change.fields if name not in edited), conflicts


def _record(
    change: Update, writing: Writing, there: SitePost, sent: Sent, values: Mapping[str, Any]
) -> Outcome:
    post, stored = change.post, sent.stored
    # What an editor saved at the same moment is theirs, and was never written by us.
    values = {name: value for name, value in values.items() if name not in sent.restored}
    hashes = written_hashes(post, values, stored, writing.unfinished(post))
    after = receipt_after(change.receipt, there, tuple(values), sent)
    # What was written and goes without a picture for now is neither what was sent before.
    sent_before = {name: value for name, value in after.sent.items() if name not in values}
    wanted = sent_before | {name: hashes[name] for name in values if name in hashes}
    receipt = receipt_of(post, stored, wanted, after.stored)
    receipt = replace(receipt, pending=after.pending, modified=after.modified, kept=after.kept)
    if values:
        before = {name: there.values.get(name) for name in values}
        writing.record("update", receipt, post, values, before)
    else:
        writing.journal.keep(receipt)
    held = replace(stored, values={**stored.values, **sent.restored})
    theirs = find_conflicts(post, held, sent.restored, sent.restored)
    change = replace(change, conflicts=(*change.conflicts, *theirs))
    told = "; ".join(filter(None, (writing.tell(change, values, stored), sent.told)))
    again = writing.lacks(post, values, stored)
    status: OutcomeStatus = "updated" if values else "unchanged"
    outcome = outcome_of(change, status, told, stored, again=again)
    return replace(outcome, warning=sent.told, unverified=sent.unverified)
