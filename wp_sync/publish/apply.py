"""Carry out a plan: the only writer to WordPress. Intents before requests, receipts after them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wp_sync.errors import InDoubtError, PublishError, RejectedError, UnreachableError
from wp_sync.model import Adopt, Amend, Claim, Create, Skip, Trash, Update

from .adopting import adopt_post
from .merge import FIELDS, pending_hashes, stored_hashes, written_hashes
from .outcomes import outcome_of, skipped
from .plan import slug_note
from .updates import REFUSED, made_nothing, obey
from .updating import update_post
from .writing import Writing, receipt_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wp_sync.model import Change, Outcome, Plan, SiteState

    from .journal import Journal
    from .media import Files
    from .target import Target

_AT_ONCE = 10  # changes whose pictures are held in memory together
_DOUBTS = 2  # lost answers in a row after which the site is taken for down


def apply_plan(
    plan: Plan, target: Target, journal: Journal, files: Files, site: SiteState
) -> Iterator[Outcome]:
    """Write a plan to the site, and tell each change's outcome as it lands.

    A refused post fails alone. UnauthorizedError, UnreachableError and SiteError stop the run.
    """
    if all(isinstance(change, Skip) for change in plan.changes):
        yield from (skipped(change) for change in plan.changes if isinstance(change, Skip))
        return
    writer = _Writer(Writing(target, journal, site))
    for new in plan.new_terms:
        writer.writing.directory.make(new)
    for start in range(0, len(plan.changes), _AT_ONCE):
        chunk = plan.changes[start : start + _AT_ONCE]
        writer.writing.pictures.prepare(chunk, files)
        for change in chunk:
            yield writer.write(change)


class _Writer:
    """Carries out changes one after the other, and counts lost answers."""

    def __init__(self, writing: Writing) -> None:
        self.writing = writing
        self._doubts = 0

    def write(self, change: Change) -> Outcome:
        """Carry out one change; what concerns this post alone becomes its outcome."""
        self.writing.begin_change()
        try:
            outcome = self._dispatch(change)
        except RejectedError as error:
            return outcome_of(change, "failed", str(error))
        except InDoubtError as error:
            self._doubts += 1
            if self._doubts >= _DOUBTS:
                message = f"{error.message}, {self._doubts} times in a row: the site is not well"
                raise UnreachableError(message, cure=error.cure) from error
            return outcome_of(change, "failed", str(error))
        if not isinstance(change, Skip):  # which asks the site nothing
            self._doubts = 0
        return outcome

    def _dispatch(self, change: Change) -> Outcome:
        match change:
            case Create():
                return create_post(change, self.writing)
            case Update():
                return update_post(change, self.writing)
            case Adopt():
                return adopt_post(change, self.writing)
            case Amend() | Claim() | Trash():
                return obey(change, self.writing.target, self.writing.journal)
            case Skip():
                return skipped(change)


def create_post(change: Create, writing: Writing) -> Outcome:
    """Make one post: its intent is committed before the request, its receipt after it."""
    post, journal = change.post, writing.journal
    values = writing.values(post, FIELDS)
    journal.begin(post, written_hashes(post, values), pending_hashes(values))
    (stored,) = writing.target.create_posts([values])
    if isinstance(stored, PublishError):
        if isinstance(stored, REFUSED):
            if made_nothing(stored):
                journal.forget(post)
            raise stored
        if isinstance(stored, InDoubtError):
            raise stored
        # An answer that can't be read says nothing about the post: the intent stays.
        raise InDoubtError(stored.message, cure=stored.cure) from stored
    stored = writing.with_picture(post, values, stored)
    receipt = receipt_of(post, stored, written_hashes(post, values, stored), stored_hashes(stored))
    writing.record("create", receipt, post, values, {})
    told = writing.tell(change, values, stored, (slug_note(post, stored),))
    return outcome_of(change, "created", told, stored)
