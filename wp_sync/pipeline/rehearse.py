"""What would become of a plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wp_sync.model import Adopt, Amend, Claim, Create, Outcome, Skip, Trash, Update
from wp_sync.review.plan_text import key_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wp_sync.model import Change, OutcomeStatus, Plan


def rehearse(plan: Plan) -> Iterator[Outcome]:
    """Tell what would become of each change."""
    for change in plan.changes:
        status, wp_id, link = _rehearsed(change)
        yield Outcome(
            key=key_of(change),
            status=status,
            stage="publish",
            reason=change.reason,
            title=getattr(change, "title", ""),
            url=getattr(change, "url", ""),
            wp_id=wp_id,
            link=link,
        )


def _rehearsed(change: Change) -> tuple[OutcomeStatus, int | None, str]:
    match change:
        case Create():
            return "created", None, ""
        case Update(wp_id=wp_id):
            return "updated", wp_id, ""
        case Adopt(found=found):
            return "unchanged", found.wp_id, found.link
        case Amend(receipt=ours) | Claim(receipt=ours):
            return "updated" if isinstance(change, Amend) else "unchanged", ours.wp_id, ours.link
        case Trash(wp_id=wp_id):
            return "trashed", wp_id, ""
        case Skip(status=status, wp_id=wp_id):
            return status, wp_id, ""
