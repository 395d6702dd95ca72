"""What would become of a plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wp_sync.model import Adopt, Amend, Create, Outcome, Skip, Trash, Update

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wp_sync.model import Plan


def rehearse(plan: Plan) -> Iterator[Outcome]:
    """Tell what would become of each change."""
    for change in plan.changes:
        match change:
            case Create(post=post, reason=reason):
                yield Outcome(key=post.key, status="created", stage="publish", reason=reason)
            case Update(post=post, wp_id=wp_id, reason=reason):
                yield Outcome(
                    key=post.key, status="updated", stage="publish", reason=reason, wp_id=wp_id
                )
            case Adopt(post=post, found=found, reason=reason):
                yield Outcome(
                    key=post.key,
                    status="unchanged",
                    stage="publish",
                    reason=reason,
                    wp_id=found.wp_id,
                    link=found.link,
                )
            case Amend(receipt=ours, reason=reason):
                yield Outcome(
                    key=ours.key,
                    status="updated",
                    stage="publish",
                    reason=reason,
                    wp_id=ours.wp_id,
                    link=ours.link,
                )
            case Trash(key=key, wp_id=wp_id, reason=reason):
                yield Outcome(
                    key=key, status="trashed", stage="publish", reason=reason, wp_id=wp_id
                )
            case Skip(key=key, status=status, reason=reason, wp_id=wp_id):
                yield Outcome(key=key, status=status, stage="publish", reason=reason, wp_id=wp_id)
