"""New posts of paced channels: set aside until all feeds were worked, then given their turns."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, timedelta, timezone
from typing import TYPE_CHECKING

from wp_sync.config.values import find_zone
from wp_sync.curate.pacing import Airing, Candidate, Place, Timetable, places_of, plan_turns
from wp_sync.ledger.items import EARLY
from wp_sync.ledger.pacing import LIVE, SCHEDULED
from wp_sync.model import Create
from wp_sync.publish.moments import moment_of
from wp_sync.publish.plan import with_terms
from wp_sync.publish.target import FORBIDDEN

from .backlog import Backlog, put_off, put_off_waiting

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime, tzinfo

    from wp_sync.config.schema import Config
    from wp_sync.curate.pacing import Turn
    from wp_sync.ledger import DueItem
    from wp_sync.ledger.pacing import AiredRow
    from wp_sync.model import Change, Item, ItemKey, Outcome, Plan, Post, SitePost, SiteState
    from wp_sync.publish.target import SiteIdentity

    from .build import Workshop
    from .collect import FeedJob, Intake
    from .options import SyncOptions
    from .visit import Visit

_LONGEST_WINDOW = timedelta(days=1)
_STEP = timedelta(seconds=20)
# How often what fell away in the making, such as a repeat, gives its place to others in one run.
_MOST_ROUNDS = 5
LATE = timedelta(minutes=10)  # by which a scheduled post is live where cron runs each minute
CRON = "let the host call wp-cron.php each minute: WordPress publishes by it"


@dataclass(slots=True)
class Parked:
    """New posts of one feed that wait for their turns, and how those ended that do not go."""

    job: FeedJob
    intake: Intake
    posts: list[Post] = field(default_factory=list)
    waiting: dict[ItemKey, DueItem] = field(default_factory=dict)  # deferred before, not made again
    outcomes: list[Outcome] = field(default_factory=list)

    def let_in(self, keys: Collection[ItemKey]) -> list[Item]:
        """Take these out of what waits."""
        return [self.waiting.pop(key).item for key in [*self.waiting] if key in keys]


class Turns:
    """One run's new posts in paced channels."""

    def __init__(self, shop: Workshop, visit: Visit, options: SyncOptions) -> None:
        self._shop, self._visit, self._options = shop, visit, options
        self._parked: dict[str, Parked] = {}
        self._table: Timetable | None = None
        self._backlog = Backlog(shop.config)
        self._taken: Counter[Place] = Counter()
        self.messages: list[str] = []

    def note(self, due: Iterable[DueItem]) -> None:
        """Remember which items were deferred by an earlier run."""
        self._backlog.note(due)

    def keep_waiting(
        self, items: Sequence[Item], job: FeedJob, intake: Intake
    ) -> tuple[list[Item], list[Outcome]]:
        """Leave what was deferred for the end of the run; return what is to be made now.

        What the rules drop by now, before any page is read, ends here.
        """
        paced = {
            name
            for name in self._shop.config.channels
            if self._backlog.noted
            and self._options.channel in {"", name}
            and self.table.is_paced(name, job.source.name)
        }
        now, waiting, told = self._backlog.set_aside(items, intake, paced)
        if waiting:
            parked = self._parked.setdefault(job.feed, Parked(job=job, intake=intake))
            parked.waiting |= waiting
        return now, told

    def set_aside(self, plan: Plan, site: SiteState, job: FeedJob, intake: Intake) -> Plan:
        """Take out of a plan what waits for its turn."""
        waits = [
            change.post
            for change in plan.changes
            if isinstance(change, Create) and self._is_paced(change.post, job)
        ]
        if not waits:
            return plan
        parked = self._parked.setdefault(job.feed, Parked(job=job, intake=intake))
        known = {post.key for post in parked.posts}  # two addresses may lead to one feed
        parked.posts += [post for post in waits if post.key not in known]
        keys = {post.key for post in waits}
        rest = tuple(one for one in plan.changes if not _is_among(one, keys))
        return with_terms(replace(plan, changes=rest), site)

    def decide(self, make: Callable[[Sequence[Item], Parked], None]) -> Iterator[Parked]:
        """Tell which posts go now, which are scheduled, and how the others ended.

        `make` makes posts of what was deferred and has its turn now. Unattended, what may go in a
        moment is waited for, once: timers are not exact, and else the next run would make it, much
        later.
        """
        if not self._parked:
            return
        turns = self._let_in(make)
        parked, self._parked = [*self._parked.values()], {}
        now = self._shop.clock()
        posts = (post for one in parked for post in one.posts)
        soon = {post.key for post in posts if self._comes_soon(turns[post.key], now)}
        yield from (self._count(_sorted_out(one, turns, besides=soon)) for one in parked)
        if soon:
            self._wait(max(turns[key].at for key in soon) - self._shop.clock())
            left = [
                replace(one, posts=[post for post in one.posts if post.key in soon], waiting={})
                for one in parked
            ]
            turns = self._plan(left, self._look_back(self._shop.clock()))
            yield from (self._count(_sorted_out(one, turns)) for one in left)

    def _count(self, parked: Parked) -> Parked:
        """Keep which places are taken: what is decided on later in this run has the others."""
        for post in parked.posts:
            self._taken.update(places_of(post.channel, parked.job.source.name))
        return parked

    def _let_in(self, make: Callable[[Sequence[Item], Parked], None]) -> dict[ItemKey, Turn]:
        """Have those made that were deferred and have their turns now; return the turns of all."""
        now = self._shop.clock()
        aired = self._look_back(now)
        for _ in range(_MOST_ROUNDS):
            turns = self._plan(self._parked.values(), aired)
            keys = {key for key, turn in turns.items() if self._is_next(turn, now)}
            chosen = [(one.let_in(keys), one) for one in self._parked.values()]
            if not any(items for items, _ in chosen):
                return turns
            for items, one in chosen:
                if items:
                    make(items, one)
        return self._plan(self._parked.values(), aired)

    def _wait(self, left: timedelta) -> None:
        """Sleep in short steps: who watches over the run hears of each."""
        while left > timedelta(0) and not self._shop.stop():
            self._shop.stop.wait(min(left, _STEP).total_seconds())
            left -= _STEP

    def _plan(self, parked: Iterable[Parked], aired: Sequence[Airing]) -> dict[ItemKey, Turn]:
        candidates = [one for some in parked for one in self._candidates(some)]
        return plan_turns(candidates, aired, self.table, self._shop.clock(), self._taken)

    def _candidates(self, parked: Parked) -> Iterator[Candidate]:
        source = parked.job.source.name
        yield from (_candidate(post, source) for post in parked.posts)
        yield from self._backlog.candidates(parked.waiting, source)

    def _is_next(self, turn: Turn, now: datetime) -> bool:
        """Tell whether this run makes a post of what has this turn."""
        return turn.word in {"go", "schedule"} or self._comes_soon(turn, now)

    def _comes_soon(self, turn: Turn, now: datetime) -> bool:
        """Tell whether an unattended run waits for a turn; one of the next run is not soon."""
        waits = not (self._options.is_watched or self._options.dry_run)
        return waits and turn.word == "defer" and now < turn.at <= now + EARLY

    @property
    def table(self) -> Timetable:
        """What the configuration says of times; the site is asked for its zone."""
        if self._table is None:
            config = self._shop.config
            self._table = make_timetable(config, self._visit.identity)
        return self._table

    def _is_paced(self, post: Post, job: FeedJob) -> bool:
        rules = self._shop.config.channels[post.channel].pacing
        counts = post.status == "publish" or rules.drafts
        return counts and not post.approved and self.table.is_paced(post.channel, job.source.name)

    def _look_back(self, now: datetime) -> list[Airing]:
        """List what went live, or will: the site is asked about what is not live for sure."""
        rows = self._shop.ledger.pacing.aired(self._visit.address, now - _LONGEST_WINDOW)
        open_rows = [
            row for row in rows if row.live and (row.status == SCHEDULED or row.live > now)
        ]
        there = self._read(open_rows)
        aired: list[Airing] = []
        seen: dict[ItemKey, tuple[str, datetime | None]] = {}
        missed: list[int] = []
        for row in rows:
            at = row.live
            if row.wp_id in there:
                status, at = _live_now(there[row.wp_id], row, now)
                if (status, at) != (row.status, row.live):
                    seen[row.key] = status, at
                missed += [row.wp_id] if status == SCHEDULED and at and at < now - LATE else []
            elif row.live is None and self._counts_drafts(row):
                at = row.created
            if at:
                aired.append(Airing(channel=row.channel, source=row.source, at=at))
        if seen and not self._options.dry_run:
            self._shop.ledger.pacing.correct(self._visit.address, seen)
        self.messages += [f"{missed_note(missed)}: {CRON}"] if missed else []
        return aired

    def _counts_drafts(self, row: AiredRow) -> bool:
        channel = self._shop.config.channels.get(row.channel)
        return bool(channel and channel.pacing.drafts)

    def _read(self, rows: list[AiredRow]) -> Mapping[int, SitePost | None]:
        wp_ids = [row.wp_id for row in rows]
        found = {one.wp_id: one for one in self._shop.target.read_posts(wp_ids)} if rows else {}
        return {wp_id: found.get(wp_id) for wp_id in wp_ids}


def make_timetable(config: Config, identity: SiteIdentity) -> Timetable:
    """Gather what the configuration says of times."""
    return Timetable(
        channels=config.channels,
        sources={source.name: source for source in config.sources},
        zone=zone_of(config, identity),
        per_run=config.safety.new_per_run,
    )


def zone_of(config: Config, identity: SiteIdentity) -> tzinfo:
    """Find the clock that quiet hours go by: the configuration's, else the site's, else UTC."""
    name = config.site.time_zone or identity.timezone
    hours = identity.offset if not name else None
    if name.startswith("UTC") and name != "UTC":  # the site's, where it has no name
        name, hours = "", _number(name.removeprefix("UTC"))
    try:
        return find_zone(name) if name else timezone(timedelta(hours=hours or 0))
    except ValueError:  # the site knows one that this machine does not
        return UTC


def missed_note(wp_ids: list[int]) -> str:
    """Say that WordPress did not publish what it should have."""
    noun = "post" if len(wp_ids) == 1 else "posts"
    named = ", ".join(map(str, wp_ids[:5])) + ("…" if wp_ids[5:] else "")
    return f"scheduled {noun} {named} should be live by now, and WordPress's cron has not run"


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0


def _is_among(change: Change, keys: set[ItemKey]) -> bool:
    return isinstance(change, Create) and change.post.key in keys


def _candidate(post: Post, source: str) -> Candidate:
    return Candidate(
        key=post.key,
        channel=post.channel,
        source=source,
        published=post.published,
        is_draft=post.status != "publish",
    )


def _sorted_out(
    one: Parked, turns: Mapping[ItemKey, Turn], besides: Collection[ItemKey] = ()
) -> Parked:
    """Sort posts by their turns, those left out that are decided on later."""
    posts = [post for post in one.posts if post.key not in besides]
    placed = (_placed(post, turns[post.key]) for post in posts)
    later = (_put_off(post, turns[post.key]) for post in posts)
    outcomes = [*filter(None, later), *put_off_waiting(one.waiting, turns)]
    return replace(one, posts=[*filter(None, placed)], outcomes=outcomes)


def _placed(post: Post, turn: Turn) -> Post | None:
    if turn.word == "schedule":
        return replace(post, date=turn.at, date_note=turn.reason)
    return post if turn.word == "go" else None


def _put_off(post: Post, turn: Turn) -> Outcome | None:
    return put_off(post.key, turn, title=post.title, url=post.source_url, channel=post.channel)


def _live_now(there: SitePost | None, row: AiredRow, now: datetime) -> tuple[str, datetime | None]:
    """Tell a post's status, and when it goes live: an editor may have decided otherwise."""
    if there is None or there.status not in LIVE:
        kept = row.live if row.live and row.live <= now and row.status != SCHEDULED else None
        return row.status, row.live if there and there.status == FORBIDDEN else kept
    if there.status == SCHEDULED:
        return SCHEDULED, moment_of(str(there.values["date"]))
    # Live before its time: by an editor's hand, or our clock was put back since.
    return there.status, min(row.live or now, now)
