"""The unattended run, against a real WordPress, told over a real notify socket."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from desk import WP_SYNC, Answer
from night import put_feed, write_desk
from watching_proxy import watch

if TYPE_CHECKING:
    from pathlib import Path

    from desk import Desk
    from night import Ear, Hook
    from press import Kiosk

    from wp_sync.sandbox.wordpress import WordPress


def start(desk: Desk, *arguments: str, **environ: str) -> subprocess.Popen[str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("WP_SYNC")}
    secret = {"WP_SYNC_PASSWORD": desk.password} if desk.password else {}
    return subprocess.Popen(  # noqa: S603 (our own command)
        [*WP_SYNC, *arguments],
        cwd=desk.directory,
        env=kept | secret | environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def end(process: subprocess.Popen[str]) -> Answer:
    out, err = process.communicate(timeout=120)
    return Answer(code=process.returncode, out=out, err=err)


def unattended(desk: Desk, **environ: str) -> Answer:
    return end(start(desk, "sync", "--unattended", **environ))


def hand_back(desk: Desk, hours: float, table: str = "feeds", column: str = "last_pulled") -> None:
    """Let time pass in the ledger."""
    with sqlite3.connect(desk.directory / "wp-sync.db") as ledger:
        ledger.execute(
            f"UPDATE {table} SET {column} = strftime('%Y-%m-%dT%H:%M:%f000+00:00',"  # noqa: S608
            f" {column}, '-{int(hours * 60)} minutes')"
        )
    ledger.close()


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
    assert answer.err.startswith(f"Gone: {kiosk.url}/gone answered 404 Not Found")
    assert "\x1b" not in answer.out + answer.err


def test_only_due_feeds_are_asked(desk: Desk, kiosk: Kiosk) -> None:
    """Within the interval none, by hand all, after it all; a failed one is left alone longer."""
    feeds = {"Paper": put_feed(kiosk, "/feed", 1), "Gone": f"{kiosk.url}/gone"}
    write_desk(desk, kiosk, feeds)
    unattended(desk)
    assert sorted(kiosk.asked) == ["/feed", "/gone"]

    again = unattended(desk)
    assert again.code == 0
    assert len(kiosk.asked) == 2
    desk.sync()
    assert sorted(kiosk.asked[2:]) == ["/feed", "/gone"]
    hand_back(desk, 1.2)
    unattended(desk)

    # The second failure in a row leaves it alone for two hours.
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
            release.wait(30)

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
    """SIGTERM in a write of three seconds: it lands, is remembered, and all ends within ten."""
    with watch(fresh_wordpress) as traffic:
        desk = replace(desk, site=traffic.url)
        feed = put_feed(kiosk, "/feed", *range(8))
        write_desk(desk, kiosk, {"Paper": feed}, "[safety]\nfirst_run = 50\n")
        writing = threading.Event()

        def slow(number: int) -> None:
            if number == 3:
                writing.set()
                time.sleep(3)

        traffic.on_write = slow
        process = start(desk, "sync", "--unattended", NOTIFY_SOCKET=ear.address)
        assert writing.wait(60)
        process.send_signal(signal.SIGTERM)
        begun = time.monotonic()
        answer = end(process)
        took = time.monotonic() - begun
        traffic.on_write = lambda _: None
        sent = len(traffic.writes)
        rest = desk.sync()

    assert answer.code == 143
    assert took < 10
    assert sent == 3
    assert "STOPPING=1" in ear.heard()
    titles = fresh_wordpress.sql(
        "SELECT post_title, count(*) AS n FROM wp_posts WHERE post_title LIKE 'Story %'"
        " AND post_type = 'post' GROUP BY post_title"
    )
    assert rest.code == 0
    assert len(titles) == 8
    assert {row["n"] for row in titles} == {1}


def test_one_message_a_change_of_state(desk: Desk, kiosk: Kiosk, hook: Hook) -> None:
    """A source breaks beside a good one, for five runs, and is mended: two messages."""
    good, bad = put_feed(kiosk, "/good", 1), f"{kiosk.url}/bad"
    write_desk(desk, kiosk, {"Good": good, "Bad": bad}, "[alerts]\nfailures = 3\n")
    posts = []
    for number in range(5):
        put_feed(kiosk, "/good", number)
        posts.append(unattended(desk, WP_SYNC_WEBHOOK=hook.url).out)
        hand_back(desk, 30)
        if number == 1:
            assert hook.texts == []
    put_feed(kiosk, "/bad", 90)
    for _ in range(2):
        unattended(desk, WP_SYNC_WEBHOOK=hook.url)
        hand_back(desk, 30)

    feeds = [one for message in hook.got for one in message["alerts"] if "feed:" in one["subject"]]
    assert [(one["subject"], one["state"]) for one in feeds] == [
        (f"feed:{bad}", "bad"),
        (f"feed:{bad}", "well"),
    ]
    assert "failed 3 times in a row" in feeds[0]["message"]
    assert all("created" in out for out in posts)


def test_a_refused_login_is_told_once(desk: Desk, kiosk: Kiosk, hook: Hook) -> None:
    """A revoked password: one message, however many runs; one more when it is mended."""
    write_desk(desk, kiosk, {"Paper": put_feed(kiosk, "/feed", 1)})
    refused = replace(desk, password="wrong wrong wrong")  # noqa: S106

    codes = [unattended(refused, WP_SYNC_WEBHOOK=hook.url).code for _ in range(3)]
    mended = unattended(desk, WP_SYNC_WEBHOOK=hook.url)

    assert codes == [3, 3, 3]
    assert mended.code == 0
    refusal, end_of_it = (text.splitlines()[1] for text in hook.texts)
    assert refusal.startswith("- the site refuses us: http://127.0.0.1")
    assert end_of_it.startswith("- well again: the site takes our posts (trouble since")


def test_a_site_that_is_away_is_told_after_three_runs(desk: Desk, kiosk: Kiosk, hook: Hook) -> None:
    """Two are a restart; the timer's OnFailure= does not tell what the run keeps account of."""
    away = replace(desk, site="http://127.0.0.1:1")
    write_desk(away, kiosk, {"Paper": put_feed(kiosk, "/feed", 1)})
    told = []
    for number in range(4):
        run = unattended(away, WP_SYNC_WEBHOOK=hook.url, INVOCATION_ID=f"n{number}")
        failure = {"MONITOR_SERVICE_RESULT": "exit-code", "MONITOR_INVOCATION_ID": f"n{number}"}
        end(start(away, "timer", "report-failure", WP_SYNC_WEBHOOK=hook.url, **failure))
        assert run.code == 3
        told.append(len(hook.got))

    assert told == [0, 0, 1, 1]
    assert "3 runs in a row could not use the site" in hook.texts[0]


def test_a_run_that_cannot_start_is_reported_once(desk: Desk, kiosk: Kiosk, hook: Hook) -> None:
    """A mapping that is broken: the run tells nobody, OnFailure= does; then it is well again."""
    write_desk(desk, kiosk, {"Paper": put_feed(kiosk, "/feed", 1)})
    mapping = desk.directory / "mappings" / "news.toml"
    mapping.write_text("[post]\nstatus = 'nonsense'\n")
    failure = {
        "MONITOR_SERVICE_RESULT": "exit-code",
        "MONITOR_EXIT_STATUS": "2",
        "MONITOR_UNIT": "wp-sync-example.service",
        "WP_SYNC_WEBHOOK": hook.url,
    }
    codes = []
    for _ in range(2):
        codes.append(unattended(desk).code)
        codes.append(end(start(desk, "timer", "report-failure", **failure)).code)
    mapping.write_text("")
    unattended(desk, WP_SYNC_WEBHOOK=hook.url)

    assert codes == [2, 0, 2, 0]
    assert len(hook.got) == 2
    assert "wp-sync-example.service ended with exit code 2" in hook.texts[0]
    assert "well again: runs can do their work" in hook.texts[1]


def test_a_damaged_ledger_is_told_once_a_day(desk: Desk, kiosk: Kiosk, hook: Hook) -> None:
    """It can't remember that it was told, so a file does."""
    write_desk(desk, kiosk, {})
    (desk.directory / "wp-sync.db").write_bytes(b"no database at all" * 100)
    failure = {"MONITOR_SERVICE_RESULT": "exit-code", "WP_SYNC_WEBHOOK": hook.url}

    for _ in range(3):
        assert unattended(desk).code == 3
        end(start(desk, "timer", "report-failure", **failure))

    assert len(hook.got) == 1
    assert "it is not an SQLite database" in hook.texts[0]


def test_silence_is_told_once_and_its_end(desk: Desk, kiosk: Kiosk, hook: Hook) -> None:
    """The watch sees the last run grow old; the next run says how long it was quiet."""
    write_desk(desk, kiosk, {"Paper": put_feed(kiosk, "/feed", 1)})

    def look() -> int:
        end(start(desk, "timer", "watch", WP_SYNC_WEBHOOK=hook.url))
        return len(hook.got)

    unattended(desk)
    told = [look()]
    hand_back(desk, 7, "runs", "finished")
    with sqlite3.connect(desk.directory / "wp-sync.db") as ledger:
        ledger.execute(
            "UPDATE meta SET value = '2026-01-01T00:00:00+00:00' WHERE key LIKE '%since'"
        )
    ledger.close()
    told += [look(), look()]
    unattended(desk, WP_SYNC_WEBHOOK=hook.url)
    told.append(len(hook.got))

    assert told == [0, 1, 1, 2]
    assert "no run has come to its end since" in hook.texts[0]
    assert "runs come to their end (trouble since" in hook.texts[1]


def test_a_run_after_a_long_pause_tells_of_it(desk: Desk, kiosk: Kiosk, hook: Hook) -> None:
    """The machine was off, so no watch could tell; the run does."""
    write_desk(desk, kiosk, {"Paper": put_feed(kiosk, "/feed", 1)})
    unattended(desk, WP_SYNC_WEBHOOK=hook.url)
    hand_back(desk, 9, "runs", "finished")

    unattended(desk, WP_SYNC_WEBHOOK=hook.url)
    unattended(desk, WP_SYNC_WEBHOOK=hook.url)

    assert len(hook.got) == 1
    assert "runs come to their end (trouble since" in hook.texts[0]


def test_wrong_alerts_stop_no_run(desk: Desk, kiosk: Kiosk) -> None:
    """Posts go out; the journal says that nobody would be told."""
    write_desk(
        desk, kiosk, {"Paper": put_feed(kiosk, "/feed", 1)}, '[alerts]\nemail = ["a@b.test"]\n'
    )

    answer = unattended(desk)

    assert answer.code == 0
    assert "no alert can be sent" in answer.err


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
