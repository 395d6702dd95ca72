"""One article, one post: whatever the ledger lost, whoever posted it first, on a real WordPress."""

import shutil
import time
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from desk import Desk
from press import Kiosk, Story, rss
from watching_proxy import Traffic

from wp_sync.ledger import open_ledger
from wp_sync.sandbox.wordpress import WordPress

POSTS = (
    "SELECT ID, post_title, post_name, post_status FROM wp_posts"
    " WHERE post_type = 'post' AND post_status NOT IN ('auto-draft', 'inherit')"
    " AND post_title NOT LIKE 'Filler%' AND post_name NOT LIKE 'hello-world%' ORDER BY ID"
)
SOURCE = '[[sources]]\nname = "{name}"\nto = ["news"]\nrights = "feed"\nlicence = "ours"\n'
NEWS = '[post]\nstatus = "publish"\n'
SETTLE = 3.2  # seconds: the desk's settle window and a little more
LOSE_ANSWERS = (
    "add_action('rest_after_insert_post', function ($post) {"
    " if (str_ends_with($post->post_name, '%s')) { status_header(500); exit; } });"
)


def posts_of(site: WordPress) -> list[dict[str, Any]]:
    return site.sql(POSTS)


def set_up(desk: Desk, kiosk: Kiosk, *stories: Story, post: str = "") -> None:
    write(desk, kiosk, ("Example News", kiosk.put("/feed", rss(*stories))), post=post)


def write(desk: Desk, kiosk: Kiosk, *sources: tuple[str, str], post: str = "") -> None:
    tables = (
        f'{SOURCE.format(name=name)}feeds = ["{feed}"]\nallow_private = ["{kiosk.place}"]\n'
        for name, feed in sources
    )
    desk.write("".join(tables), news=NEWS + post)


def add_fillers(site: WordPress, number: int) -> None:
    site.run_php(
        f"for ($n = 0; $n < {number}; $n++) wp_insert_post(['post_title' => \"Filler $n\","
        " 'post_status' => 'publish', 'post_content' => '<p>Something else.</p>']);"
    )


def test_drafts_that_an_admin_trashed_do_not_end_the_careful_first_run(
    desk: Desk, kiosk: Kiosk, fresh_wordpress: WordPress
) -> None:
    """Others' posts are told by their ids: counts would say that all posts are ours now."""
    set_up(desk, kiosk, *(Story(number=number) for number in range(8)))
    desk.sync()
    for post in posts_of(fresh_wordpress):
        fresh_wordpress.run_php(f"wp_trash_post({post['ID']});")

    answer = desk.sync()

    assert answer.totals == {"held": 3, "trashed": 5}  # by a person: told once
    assert {post["post_status"] for post in posts_of(fresh_wordpress)} == {"trash"}


def test_a_lost_answer_binds_the_same_article_of_another_feed(
    desk: Desk, kiosk: Kiosk, fresh_wordpress: WordPress
) -> None:
    """It waits, takes over the post that was made, and ends the other item's intent."""
    desk = replace(desk, settle="1h")  # longer than two runs take on any machine
    one = kiosk.put("/one", rss(Story(number=1, link="https://news.example/rain")))
    two = kiosk.put("/two", rss(Story(number=9, link="https://news.example/rain", title="Rain")))
    write(desk, kiosk, ("One", one), ("Two", two))
    plugin = fresh_wordpress.add_mu_plugin("lose", LOSE_ANSWERS % "")
    lost = desk.sync("--allow", "all", "--source", "One")
    plugin.unlink()

    resting = desk.sync("--allow", "all", "--source", "Two")
    write(replace(desk, settle="1s"), kiosk, ("One", one), ("Two", two))
    time.sleep(1)
    found = desk.sync("--allow", "all", "--source", "Two")
    later = desk.sync("--allow", "all")

    (post,) = posts_of(fresh_wordpress)
    assert lost.totals == {"failed": 1}
    assert resting.totals == {"held": 1}
    assert [one["wp_id"] for one in found.envelope["data"]["outcomes"]] == [post["ID"]]
    assert later.totals == {"dropped": 1}
    url, address = "sqlite:///wp-sync.db", desk.site.removeprefix("http://")
    with open_ledger(url, desk.directory, clock=lambda: datetime.now(UTC)) as ledger:
        assert ledger.posts.wp_ids(address) == {post["ID"]}
        assert ledger.posts.intents(address) == ()


def test_a_ledger_restored_from_an_old_copy_repeats_nothing(
    desk: Desk, kiosk: Kiosk, fresh_wordpress: WordPress
) -> None:
    """Posts made since are found by their marks, in the trash too, although titles changed."""
    ledger, copy = desk.directory / "wp-sync.db", desk.directory / "copy.db"
    set_up(desk, kiosk, Story(number=1))
    desk.sync("--allow", "all")
    shutil.copy(ledger, copy)
    set_up(desk, kiosk, *(Story(number=number) for number in (1, 2, 3)))
    desk.sync("--allow", "all")
    fresh_wordpress.run_php(f"wp_trash_post({posts_of(fresh_wordpress)[-1]['ID']});")
    before = posts_of(fresh_wordpress)
    shutil.copy(copy, ledger)
    changed = (Story(number=number, title=f"Corrected {number}") for number in (2, 3))
    set_up(desk, kiosk, Story(number=1), *changed)

    answer = desk.sync("--allow", "all")

    assert answer.totals == {"unchanged": 2}
    assert posts_of(fresh_wordpress) == before
    assert before[-1]["post_status"] == "trash"


@pytest.mark.parametrize(
    "fillers",
    [
        pytest.param(0, id="few others: their bodies are read"),
        pytest.param(300, id="many others: the site searches"),
    ],
)
def test_the_source_link_tells_what_no_slug_does(
    desk: Desk, kiosk: Kiosk, fresh_wordpress: WordPress, fillers: int
) -> None:
    """A changed headline, an editor's slug, a person's post; a mere mention is none of them."""
    slug = 'slug = "{title}"\n'
    mention = '<p>After <a href="https://news.example/story-5">the fifth</a> comes rain.</p>'
    set_up(desk, kiosk, Story(number=1, body=mention), Story(number=2), post=slug)
    desk.sync("--allow", "all")
    add_fillers(fresh_wordpress, fillers)
    theirs = '<p>See <a href="http://www.news.example/story-%d/?utm_source=x">it</a>.</p>'
    fresh_wordpress.run_php(
        "foreach (get_posts() as $p) if ($p->post_title == 'Story 2')"
        " wp_update_post(['ID' => $p->ID, 'post_name' => 'an-editors-slug']);"
        f"wp_insert_post(['post_title' => 'Story 3', 'post_name' => 'third',"
        f" 'post_status' => 'publish', 'post_content' => '{theirs % 3}']);"
        f"wp_insert_post(['post_title' => 'What we think', 'post_status' => 'draft',"
        f" 'post_content' => '{theirs % 4}']);"
    )
    before = posts_of(fresh_wordpress)
    (desk.directory / "wp-sync.db").unlink()
    set_up(
        desk,
        kiosk,
        Story(number=1, title="Corrected", body=mention),
        *(Story(number=number) for number in (2, 3, 4, 5)),
        post=slug,
    )

    answer = desk.sync("--allow", "all")

    (held,) = answer.outcomes("held")
    (created,) = answer.outcomes("created")
    assert [one["guid"] for one in answer.outcomes("unchanged")] == ["1", "2", "3"]
    assert held["guid"] == "4"
    assert "links to https://news.example/story-4" in held["reason"]
    assert created["guid"] == "5"
    assert posts_of(fresh_wordpress)[:-1] == before


def test_a_post_without_a_link_is_known_by_its_mark(
    desk: Desk, kiosk: Kiosk, fresh_wordpress: WordPress
) -> None:
    """Its answer was lost, and its title corrected before it was looked up."""
    credit = 'attribution = "{source.name}"\n'
    set_up(desk, kiosk, Story(number=1, title="One"), post=credit)
    plugin = fresh_wordpress.add_mu_plugin("lose", LOSE_ANSWERS % "")
    desk.sync("--allow", "all")
    plugin.unlink()
    time.sleep(SETTLE)
    set_up(desk, kiosk, Story(number=1, title="Uno"), post=credit)

    answer = desk.sync("--allow", "all")

    (post,) = posts_of(fresh_wordpress)
    (outcome,) = answer.envelope["data"]["outcomes"]
    assert outcome["status"] in {"updated", "unchanged"}
    assert outcome["wp_id"] == post["ID"]


def test_a_numbered_slug_is_looked_up_after_a_lost_answer(
    desk: Desk, kiosk: Kiosk, fresh_wordpress: WordPress
) -> None:
    """The second article of one title got -2, and nobody was told."""
    stories = (Story(number=number, title="Weather") for number in (1, 2))
    set_up(desk, kiosk, *stories, post='slug = "{title}"\n')
    plugin = fresh_wordpress.add_mu_plugin("lose", LOSE_ANSWERS % "weather-2")
    desk.sync("--allow", "all")
    plugin.unlink()
    time.sleep(SETTLE)

    answer = desk.sync("--allow", "all")

    first, second = posts_of(fresh_wordpress)
    outcomes = answer.envelope["data"]["outcomes"]  # both came in one batch, and were lost with it
    assert (first["post_name"], second["post_name"]) == ("weather", "weather-2")
    assert {one["status"] for one in outcomes} <= {"updated", "unchanged"}
    assert {one["wp_id"] for one in outcomes} == {first["ID"], second["ID"]}


def test_a_large_site_is_listed_once(
    desk: Desk, kiosk: Kiosk, fresh_wordpress: WordPress, traffic: Traffic
) -> None:
    """Afterwards a run that creates posts reads the newest ones only."""
    add_fillers(fresh_wordpress, 350)
    set_up(desk, kiosk, Story(number=1))
    counts: list[int] = []

    for numbers in ((1,), (1, 2), (1, 2, 3)):
        traffic.seen.clear()
        set_up(desk, kiosk, *(Story(number=number) for number in numbers))
        assert desk.sync("--allow", "all").totals == {"created": 1}
        newest = [path for path in traffic.reads if "orderby=id&order=desc" in path]
        counts.append(sum("/posts" in path for path in newest))

    assert counts[0] >= 4
    assert counts[1:] == [4, 4]  # as long as twice two: again once nobody else writes
