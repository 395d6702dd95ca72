"""Two machines, or two directories, that publish the same feed to one site at the same time."""

from __future__ import annotations

import json
import os
import signal
import threading
from collections import Counter
from concurrent.futures import Future
from typing import TYPE_CHECKING

import pytest
from desk import Desk
from press import Story, rss
from striking import Strike

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from subprocess import Popen

    from press import Kiosk
    from watching_proxy import Traffic

    from wp_sync.sandbox.wordpress import WordPress

ROUNDS = int(os.environ.get("WP_SYNC_ROUNDS", "2"))
EACH = 6  # new articles a round
LOCKS = "SELECT post_title, post_status FROM wp_posts WHERE post_name LIKE 'wp-sync-lock-%'"
TITLES = "SELECT post_title FROM wp_posts WHERE post_type = 'post' AND post_title LIKE 'Story %'"


@pytest.fixture
def desks(tmp_path: Path, traffic: Traffic, fresh_wordpress: WordPress, kiosk: Kiosk) -> list[Desk]:
    """Set up two directories for one site and one feed."""
    password = fresh_wordpress.users["editor"].application_password
    made = []
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        desk = Desk(directory=tmp_path / name, site=traffic.url, password=password)
        desk.write(
            kiosk.source(),
            news='[post]\nstatus = "publish"\ncategory = "News"\ntags = ["{source.name}"]\n',
        )
        made.append(desk)
    return made


def serve(kiosk: Kiosk, count: int) -> None:
    kiosk.put("/feed", rss(*(Story(number=number) for number in range(count))))


def hold_first(both: Future[list[Popen[str]]]) -> Callable[[int], None]:
    """Hold the first write until the other machine has come as far, however slow its start."""
    met = threading.Event()

    def hold(number: int) -> None:
        if number > 1:
            met.set()
        while not met.wait(0.01) and all(one.poll() is None for one in both.result(60)):
            pass

    return hold


def test_never_do_both_write(
    desks: list[Desk], kiosk: Kiosk, traffic: Traffic, fresh_wordpress: WordPress
) -> None:
    """Nothing is doubled or lost; who gave way finds all there, and writes nothing."""
    codes: Counter[int] = Counter()
    for number in range(1, ROUNDS + 1):
        serve(kiosk, number * EACH)
        both: Future[list[Popen[str]]] = Future()
        traffic.on_write = hold_first(both)
        running = [desk.start("sync", "--json", "--allow", "all") for desk in desks]
        both.set_result(running)
        ended = [process.communicate(timeout=240) for process in running]
        codes.update(process.returncode for process in running)
        for process, (out, _) in zip(running, ended, strict=True):
            if process.returncode:
                told = json.loads(out)["messages"][-1]
                assert "stopped: a run is at work on " in told
        # Both may have given way to each other, each seeing the other's draft.
        first = [desk.sync("--allow", "all") for desk in desks]
        traffic.seen.clear()
        again = [desk.sync("--allow", "all") for desk in desks]

        titles = Counter(row["post_title"] for row in fresh_wordpress.sql(TITLES))
        assert titles == Counter(f"Story {n}" for n in range(number * EACH))
        assert [answer.code for answer in (*first, *again)] == [0] * 4
        assert traffic.writes == []
        assert fresh_wordpress.sql(LOCKS) == []

    assert codes.keys() <= {0, 75}
    assert codes[75] >= ROUNDS


def test_who_finds_the_site_taken_says_by_whom(
    desks: list[Desk], kiosk: Kiosk, traffic: Traffic, fresh_wordpress: WordPress
) -> None:
    """Killed in the midst, the other machine waits, this one goes on at once."""
    one, other = desks
    serve(kiosk, EACH)
    Strike(traffic, 3).end(one.start("sync", "--allow", "all"))
    (lock,) = fresh_wordpress.sql(LOCKS)

    refused = other.sync("--allow", "all")
    doctor = other.run("doctor", "--json").envelope["data"]["checks"]

    host = lock["post_title"].removeprefix("wp-sync: ")
    assert (refused.code, lock["post_status"]) == (75, "draft")
    assert host in refused.envelope["messages"][-1]
    assert refused.totals == {}
    (said,) = [check for check in doctor if check["check"] == "neighbours"]
    assert (said["state"], host in said["message"]) == ("warning", True)
    assert one.sync("--allow", "all").code == 0
    assert fresh_wordpress.sql(LOCKS) == []


def test_a_run_that_is_interrupted_gives_the_site_back(
    desks: list[Desk], kiosk: Kiosk, traffic: Traffic, fresh_wordpress: WordPress
) -> None:
    """Ctrl-C and an idle run leave nothing; undo is a writer like any other."""
    one, other = desks
    serve(kiosk, EACH)
    strike = Strike(traffic, 2, signal.SIGINT)
    strike.end(process := one.start("sync", "--allow", "all"))

    assert process.returncode == 130
    assert fresh_wordpress.sql(LOCKS) == []
    assert other.sync("--allow", "all").code == 0
    fresh_wordpress.run_php(
        "wp_insert_post(['post_type' => 'page', 'post_status' => 'draft',"
        " 'post_name' => 'wp-sync-lock-0123456789ab',"
        " 'post_title' => 'wp-sync: a run is at work on far-away since noon']);"
    )
    refused = other.run("undo", "last", "--yes")
    assert (refused.code, "far-away since noon" in refused.err) == (75, True)
    fresh_wordpress.run_php(
        "global $wpdb; $wpdb->query(\"UPDATE $wpdb->posts SET post_modified_gmt = '2020-01-01',"
        " post_modified = '2020-01-01' WHERE post_name LIKE 'wp-sync-lock-%'\");"
    )
    assert other.run("undo", "last", "--yes").code == 0
    assert fresh_wordpress.sql(LOCKS) == []
