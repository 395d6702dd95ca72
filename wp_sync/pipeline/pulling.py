"""Ask the feeds: side by side, the hosts in no order, none by two at a time or in haste."""

from __future__ import annotations

import heapq
import time
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field, replace
from queue import Empty, SimpleQueue
from random import SystemRandom
from typing import TYPE_CHECKING, TypeAlias

from wp_sync.errors import (
    ConfinedError,
    FeedError,
    LedgerError,
    NetworkError,
    ParseError,
    RestingError,
    StatusError,
    WebError,
    WpSyncError,
)
from wp_sync.model import Pull, Trouble
from wp_sync.web import MOST_NAMES, host_of, is_private

from .collect import FeedJob, pull

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from wp_sync.ledger import Ledger
    from wp_sync.model import TroubleKind
    from wp_sync.web import WebSession

    from .build import Workshop
    from .options import SyncOptions

Pulled: TypeAlias = tuple[FeedJob, Pull | WpSyncError | None]  # None: it is not asked

PULLS_AT_ONCE = 24
_IN_HAND = 2 * PULLS_AT_ONCE  # feeds: those that wait for a thread have none idle while we commit
_RESOLVED_AT_ONCE = 8
_NAMES_WITHIN = 2.0  # seconds
_POLL = 0.2  # seconds between looks at the stop signal while feeds are awaited
_MOMENT = 0.1  # seconds
_AHEAD = 50  # feeds whose asking is kept in one commit
RETRY = 30.0  # seconds before a host that was not reached is tried again, once
_OWN = "#"  # how the places begin that are the owner's: each feed is one, and is not spaced
_MISSING, _GONE, _BUSY = 404, {410, 451}, {429, 503}


def pull_all(
    jobs: Sequence[FeedJob], shop: Workshop, options: SyncOptions
) -> Iterator[list[Pulled]]:
    """Pull feeds side by side, and yield what has come since the last time.

    What comes within a moment is yielded together: to keep it costs a commit.
    """
    load_rests(shop.web, shop.ledger, is_watched=options.is_watched)
    line = _Line(shop, [job for job in jobs if job.is_asked])
    with (
        ThreadPoolExecutor(PULLS_AT_ONCE) as pool,
        ThreadPoolExecutor(_RESOLVED_AT_ONCE) as resolvers,
    ):
        running: dict[Future[Pull], FeedJob] = {}
        done: SimpleQueue[Future[Pull]] = SimpleQueue()
        try:
            line.open(resolvers, jobs)
            if (resting := [job for job in jobs if not job.is_asked]) and not shop.stop():
                yield [(job, None) for job in resting]
            found: list[Pulled] = []
            last = time.monotonic()
            while (running or line.waits) and not shop.stop():
                for job in line.take(_IN_HAND - len(running)):
                    future = pool.submit(pull, job, shop)
                    running[future] = job
                    future.add_done_callback(done.put)
                seconds = min(_POLL, line.free_in()) if len(running) < _IN_HAND else _POLL
                some = [(running.pop(one), _result(one)) for one in _await(done, seconds)]
                found += _settle(some, line, shop, options)
                if found and time.monotonic() - last >= _MOMENT:
                    yield found
                    found, last = [], time.monotonic()
            if found and not shop.stop():
                yield found
        finally:
            for one in (pool, resolvers):
                one.shutdown(wait=False, cancel_futures=True)


def _await(done: SimpleQueue[Future[Pull]], seconds: float) -> Iterator[Future[Pull]]:
    """Yield the feeds that have answered; when there is none, wait for one."""
    with suppress(Empty):
        yield done.get(timeout=seconds)
        while True:
            yield done.get_nowait()


def _settle(
    some: Sequence[tuple[FeedJob, Pull | WpSyncError]],
    line: _Line,
    shop: Workshop,
    options: SyncOptions,
) -> list[Pulled]:
    """Let hosts go, ask once more where nobody was reached, and keep who wants to be left alone."""
    found: list[Pulled] = []
    for job, pulled in some:
        is_lost = isinstance(pulled, NetworkError) and not pulled.connected
        again = is_lost and not (job.is_retry or options.is_watched)
        line.let_go(job, again=again)
        if again:
            continue
        is_resting = isinstance(pulled, RestingError) and not options.is_watched
        found.append((job, None if is_resting else pulled))
    if some:
        keep_rests(shop.web, shop.ledger)
    return found


def _result(future: Future[Pull]) -> Pull | WpSyncError:
    try:
        return future.result()
    except (WebError, FeedError, ConfinedError) as error:
        return error
    finally:
        del future  # which holds the error, whose frames would hold it


def load_rests(web: WebSession, ledger: Ledger, *, is_watched: bool) -> None:
    """Remember who wants to be left alone; what no server said binds no person."""
    if web.polite:
        web.polite.load(
            replace(one, until=None) if is_watched and not one.asked else one
            for one in ledger.hosts.all()
        )


def keep_rests(web: WebSession, ledger: Ledger) -> None:
    """Keep for later runs which hosts want to be left alone."""
    if web.polite:
        with suppress(LedgerError):  # what is broken is told by the next that needs it
            ledger.hosts.put(web.polite.take_news())


def tell_reserved(shop: Workshop) -> list[str]:
    """Tell which hosts say of their pages that they are not for machines to learn from."""
    found = shop.web.polite.reserved if shop.web.polite else {}
    return [
        f"{host} says {told}: its pages are read for people, and are for nothing else"
        for host, told in sorted(found.items())
    ]


@dataclass(slots=True)
class _Line:
    """The feeds that are still to be asked, by host."""

    shop: Workshop
    jobs: Sequence[FeedJob]
    _at: dict[str, deque[FeedJob]] = field(default_factory=dict)
    _ready: deque[str] = field(default_factory=deque)  # places whose first feed may be asked
    _later: list[tuple[float, int, str]] = field(default_factory=list)  # when, and where
    _names: list[tuple[Future[None], str]] = field(default_factory=list)  # being looked up
    _begun: set[str] = field(default_factory=set)
    _places: dict[str, str] = field(default_factory=dict)  # of the feeds in hand
    _count: int = 0
    _patience: float = 0.0  # until when all names are awaited, as they may be one machine's

    def open(self, resolvers: ThreadPoolExecutor, known: Sequence[FeedJob]) -> None:
        """Line up. Many names may be few machines: then they are looked up before."""
        polite, hosts = self.shop.web.polite, dict[str, list[FeedJob]]()
        for number, job in enumerate(self.jobs):
            own = polite is None or _is_own(job)
            name = f"{_OWN}{number}" if own else host_of(job.location)
            hosts.setdefault(name, []).append(job)
        names = list(hosts)
        SystemRandom().shuffle(names)
        self._patience = time.monotonic() + _NAMES_WITHIN
        public = {host_of(job.location) for job in known if polite and not _is_own(job)}
        look = len(public) > MOST_NAMES
        for name in names:
            for job in hosts[name]:
                self._at.setdefault(name, deque()).append(job)
            if polite and look and not name.startswith(_OWN):
                self._names.append((resolvers.submit(polite.resolve, name), name))
            else:
                self._ready.append(name)
        if polite and look:  # also those that are not asked now count as names
            rest = public.difference(hosts)
            self._names += [(resolvers.submit(polite.resolve, name), "") for name in rest]

    @property
    def waits(self) -> bool:
        """Tell whether any feed is still to be asked."""
        return bool(self._at)

    def free_in(self) -> float:
        """Count the seconds until another feed may be asked."""
        if self._ready or self._names:
            return 0.01 if self._names and not self._ready else 0.0
        return max(0.0, self._later[0][0] - self._clock()) if self._later else _POLL

    def take(self, most: int) -> list[FeedJob]:
        """Take the feeds that may be asked now."""
        self._line_up()
        taken: list[FeedJob] = []
        while len(taken) < most and self._ready:
            place = self._ready.popleft()
            if (left := self._left(place)) > 0:
                self._put_off(place, left)
                continue
            job = self._at[place].popleft()
            self._places[job.feed] = place
            taken.append(job)
        self._begin(taken)
        return taken

    def let_go(self, job: FeedJob, *, again: bool) -> None:
        """Let the host of a feed be asked again, after its pause."""
        place = self._places.pop(job.feed)
        if again:
            self.shop.web.forget_unreachable()
            self._at[place].append(replace(job, is_retry=True))
        if self._at[place]:
            is_alone = again and len(self._at[place]) == 1
            self._put_off(place, RETRY if is_alone else self._left(place))
        else:
            del self._at[place]

    def _left(self, place: str) -> float:
        if (polite := self.shop.web.polite) is None or place.startswith(_OWN):
            return 0.0
        return polite.free_in(self._at[place][0].location, "feed")

    def _put_off(self, place: str, seconds: float) -> None:
        self._count += 1  # two that are due at once keep their order
        heapq.heappush(self._later, (self._clock() + seconds, self._count, place))

    def _line_up(self) -> None:
        """Let those come up whose time has come, and whose address is known by now."""
        late = time.monotonic() >= self._patience
        if late or all(future.done() for future, _ in self._names):
            for future, name in self._names:
                if name and future.done():
                    self._join(name)
            self._names = [one for one in self._names if not one[0].done()]
        while self._later and self._later[0][0] <= self._clock():
            self._ready.append(heapq.heappop(self._later)[2])

    def _join(self, name: str) -> None:
        """Put a host's feeds to those of the others at its address, where these are many."""
        polite = self.shop.web.polite
        place = polite.place(f"https://{name}") if polite else name
        if place == name:
            self._ready.append(name)
            return
        is_known = place in self._at
        self._at.setdefault(place, deque()).extend(self._at.pop(name))
        if not is_known:
            self._ready.append(place)

    def _begin(self, taken: Sequence[FeedJob]) -> None:
        """Keep that these are asked, and the next ones with them: a commit takes its time."""
        if all(job.feed in self._begun for job in taken):
            return
        heads = (self._at[place][0] for place in list(self._ready)[:_AHEAD])
        fresh = [job for job in (*taken, *heads) if job.feed not in self._begun]
        feeds = self.shop.ledger.feeds
        feeds.begin([job.feed for job in fresh], afresh=[job.feed for job in fresh if job.afresh])
        self._begun |= {job.feed for job in fresh}

    def _clock(self) -> float:
        return self.shop.web.polite.clock() if self.shop.web.polite else time.monotonic()


def _is_own(job: FeedJob) -> bool:
    """Tell whether a feed is a file, or at a host that its owner opened as private."""
    is_web = job.location.lower().startswith(("http://", "https://"))
    return not is_web or is_private(job.location, frozenset(job.source.allow_private))


def trouble_of(error: WpSyncError) -> Trouble:
    """Tell what kind of failure a feed's is."""
    if isinstance(error, NetworkError):
        kind: TroubleKind = "busy" if error.status in _BUSY else "server"
        return Trouble(kind=kind, retry_after=error.retry_after)
    if isinstance(error, StatusError):
        if error.status in _GONE:
            return Trouble(kind="gone")
        return Trouble(kind="missing" if error.status == _MISSING else "refused")
    if isinstance(error, ParseError | ConfinedError):
        return Trouble(kind="parse")
    return Trouble(kind="refused" if isinstance(error, WebError) else "server")
