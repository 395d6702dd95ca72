"""Bring to a post of ours what its source changed, and leave what an editor changed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from .merge import edited_fields, stored_hashes, written_hashes
from .outcomes import outcome_of
from .target import FORBIDDEN
from .terms import known_ids
from .updates import send_update
from .writing import receipt_of

if TYPE_CHECKING:
    from wp_sync.model import Outcome, Update

    from .writing import Writing


def update_post(change: Update, writing: Writing) -> Outcome:
    """Write the stale fields of one post, decided anew on a read made just before."""
    ours, post = change.receipt, change.post
    now_there = next(iter(writing.target.read_posts([change.wp_id])), None)
    if now_there is None or now_there.status == "trash":
        return outcome_of(change, "unchanged", "deleted on the site meanwhile: stays deleted")
    if now_there.status == FORBIDDEN:
        return outcome_of(change, "unchanged", "given to another author meanwhile")
    edited = edited_fields(ours, now_there, post, known_ids(post, writing.site.terms))
    fields = tuple(name for name in change.fields if name not in edited)
    if not fields:
        return outcome_of(change, "unchanged", "edited on the site meanwhile", now_there)
    fields = writing.without_lost_picture(post, fields)
    if not fields:
        kept = "the old picture stays: " if now_there.values.get("featured") else ""
        reason = kept + writing.pictures.note_of(post)
        return outcome_of(change, "unchanged", reason, now_there)
    values = writing.values(post, fields)
    answer = send_update(writing.target, writing.journal, ours, values)
    stored = writing.with_picture(post, values, answer)
    sent, got = written_hashes(post, values, stored), stored_hashes(stored)
    # Fields that were not written keep their old receipt, or an editor's change would be ours.
    receipt = replace(
        receipt_of(
            post,
            stored,
            dict(ours.sent) | {name: sent[name] for name in fields if name in sent},
            dict(ours.stored) | {name: got[name] for name in fields if name in got},
        ),
        pending={name: ours.pending[name] for name in ours.pending if name not in fields},
    )
    before = {name: now_there.values.get(name) for name in fields}
    writing.record("update", receipt, post, values, before)
    return outcome_of(change, "updated", writing.tell(change, values, stored), stored)
