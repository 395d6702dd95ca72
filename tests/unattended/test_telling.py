"""Who is told of what, by runs against a real WordPress and a real webhook."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from typing import TYPE_CHECKING

from night import end, hand_back, put_feed, start, unattended, write_desk

if TYPE_CHECKING:
    from desk import Desk
    from night import Hook
    from press import Kiosk


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
