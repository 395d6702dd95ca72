"""status and why: what the ledger knows, after real runs against a real WordPress."""

import json
from pathlib import Path
from typing import Any

from desk import Desk
from press import Kiosk, Story, rss

CHANNEL = '[post]\nstatus = "publish"\ncategory = "News"\n[drop]\nwords = ["coupon"]\n'
STORIES = (
    Story(number=1, title="Rain &amp; hail"),
    Story(number=2, body="<p>A coupon for a new umbrella, only today.</p>"),
)


def synced(desk: Desk, kiosk: Kiosk) -> dict[str, Any]:
    """Sync two stories, one of them dropped, beside a feed that is gone; return the post."""
    good = kiosk.source("Paper", kiosk.put("/feed", rss(*STORIES)))
    desk.write(good + kiosk.source("Gone", f"{kiosk.url}/gone"), news=CHANNEL)
    (made,) = desk.sync("--allow", "all").outcomes("created")
    return made


def test_before_the_first_run_there_is_nothing_to_tell(tmp_path: Path) -> None:
    """It works without a site, and makes no ledger."""
    desk = Desk(directory=tmp_path, site="https://nobody.example")
    desk.write("")

    answer = desk.run("status")

    assert answer.code == 0
    assert answer.out.splitlines() == [
        "Items: none yet.",
        "No run yet: `wp-sync plan` shows what one would do.",
    ]
    assert not (tmp_path / "wp-sync.db").exists()


def test_status_tells_feeds_items_and_the_last_run(desk: Desk, kiosk: Kiosk) -> None:
    """A feed's health, what became of the items, and how the run ended."""
    synced(desk, kiosk)

    told = desk.run("status")

    data = desk.run("status", "--json").envelope["data"]
    feeds = {feed["source"]: feed for feed in data["feeds"]}
    (run,) = data["last_run"]
    assert told.code == 0
    assert "failed 1 time: " in told.out
    assert "Items: 1 dropped, 1 on the site." in told.out
    assert data["items"] == {"dropped": 1, "published": 1}
    assert (feeds["Paper"]["failures"], feeds["Gone"]["failures"]) == (0, 1)
    assert "404" in feeds["Gone"]["last_error"]
    assert feeds["Gone"]["last_ok"] is None
    assert (run["command"], run["status"], run["totals"]) == (
        "sync",
        "done",
        {"created": 1, "dropped": 1},
    )


def test_why_knows_a_post_by_all_its_names(desk: Desk, kiosk: Kiosk) -> None:
    """By id, by its own address and by the article's: one story."""
    made = synced(desk, kiosk)
    names = (str(made["wp_id"]), made["link"], made["url"], f"{made['url']}?utm_source=feed")

    stories = [desk.run("why", name) for name in names]

    first = stories[0].out.splitlines()
    assert [story.code for story in stories] == [0] * 4
    assert len({story.out for story in stories}) == 1
    assert first[:3] == [
        "Rain & hail",
        "  article: https://news.example/story-1",
        f"  feed:    {kiosk.url}/feed",
    ]
    assert first[3].endswith("now on the site")
    assert any(line.endswith("create title: Rain & hail") for line in first)
    assert any("created at publish: new" in line for line in first)


def test_why_finds_an_article_by_words_of_its_title(desk: Desk, kiosk: Kiosk) -> None:
    """Whatever their capitals; where several have them, they are named."""
    made = synced(desk, kiosk)

    by_title, unsure, unknown = (desk.run("why", words) for words in ("rain & HAIL", "R", "snow"))

    assert by_title.out == desk.run("why", str(made["wp_id"])).out
    assert (unsure.code, unknown.code) == (1, 1)
    assert {"https://news.example/story-1", "https://news.example/story-2"} <= set(
        unsure.err.split()
    )
    assert "words of its title" in unknown.err


def test_why_tells_what_never_became_a_post(desk: Desk, kiosk: Kiosk) -> None:
    """A dropped article: by which channel's which rule."""
    synced(desk, kiosk)

    answer = desk.run("why", "https://news.example/story-2")

    assert answer.code == 0
    assert "now dropped" in answer.out
    assert "dropped at curate: News drops the words coupon" in answer.out


def test_why_tells_an_update_with_before_and_after(desk: Desk, kiosk: Kiosk) -> None:
    """A changed field is told with both values, after its create."""
    made = synced(desk, kiosk)
    kiosk.put("/feed", rss(Story(number=1, title="Rain and snow")))
    desk.sync("--allow", "all")

    lines = desk.run("why", str(made["wp_id"])).out.splitlines()

    changes = [line.split(" UTC  ")[1] for line in lines if " title: " in line]
    assert changes == ["create title: Rain & hail", "update title: Rain & hail -> Rain and snow"]


def test_why_json_has_these_keys(desk: Desk, kiosk: Kiosk) -> None:
    """Items, posts, outcomes, writes, and creates without an answer."""
    made = synced(desk, kiosk)

    data = desk.run("why", str(made["wp_id"]), "--json").envelope["data"]

    story = {"items", "posts", "outcomes", "writes", "doubtful"}
    assert set(data) == story | {"judged", "lessons"}
    assert data["items"][0]["state"] == "published"
    assert data["posts"] == [{"wp_id": made["wp_id"], "link": made["link"]}]
    assert data["outcomes"][0]["status"] == "created"
    assert {"title", "body", "slug"} <= {one["field"] for one in data["writes"]}
    assert data["doubtful"] == []


def test_what_the_ledger_does_not_know_is_an_error(tmp_path: Path) -> None:
    """Exit 1, the target named, and what can be given."""
    desk = Desk(directory=tmp_path, site="https://nobody.example")
    desk.write("")

    told = desk.run("why", "4711")

    coded = desk.run("why", "4711", "--json")
    assert (told.code, told.out) == (1, "")
    assert "'4711'" in told.err
    assert (coded.code, coded.err) == (1, "")
    assert json.loads(coded.out)["status"] == "error"


def test_a_broken_ledger_is_named(tmp_path: Path) -> None:
    """Exit 3 with the file; it is left as it is."""
    desk = Desk(directory=tmp_path, site="https://nobody.example")
    desk.write("")
    (tmp_path / "wp-sync.db").write_bytes(b"not a database" * 100)

    answer = desk.run("status")

    assert answer.code == 3
    assert "wp-sync.db" in answer.err
    assert (tmp_path / "wp-sync.db").read_bytes() == b"not a database" * 100
