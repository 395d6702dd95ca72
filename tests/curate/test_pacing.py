"""plan_turns: candidates x what went live when x rules x now -> who goes, when, and why."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wp_sync.config.channels import Channel, PacingRules, PostRules, Source
from wp_sync.config.filters import KeepRules
from wp_sync.config.values import parse_quiet
from wp_sync.curate.pacing import (
    Airing,
    Candidate,
    Timetable,
    Turn,
    end_of_quiet,
    is_quiet,
    plan_turns,
)
from wp_sync.model import ItemKey

NOON = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)  # noon in Toronto
TORONTO = ZoneInfo("America/Toronto")
HOUR, DAY, MINUTE = timedelta(hours=1), timedelta(days=1), timedelta(minutes=1)


def channel(name: str = "golf", max_age: str | None = None, **pacing: Any) -> Channel:  # noqa: ANN401
    return Channel(
        name=name,
        post=PostRules(category=f"{name.title()} news"),
        keep=KeepRules.model_validate({"max_age": max_age} if max_age else {}),
        pacing=PacingRules.model_validate({k: v for k, v in pacing.items() if v}),
    )


def source(name: str, **caps: Any) -> Source:  # noqa: ANN401
    return Source(name=name, feeds=("https://news.example/feed",), to=("golf",), **caps)


def table(
    *channels: Channel,
    sources: Sequence[Source] = (),
    per_run: int = 0,
    **pacing: Any,  # noqa: ANN401
) -> Timetable:
    known = channels or (channel(**pacing),)
    return Timetable(
        channels={one.name: one for one in known},
        sources={one.name: one for one in sources},
        zone=TORONTO,
        per_run=per_run,
    )


def candidate(number: int, source: str = "CBC", age: float = 0, channel: str = "golf") -> Candidate:
    """Make a candidate that was published so many hours ago."""
    return Candidate(
        key=ItemKey(source, str(number)),
        channel=channel,
        source=source,
        published=NOON - timedelta(hours=age),
    )


def airing(hours: float, source: str = "CBC", channel: str = "golf") -> Airing:
    """Have a post live for so many hours."""
    return Airing(channel=channel, source=source, at=NOON - timedelta(hours=hours))


def five(**more: Any) -> list[Candidate]:  # noqa: ANN401
    return [candidate(number, age=number + 1, **more) for number in range(5)]


def told(turns: dict[ItemKey, Turn]) -> list[tuple[str, str, timedelta]]:
    return [(key.guid, turn.word, turn.at - NOON) for key, turn in turns.items()]


def test_two_an_hour_go_and_the_others_get_a_date() -> None:
    """The newest first, then two each hour; the reason says when and why, by the local clock."""
    turns = plan_turns(five(), (), table(per_hour=2), NOON)

    assert told(turns) == [
        ("0", "go", 0 * HOUR),
        ("1", "go", 0 * HOUR),
        ("2", "defer", HOUR),
        ("3", "defer", HOUR),
        ("4", "defer", 2 * HOUR),
    ]
    last = turns[ItemKey("CBC", "4")]
    assert last.reason == "deferred to 2026-11-23 14:00 EST: Golf news takes 2 an hour"
    assert last.due == NOON + 2 * HOUR


def test_what_went_live_counts_until_its_window_is_over() -> None:
    """An hour slides: the place of 40 minutes ago is free in 20 minutes."""
    turns = plan_turns([candidate(0), candidate(1)], [airing(2 / 3)], table(per_hour=1), NOON)

    assert told(turns) == [("0", "defer", HOUR / 3), ("1", "defer", HOUR / 3 + HOUR)]


def test_the_day_has_its_limit_too() -> None:
    """Of two limits the stricter one holds, and is the one that is told."""
    aired = [airing(20), airing(3)]

    (turn,) = plan_turns([candidate(0)], aired, table(per_hour=5, per_day=2), NOON).values()

    assert turn.reason == "deferred to 2026-11-23 16:00 EST: Golf news takes 2 a day"


def test_sources_take_turns_and_none_crowds_out_another() -> None:
    """Who had the fewest posts in the last day comes first; of each its newest article."""
    busy = [candidate(number, "Busy", age=number / 10) for number in range(3)]
    small = [candidate(8, "Small", age=31), candidate(9, "Small", age=30)]

    turns = plan_turns([*busy, *small], [airing(5, "Busy")], table(per_hour=2), NOON)

    assert [(key.feed, key.guid, one.word) for key, one in turns.items()] == [
        ("Small", "9", "go"),
        ("Busy", "0", "go"),
        ("Small", "8", "defer"),
        ("Busy", "1", "defer"),
        ("Busy", "2", "defer"),
    ]


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        pytest.param(table(per_run=2), "all channels take 2 a run", id="of all"),
        pytest.param(table(channel(per_run=2)), "Golf news takes 2 a run", id="of the channel"),
        pytest.param(
            table(sources=[source("CBC", per_run=2)]), "CBC may bring 2 a run", id="of the source"
        ),
    ],
)
def test_a_run_has_limits_and_the_next_run_goes_on(rules: Timetable, words: str) -> None:
    """What is beyond them is looked at again by the very next run."""
    turns = [*plan_turns(five(), (), rules, NOON).values()]

    assert [one.word for one in turns] == ["go", "go", "defer", "defer", "defer"]
    assert turns[2].reason == f"deferred to the next run: {words}"
    assert turns[2].due == NOON


def test_a_source_has_its_day_over_all_channels() -> None:
    """Its posts in another channel count; another source's do not."""
    rules = table(channel(), channel("hockey"), sources=[source("CBC", per_day=2)])
    aired = [airing(4, channel="hockey"), airing(1), airing(1, "Other")]

    (turn,) = plan_turns([candidate(0)], aired, rules, NOON).values()

    assert turn.reason == "deferred to 2026-11-24 08:00 EST: CBC may bring 2 a day"


def test_two_posts_are_a_gap_apart() -> None:
    """Also within one run, and from what is scheduled already."""
    turns = plan_turns(five(), [airing(-1)], table(gap="20m"), NOON)

    assert [one.at - NOON for one in turns.values()] == [
        0 * HOUR,
        20 * MINUTE,
        40 * MINUTE,
        80 * MINUTE,
        100 * MINUTE,
    ]


def test_at_night_nothing_goes_live() -> None:
    """Quiet hours end in the morning, and then the other rules hold."""
    night = datetime(2026, 11, 24, 4, 30, tzinfo=UTC)  # half past eleven in Toronto

    turns = plan_turns(five(), (), table(quiet="22:00-06:00", per_hour=3), night)

    reasons = [one.reason for one in turns.values()]
    assert reasons[0] == "deferred to 2026-11-24 06:00 EST: quiet hours 22:00-06:00"
    assert reasons[3] == "deferred to 2026-11-24 07:00 EST: Golf news takes 3 an hour"


def test_scheduled_posts_stand_apart_and_in_order() -> None:
    """The first goes at once, the rest get moments of their own; beyond the horizon they wait."""
    rules = table(per_hour=4, spread="schedule", ahead="30m")

    turns = [*plan_turns(five(), (), rules, NOON).values()]

    assert [one.word for one in turns] == ["go", "schedule", "schedule", "defer", "defer"]
    assert [one.at - NOON for one in turns] == [15 * MINUTE * number for number in range(5)]
    assert turns[1].reason == (
        "scheduled for 2026-11-23 12:15 EST: Golf news leaves 15 minutes between two posts"
    )
    assert turns[4].due == turns[4].at - 30 * MINUTE


def test_drafts_are_never_scheduled() -> None:
    """WordPress publishes none of them by itself: they wait."""
    drafts = [
        Candidate(
            key=ItemKey("CBC", str(number)),
            channel="golf",
            source="CBC",
            published=None,
            is_draft=True,
        )
        for number in range(2)
    ]

    turns = plan_turns(drafts, (), table(spread="schedule"), NOON)

    assert [one.word for one in turns.values()] == ["go", "defer"]


def test_what_would_be_too_old_by_then_is_dropped_and_says_so() -> None:
    """It takes no place from those behind it."""
    rules = table(channel(max_age="1d", per_hour=1))
    old, older = candidate(1, age=23.5), candidate(2, age=23.9)
    dateless = Candidate(key=ItemKey("CBC", "3"), channel="golf", source="CBC", published=None)

    turns = plan_turns([candidate(0), old, older, dateless], (), rules, NOON)

    assert [(key.guid, one.word) for key, one in turns.items()] == [
        ("0", "go"),
        ("3", "defer"),
        ("1", "drop"),
        ("2", "drop"),
    ]
    assert turns[old.key].reason == (
        "its turn would come 2026-11-23 14:00 EST (Golf news takes 1 an hour): by then it is older"
        " than the 1 day of Golf news"
    )


@pytest.mark.parametrize(
    ("quiet", "at", "end"),
    [
        pytest.param("22:00-06:00", "2026-07-01T02:00Z", "2026-07-01T10:00Z", id="summer"),
        pytest.param("22:00-06:00", "2026-12-01T03:00Z", "2026-12-01T11:00Z", id="winter"),
        pytest.param("13:00-14:30", "2026-12-01T18:10Z", "2026-12-01T19:30Z", id="at lunch"),
        # On 8 March 2026 the clocks go from 2:00 EST to 3:00 EDT, on 1 November back.
        pytest.param("22:00-06:00", "2026-03-08T04:00Z", "2026-03-08T10:00Z", id="a short night"),
        pytest.param("22:00-06:00", "2026-11-01T03:00Z", "2026-11-01T11:00Z", id="a long night"),
        pytest.param("22:00-02:30", "2026-03-08T04:00Z", "2026-03-08T07:30Z", id="no such end"),
        pytest.param("22:00-01:30", "2026-11-01T03:00Z", "2026-11-01T05:30Z", id="ends once"),
        pytest.param("22:00-01:30", "2026-11-01T06:10Z", "2026-11-01T06:30Z", id="ends twice"),
    ],
)
def test_quiet_hours_end_by_the_clock_on_the_wall(quiet: str, at: str, end: str) -> None:
    """Also in the nights in which the clocks change."""
    hours, moment = parse_quiet(quiet), datetime.fromisoformat(at)
    assert hours

    assert is_quiet(moment, hours, TORONTO)
    assert end_of_quiet(moment, hours, TORONTO) == datetime.fromisoformat(end)


@given(
    minutes=st.integers(0, 60 * 24 * 366),
    begin=st.integers(0, 1439),
    length=st.integers(1, 1439),
)
@settings(max_examples=300, deadline=None)
def test_quiet_hours_always_end_outside_of_themselves(
    minutes: int, begin: int, length: int
) -> None:
    """Whatever the hours and the night."""
    at = datetime(2026, 1, 1, tzinfo=UTC) + minutes * MINUTE
    end = (begin + length) % 1440
    quiet = (time(begin // 60, begin % 60), time(end // 60, end % 60))

    found = end_of_quiet(at, quiet, TORONTO)

    assert at < found < at + 3 * DAY
    assert not is_quiet(found, quiet, TORONTO)


PACES = st.fixed_dictionaries(
    {
        "per_run": st.integers(0, 4),
        "per_hour": st.integers(0, 4),
        "per_day": st.integers(0, 8),
        "gap": st.sampled_from(["", "7m", "45m"]),
        "quiet": st.sampled_from(["", "22:00-06:00", "11:30-12:30", "00:30-00:00"]),
        "spread": st.sampled_from(["wait", "schedule"]),
    }
)
NEWS = st.lists(
    st.tuples(st.sampled_from("AB"), st.sampled_from(["golf", "hockey"]), st.integers(-3, 60)),
    max_size=14,
)
PAST = st.lists(
    st.tuples(st.sampled_from("AB"), st.sampled_from(["golf", "hockey"]), st.floats(-10, 30)),
    max_size=6,
)


def counted_in(times: Sequence[datetime], span: timedelta, at: datetime) -> int:
    """Count the most that any such span with this moment in it holds."""
    windows = [start for start in times if start <= at < start + span]
    return max(sum(start <= one < start + span for one in times) for start in windows)


@given(paces=st.tuples(PACES, PACES), news=NEWS, past=PAST, cap=st.integers(0, 5))
@settings(max_examples=200, deadline=None)
def test_no_window_is_ever_overfull_and_nobody_is_lost(
    paces: tuple[dict[str, Any], dict[str, Any]],
    news: list[tuple[str, str, int]],
    past: list[tuple[str, str, float]],
    cap: int,
) -> None:
    """Each candidate goes, is scheduled, deferred or dropped; limits, gaps and nights are kept."""
    channels = [
        channel(name, max_age="2d", **pace)
        for name, pace in zip(("golf", "hockey"), paces, strict=True)
    ]
    sources = [source(name, per_day=cap, per_run=cap) for name in "AB"]
    rules = table(*channels, sources=sources, per_run=cap)
    wanted = [candidate(number, feed, age, place) for number, (feed, place, age) in enumerate(news)]
    aired = [airing(hours, feed, place) for feed, place, hours in past]

    turns = plan_turns(wanted, aired, rules, NOON)

    assert turns.keys() == {one.key for one in wanted}
    by_key = {one.key: one for one in wanted}
    live = [(by_key[key], turn) for key, turn in turns.items() if turn.word in {"go", "schedule"}]
    for _, turn in live:
        assert (turn.at == NOON) if turn.word == "go" else (turn.at > NOON)
    if cap:
        assert len(live) <= cap
        for feed in "AB":
            ours = [turn.at for one, turn in live if one.source == feed]
            times = [it.at for it in aired if it.source == feed] + ours
            assert all(counted_in(times, DAY, at) <= cap for at in ours)
    for place in channels:
        pace, ours = place.pacing, [turn.at for one, turn in live if one.channel == place.name]
        times = [it.at for it in aired if it.channel == place.name] + ours
        assert not pace.per_run or len(ours) <= pace.per_run
        for at in ours:
            assert not pace.per_hour or counted_in(times, HOUR, at) <= pace.per_hour
            assert not pace.per_day or counted_in(times, DAY, at) <= pace.per_day
            assert not pace.gap or counted_in(times, pace.gap, at) == 1
            quiet = parse_quiet(pace.quiet)
            assert not (quiet and is_quiet(at, quiet, TORONTO))
    deferred = [turn for turn in turns.values() if turn.word == "defer"]
    assert all(turn.reason.startswith("deferred to ") for turn in deferred)


@given(news=NEWS, past=PAST, pace=PACES)
@settings(max_examples=50, deadline=None)
def test_who_was_promised_a_moment_gets_it_when_nothing_new_comes(
    news: list[tuple[str, str, int]], past: list[tuple[str, str, float]], pace: dict[str, Any]
) -> None:
    """Run after run at the promised moments, all candidates go live, and none twice."""
    rules = table(channel(**pace), channel("hockey", **pace))
    left = {
        one.key: one
        for one in (candidate(n, feed, age, place) for n, (feed, place, age) in enumerate(news))
    }
    aired = [airing(hours, feed, place) for feed, place, hours in past]
    now, runs = NOON, Counter[str]()
    while left and runs["all"] < 100:
        runs["all"] += 1
        turns = plan_turns([*left.values()], aired, rules, now)
        for key, turn in turns.items():
            if turn.word in {"go", "schedule"}:
                one = left.pop(key)
                aired.append(Airing(channel=one.channel, source=one.source, at=turn.at))
        now = min((turn.due for turn in turns.values() if turn.word == "defer"), default=now)

    assert not left


def test_a_thousand_candidates_are_placed_in_seconds() -> None:
    """A ledger that was lost, or a feed that came back, costs no run its night."""
    wanted = [candidate(number, age=number / 100) for number in range(1000)]

    turns = plan_turns(wanted, (), table(per_hour=4, quiet="22:00-06:00"), NOON)

    hours = Counter(turn.at for turn in turns.values())
    assert len(turns) == 1000
    assert max(hours.values()) == 4
