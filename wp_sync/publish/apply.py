"""Carry out a plan: the only writer to WordPress. Intents before requests, receipts after them."""

from __future__ import annotations

from collections import deque
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import islice, takewhile
from typing import TYPE_CHECKING, Self

from wp_sync.errors import InDoubtError, RejectedError, UnreachableError, WpSyncError
from wp_sync.model import Adopt, Amend, Claim, Create, Skip, Trash, Update

from .adopting import adopt_post
from .attempts import told_before
from .creating import begin_creates, end_creates, stopper_of
from .media import pictured
from .outcomes import outcome_of, skipped
from .updates import obey
from .updating import update_post
from .writing import Writing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from concurrent.futures import Future
    from typing import TypeAlias

    from wp_sync.errors import PublishError
    from wp_sync.model import Change, ItemKey, Outcome, Plan, SitePost, SiteState

    from .creating import Creation
    from .journal import Journal
    from .media import Files
    from .target import Target

    Results: TypeAlias = tuple[SitePost | PublishError, ...]

_AT_ONCE = 10  # changes whose pictures are held in memory together
_BEAT = 20.0  # seconds
_DOUBTS = 2  # lost answers in a row after which the site is taken for down


def apply_plan(
    plan: Plan,
    target: Target,
    journal: Journal,
    files: Files,
    site: SiteState,
    stop: Callable[[], bool] = lambda: False,
) -> Iterator[Outcome]:
    """Write a plan to the site, and tell each change's outcome once it is recorded.

    A refused post fails alone. UnauthorizedError, UnreachableError and SiteError stop the run.
    After a wish to stop nothing more is begun; what is in hand is still recorded and told.
    """
    if all(isinstance(change, Skip) for change in plan.changes):
        yield from (skipped(change) for change in plan.changes if isinstance(change, Skip))
        return
    writing = Writing(target, journal, site)
    for new in plan.new_terms:
        writing.directory.make(new)
    with _Writer(writing, files, stop) as writer:
        yield from writer.write(plan.changes)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Batch:
    """Posts that are being made, and what stands between them in the plan."""

    changes: Sequence[Change]
    creations: Sequence[Creation]
    outcomes: dict[ItemKey, Outcome]
    results: Future[Results | None] | None  # None: nothing was sent


class _Writer:
    """Carries out changes in their order, counts lost answers, and keeps batches in flight.

    Threads do nothing but ask the site, and renew an intent when its request leaves: all that is
    recorded is recorded by whoever writes.
    """

    def __init__(self, writing: Writing, files: Files, stop: Callable[[], bool]) -> None:
        self._writing, self._files, self._stop = writing, files, stop
        self._connections = writing.target.connections
        self._threads = ThreadPoolExecutor(self._connections)
        self._watchers = ThreadPoolExecutor(self._connections + 1)  # one for each batch in hand
        self._in_flight: deque[_Batch] = deque()
        self._pictured = 0  # changes whose pictures are ready
        self._doubts = 0
        self._is_pictured = False
        self._stopper: WpSyncError | None = None  # what ends the run: nothing is sent after it

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _: object, error: BaseException | None, *__: object) -> None:
        """Record what is in flight, whatever ends us."""
        if isinstance(error, WpSyncError):
            self._stopper = self._stopper or error
        with ExitStack() as stack:  # each is called, whatever the ones before raise
            stack.callback(self._threads.shutdown)
            stack.callback(self._watchers.shutdown)
            for _batch in self._in_flight:
                stack.callback(self._settle)

    def write(self, changes: Sequence[Change]) -> Iterator[Outcome]:
        """Carry out changes until all are done, or something ends the run."""
        self._is_pictured = any(pictured(change) for change in changes)
        start = 0
        while start < len(changes) and not (self._stopper or self._stop()):
            some = self._next(changes, start)
            start += len(some)
            if not self._prepare(changes, start):
                break
            if any(isinstance(change, Create) for change in some):
                yield from self._create(some)
            else:
                yield from self._drain()
                yield from self._write_each(some)
        yield from self._drain()
        if self._stopper:
            raise self._stopper

    def _next(self, changes: Sequence[Change], start: int) -> Sequence[Change]:
        """Take what can be done at once: creates, as many as the site takes, or others."""
        rest = islice(changes, start, None)
        if not isinstance(changes[start], Create | Skip):
            others = takewhile(lambda change: not isinstance(change, Create), rest)
            return tuple(islice(others, _AT_ONCE))
        run = tuple(takewhile(lambda change: isinstance(change, Create | Skip), rest))
        places = [at for at, change in enumerate(run) if isinstance(change, Create)]
        size = self._writing.target.batch_size if len(places) > 1 else 1
        return run[: places[size]] if len(places) > size else run

    def _prepare(self, changes: Sequence[Change], until: int) -> bool:
        """Bring the pictures of all changes before this one, while batches are in flight."""
        try:
            while self._pictured < until and not self._stop():
                some = changes[self._pictured : self._pictured + _AT_ONCE]
                if not self._writing.pictures.prepare(some, self._files, self._stop):
                    break
                self._pictured += _AT_ONCE
        except WpSyncError as error:
            self._stopper = error  # told once what is in flight has landed
        return self._pictured >= until and self._stopper is None

    def _create(self, changes: Sequence[Change]) -> Iterator[Outcome]:
        """Send a batch on its way, once there is room for it."""
        while len(self._in_flight) >= self._most_in_flight:
            yield from self._settle()
            if self._stopper or self._stop():
                return
        creates = [change for change in changes if isinstance(change, Create)]
        creations, outcomes = begin_creates(creates, self._writing)
        results = self._send(creations) if creations else None
        self._in_flight.append(
            _Batch(changes=changes, creations=creations, outcomes=outcomes, results=results)
        )

    @property
    def _most_in_flight(self) -> int:
        """How many batches may be under way.

        Beside pictures there is one at a time: resizing takes a whole worker of the site's, and
        another is left to its visitors. Else one more than there are connections waits in line,
        begun: a connection need not wait while answers are recorded.
        """
        if self._doubts or self._is_pictured or self._connections == 1:
            return 1
        return self._connections + 1

    def _send(self, creations: Sequence[Creation]) -> Future[Results | None]:
        sent = self._watchers.submit(self._ask_and_watch, creations)
        if self._connections == 1:  # all calls in turn
            self._await(sent)
        return sent

    def _ask_and_watch(self, creations: Sequence[Creation]) -> Results | None:
        """Make posts, in a thread, and keep their intents young until the answer is there.

        A site may be long at a request: should we be killed then, the next run must not look for
        its posts too early.
        """
        results = self._threads.submit(self._ask_site, creations)
        beat = min(_BEAT, self._writing.site.settle.total_seconds() / 4) or _BEAT
        while not wait([results], timeout=beat).done:
            self._writing.journal.begin(*(one.begun for one in creations))
        return results.result()

    def _ask_site(self, creations: Sequence[Creation]) -> Results | None:
        """Make posts, in a thread. What waits when something ends the run is not sent."""
        try:
            if self._stop():
                return None
        except WpSyncError as error:  # the right to write is lost
            self._stopper = self._stopper or error
            raise

        def renew() -> None:
            if self._stopper:
                message = f"not sent: {self._stopper.message}"
                raise UnreachableError(message, cure=self._stopper.cure)
            self._writing.journal.begin(*(one.begun for one in creations))

        with told_before(renew):
            results = self._writing.target.create_posts([one.placed for one in creations])
        if stopper := stopper_of(results):
            self._stopper = self._stopper or stopper
        return results

    def _drain(self) -> Iterator[Outcome]:
        while self._in_flight:
            yield from self._settle()

    def _settle(self) -> Sequence[Outcome]:
        """Wait for the oldest batch's answers, record them, and tell the outcomes in order."""
        batch = self._in_flight.popleft()
        outcomes = dict(batch.outcomes)
        if batch.results:
            self._await(batch.results)
            outcomes |= self._end(batch.creations, batch.results.result())
        told = (
            skipped(change) if isinstance(change, Skip) else outcomes.get(change.post.key)
            for change in batch.changes
            if isinstance(change, Create | Skip)
        )
        return [outcome for outcome in told if outcome]

    def _end(
        self, creations: Sequence[Creation], results: Results | None
    ) -> Mapping[ItemKey, Outcome]:
        if results is None:
            self._writing.journal.forget(*(one.begun.post for one in creations))
            return {}
        ended = end_creates(creations, results, self._writing)
        self._stopper = self._stopper or ended.stopper
        self._count(ended.doubt)
        return ended.outcomes

    def _await(self, results: Future[Results | None]) -> None:
        """Wait for answers; meanwhile the right to write to the site is kept."""
        try:
            while not wait([results], timeout=_BEAT).done:
                self._stop()
        except WpSyncError as error:  # it is lost: what is not sent yet stays here
            self._stopper = self._stopper or error
            wait([results])

    def _count(self, doubt: PublishError | None) -> None:
        """Count answers lost in a row: a site that is down is left alone."""
        self._doubts = self._doubts + 1 if doubt else 0
        if doubt and self._doubts >= _DOUBTS and not self._stopper:
            message = f"{doubt.message}, {self._doubts} times in a row: the site is not well"
            self._stopper = UnreachableError(message, cure=doubt.cure)

    def _write_each(self, changes: Sequence[Change]) -> Iterator[Outcome]:
        for change in changes:
            if self._stopper or self._stop():
                return
            yield self._write(change)

    def _write(self, change: Change) -> Outcome:
        """Carry out one change; what concerns this post alone becomes its outcome."""
        self._writing.begin_change()
        try:
            outcome = self._dispatch(change)
        except RejectedError as error:
            return outcome_of(change, "failed", str(error))
        except InDoubtError as error:
            self._count(error)
            return outcome_of(change, "failed", str(error))
        if not isinstance(change, Skip):  # which asks the site nothing
            self._count(None)
        return outcome

    def _dispatch(self, change: Change) -> Outcome:
        match change:
            case Create():
                raise TypeError("posts are made in batches")
            case Update():
                return update_post(change, self._writing)
            case Adopt():
                return adopt_post(change, self._writing)
            case Amend() | Claim() | Trash():
                return obey(change, self._writing)
            case Skip():
                return skipped(change)
