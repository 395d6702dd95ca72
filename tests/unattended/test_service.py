"""The unattended run, against a real WordPress, told over a real notify socket."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from night import end, hand_back, put_feed, start, unattended, write_desk
from striking import Strike
from watching_proxy import watch

if TYPE_CHECKING:
    from pathlib import Path

    from desk import Desk
    from night import Ear, Hook
    from press import Kiosk

    from wp_sync.sandbox.wordpress import WordPress


def test_systemd_is_told_of_each_step(desk: Desk, kiosk: Kiosk, ear: Ear) -> None:
    """READY once, counts on the way, signs of life, STOPPING; no title of a feed."""
    write_desk(desk, kiosk, {"Paper": put_feed(kiosk, "/feed", 1, 2)})

    answer = unattended(desk, NOTIFY_SOCKET=ear.address, WATCHDOG_USEC="1000000")

    heard = ear.heard()
    assert answer.code == 0, answer.err
    assert heard[0] == "READY=1"
    assert heard[-1] == "STOPPING=1"
    assert heard.count("READY=1") == 1
    assert "STATUS=feeds asked: 1; 2 created" in heard
    assert heard.count("WATCHDOG=1") > 1
    assert not [line for line in heard if "Story" in line]


def test_a_journal_gets_plain_lines(desk: Desk, kiosk: Kiosk) -> None:
    """No bar, no colour; what failed is named."""
    feeds = {"Paper": put_feed(kiosk, "/feed", 1), "Gone": f"{kiosk.url}/gone"}
    write_desk(desk, kiosk, feeds)

    answer = unattended(desk)

    assert answer.code == 1
    assert answer.out.splitlines()[-1].endswith("2 feeds, 1 failed; 1 created.")
    assert f"\nGone: {kiosk.url}/gone answered 404 Not Found" in answer.err
    assert "\x1b" not in answer.out + answer.err


def test_only_due_feeds_are_asked(desk: Desk, kiosk: Kiosk) -> None:
    """Within the interval none, by hand all, after it all; a failed one is left alone longer."""
    kiosk.has_etags = True
    feeds = {"Paper": put_feed(kiosk, "/feed", 1), "Gone": f"{kiosk.url}/gone"}
    write_desk(desk, kiosk, feeds)
    unattended(desk)
    assert sorted(kiosk.asked) == ["/feed", "/gone"]

    again = unattended(desk)
    assert again.code == 0
    assert len(kiosk.asked) == 2
    desk.sync()
    assert sorted(kiosk.asked[2:]) == ["/feed", "/gone"]
    hand_back(desk, 7)  # its story is old: it is asked four times a day
    unattended(desk)

    # The second 404 in a row leaves it alone for twelve hours.
    assert kiosk.asked[4:] == ["/feed"]


def test_what_waits_goes_on_without_its_feed(desk: Desk, kiosk: Kiosk) -> None:
    """Items that a limit held are not the source's matter: it is not asked for them."""
    write_desk(desk, kiosk, {"Paper": put_feed(kiosk, "/feed", 1, 2, 3)})
    more = "[safety]\nnew_per_feed = 1\n"
    text = (desk.directory / "config.toml").read_text()
    (desk.directory / "config.toml").write_text(text + more)
    first = end(start(desk, "sync", "--unattended", "--json"))
    (desk.directory / "config.toml").write_text(text)

    second = end(start(desk, "sync", "--unattended", "--json"))

    assert first.totals["held"] > 0
    assert second.totals == {"created": first.totals["held"]}
    assert kiosk.asked == ["/feed"]


def test_a_second_start_names_the_holder(
    desk: Desk, kiosk: Kiosk, fresh_wordpress: WordPress, ear: Ear
) -> None:
    """75, with process, machine and since when; the first goes on.

    systemd takes an end before READY for a failure, whatever SuccessExitStatus= says.
    """
    with watch(fresh_wordpress) as traffic:
        desk = replace(desk, site=traffic.url)
        write_desk(desk, kiosk, {"Paper": put_feed(kiosk, "/feed", 1, 2)})
        writing, release = threading.Event(), threading.Event()

        def wait(_: int) -> None:
            writing.set()
            release.wait(60)

        traffic.on_write = wait
        first = start(desk, "sync", "--unattended")
        assert writing.wait(60)

        second = unattended(desk, NOTIFY_SOCKET=ear.address)
        release.set()

        assert end(first).code == 0
    assert second.code == 75
    assert ear.heard()[0] == "READY=1"
    assert (
        f"a run is already under way: process {first.pid} on {os.uname().nodename}, since 20"
        in (second.err)
    )


def test_a_stop_finishes_the_write_in_hand(
    desk: Desk, kiosk: Kiosk, fresh_wordpress: WordPress, ear: Ear
) -> None:
    """SIGTERM in the midst of a write: it lands, is remembered, and nothing else is begun."""
    with watch(fresh_wordpress) as traffic:
        desk = replace(desk, site=traffic.url)
        feed = put_feed(kiosk, "/feed", *range(8))
        write_desk(desk, kiosk, {"Paper": feed}, "[safety]\nfirst_run = 50\n")
        strike = Strike(traffic, 3, signal.SIGTERM)
        strike.end(process := start(desk, "sync", "--unattended", NOTIFY_SOCKET=ear.address))
        sent = [method for method, _ in traffic.writes]
        rest = desk.sync()

    assert process.returncode == 143
    assert sent == ["POST"] * 3 + ["DELETE"]  # which gives the site's lock back
    assert "STOPPING=1" in ear.heard()
    titles = fresh_wordpress.sql(
        "SELECT post_title, count(*) AS n FROM wp_posts WHERE post_title LIKE 'Story %'"
        " AND post_type = 'post' GROUP BY post_title"
    )
    assert rest.code == 0
    assert len(titles) == 8
    assert {row["n"] for row in titles} == {1}


def test_a_rehearsal_is_for_people(desk: Desk, kiosk: Kiosk) -> None:
    """--dry-run and --unattended are wrong usage."""
    write_desk(desk, kiosk, {})

    assert desk.run("sync", "--unattended", "--dry-run").code == 2


@pytest.mark.parametrize("secret", ["password", "webhook"])
def test_a_secret_is_nowhere_to_be_read(
    secret: str, desk: Desk, kiosk: Kiosk, fresh_wordpress: WordPress, hook: Hook, ear: Ear
) -> None:
    """As systemd gives it: not in /proc, output, notifications, ledger, nor any file we write."""
    credentials = desk.directory / "credentials"
    credentials.mkdir()
    (credentials / "wp-sync-password").write_text(desk.password)
    (credentials / "wp-sync-webhook").write_text(hook.url)
    words = {"password": desk.password, "webhook": "canary-of-the-hook"}[secret]
    needles = {words.encode(), words.replace(" ", "").encode()}
    hook.status = 500  # what fails is told
    with watch(fresh_wordpress) as traffic:
        keyless = replace(desk, site=traffic.url, password="")
        feeds = {"Paper": put_feed(kiosk, "/feed", 1), "Gone": f"{kiosk.url}/gone"}
        write_desk(keyless, kiosk, feeds, "[alerts]\nfailures = 1\n")
        seen: list[bytes] = []
        traffic.on_write = lambda _: seen.extend(_proc_of(process.pid))
        process = start(
            keyless,
            "sync",
            "--unattended",
            "--verbose",
            CREDENTIALS_DIRECTORY=str(credentials),
            NOTIFY_SOCKET=ear.address,
        )
        answer = end(process)

    assert answer.code == 1
    assert "did not get through by webhook: 127.0.0.1 answered 500" in answer.err
    written = [file.read_bytes() for file in _files(desk.directory) if file.parent != credentials]
    told = [answer.out.encode(), answer.err.encode(), json.dumps(ear.heard()).encode()]
    assert seen
    for text in (*seen, *written, *told):
        assert not [needle for needle in needles if needle in text]


def _proc_of(pid: int) -> list[bytes]:
    """Read what other users, and a process list, could read of a process and its children."""
    listed = subprocess.run(["ps", "-eo", "args"], capture_output=True, check=True).stdout  # noqa: S607
    places = [
        f"/proc/{one}/{name}"
        for one in (pid, *_children(pid))
        for name in ("cmdline", "environ", "comm", "status")
    ]
    texts = [listed]
    for place in places:
        with open(place, "rb") as file:  # noqa: PTH123 (a file without a size)
            texts.append(file.read())
    return texts


def _children(pid: int) -> list[int]:
    with open(f"/proc/{pid}/task/{pid}/children") as file:  # noqa: PTH123
        return [int(word) for word in file.read().split()]


def _files(directory: Path) -> list[Path]:
    return [path for path in directory.rglob("*") if path.is_file()]
