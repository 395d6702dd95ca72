"""Quotas, schedules and dates before a real WordPress: what goes when, and nothing twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from desk import Desk, make_password
from press import Kiosk, Story, rss
from pressroom import Pressroom, outcomes
from watching_proxy import watch

from wp_sync.pipeline.build import utc_now

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from watching_proxy import Traffic

    from wp_sync.confine import Confinement
    from wp_sync.sandbox.wordpress import WordPress

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


@pytest.fixture
def traffic(site: WordPress) -> Iterator[Traffic]:
    with watch(site) as seen:
        yield seen


@pytest.fixture
def room(site: WordPress, traffic: Traffic, confinement: Confinement, tmp_path: Path) -> Pressroom:
    desk = Desk(directory=tmp_path, site=traffic.url, password=make_password(site))
    return Pressroom(desk, confinement)


def serve(kiosk: Kiosk, *stories: Story) -> None:
    kiosk.has_etags = True
    kiosk.put("/feed", rss(*stories))


def story(name: str, number: int, hours: float = 1, **more: Any) -> Story:  # noqa: ANN401
    """Write an article of so many hours ago that no other test has."""
    date = format_datetime(utc_now() - timedelta(hours=hours), usegmt=True)
    title, link = f"{name} {number}", f"https://news.example/{name}-{number}"
    return Story(number=number, **{"title": title, "link": link, "date": date} | more)


def write(room: Pressroom, kiosk: Kiosk, pacing: str, post: str = 'status = "publish"') -> None:
    """Write a configuration with one channel."""
    news = f'[post]\ncategory = "Golf news"\n{post}\n[pacing]\n{pacing}\n'
    room.desk.write(kiosk.source(), news=news)


def posts_of(site: WordPress, name: str) -> dict[str, dict[str, Any]]:
    """Return the posts of one test, by title."""
    rows = site.sql(
        "SELECT ID, post_title, post_status, post_date_gmt FROM wp_posts"  # noqa: S608 (our own)
        f" WHERE post_type = 'post' AND post_title LIKE '{name} %' ORDER BY ID"
    )
    return {row["post_title"]: row for row in rows}


def date_of(row: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(row["post_date_gmt"]).replace(tzinfo=UTC)


def test_a_quota_lets_two_go_each_hour(
    room: Pressroom, kiosk: Kiosk, site: WordPress, traffic: Traffic
) -> None:
    """The others are deferred with their dates, and come when these have, without their feed."""
    write(room, kiosk, "per_hour = 2")
    ahead = story("quota", 0, date="Wed, 01 Jan 2031 12:00:00 GMT")
    epoch = story("quota", 1, date="Thu, 01 Jan 1970 00:00:00 GMT")
    serve(kiosk, ahead, epoch, *(story("quota", number, number) for number in (2, 3, 4)))
    start = utc_now()

    first = room.run()
    traffic.seen.clear()
    again = room.run()

    assert first.totals == {"created": 2, "held": 3}
    assert first.deferred == 3
    held = [*outcomes(first, "held")]
    assert {one.stage for one in held} == {"pacing"}
    assert [one.due and one.due - start > HOUR - MINUTE for one in held] == [True] * 3
    expected = "Golf news takes 2 an hour"
    zone = held[0].due.astimezone(ZoneInfo("America/Toronto")) if held[0].due else None
    assert all(one.reason.startswith("deferred to 2") for one in held)
    assert all(one.reason.endswith(f": {expected}") for one in held)
    assert held[0].reason == f"deferred to {zone:%Y-%m-%d %H:%M %Z}: {expected}", "the site's zone"
    assert (again.totals, traffic.writes) == ({}, [])

    reasons = {one.title: one.reason for one in outcomes(first, "created")}
    rule = "date: 2031-01-01 lies ahead, clamped to now (rule: not ahead)"
    assert rule in reasons["quota 0"]
    rule = "date: 1970-01-01 is too old to be true, clamped to now (rule: not before 1990-01-01)"
    assert rule in reasons["quota 1"]
    there = posts_of(site, "quota")
    assert [row["post_status"] for row in there.values()] == ["publish", "publish"]
    assert all(start - MINUTE < date_of(row) < utc_now() for row in there.values())

    room.later = HOUR + MINUTE
    second = room.run()
    room.later = 2 * HOUR + 2 * MINUTE
    third = room.run()
    traffic.seen.clear()
    last = room.run()

    assert {one.title for one in outcomes(second, "created")} == {"quota 2", "quota 3"}
    assert {one.title for one in outcomes(third, "created")} == {"quota 4"}
    assert kiosk.said[1:] == [304] * 4
    assert (last.totals, traffic.writes) == ({}, [])
    assert len(posts_of(site, "quota")) == 5


def test_a_timer_that_comes_a_moment_early_loses_no_turn(
    room: Pressroom, kiosk: Kiosk, site: WordPress
) -> None:
    """An unattended run waits for what may go within minutes; a person's run does not."""
    write(room, kiosk, "per_hour = 1")
    serve(kiosk, *(story("early", number, number + 1) for number in range(3)))
    room.run()
    room.later = HOUR - 3 * MINUTE
    by_hand = room.run()
    before = len(posts_of(site, "early"))
    waited = room.run(is_watched=False)

    assert (by_hand.totals, before) == ({"held": 1}, 1)
    assert [one.title for one in outcomes(waited, "created")] == ["early 1"]
    assert HOUR - MINUTE / 2 < room.later < HOUR + 2 * MINUTE


def test_a_rehearsal_tells_the_same_and_defers_nothing(
    room: Pressroom, kiosk: Kiosk, site: WordPress
) -> None:
    """What a plan shows, a sync does; the ledger has no item deferred by a plan."""
    write(room, kiosk, "per_run = 1")
    serve(kiosk, *(story("plan", number) for number in range(3)))

    planned = room.run(dry_run=True)
    with room.ledger() as ledger:
        counts = ledger.items.counts()

    assert planned.totals == {"created": 1, "held": 2}
    assert counts == {"new": 3}
    assert posts_of(site, "plan") == {}
    assert room.run().totals == planned.totals
    assert room.run().totals == planned.totals | {"held": 1}


def test_a_lost_ledger_does_not_let_more_go(room: Pressroom, kiosk: Kiosk, site: WordPress) -> None:
    """What is on the site is found first, and takes its places."""
    write(room, kiosk, "per_hour = 2")
    serve(kiosk, *(story("lost", number, number / 100) for number in range(4)))
    room.run()
    (room.desk.directory / "wp-sync.db").unlink()

    run = room.run()

    assert run.totals == {"unchanged": 2, "held": 2}
    assert run.deferred == 2
    assert len(posts_of(site, "lost")) == 2


def test_a_person_does_not_wait(room: Pressroom, kiosk: Kiosk, site: WordPress) -> None:
    """What a person approves goes now; the commands tell what waits, and `--all` spares it."""
    write(room, kiosk, "per_hour = 1")
    serve(kiosk, *(story("person", number, number + 1) for number in range(3)))
    answer = room.desk.sync("--allow", "all")

    assert answer.totals == {"created": 1, "held": 2, "deferred": 2}
    assert any(m.startswith("2 deferred; the first: deferred") for m in answer.envelope["messages"])
    waiting = [one for one in room.desk.waiting() if one["title"].startswith("person")]
    assert [one["kind"] for one in waiting] == ["deferred", "deferred"]
    status = room.desk.run("status", "--json").envelope["data"]
    assert (status["items"]["deferred"], status["deferred"]["count"]) == (2, 2)
    assert datetime.fromisoformat(status["deferred"]["next"]) > utc_now()
    why = room.desk.run("why", "https://news.example/person-2").out
    assert "now deferred, waiting for its turn" in why
    assert "held at pacing: deferred to " in why

    every = room.desk.decide("approve", "--all", "--yes")
    one = room.desk.decide("approve", waiting[0]["id"], "--yes")

    assert every.envelope["data"].get("totals", {}) == {}
    assert one.totals == {"created": 1}
    assert len(posts_of(site, "person")) == 2


def test_scheduled_posts_are_published_by_wordpress(
    room: Pressroom, kiosk: Kiosk, site: WordPress, traffic: Traffic
) -> None:
    """Apart and in order; nothing moves them but an editor; when they are due, cron does it."""
    write(room, kiosk, 'spread = "schedule"\ngap = "20m"\nahead = "65m"')
    stories = [story("later", number, number + 1) for number in range(6)]
    serve(kiosk, *stories)

    first = room.run()
    there = posts_of(site, "later")
    traffic.seen.clear()
    again = room.run()

    assert (first.totals, first.deferred) == ({"created": 4, "held": 2}, 2)
    assert [row["post_status"] for row in there.values()] == ["publish", *["future"] * 3]
    dates = [date_of(row) for row in there.values()][1:]
    assert [late - early for early, late in pairwise(dates)] == [20 * MINUTE] * 2
    assert all(date.second == 0 for date in dates)
    assert dates[0] - utc_now() > 19 * MINUTE
    reasons = [one.reason for one in outcomes(first, "created")]
    assert "scheduled for " in reasons[1]
    assert (again.totals, traffic.writes) == ({}, [])

    # The source corrects one, an editor puts off another, and one comes due.
    wp_ids = [row["ID"] for row in there.values()]
    moved = dates[2] + 6 * HOUR
    site.run_php(
        f"wp_update_post(['ID' => {wp_ids[3]}, 'edit_date' => true,"
        f" 'post_date' => get_date_from_gmt('{moved:%Y-%m-%d %H:%M:%S}'),"
        f" 'post_date_gmt' => '{moved:%Y-%m-%d %H:%M:%S}']);"
    )
    _come_due(site, wp_ids[1])
    serve(kiosk, story("later", 2, 3, body="<p>A corrected text of some more words.</p>"), *stories)
    room.later = 41 * MINUTE
    run = room.run()
    now = posts_of(site, "later")

    assert [one.wp_id for one in outcomes(run, "updated")] == [wp_ids[2]]
    assert now["later 1"]["post_status"] == "publish"
    assert now["later 2"] == there["later 2"]
    assert date_of(now["later 3"]) == moved
    fresh = [now[title] for title in ("later 4", "later 5")]
    assert {row["post_status"] for row in fresh} == {"future"}
    every = sorted([*dates[:2], moved, *map(date_of, fresh)])
    assert all(b - a >= 20 * MINUTE for a, b in pairwise(every))
    traffic.seen.clear()
    assert (room.run().totals, traffic.writes) == ({}, [])


def test_a_saved_plan_makes_no_post_whose_turn_has_passed(
    room: Pressroom, kiosk: Kiosk, site: WordPress
) -> None:
    """It would go live at once, with all the others: it stays due, and gets another turn."""
    write(room, kiosk, 'spread = "schedule"\ngap = "20m"\nahead = "3h"')
    serve(kiosk, *(story("turn", number, number + 1) for number in range(4)))
    saved = room.save()
    room.later = 41 * MINUTE

    carried = room.run(saved=saved)
    first = posts_of(site, "turn")
    after = room.run()
    there = posts_of(site, "turn")
    twice = room.run(saved=saved)

    assert carried.totals == {"created": 2, "failed": 2}
    refused = [*outcomes(carried, "failed")]
    assert [one.title for one in refused] == ["turn 1", "turn 2"]
    assert all("has passed since the plan was made: plan again" in one.reason for one in refused)
    assert [first[title]["post_status"] for title in first] == ["publish", "future"]
    assert after.totals == {"created": 2}
    assert [there[f"turn {n}"]["post_status"] for n in range(4)] == ["publish", *["future"] * 3]
    dates = sorted(date_of(there[f"turn {n}"]) for n in (1, 2, 3))
    assert all(late - early >= 20 * MINUTE for early, late in pairwise(dates))
    assert twice.totals.get("created") is None
    assert len(posts_of(site, "turn")) == 4


def _come_due(site: WordPress, wp_id: int) -> None:
    """Turn the time of a scheduled post back, and have WordPress's cron look."""
    site.run_php(
        f"global $wpdb; $id = {wp_id}; $past = gmdate('Y-m-d H:i:s', time() - 60);"
        "$wpdb->update($wpdb->posts, ['post_date' => get_date_from_gmt($past),"
        " 'post_date_gmt' => $past], ['ID' => $id]); clean_post_cache($id);"
        "wp_clear_scheduled_hook('publish_future_post', [$id]);"
        "wp_schedule_single_event(time() - 30, 'publish_future_post', [$id]);"
        "define('DOING_CRON', true); do_action_ref_array('publish_future_post', [$id]);"
    )


def test_a_missed_schedule_is_told(room: Pressroom, kiosk: Kiosk, site: WordPress) -> None:
    """By the next run that has something to place, and by doctor, with the cure."""
    write(room, kiosk, 'spread = "schedule"\ngap = "20m"')
    serve(kiosk, story("missed", 0, 1), story("missed", 1, 2))
    room.run()
    scheduled = posts_of(site, "missed")["missed 1"]["ID"]
    site.run_php(f"wp_clear_scheduled_hook('publish_future_post', [{scheduled}]);")
    serve(kiosk, story("missed", 2, 1), story("missed", 0, 1), story("missed", 1, 2))

    room.later = 40 * MINUTE
    run = room.run()

    told = f"scheduled post {scheduled} should be live by now, and WordPress's cron has not run"
    assert [m for m in run.messages if m.startswith(told) and "wp-cron.php" in m]
    fine = _schedule_check(room)
    assert fine["state"] == "ok", "by the world's clock nothing is late"
    assert "Golf news: WordPress publishes scheduled posts by its own cron" in fine["message"]
    with room.ledger() as ledger:
        (address,) = ledger.posts.by_site()
        aired = ledger.pacing.aired(address, utc_now() - HOUR)
        (key,) = (one.key for one in aired if one.wp_id == scheduled)
        ledger.pacing.correct(address, {key: ("future", utc_now() - HOUR)})
    late = _schedule_check(room)
    assert late["state"] == "warning"
    assert late["message"].startswith(told)
    assert "wp-cron.php" in late["cure"]


def _schedule_check(room: Pressroom) -> dict[str, Any]:
    checks = room.desk.run("doctor", "--json").envelope["data"]["checks"]
    (found,) = (one for one in checks if one["check"] == "schedule")
    return dict(found)


def test_a_clock_that_was_put_back_stops_nobody(
    room: Pressroom, kiosk: Kiosk, site: WordPress
) -> None:
    """What went live in the future counts as now; who waits for the future is looked at again."""
    write(room, kiosk, "per_hour = 1")
    serve(kiosk, *(story("clock", number, number + 1) for number in range(3)))
    room.later = 24 * 365 * HOUR
    room.run()
    room.later = timedelta(0)
    soon = room.run()
    room.later = HOUR + MINUTE
    later = room.run()

    assert (soon.totals, soon.deferred) == ({"held": 2}, 2)
    assert later.totals == {"created": 1}
    assert len(posts_of(site, "clock")) == 2


def test_a_floating_draft_is_nobodys_edit(room: Pressroom, kiosk: Kiosk, site: WordPress) -> None:
    """WordPress dates it with each save, and for good when it is published: no conflict, ever."""
    write(room, kiosk, "", 'status = "draft"\ndate = "approval"')
    serve(kiosk, story("float", 0))
    room.run()
    (draft,) = posts_of(site, "float").values()
    past = "'2020-02-02 02:02:02'"
    site.run_php(
        f"global $wpdb; $wpdb->update($wpdb->posts, ['post_date' => {past},"
        f" 'post_modified' => {past}, 'post_modified_gmt' => {past}], ['ID' => {draft['ID']}]);"
    )
    serve(kiosk, story("float", 0, body="<p>A corrected text of some more words.</p>"))
    corrected = room.run()
    site.run_php(f"wp_publish_post({draft['ID']});")
    published = room.run()
    serve(kiosk, story("float", 0, body="<p>Once more another text of some words.</p>"))
    last = room.run()

    assert draft["post_date_gmt"].startswith("0000")
    assert corrected.totals == {"updated": 1}
    assert published.totals.get("created") is None
    assert last.totals["updated"] == 1
    assert not [
        one for run in (corrected, published, last) for one in run.outcomes if one.conflicts
    ]
    (live,) = posts_of(site, "float").values()
    assert (live["post_status"], date_of(live) > utc_now() - HOUR) == ("publish", True)


def test_a_day_that_an_editor_set_outlasts_the_approval(
    room: Pressroom, kiosk: Kiosk, site: WordPress
) -> None:
    """Of the channel's drafts the others get the moment of their approval."""
    write(room, kiosk, "", 'status = "draft"\ndate = "approval"')
    serve(kiosk, story("ahead", 0), story("ahead", 1))
    room.run()
    planned, other = (str(post["ID"]) for post in posts_of(site, "ahead").values())
    day = "2031-03-03 03:03:03"
    site.run_php(
        f"wp_update_post(['ID' => {planned}, 'edit_date' => true, 'post_date_gmt' => '{day}',"
        f" 'post_date' => get_date_from_gmt('{day}')]);"
    )

    answer = room.desk.decide("approve", planned, other)

    kept, dated = posts_of(site, "ahead").values()
    assert answer.totals == {"updated": 2}
    assert (kept["post_status"], str(kept["post_date_gmt"])) == ("future", day)
    assert (dated["post_status"], date_of(dated) > utc_now() - HOUR) == ("publish", True)
    reasons = {one["wp_id"]: one["reason"] for one in answer.outcomes("updated")}
    assert "on the day that was set on the site" in reasons[int(planned)]
