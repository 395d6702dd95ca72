"""A small season of simulated days breaks no rule, and the check of its log can fail."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from etiquette_rules import ACCEPT, check
from etiquette_sheet import NOT_HERE, RULES, Run
from publishers import BEGIN, DAY, HOUR, KINDS, Feed

PROGRAM = Path(__file__).parent.parent / "etiquette.py"
HOSTS = 10
NIGHT = [Run(start=BEGIN, end=BEGIN + 60)] + [
    Run(start=BEGIN + n * HOUR / 2, end=BEGIN + n * HOUR / 2 + 60) for n in range(1, 900)
]


def test_a_small_season_breaks_no_rule() -> None:
    """A day of a feed of each kind, with kills."""
    arguments = ["--days", "1", "--feeds", "24", "--kills", "9", "--wake", "20", "--minutes", "4"]
    ended = subprocess.run(  # noqa: S603 (our own program)
        [sys.executable, PROGRAM, *arguments], capture_output=True, text=True, check=False
    )

    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert ended.stdout.startswith("1.0 of 1 days, 24 feeds")
    assert "\n0 violations" in ended.stdout
    assert all(f"\n{rule:<4} " in ended.stdout for rule in RULES)


def feed_of(kind: str) -> Feed:
    return Feed(number=KINDS.index(kind), hosts=HOSTS)


FEEDS = [Feed(number=number, hosts=HOSTS) for number in range(len(KINDS))]


def event(hours: float, kind: str = "both", **more: Any) -> dict[str, Any]:  # noqa: ANN401
    """Tell of one request, as a polite one is."""
    feed = feed_of(kind)
    asked = {
        "user-agent": "wp-sync/1 (+https://owner.example; feeds=9)",
        "accept": ACCEPT,
        "accept-encoding": "gzip",
        **more.pop("asked", {}),
    }
    usual = {
        "at": BEGIN + hours * HOUR + 1,
        "done": BEGIN + hours * HOUR + 1.1,
        "method": "GET",
        "host": feed.host,
        "address": "127.0.0.1",
        "connection": 1,
        "path": feed.path,
        "feed": feed.number,
        "asked": asked,
        "status": 200,
        "given": {},
        "valid": True,
    }
    return usual | more


def page(hours: float, path: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401
    return event(hours, feed=None, path=path, host="h1.test", **more)


GIVEN = {"ETag": '"1"', "Last-Modified": "noon"}
BOTH = {"if-none-match": '"1"', "if-modified-since": "noon"}
SINS: dict[str, list[dict[str, Any]]] = {
    "E1": [event(0, given=GIVEN), event(2, asked={**BOTH, "if-none-match": "1"})],
    "E2": [event(0, given=GIVEN), event(2, asked={"if-none-match": '"1"'})],
    "E3": [
        event(0, given=GIVEN),
        event(2, asked=BOTH, given={"ETag": '"2"', "Last-Modified": "one"}),
        event(4, asked=BOTH),
    ],
    "E4": [event(0, given=GIVEN), event(2, asked=BOTH), event(4, asked=BOTH)],
    "E7": [event(0, given=GIVEN), event(2)],
    "E8": [event(0), event(0.5)],
    "E9": [event(0), event(0.99)],
    "E10": [event(0, "max-age"), event(2, "max-age")],
    "E11": [event(0, "ttl"), event(2, "ttl")],
    "E12": [event(0, "429", status=429, given={"Retry-After": "18000"}), event(2, "429")],
    "E13": [event(0, "429-bare", status=429), event(0.5, "429-bare")],
    "E14": [event(0), event(0.01)],
    "E15": [event(0, "410", status=410), event(900, "410")],
    "E16": [event(n, "301", status=301) for n in range(9)] + [event(12, "301", path="/moved/16")],
    "E17": [event(0, "302", status=302), event(2, "302", path="/moved/17")],
    "E18": [
        event(0, "302", status=302),
        event(0.001, "302", path="/moved/17", given=GIVEN),
        event(2, "302", status=302, asked=BOTH),
    ],
    "E19": [event(0, asked={"user-agent": "Mozilla/5.0"})],
    "E20": [event(0, asked={"accept": "*/*"})],
    "E21": [event(0, asked={"accept-encoding": "br"})],
    "E22": [event(0, asked={"cookie": "a=1"})],
    "E23": [event(0), event(0.01)],
    "E24": [event(0), event(0.0002)],
    "E25": [event(0), event(0.001, connection=2)],
    "E27": [page(0, "/page/1")],
    "E28": [event(0, method="HEAD")],
}


@pytest.mark.parametrize("rule", SINS)
def test_a_sin_against_each_rule_is_found(rule: str) -> None:
    """A log with it, and the score tells."""
    found = check(json.loads(json.dumps(SINS[rule])), NIGHT, FEEDS)

    broken = {name for name, score in found.items() if score.violations}
    assert rule in broken or (rule == "E7" and "E3" in broken)


def test_each_rule_is_put_to_the_test_or_said_not_to_be() -> None:
    """E5 and E6 are of kills and hands, and are found in these logs alone."""
    assert set(RULES) - NOT_HERE - set(SINS) == {"E5", "E6"}
    logs = [event(0, given=GIVEN), event(2, asked={}, given=GIVEN), event(4)]
    killed = [
        Run(start=BEGIN, end=BEGIN + HOUR),
        Run(start=BEGIN + HOUR, end=BEGIN + 3 * HOUR, killed=True),
    ]
    later = Run(start=BEGIN + 3 * HOUR, end=BEGIN + DAY, by_hand=True)

    found = check(logs, [*killed, later], FEEDS)

    assert found["E5"].violations
    assert found["E6"].violations
