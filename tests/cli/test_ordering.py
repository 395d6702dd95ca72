"""A person's order: shown, asked about, carried out; on a terminal, against a real WordPress."""

from pathlib import Path

import pytest
from desk import Desk
from press import Kiosk, Story, rss
from terminal import Terminal, open_terminal

from wp_sync.sandbox.wordpress import WordPress


@pytest.fixture
def desk(fresh_wordpress: WordPress, kiosk: Kiosk, tmp_path: Path) -> Desk:
    """Sit down before a site with one post of ours."""
    password = fresh_wordpress.users["editor"].application_password
    desk = Desk(directory=tmp_path, site=fresh_wordpress.url, password=password)
    feed = kiosk.put("/feed", rss(Story(number=1, title="Rain & hail")))
    desk.write(
        f'[[sources]]\nname = "Paper"\nfeeds = ["{feed}"]\nto = ["news"]\nrights = "feed"\n'
        f'licence = "ours"\nallow_private = ["{kiosk.place}"]\n'
    )
    assert desk.sync("--allow", "all").totals == {"created": 1}
    return desk


def undo(desk: Desk, *arguments: str) -> Terminal:
    more = {"WP_SYNC_PASSWORD": desk.password}
    return open_terminal(desk.directory, "undo", *arguments, more=more)


def statuses(site: WordPress) -> list[str]:
    rows = site.sql(
        "SELECT post_status FROM wp_posts WHERE post_type = 'post' AND post_title LIKE 'Rain%'"
    )
    return [row["post_status"] for row in rows]


def test_a_person_sees_the_plan_and_says_yes_or_no(desk: Desk, fresh_wordpress: WordPress) -> None:
    """No changes nothing; Ctrl-C at the question ends at once; yes does it."""
    no, yes = "n", "y"

    asked = undo(desk, "last")
    asked.await_text("Rain & hail")
    asked.answer("Undo run ", no)
    asked.await_text("Nothing was done.")
    assert (asked.end(), statuses(fresh_wordpress)) == (0, ["publish"])

    left = undo(desk, "last")
    left.await_text("[y/N]")
    assert (left.interrupt(), statuses(fresh_wordpress)) == (130, ["publish"])

    done = undo(desk, "last")
    done.answer("[y/N]", yes)
    done.await_text("1 trashed")
    assert (done.end(), statuses(fresh_wordpress)) == (0, ["trash"])


def test_what_a_run_did_can_be_looked_at(desk: Desk) -> None:
    """The list without an argument, one run by the beginning of its id, and an unknown one."""
    listed = desk.run("undo", "--json").envelope["data"]["runs"]

    one = desk.run("history", listed[0]["run"][:-1])
    unknown = desk.run("undo", "19990101", "--yes")

    assert [(run["command"], run["posts"]) for run in listed] == [("sync", 1)]
    assert listed[0]["run"] in desk.run("history").out
    assert "Rain & hail" in one.out
    assert unknown.code == 2
    assert "there is no run '19990101'" in unknown.err
