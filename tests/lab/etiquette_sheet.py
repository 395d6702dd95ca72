"""The score sheet: the rules E1 to E30, how often each was put to the test, and broken."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

Event: TypeAlias = dict[str, Any]

RULES = {
    "E1": "validators byte for byte",
    "E2": "both validators when both are known",
    "E3": "validators renewed by every answer that carries them",
    "E4": "validators cleared by an answer without",
    "E5": "validators survive kills",
    "E6": "asked by hand stays conditional",
    "E7": "stuck 304: one unconditional request in 8 days",
    "E8": "minimum interval 60 min; 24 h without validators",
    "E9": "never early",
    "E10": "nothing while an answer is fresh",
    "E11": "ttl, skipHours, sy:updatePeriod",
    "E12": "nothing before Retry-After",
    "E13": "host back-off without Retry-After",
    "E14": "no retry in a run",
    "E15": "pauses after errors; 410 ends",
    "E16": "permanent redirects: moved after 7 days and 5 sightings",
    "E17": "temporary redirects: never stored",
    "E18": "validators to their own address",
    "E19": "User-Agent says who and how many",
    "E20": "Accept names feeds",
    "E21": "Accept-Encoding is gzip",
    "E22": "no cookies, Referer, query or made-up address",
    "E23": "a feed is asked once in a run",
    "E24": "a host's requests one by one, spaced",
    "E25": "a host's feeds share a connection",
    "E26": "A-IM: not offered",
    "E27": "robots.txt before pages and pictures",
    "E28": "GET alone, no Range",
    "E29": "WebSub: not offered",
    "E30": "our own WordPress: see the tests of its pace",
}
NOT_HERE = {"E26", "E29", "E30"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run, as who started it saw it."""

    start: float
    end: float
    killed: bool = False
    by_hand: bool = False
    refetch: str = ""


@dataclass(slots=True)
class Score:
    """How often a rule was put to the test, and how often it was broken."""

    n: int = 0
    violations: list[str] = field(default_factory=list)

    def see(self, event: Event, *, well: bool, told: str = "") -> None:
        self.n += 1
        if not well:
            when = datetime.fromtimestamp(event["at"], UTC)
            self.violations.append(f"{when:%d %H:%M:%S} {event['host']}{event['path']} {told}")


Scores: TypeAlias = dict[str, Score]


def sheet(scores: Mapping[str, Score]) -> str:
    """Write the score sheet: a line a rule, the first violations below it."""
    lines: list[str] = []
    for rule, score in scores.items():
        counts = f"{score.n:>8} {len(score.violations):>4}" if rule not in NOT_HERE else " " * 13
        lines.append(f"{rule:<4} {RULES[rule]:<60} {counts}")
        lines += [f"       {one}" for one in score.violations[:5]]
    total = sum(len(score.violations) for score in scores.values())
    return "\n".join([f"{'rule':<65} {'n':>8} {'bad':>4}", *lines, f"{total} violations"])
