"""How a change ended, as its outcome tells it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from wp_sync.model import Amend, Claim, Outcome, OutcomeStatus, Skip, Trash

if TYPE_CHECKING:
    from wp_sync.model import Change, Post, SitePost


def outcome_of(
    change: Change,
    status: OutcomeStatus,
    reason: str,
    stored: SitePost | None = None,
    *,
    again: bool = False,
) -> Outcome:
    """Tell how a change ended, and which post it is."""
    if isinstance(change, Amend | Claim | Trash | Skip):
        return _of_known(change, status, reason, stored)
    post = change.post
    return Outcome(
        key=post.key,
        status=status,
        stage="publish",
        reason=reason,
        url=post.source_url,
        title=post.title,
        channel=post.channel,
        wp_id=stored.wp_id if stored else getattr(change, "wp_id", None),
        link=stored.link if stored else "",
        again=again,
        conflicts=getattr(change, "conflicts", None),
    )


def skipped(change: Skip) -> Outcome:
    """Tell of what a plan leaves as it is."""
    return outcome_of(change, change.status, change.reason)


def complete(outcome: Outcome, post: Post) -> Outcome:
    """Name the article in an outcome that knows only its key."""
    return replace(
        outcome, url=post.source_url, title=post.title, channel=outcome.channel or post.channel
    )


def _of_known(
    change: Amend | Claim | Trash | Skip,
    status: OutcomeStatus,
    reason: str,
    stored: SitePost | None,
) -> Outcome:
    ours = change.receipt if isinstance(change, Amend | Claim) else change
    return Outcome(
        key=ours.key,
        status=status,
        stage="publish",
        reason=reason,
        url=change.url,
        title=change.title,
        channel=change.receipt.channel if isinstance(change, Amend | Claim) else "",
        wp_id=ours.wp_id,
        link=stored.link if stored else "",
        conflicts=change.conflicts if isinstance(change, Skip) else None,
    )
