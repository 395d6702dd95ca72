"""The rules E1 to E30, checked on a log of what publishers saw. Values in, values out."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from itertools import pairwise
from typing import TYPE_CHECKING

from etiquette_sheet import RULES, Event, Run, Score, Scores
from publishers import ADDRESSES, DAY, HOUR, Feed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


AGENT = re.compile(r"wp-sync/\S+ \(\+https?://\S+; feeds=\d+\)")
ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml;q=0.9, "
    "application/xml;q=0.8, text/xml;q=0.8, */*;q=0.1"
)
STUCK = 8 * DAY
LITTLE = 0.001  # seconds: of floating point


def check(events: Sequence[Event], runs: Sequence[Run], feeds: Sequence[Feed]) -> Scores:
    """Check all rules."""
    scores: Scores = {rule: Score() for rule in RULES}
    events = sorted(events, key=lambda event: event["at"])
    placed = list(_place(events, runs))
    for event, _ in placed:
        _check_request(event, scores)
    _check_spacing(placed, scores)
    _check_connections(placed, scores)
    _check_robots(placed, scores)
    _check_hosts(placed, scores)
    by_url: dict[str, list[tuple[Event, Run]]] = defaultdict(list)
    polls: dict[int, list[tuple[Event, Run]]] = defaultdict(list)
    for event, run in placed:
        if event["feed"] is not None:
            by_url[event["host"] + event["path"]].append((event, run))
            if not _follows(event, polls[event["feed"]]):
                polls[event["feed"]].append((event, run))
    for found in by_url.values():
        _Memory(feeds[found[0][0]["feed"]]).follow(found, scores)
    for number, found in polls.items():
        _check_polls(found, feeds[number], scores)
    return scores


def _place(events: Sequence[Event], runs: Sequence[Run]) -> Iterator[tuple[Event, Run]]:
    left = list(runs)
    for event in events:
        while len(left) > 1 and event["at"] > left[0].end:
            left.pop(0)
        yield event, left[0]


def _follows(event: Event, before: Sequence[tuple[Event, Run]]) -> bool:
    """Tell whether a request follows a redirect: it is no poll of its own."""
    if not before or not event["path"].startswith("/moved/"):
        return False
    last = before[-1][0]
    return last["status"] in {301, 302} and event["at"] - last["at"] < HOUR / 4


def _check_request(event: Event, scores: Scores) -> None:
    asked = event["asked"]
    agent, accept = asked.get("user-agent", ""), asked.get("accept", "")
    scores["E19"].see(event, well=bool(AGENT.fullmatch(agent)), told=agent)
    if event["feed"] is not None:
        scores["E20"].see(event, well=accept == ACCEPT, told=accept)
    scores["E21"].see(event, well=asked.get("accept-encoding") == "gzip")
    traces = {"cookie", "referer", "authorization"} & set(asked)
    made_up = event["feed"] is None and not event["path"].startswith(
        ("/robots.txt", "/page/", "/picture/", "/private/")
    )
    well = not traces and not made_up and not set("?#") & set(event["path"])
    scores["E22"].see(event, well=well)
    scores["E28"].see(event, well=event["method"] == "GET" and "range" not in asked)


def _check_spacing(placed: Sequence[tuple[Event, Run]], scores: Scores) -> None:
    last: dict[str, Event] = {}
    delays: dict[str, float] = {}
    run_before = None
    for event, run in placed:
        if run is not run_before:
            last, delays, run_before = {}, {}, run
        shared = event["address"] == ADDRESSES[1]
        place = event["address"] if shared else event["host"]
        is_page = event["path"].startswith(("/page/", "/picture/"))
        pause = max(2.0 if is_page else 1.0, delays.get(place, 0.0))
        if before := last.get(place):
            gap = event["at"] - before["at"]  # the answer's end is seen later here than there
            scores["E24"].see(event, well=gap >= pause - LITTLE, told=f"{gap:.2f} s, not {pause} s")
        if event["path"] == "/robots.txt" and event["host"][1:].partition(".")[0].isdigit():
            number = int(event["host"][1:].partition(".")[0])
            delays[place] = 5.0 if number % 3 == 1 else delays.get(place, 0.0)
        last[place] = event


def _check_connections(placed: Sequence[tuple[Event, Run]], scores: Scores) -> None:
    seen: dict[tuple[int, str], list[Event]] = defaultdict(list)
    for event, run in placed:
        seen[id(run), event["host"]].append(event)
    for found in seen.values():
        if len(found) > 1:
            count = len({one["connection"] for one in found})
            scores["E25"].see(found[-1], well=count == 1, told=f"{count} connections")


def _check_robots(placed: Sequence[tuple[Event, Run]], scores: Scores) -> None:
    known: set[tuple[int, str]] = set()
    for event, run in placed:
        place = id(run), event["host"]
        if event["path"] == "/robots.txt":
            scores["E27"].see(event, well=place not in known, told="asked twice in a run")
            known.add(place)
        elif event["feed"] is None:
            # Those without a robots.txt forbid nothing.
            forbidden = event["path"].startswith("/private/")
            open_to_all = int(event["host"][1:].partition(".")[0]) % 3 == 0
            scores["E27"].see(event, well=place in known and (open_to_all or not forbidden))


def _check_hosts(placed: Sequence[tuple[Event, Run]], scores: Scores) -> None:
    """Check that a host is left alone that said that it is too much."""
    asked_until: dict[str, float] = {}
    rests_until: dict[str, float] = {}
    refusals: dict[str, int] = defaultdict(int)
    for event, run in placed:
        host, at = event["host"], event["at"]
        if host in asked_until:
            scores["E12"].see(event, well=at >= asked_until[host], told="the host asked for rest")
        if host in rests_until and not run.by_hand:
            scores["E13"].see(event, well=at >= rests_until[host], told="the host should rest")
        wait = _retry_after(event)
        if event["status"] < 400:
            refusals[host] = 0  # also in a run that was killed: the least is asked of it
        elif run.killed:
            continue  # nobody knows what of it the run still heard
        elif event["status"] == 429 and wait is not None:
            asked_until[host] = at + wait
        elif event["status"] in {429, 503} and wait is None:
            refusals[host] += 1
            rests_until[host] = at + min(2 ** (refusals[host] - 1), 24) * HOUR


def _retry_after(event: Event) -> float | None:
    told = event["given"].get("Retry-After")
    if told is None:
        return None
    if str(told).isdigit():
        return float(told)
    return float(parsedate_to_datetime(told).timestamp()) - int(event["at"])


@dataclass(slots=True)
class _Memory:
    """The validators that one address gave: what the next request may carry."""

    feed: Feed
    possible: set[tuple[str, str]] = field(default_factory=lambda: {("", "")})
    given: set[str] = field(default_factory=set)
    unmodified_since: float | None = None
    was_killed: bool = False

    def follow(self, found: Sequence[tuple[Event, Run]], scores: Scores) -> None:
        for event, run in found:
            self._check(event, run, scores)
            self._learn(event, run)

    def _check(self, event: Event, run: Run, scores: Scores) -> None:
        asked = event["asked"]
        sent = asked.get("if-none-match", ""), asked.get("if-modified-since", "")
        for value in filter(None, sent):
            scores["E1"].see(event, well=value in self.given, told=f"sent {value!r}")
        if (
            sent == ("", "")
            and self.possible != {("", "")}
            and self._is_pardoned(event, run, scores)
        ):
            return
        told = f"sent {sent}, not one of {sorted(self.possible)}"
        is_well = sent in self.possible
        if any(all(one) for one in self.possible):
            scores["E2"].see(event, well=is_well, told=told)
        scores["E4" if self.possible == {("", "")} else "E3"].see(event, well=is_well, told=told)
        if self.was_killed:
            scores["E5"].see(event, well=is_well, told=told)
        if run.by_hand:
            scores["E6"].see(event, well=is_well, told=told)
        if self.feed.kind in {"301", "302"}:
            scores["E18"].see(event, well=is_well, told=told)
        self.was_killed = run.killed

    def _is_pardoned(self, event: Event, run: Run, scores: Scores) -> bool:
        """Tell whether an unconditional request is the one that is right."""
        if run.refetch == self.feed.url or ("", "") in self.possible:
            return run.refetch == self.feed.url
        since = self.unmodified_since
        is_stuck = since is not None and event["at"] - since >= STUCK - HOUR / 2
        if is_stuck:
            scores["E7"].see(event, well=True)
            self.unmodified_since = event["at"]
        return is_stuck

    def _learn(self, event: Event, run: Run) -> None:
        etag, modified = (event["given"].get(name, "") for name in ("ETag", "Last-Modified"))
        self.given |= {etag, modified}
        if event["status"] == 304:
            self.unmodified_since = self.unmodified_since or event["at"]
            fresh = {(etag or one, modified or other) for one, other in self.possible}
        elif event["status"] == 200 and event["valid"]:
            self.unmodified_since = None
            fresh = {(etag, modified)}
        elif event["status"] in {301, 302}:
            fresh = {("", "")}
        else:
            return
        self.possible = self.possible | fresh if run.killed else fresh


def _check_polls(found: Sequence[tuple[Event, Run]], feed: Feed, scores: Scores) -> None:
    """Check when a feed is asked."""
    history: list[Event] = []  # polls whose answers were heard
    for (before, run_before), (event, run) in pairwise(found):
        if not run_before.killed:
            history.append(before)
        same = run is run_before
        scores["E14"].see(event, well=not same, told="asked twice in a run")
        scores["E23"].see(event, well=not same, told="asked twice in a run")
        if not run_before.killed and before["status"] == 503 and (wait := _retry_after(before)):
            well = event["at"] - before["at"] >= wait - 1
            scores["E12"].see(event, well=well, told="the feed asked for rest")
        if not run.by_hand:
            gap = event["at"] - before["done"]
            least = DAY if feed.kind == "none" else HOUR
            scores["E8"].see(event, well=gap >= least, told=f"after {gap / 60:.1f} min")
            scores["E9"].see(event, well=gap >= HOUR)
            if not run_before.killed:
                _check_wait(before, event, history, feed, scores)
    _check_moves([event for event, _ in found], feed, scores)


def _check_wait(
    before: Event, event: Event, history: Sequence[Event], feed: Feed, scores: Scores
) -> None:
    gap, status = event["at"] - before["at"], before["status"]
    told = f"{gap / HOUR:.2f} h after {status}"
    if status in {200, 304} and feed.kind in {"max-age", "expires"}:
        least = 10_200.0 if feed.kind == "max-age" else 4 * HOUR - 1
        scores["E10"].see(event, well=gap >= least, told=told)
    if status in {200, 304} and feed.kind in {"ttl", "skip", "daily"}:
        hour = datetime.fromtimestamp(event["at"], UTC).hour
        least = {"ttl": 3 * HOUR, "daily": DAY, "skip": HOUR}[feed.kind]
        well = gap >= least and not (feed.kind == "skip" and hour < 6)
        scores["E11"].see(event, well=well, told=told)
    if status >= 400 or not before["valid"]:
        row = _in_a_row(history, before)
        scores["E15"].see(event, well=gap >= _pause(before, row), told=f"{told} ({row} in a row)")


def _in_a_row(history: Sequence[Event], last: Event) -> int:
    count = 0
    for event in reversed(history):
        if event["status"] != last["status"] or event["valid"] != last["valid"]:
            break
        count += 1
    return count


def _pause(event: Event, row: int) -> float:
    doubled = 2.0 ** (row - 1)
    if not event["valid"]:
        return DAY if row >= 3 else HOUR
    return {
        404: min(6 * HOUR * doubled, 7 * DAY),
        403: DAY,
        410: float("inf"),
        429: HOUR,
    }.get(event["status"], min(HOUR * doubled, DAY))


def _check_moves(polls: Sequence[Event], feed: Feed, scores: Scores) -> None:
    if feed.kind not in {"301", "302"}:
        return
    sightings = 0
    first: float | None = None
    for event in polls:
        if event["path"] == feed.path:
            if event["status"] == 301:
                first, sightings = first or event["at"], sightings + 1
            # Days and sightings beyond those that are needed: it must have moved by now.
            late = first is not None and event["at"] - first > 9 * DAY and sightings > 9
            scores["E16" if feed.kind == "301" else "E17"].see(
                event, well=not late, told="not moved"
            )
            continue
        well = feed.kind == "301" and sightings >= 5 and first is not None
        old_enough = first is not None and event["at"] - first >= 7 * DAY
        rule = "E16" if feed.kind == "301" else "E17"
        scores[rule].see(event, well=well and old_enough, told="asked at its new address")
