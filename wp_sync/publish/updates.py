"""Writes to posts that are there: a person's orders, and what a lost answer leaves open."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from wp_sync.errors import ChangedError, PublishError
from wp_sync.model import Amend, Claim, Receipt, Trash

from .belonging import NOT_OURS, is_still_ours, why_left
from .journal import Write
from .merge import left_out, pending_hashes, rewritten_fields, stored_hashes, touched_fields
from .outcomes import outcome_of
from .proof import REFUSED, made_nothing
from .verifying import find_own, find_slipped

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from wp_sync.model import Outcome, SitePost

    from .journal import Journal
    from .target import Target
    from .writing import Writing

_DECISIONS = 3  # times that an update is decided, while somebody saves the post again and again
_LOOKS = 3  # reads of a post, until its last change is old enough for the lock
_RESTORES = 3  # times that an editor's values are put back, should they save again meanwhile
_GRAIN = 2.0  # seconds after a change in which a lock that knows whole seconds is blind


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What became of an update."""

    stored: SitePost
    restored: Mapping[str, Any] = field(default_factory=dict)  # an editor's, that ours had replaced
    told: str = ""  # about these
    unverified: bool = False


def until_unchanged(write: Callable[[], Outcome]) -> Outcome:
    """Decide anew when the post was changed between the read and the write."""
    for _ in range(_DECISIONS - 1):
        with suppress(ChangedError):
            return write()
    return write()


def read_before(target: Target, wp_id: int) -> SitePost | None:
    """Read a post just before a write, at a moment from which the site's lock sees changes."""
    for last in (*(False,) * (_LOOKS - 1), True):
        there = next(iter(target.read_posts([wp_id])), None)
        now = target.lock_time()
        blind = _GRAIN - _age(there.modified, now) if there and there.modified and now else 0.0
        if blind <= 0 or last:
            break
        time.sleep(min(blind, _GRAIN))
    return there


def _age(modified: str, now: datetime) -> float:
    return (now - datetime.fromisoformat(modified).replace(tzinfo=UTC)).total_seconds()


def send_verified(
    writing: Writing, ours: Receipt, there: SitePost, values: Mapping[str, Any]
) -> Sent:
    """Update a post as it was read, and put back what an editor saved between read and write."""
    target, journal = writing.target, writing.journal
    stored = send_update(target, journal, ours, values, there.modified)
    if stored.read_back:  # the lock has kept every save away that came before ours
        own = find_own(target, there, stored, values)
        return Sent(stored=own or stored, restored={}, told="", unverified=own is None)
    restored: dict[str, Any] = {}
    unverified, told = False, ""
    read, written = there, values
    for _ in range(_RESTORES):
        finding = find_slipped(target, read, stored, written, ours)
        unverified = unverified or finding.unverified
        if not finding.slipped:
            break
        restored |= finding.slipped
        read, written = stored, finding.slipped
        told = f"an editor ({writing.name_of(finding.author)}) saved at the same moment: their"
        try:
            stored = target.update_post(ours.wp_id, written, unless_changed_since=stored.modified)
        except PublishError as error:  # whoever is asked next says what is wrong with the site
            told += f" {', '.join(restored)} could not be put back, and is in the post's revisions:"
            told += f" {error.message}"
            break
        told += f" {', '.join(restored)} was restored"
    return Sent(stored=stored, restored=restored, told=told, unverified=unverified)


def receipt_after(ours: Receipt, there: SitePost, fields: Sequence[str], sent: Sent) -> Receipt:
    """Remember an update of these fields; the others keep their old receipt.

    Else an editor's change would be ours. What a plugin or an upgrade changed before is no such.
    """
    stored = sent.stored
    got = stored_hashes(stored)
    fresh = {*fields, *rewritten_fields(ours, there)} & got.keys()
    kept = {*touched_fields(ours, there), *sent.restored} - set(fields)
    return replace(
        ours,
        link=stored.link,
        stored=dict(ours.stored) | {name: got[name] for name in fresh},
        pending={name: ours.pending[name] for name in ours.pending if name not in fields},
        modified="" if sent.unverified else stored.modified,
        revision=stored.revision,
        kept=tuple(sorted(kept)),
        status=stored.status,
    )


def send_update(
    target: Target,
    journal: Journal,
    ours: Receipt,
    values: Mapping[str, Any],
    unless_changed_since: str = "",
) -> SitePost:
    """Update a post; should the answer be lost, the ledger knows what may be there."""
    doubt = dict(ours.pending)
    for name, hashes in pending_hashes(values).items():
        doubt[name] = tuple(dict.fromkeys((*doubt.get(name, ()), *hashes)))
    journal.keep_pending(replace(ours, pending=doubt))
    try:
        return target.update_post(ours.wp_id, values, unless_changed_since=unless_changed_since)
    except REFUSED as error:
        if made_nothing(error):
            journal.keep_pending(ours)
        raise


def obey(change: Amend | Claim | Trash, writing: Writing) -> Outcome:
    """Carry out a person's order for one post."""
    match change:
        case Amend():
            return amend_post(change, writing)
        case Claim():
            return claim_post(change, writing.journal)
        case Trash():
            return trash_post(change, writing.target, writing.journal)


def amend_post(change: Amend, writing: Writing) -> Outcome:
    """Set a post to given values; what somebody changed since stays, and is named."""
    return until_unchanged(lambda: _amend_post(change, writing))


def _amend_post(change: Amend, writing: Writing) -> Outcome:
    ours, journal = change.receipt, writing.journal
    there = read_before(writing.target, ours.wp_id)
    why = why_left(ours, there, even_trashed="status" in change.values)
    if there is None or why:
        return outcome_of(change, "unchanged", why, there)
    rewritten = rewritten_fields(ours, there)
    kept = [name for name in find_touched(there, change.expected) if name not in rewritten]
    values = {name: value for name, value in change.values.items() if name not in kept}
    told = f"{change.reason}; changed on the site since, and kept: {', '.join(kept)}"
    reason = told if kept else change.reason
    if not values:
        return outcome_of(change, "unchanged", reason, there)
    sent = send_verified(writing, ours, there, values)
    values = {name: value for name, value in values.items() if name not in sent.restored}
    receipt = receipt_after(ours, there, tuple(values), sent)
    wanted = {name: change.sent[name] for name in values if name in change.sent}
    receipt = replace(receipt, sent=dict(ours.sent) | wanted)
    before = {name: there.values.get(name) for name in values}
    if values:
        journal.record(Write(action=change.order, receipt=receipt, values=values, previous=before))
    else:
        journal.keep(receipt)
    if lost := left_out(values, sent.stored):
        reason += f"; WordPress left out: {', '.join(lost)}"
    reason = "; ".join(filter(None, (reason, sent.told)))
    outcome = outcome_of(change, "updated" if values else "unchanged", reason, sent.stored)
    return replace(outcome, warning=sent.told, unverified=sent.unverified)


def trash_post(change: Trash, target: Target, journal: Journal) -> Outcome:
    """Move a post to the trash, unless it was touched where the change says that it matters."""
    there = next(iter(target.read_posts([change.wp_id])), None)
    if there is None or there.status == "trash":
        return outcome_of(change, "unchanged", "not on the site any more", there)
    if change.receipt and not is_still_ours(change.receipt, there):
        return outcome_of(change, "unchanged", NOT_OURS, there)
    if kept := find_touched(there, change.expected):
        reason = f"left: changed on the site since: {', '.join(kept)}"
        return outcome_of(change, "unchanged", reason, there)
    journal.expect(change.key, "trash")
    stored = target.trash_post(change.wp_id)
    # The hashes stay: a post that comes back from the trash is as it was before.
    receipt = Receipt(key=change.key, wp_id=change.wp_id, status=stored.status, type=there.type)
    status, before = {"status": stored.status}, {"status": there.status}
    journal.record(Write(action="trash", receipt=receipt, values=status, previous=before))
    return outcome_of(change, "trashed", change.reason, stored)


def claim_post(change: Claim, journal: Journal) -> Outcome:
    """Take a post for ours, or no longer: the site is not asked."""
    journal.claim(change)
    return outcome_of(change, "unchanged", change.reason, None)


def find_touched(there: SitePost, expected: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """Name the fields that hold something else than expected."""
    current = stored_hashes(there)
    return tuple(name for name, hashes in expected.items() if current.get(name) not in hashes)
