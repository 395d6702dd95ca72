"""Which new posts go live now, which later and when, and why. Values in, values out.

Of one channel's sources the one that had the fewest posts in the last 24 hours comes first, and of
each source the newest article: so no source crowds out another, and no backlog what is fresh.
"""

from __future__ import annotations

import heapq
from bisect import bisect_left, bisect_right, insort
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Literal, TypeAlias

from wp_sync.config.values import parse_quiet

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import time, tzinfo

    from wp_sync.config.channels import Channel, PacingRules, Source
    from wp_sync.model import ItemKey

_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
_USUAL_GAP = timedelta(minutes=15)  # between scheduled posts, where the channel says nothing
Place: TypeAlias = tuple[str, str]  # what is limited: of a channel, a source, or the run
_NIGHTS = 4  # days in which quiet hours end at least once, whatever the clocks do


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A new post that would go live."""

    key: ItemKey
    channel: str
    source: str
    published: datetime | None  # by the source
    is_draft: bool = False  # WordPress publishes none by itself


@dataclass(frozen=True, slots=True, kw_only=True)
class Airing:
    """A post of ours that went live, or will, by WordPress's own clockwork."""

    channel: str
    source: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What becomes of a candidate."""

    key: ItemKey
    word: Literal["go", "schedule", "defer", "drop"]
    at: datetime  # when it goes live
    due: datetime  # when a run looks at it again
    reason: str = ""  # "": it goes at once


@dataclass(frozen=True, slots=True, kw_only=True)
class Timetable:
    """What the configuration says of times."""

    channels: Mapping[str, Channel]
    sources: Mapping[str, Source]  # by name
    zone: tzinfo
    per_run: int = 0  # posts of all channels

    def is_paced(self, channel: str, source: str) -> bool:
        """Tell whether anything limits the posts of a source in a channel."""
        theirs = self.sources.get(source)
        own = self.channels[channel].pacing.is_any() if channel in self.channels else False
        return own or bool(self.per_run or (theirs and (theirs.per_run or theirs.per_day)))


def plan_turns(
    candidates: Sequence[Candidate],
    aired: Iterable[Airing],
    table: Timetable,
    now: datetime,
    taken: Mapping[Place, int] | None = None,
) -> dict[ItemKey, Turn]:
    """Give each candidate its turn; `taken` are the places of this run that are gone already."""
    planner = _Planner(table, now, tuple(aired), Counter(taken or {}))
    return {one.key: planner.place(one) for one in _in_turn(candidates, planner.aired, now)}


def places_of(channel: str, source: str) -> tuple[Place, ...]:
    """Name the places that one post takes among those of a run."""
    return ("channel", channel), ("source", source), ("run", "")


def _in_turn(
    candidates: Sequence[Candidate], aired: Sequence[Airing], now: datetime
) -> Iterator[Candidate]:
    """Let the sources take turns, each with its newest article."""
    lines: dict[tuple[str, str], list[tuple[float, int]]] = defaultdict(list)
    for place, one in enumerate(candidates):
        age = (now - min(one.published or now, now)).total_seconds()
        heapq.heappush(lines[one.channel, one.source], (age, place))
    had = Counter((one.channel, one.source) for one in aired if one.at > now - _DAY)
    heads = [(had[pair], *line[0], pair) for pair, line in lines.items()]
    heapq.heapify(heads)
    while heads:
        count, _, place, pair = heapq.heappop(heads)
        yield candidates[place]
        line = lines[pair]
        heapq.heappop(line)
        if line:
            heapq.heappush(heads, (count + 1, *line[0], pair))


@dataclass(slots=True)
class _Lane:
    """When posts of a channel, or of a source, go live, in order."""

    times: list[datetime] = field(default_factory=list)

    def fits(self, at: datetime, limit: int, span: timedelta) -> bool:
        """Tell whether one more at this moment leaves every such span with its limit at most."""
        near = self.times[bisect_right(self.times, at - span) : bisect_left(self.times, at + span)]
        insort(near, at)
        return all(last - first >= span for first, last in zip(near, near[limit:], strict=False))

    def next_end(self, at: datetime, span: timedelta) -> datetime | None:
        """Tell when the next of these spans ends: then there may be room."""
        place = bisect_right(self.times, at - span)
        return self.times[place] + span if place < len(self.times) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Limit:
    """At most so many in any such span of time."""

    lane: _Lane
    count: int
    span: timedelta
    told: str


class _Planner:
    def __init__(
        self, table: Timetable, now: datetime, aired: tuple[Airing, ...], taken: Counter[Place]
    ) -> None:
        self._table, self._now, self.aired = table, now, aired
        self._channels: dict[str, _Lane] = defaultdict(_Lane)
        self._sources: dict[str, _Lane] = defaultdict(_Lane)
        self._taken = taken  # in this run
        self._found: dict[tuple[str, str], tuple[datetime, str]] = {}  # nothing fits before
        for one in aired:
            self._keep(one.channel, one.source, one.at)

    def place(self, one: Candidate) -> Turn:
        """Find the first moment that all rules allow."""
        told = self._full_run(one)
        at, why = self._find_moment(one)
        age = self._table.channels[one.channel].keep.max_age
        if age and one.published and at > self._now and at - one.published > age:
            return self._tell_too_old(one, at, why)
        if told:
            told = f"deferred to the next run: {told}"
            return Turn(key=one.key, word="defer", at=self._now, due=self._now, reason=told)
        self._found[one.channel, one.source] = at, why
        self._keep(one.channel, one.source, at)
        rules = self._table.channels[one.channel].pacing
        is_scheduled = rules.spread == "schedule" and not one.is_draft
        if at == self._now:
            turn = Turn(key=one.key, word="go", at=at, due=at)
        elif is_scheduled and at <= self._now + rules.ahead:
            told = f"scheduled for {self._local(at)}: {why}"
            turn = Turn(key=one.key, word="schedule", at=at, due=at, reason=told)
        else:
            told = f"deferred to {self._local(at)}: {why}"
            due = at - rules.ahead if is_scheduled else at
            return Turn(key=one.key, word="defer", at=at, due=due, reason=told)
        self._taken.update(places_of(one.channel, one.source))
        return turn

    def _tell_too_old(self, one: Candidate, at: datetime, why: str) -> Turn:
        channel = self._table.channels[one.channel]
        age = str(channel.keep.max_age).removesuffix(", 0:00:00")  # "14 days"
        told = f"its turn would come {self._local(at)} ({why}): by then it is older than the {age}"
        told += f" of {channel.label}"
        return Turn(key=one.key, word="drop", at=at, due=at, reason=told)

    def _full_run(self, one: Candidate) -> str:
        """Say which limit of this run is reached; "" for none."""
        channel, source = self._table.channels[one.channel], self._table.sources.get(one.source)
        limits = (
            (channel.pacing.per_run, ("channel", one.channel), f"{channel.label} takes"),
            (source.per_run if source else 0, ("source", one.source), f"{one.source} may bring"),
            (self._table.per_run, ("run", ""), "all channels take"),
        )
        for limit, place, told in limits:
            if limit and self._taken[place] >= limit:
                return f"{told} {limit} a run"
        return ""

    def _find_moment(self, one: Candidate) -> tuple[datetime, str]:
        """Find the first moment that fits, and what kept it from an earlier one."""
        rules = self._table.channels[one.channel].pacing
        limits = tuple(self._limits(one))
        at, why = self._found.get((one.channel, one.source), (self._now, ""))
        at, why = self._wake(at, rules, why)
        while against := next((it for it in limits if not _fits(it, at)), None):
            ends = (it.lane.next_end(at, it.span) for it in limits)
            # What keeps it from this moment ends one day.
            later = min(end for end in ends if end is not None)
            at, why = self._wake(_whole_minute(later), rules, against.told)
        return at, why

    def _limits(self, one: Candidate) -> Iterator[_Limit]:
        channel, source = self._table.channels[one.channel], self._table.sources.get(one.source)
        rules, lane = channel.pacing, self._channels[one.channel]
        if rules.per_hour:
            told = f"{channel.label} takes {rules.per_hour} an hour"
            yield _Limit(lane=lane, count=rules.per_hour, span=_HOUR, told=told)
        if rules.per_day:
            told = f"{channel.label} takes {rules.per_day} a day"
            yield _Limit(lane=lane, count=rules.per_day, span=_DAY, told=told)
        if gap := _gap(rules):
            told = f"{channel.label} leaves {_words(gap)} between two posts"
            yield _Limit(lane=lane, count=1, span=gap, told=told)
        if source and source.per_day:
            told = f"{one.source} may bring {source.per_day} a day"
            yield _Limit(lane=self._sources[one.source], count=source.per_day, span=_DAY, told=told)

    def _wake(self, at: datetime, rules: PacingRules, why: str) -> tuple[datetime, str]:
        """Put off a moment in quiet hours to their end."""
        quiet = parse_quiet(rules.quiet)
        if quiet and is_quiet(at, quiet, self._table.zone):
            return end_of_quiet(at, quiet, self._table.zone), f"quiet hours {rules.quiet}"
        return at, why

    def _keep(self, channel: str, source: str, at: datetime) -> None:
        insort(self._channels[channel].times, at)
        insort(self._sources[source].times, at)

    def _local(self, at: datetime) -> str:
        return f"{at.astimezone(self._table.zone):%Y-%m-%d %H:%M %Z}"


def is_quiet(at: datetime, quiet: tuple[time, time], zone: tzinfo) -> bool:
    """Tell whether the clock on the wall says a quiet hour."""
    (begin, end), wall = quiet, at.astimezone(zone).time()
    return begin <= wall < end if begin < end else wall >= begin or wall < end


def end_of_quiet(at: datetime, quiet: tuple[time, time], zone: tzinfo) -> datetime:
    """Find the first moment after this one at which quiet hours end, whatever clocks do that night.

    Where the hour of their end is left out, they end an hour later; where it comes twice, they may
    end twice.
    """
    day = at.astimezone(zone).date()
    ends = (
        datetime.combine(day + timedelta(days=days), quiet[1], zone).replace(fold=fold)
        for days in range(_NIGHTS)
        for fold in (0, 1)
    )
    later = (end.astimezone(UTC) for end in ends)
    return min(end for end in later if end > at and not is_quiet(end, quiet, zone))


def _fits(limit: _Limit, at: datetime) -> bool:
    return limit.lane.fits(at, limit.count, limit.span)


def _gap(rules: PacingRules) -> timedelta:
    """Tell how far two posts of a channel are apart; scheduled ones never come together."""
    if rules.gap or rules.spread == "wait":
        return rules.gap or timedelta(0)
    return _HOUR / rules.per_hour if rules.per_hour else _USUAL_GAP


def _words(span: timedelta) -> str:
    minutes, hours = -(-span // timedelta(minutes=1)), span // _HOUR
    return f"{hours} hours" if hours > 1 and span == hours * _HOUR else f"{minutes} minutes"


def _whole_minute(at: datetime) -> datetime:
    return at if at == (cut := at.replace(second=0, microsecond=0)) else cut + timedelta(minutes=1)
