"""Make posts, many at once: intents in one commit before the request, receipts in one after it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from wp_sync.errors import (
    InDoubtError,
    PublishError,
    RejectedError,
    UnauthorizedError,
    UnreachableError,
)
from wp_sync.model import SitePost

from .journal import Begun, Write
from .merge import fields_of, left_out, pending_hashes, stored_hashes, written_hashes
from .outcomes import outcome_of
from .proof import REFUSED, made_nothing
from .signs import slug_note
from .writing import receipt_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from wp_sync.model import Create, ItemKey, Outcome

    from .writing import Writing


@dataclass(frozen=True, slots=True, kw_only=True)
class Creation:
    """One post that was begun."""

    change: Create
    values: dict[str, Any]  # as the target takes them
    begun: Begun
    notes: tuple[str, ...] = ()

    @property
    def placed(self) -> dict[str, Any]:
        """Return the values with the post type, which is no field of a post."""
        return {**self.values, "type": self.begun.post.type}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """What became of a batch."""

    outcomes: Mapping[ItemKey, Outcome]
    stopper: PublishError | None = None  # what ends the run; its posts have no outcome
    doubt: InDoubtError | None = None  # all answers were lost


@dataclass(slots=True)
class _Answers:
    """A batch's answers, sorted."""

    landed: list[tuple[Creation, SitePost]] = field(default_factory=list)
    refused: list[tuple[Creation, PublishError]] = field(default_factory=list)  # made nothing
    doubts: list[tuple[Creation, PublishError]] = field(default_factory=list)


def begin_creates(
    changes: Sequence[Create], writing: Writing
) -> tuple[tuple[Creation, ...], dict[ItemKey, Outcome]]:
    """Commit the intents of these posts; one that lacks an author or a category fails alone."""
    creations: list[Creation] = []
    failed: dict[ItemKey, Outcome] = {}
    for change in changes:
        writing.begin_change()
        try:
            values = writing.values(change.post, fields_of(change.post))
        except RejectedError as error:
            failed[change.post.key] = outcome_of(change, "failed", str(error))
            continue
        sent = written_hashes(change.post, values, unfinished=writing.unfinished(change.post))
        pending = pending_hashes(values)
        begun = Begun(post=change.post, sent=sent, pending=pending)
        notes = writing.take_notes()
        creations.append(Creation(change=change, values=values, begun=begun, notes=notes))
    if creations:
        writing.journal.begin(*(one.begun for one in creations))
    return tuple(creations), failed


def end_creates(
    creations: Sequence[Creation], results: Sequence[SitePost | PublishError], writing: Writing
) -> Ended:
    """Record what landed, drop the intents of what made nothing, and keep the doubtful ones."""
    answers, journal = _sort(creations, results), writing.journal
    outcomes = _record(answers.landed, writing)
    if answers.refused:
        journal.forget(*(one.begun.post for one, _ in answers.refused))
    if answers.doubts:  # they rest from when we gave up waiting
        journal.begin(*(one.begun for one, _ in answers.doubts))
    for one, error in (*answers.refused, *answers.doubts):
        if isinstance(error, RejectedError | InDoubtError):
            outcomes[one.begun.post.key] = outcome_of(one.change, "failed", str(error))
    writing.pictures.drop([one.begun.post for one in creations])
    lost = [error for _, error in answers.doubts if isinstance(error, InDoubtError)]
    doubt = lost[-1] if len(lost) == len(creations) else None
    return Ended(outcomes=outcomes, stopper=stopper_of(results), doubt=doubt)


def stopper_of(results: Sequence[SitePost | PublishError]) -> PublishError | None:
    """Return the answer that ends a run, and concerns no post alone."""
    return next(
        (one for one in results if isinstance(one, UnauthorizedError | UnreachableError)), None
    )


def _sort(creations: Sequence[Creation], results: Sequence[SitePost | PublishError]) -> _Answers:
    answers = _Answers()
    for one, result in zip(creations, results, strict=True):
        if isinstance(result, SitePost):
            answers.landed.append((one, result))
        elif isinstance(result, REFUSED):
            kind = answers.refused if made_nothing(result) else answers.doubts
            kind.append((one, result))
        elif isinstance(result, InDoubtError):
            answers.doubts.append((one, result))
        else:  # an answer that can't be read says nothing about the post: the intent stays
            answers.doubts.append((one, InDoubtError(result.message, cure=result.cure)))
    return answers


def _record(
    landed: Sequence[tuple[Creation, SitePost]], writing: Writing
) -> dict[ItemKey, Outcome]:
    """Record all at once, but those whose picture WordPress left out: it is brought first."""
    whole = [(one, got) for one, got in landed if "featured" not in left_out(one.values, got)]
    if whole:
        writing.journal.record(*(_write_of(one, stored, writing) for one, stored in whole))
    ended = {one.begun.post.key: (one, stored) for one, stored in whole}
    for one, stored in landed:
        if one.begun.post.key not in ended:
            better = writing.with_picture(one.begun.post, one.values, stored)
            writing.journal.record(_write_of(one, better, writing))
            ended[one.begun.post.key] = one, better
    return {key: _created(one, stored, writing) for key, (one, stored) in ended.items()}


def _write_of(one: Creation, stored: SitePost, writing: Writing) -> Write:
    post, values = one.begun.post, one.values
    sent = written_hashes(post, values, stored, writing.unfinished(post))
    receipt = receipt_of(post, stored, sent, stored_hashes(stored))
    return writing.write_of("create", receipt, post, values, {})


def _created(one: Creation, stored: SitePost, writing: Writing) -> Outcome:
    post = one.begun.post
    writing.begin_change()
    told = writing.tell(one.change, one.values, stored, (slug_note(post, stored), *one.notes))
    again = writing.lacks(post, one.values, stored)
    return outcome_of(one.change, "created", told, stored, again=again)
