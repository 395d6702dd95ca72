"""Writes to posts that are there: a person's orders, and what a lost answer leaves open."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from wp_sync.errors import RejectedError, UnauthorizedError, UnreachableError
from wp_sync.model import Amend, Claim, Receipt, Trash

from .journal import Write
from .merge import left_out, pending_hashes, stored_hashes
from .outcomes import outcome_of
from .target import FORBIDDEN

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from wp_sync.errors import PublishError
    from wp_sync.model import Outcome, SitePost

    from .journal import Journal
    from .target import Target

REFUSED = (RejectedError, UnauthorizedError, UnreachableError)


def send_update(
    target: Target, journal: Journal, ours: Receipt, values: Mapping[str, Any]
) -> SitePost:
    """Update a post; should the answer be lost, the ledger knows what may be there."""
    doubt = dict(ours.pending)
    for name, hashes in pending_hashes(values).items():
        doubt[name] = tuple(dict.fromkeys((*doubt.get(name, ()), *hashes)))
    journal.keep_pending(replace(ours, pending=doubt))
    try:
        return target.update_post(ours.wp_id, values)
    except REFUSED as error:
        if made_nothing(error):
            journal.keep_pending(ours)
        raise


def made_nothing(error: PublishError) -> bool:
    """Tell whether a failed write left nothing: refused, or never sent.

    Who says when to come back has got the request: a plugin's 503 may come after the row.
    """
    return getattr(error, "retry_after", None) is None


def obey(change: Amend | Claim | Trash, target: Target, journal: Journal) -> Outcome:
    """Carry out a person's order for one post."""
    match change:
        case Amend():
            return amend_post(change, target, journal)
        case Claim():
            return claim_post(change, journal)
        case Trash():
            return trash_post(change, target, journal)


def amend_post(change: Amend, target: Target, journal: Journal) -> Outcome:
    """Set a post to given values; what somebody changed since stays, and is named."""
    ours = change.receipt
    there = next(iter(target.read_posts([ours.wp_id])), None)
    if refusal := _why_not(there, change.values):
        return outcome_of(change, "unchanged", refusal, there)
    assert there is not None  # noqa: S101 (else there is a refusal)
    kept = find_touched(there, change.expected)
    values = {name: value for name, value in change.values.items() if name not in kept}
    told = f"{change.reason}; changed on the site since, and kept: {', '.join(kept)}"
    reason = told if kept else change.reason
    if not values:
        return outcome_of(change, "unchanged", reason, there)
    stored = send_update(target, journal, ours, values)
    got = stored_hashes(stored)
    receipt = replace(
        ours,
        link=stored.link,
        stored=dict(ours.stored) | {name: got[name] for name in values if name in got},
        pending={name: ours.pending[name] for name in ours.pending if name not in values},
        status=stored.status,
    )
    before = {name: there.values.get(name) for name in values}
    journal.record(Write(action=change.order, receipt=receipt, values=values, previous=before))
    if lost := left_out(values, stored):
        reason += f"; WordPress left out: {', '.join(lost)}"
    return outcome_of(change, "updated", reason, stored)


def trash_post(change: Trash, target: Target, journal: Journal) -> Outcome:
    """Move a post to the trash, unless it was touched where the change says that it matters."""
    there = next(iter(target.read_posts([change.wp_id])), None)
    if there is None or there.status == "trash":
        return outcome_of(change, "unchanged", "not on the site any more", there)
    if kept := find_touched(there, change.expected):
        reason = f"left: changed on the site since: {', '.join(kept)}"
        return outcome_of(change, "unchanged", reason, there)
    journal.expect(change.key, "trash")
    stored = target.trash_post(change.wp_id)
    # The hashes stay: a post that comes back from the trash is as it was before.
    receipt = Receipt(key=change.key, wp_id=change.wp_id, status=stored.status)
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


def _why_not(there: SitePost | None, values: Mapping[str, Any]) -> str:
    if there is None:
        return "deleted on the site: stays deleted"
    if there.status == FORBIDDEN:
        return "given to another author on the site: stays as it is"
    if there.status == "trash" and "status" not in values:
        return "in the trash of the site: stays there"
    return ""
