"""A plan that is kept and carried out later, on a real WordPress: exactly this, or a reason."""

from __future__ import annotations

import shutil
import stat
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from desk import Desk
from press import Kiosk, Story, picture, rss
from site_dump import differences, dump, post_of

if TYPE_CHECKING:
    from desk import Answer
    from watching_proxy import Traffic

    from wp_sync.sandbox.wordpress import WordPress

NEWS = '[post]\nstatus = "publish"\ncategory = "News"\n'


def put(kiosk: Kiosk, *stories: Story) -> str:
    return kiosk.put("/feed", rss(*stories))


def stories(first: int, last: int, word: str = "some") -> list[Story]:
    return [
        Story(number=number, body=f"<p>A paragraph of {word} words, number {number}.</p>")
        for number in range(first, last + 1)
    ]


@pytest.fixture
def stocked(desk: Desk, kiosk: Kiosk) -> Desk:
    """Sit down before a site with six posts of ours."""
    feed = put(kiosk, *stories(1, 6))
    desk.write(kiosk.source("Daily News", feed), news=NEWS)
    assert desk.sync("--allow", "first-run").totals == {"created": 6}
    return desk


def plan(desk: Desk, *arguments: str) -> Answer:
    return desk.run("plan", "--json", "--out", "plan.json", *arguments)


def apply(desk: Desk, *arguments: str) -> Answer:
    return desk.sync("--plan", "plan.json", *arguments)


def reasons(answer: Answer) -> dict[str, str]:
    return {one["title"]: one["reason"] for one in answer.outcomes("failed")}


def test_what_moved_since_the_plan_is_refused_and_the_rest_applied(
    stocked: Desk, kiosk: Kiosk, traffic: Traffic, fresh_wordpress: WordPress
) -> None:
    """An editor works while a plan lies on the table; the plan must not write over that."""
    image = kiosk.put("/new.jpg", picture(3), "image/jpeg")
    new = [replace(story, picture=image) for story in stories(7, 8)]
    put(kiosk, *stories(1, 4, word="other"), *stories(5, 6), *new)
    before, written = dump(fresh_wordpress), len(traffic.writes)
    planned = plan(stocked)
    assert (len(traffic.writes), differences(before, dump(fresh_wordpress))) == (written, {})
    asked = list(kiosk.asked)

    edited, trashed = post_of(fresh_wordpress, 1), post_of(fresh_wordpress, 2)
    fresh_wordpress.run_php(
        f"wp_update_post(['ID' => {edited}, 'post_title' => 'By hand']);wp_trash_post({trashed});"
    )
    first = apply(stocked)
    written = len(traffic.writes)
    second = apply(stocked)

    file = stocked.directory / "plan.json"
    assert planned.totals == {"updated": 4, "created": 2}
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stocked.password not in file.read_text()
    assert first.code == 1, first.err
    assert first.envelope["status"] == "partial"
    assert first.totals == {"updated": 2, "created": 2, "failed": 2, "trashed": 1}
    told = reasons(first)
    assert told["Story 1"].startswith(f"refused: post {edited} was changed at 20")
    assert told["Story 1"].endswith(", since the plan: title")
    assert told["Story 2"].startswith("refused: ")
    assert "trash" in told["Story 2"] or "reject" in told["Story 2"]
    assert set(kiosk.asked[len(asked) :]) == {"/new.jpg"}  # and no feed
    rows = fresh_wordpress.sql("SELECT post_title, post_content FROM wp_posts WHERE ID < 30")
    assert "By hand" in {row["post_title"] for row in rows}
    assert {row["post_title"] for row in rows if "other words" in row["post_content"]} >= {
        "Story 3",
        "Story 4",
    }
    assert not any("other words, number 1" in row["post_content"] for row in rows)
    assert second.totals == {"unchanged": 4, "failed": 2}
    assert len(traffic.writes) == written
    assert stocked.sync().totals.get("updated") == 1  # the edited post gets its body after all


def test_what_persons_and_the_source_decided_since_the_plan_is_refused(
    stocked: Desk, kiosk: Kiosk
) -> None:
    """Rejected, changed at the source, withdrawn: the plan is older than that."""
    put(kiosk, *stories(1, 2, word="other"), *stories(3, 10))
    held = plan(stocked)
    rehearsed = apply(stocked, "--dry-run")
    put(kiosk, *stories(1, 1, word="newer"), *stories(2, 2, word="other"), *stories(3, 10))
    assert stocked.run("plan", "--json").code == 0
    rejected = stocked.run("review", "reject", "--yes", "https://news.example/story-7", "--json")

    answer = stocked.run("sync", "--plan", "plan.json")

    assert held.totals == {"created": 4, "updated": 2}
    assert rehearsed.totals == held.totals
    assert rejected.code == 0, rejected.err
    assert answer.code == 1
    assert "Story 1: refused: its source changed it since the plan" in answer.err
    assert "Story 7: refused: a person rejected it since the plan" in answer.err
    assert "3 created, 2 failed, 1 updated" in answer.out
    assert stocked.sync().totals == {"updated": 1}
    late = apply(stocked)
    assert stocked.run("takedown", "Daily News", "--yes").code == 0
    withdrawn = apply(stocked)
    assert reasons(late)["Story 1"] == "refused: its source changed it since the plan"
    assert set(reasons(withdrawn).values()) == {"refused: its source was withdrawn since the plan"}


def test_limits_count_for_a_saved_plan_too(stocked: Desk, kiosk: Kiosk) -> None:
    """What a limit held when the plan was made stays held; a lower limit holds more."""
    config = stocked.directory / "config.toml"
    text = config.read_text()
    put(kiosk, *stories(1, 6, word="other"), *stories(7, 11))
    config.write_text(text.replace("[[sources]]", "[safety]\nnew_per_feed = 3\n[[sources]]"))
    planned = plan(stocked)
    config.write_text(
        text.replace("[[sources]]", "[safety]\nnew_per_feed = 2\nchanges = 5\n[[sources]]")
    )

    answer, allowed = apply(stocked), apply(stocked, "--allow", "all")

    assert planned.totals == {"updated": 6, "created": 3, "held": 2}
    assert answer.code == 3
    assert answer.totals == {"created": 2, "held": 9}
    assert allowed.totals == {"unchanged": 2, "created": 1, "updated": 6, "held": 2}
    config.write_text(text)
    assert stocked.sync().totals == {"created": 2}


def test_what_is_no_plan_of_this_site_as_it_was_made_is_refused_whole(
    desk: Desk,
    kiosk: Kiosk,
    traffic: Traffic,
    wordpress: WordPress,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """Before the site is asked at all; what names another site, before anything is written."""
    feed = put(kiosk, *stories(1, 2))
    desk.write(kiosk.source("Daily News", feed), news=NEWS)
    nowhere = desk.run("plan", "--out", "nowhere/plan.json")
    assert plan(desk, "--allow", "first-run").code == 0
    file, seen = desk.directory / "plan.json", len(traffic.seen)
    whole = file.read_text()
    told = []
    for broken in (whole.replace("Story 1", "Story 3"), whole[:200]):
        file.write_text(broken)
        told.append(apply(desk))
    asked = len(traffic.seen)
    file.write_text(whole)
    mixed = desk.run("sync", "--plan", "plan.json", "--limit", "1")
    password = wordpress.users["editor"].application_password
    other = Desk(directory=tmp_path_factory.mktemp("other"), site=wordpress.url, password=password)
    other.write(kiosk.source("Daily News", feed), news=NEWS)
    shutil.copy(file, other.directory)
    elsewhere = apply(other)

    assert (nowhere.code, "nowhere is no directory" in nowhere.err) == (2, True)
    assert [one.code for one in (*told, mixed, elsewhere)] == [2, 2, 2, 2]
    assert "changed by hand" in told[0].envelope["messages"][0]
    assert "no plan of wp-sync" in told[1].envelope["messages"][0]
    assert asked == seen
    assert "this plan is for 127.0.0.1" in elsewhere.envelope["messages"][0]
