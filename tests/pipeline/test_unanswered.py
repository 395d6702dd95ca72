"""Creates whose answer was lost, of articles that nobody wants any more: their posts are known."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from press import Story, rss

if TYPE_CHECKING:
    from desk import Desk
    from press import Kiosk

    from wp_sync.sandbox.wordpress import WordPress

NAMES = ("Dropped", "Gone", "Held")
SETTLE = 3.2  # seconds: the desk's settle window and a little more
# Dies once the row is there, before its terms: all texts are stored.
DIE = """
    add_action('save_post_post', function ($id, $post) {
        if (str_starts_with($post->post_title, 'Story')) { exit; }
    }, 10, 2);
"""
POSTS = "SELECT ID, post_title, post_status FROM wp_posts WHERE post_type = 'post' AND ID > 1"
# Somebody has deleted our post of the article, and made one of their own.
THEIRS = """
    $ours = get_posts(['title' => 'Story 0', 'post_status' => 'any']);
    wp_delete_post($ours[0]->ID, true);
    wp_insert_post(['post_title' => 'Story 0', 'post_name' => 'own', 'post_status' => 'publish',
        'post_content' => '<p>Own. <a href="https://news.example/story-0">Read it</a></p>']);
"""
# So long that an article is known again by it.
LONG = f"<p>{' '.join(f'word{number}' for number in range(60))}.</p>"
DROP = '[drop]\nwords = ["Story"]\n'
NEWS = '[post]\nstatus = "publish"\ncategory = "News"\ntags = ["{source.name}"]\n'


def write(desk: Desk, kiosk: Kiosk, *names: str, news: str = NEWS, held: bool = False) -> None:
    """Write a source for each name; the one called Held may go to two channels by and by."""
    sources = "".join(
        f'[[sources]]\nname = "{name}"\nfeeds = ["{kiosk.url}/{name}"]\n'
        f"to = {json.dumps(['sport', 'news'] if held and name == 'Held' else ['news'])}\n"
        f'rights = "feed"\nlicence = "ours"\nallow_private = ["{kiosk.place}"]\n'
        for name in names
    )
    about = 'about = "ships"\n' if held else ""  # none of the stories is: held
    desk.write(sources, news=about + news, sport=about + NEWS)


@pytest.fixture
def lost(desk: Desk, kiosk: Kiosk, fresh_wordpress: WordPress) -> str:
    """Lose the answers of three creates, and wait until they have settled; return the run."""
    run = lose(desk, kiosk, fresh_wordpress)
    time.sleep(SETTLE)
    return run


def lose(desk: Desk, kiosk: Kiosk, site: WordPress, news: str = NEWS) -> str:
    for number, name in enumerate(NAMES):
        kiosk.put(f"/{name}", rss(Story(number=number, body=LONG)))
    write(desk, kiosk, *NAMES, news=news)
    plugin = site.add_mu_plugin("fault", DIE)
    answer = desk.sync("--allow", "all")
    plugin.unlink()
    assert answer.totals == {"failed": 3}, answer.err + answer.out[:600]
    return str(answer.envelope["data"]["run"])


def test_what_the_rules_drop_or_hold_and_what_left_the_configuration_is_found(
    desk: Desk, kiosk: Kiosk, lost: str, fresh_wordpress: WordPress
) -> None:
    """Known, left as it is, and taken back with the run that made it; a night asks no more."""
    before = fresh_wordpress.sql(POSTS)
    write(desk, kiosk, "Dropped", "Held", news=NEWS + DROP, held=True)

    found = desk.sync()

    assert len(before) == 3
    assert found.totals == {"dropped": 1, "held": 1, "unchanged": 3}
    assert {one["wp_id"] for one in found.outcomes("unchanged")} == {
        int(row["ID"]) for row in before
    }
    assert fresh_wordpress.sql(POSTS) == before
    assert desk.sync().totals == {}
    undone = desk.run("undo", lost, "--yes")
    assert undone.code == 0
    assert {row["post_status"] for row in fresh_wordpress.sql(POSTS)} == {"trash"}


def test_what_is_wanted_again_is_completed_and_not_doubled(
    desk: Desk, kiosk: Kiosk, lost: str, fresh_wordpress: WordPress
) -> None:
    """What the request left out is nobody's edit: it comes when the rules want the article."""
    before = fresh_wordpress.sql(POSTS)
    write(desk, kiosk, "Dropped", "Gone", news=NEWS + DROP)
    desk.sync()
    kiosk.put("/Dropped", rss(Story(number=0, body="<p>It rains again.</p>")))
    write(desk, kiosk, "Dropped", "Gone")

    again = desk.sync()

    assert lost
    assert again.totals.get("updated") == 1
    assert again.totals.get("created") is None
    assert [row["ID"] for row in fresh_wordpress.sql(POSTS)] == [row["ID"] for row in before]
    terms = fresh_wordpress.sql(
        "SELECT count(*) AS n FROM wp_term_relationships r JOIN wp_terms t"
        " ON t.term_id = r.term_taxonomy_id WHERE t.name IN ('News', 'Dropped')"
    )
    assert int(terms[0]["n"]) == 2


def test_takedown_and_review_know_it(
    desk: Desk, kiosk: Kiosk, lost: str, fresh_wordpress: WordPress
) -> None:
    """A post of which the ledger knew nothing would have stayed on the site."""
    write(desk, kiosk, "Dropped", "Gone", news=NEWS + DROP)
    desk.sync()
    (one,) = [row for row in fresh_wordpress.sql(POSTS) if row["post_title"] == "Story 0"]

    shown = desk.run("review", "show", str(one["ID"]), "--json")
    desk.run("takedown", "Dropped", "--yes")

    assert lost
    assert shown.code == 0
    statuses = {row["post_title"]: row["post_status"] for row in fresh_wordpress.sql(POSTS)}
    assert statuses == {"Story 0": "draft", "Story 1": "publish", "Story 2": "publish"}


def test_the_site_is_asked_for_them_even_if_nothing_else_is_to_be_done(
    desk: Desk, kiosk: Kiosk, lost: str, fresh_wordpress: WordPress
) -> None:
    """A night without any news finds them; what others made of the same article is not ours."""
    write(desk, kiosk)
    fresh_wordpress.run_php(THEIRS)

    found, again = desk.sync(), desk.sync()

    assert lost
    assert {one["title"] for one in found.outcomes("unchanged")} == {"Story 1", "Story 2"}
    assert again.totals == {}


def test_what_an_editor_corrected_or_an_admin_trashed_meanwhile_is_known(
    desk: Desk, kiosk: Kiosk, fresh_wordpress: WordPress
) -> None:
    """Without our mark in the slug our attribution tells; the trash stays a decision."""
    lose(desk, kiosk, fresh_wordpress, NEWS + 'slug = "{title}"\n')
    wp_ids = {row["post_title"]: int(row["ID"]) for row in fresh_wordpress.sql(POSTS)}
    fresh_wordpress.run_php(
        f"wp_update_post(['ID' => {wp_ids['Story 0']}, 'post_title' => 'Corrected',"
        " 'post_content' => get_post(%d)->post_content . '<p>More.</p>']);"
        % wp_ids["Story 0"]
        + f"wp_trash_post({wp_ids['Story 1']});"
    )
    time.sleep(SETTLE)
    write(desk, kiosk)

    found = desk.sync()

    assert {one["wp_id"] for one in found.outcomes("unchanged")} == set(wp_ids.values())
    fresh_wordpress.run_php(f"wp_delete_post({wp_ids['Story 1']}, true);")
    kiosk.put(
        "/Gone", rss(Story(number=1, guid="another", body=LONG, link="https://news.example/else"))
    )
    write(desk, kiosk, "Gone")
    assert desk.sync().totals.get("created") is None
    assert len(fresh_wordpress.sql(POSTS)) == 2


def test_an_order_keeps_the_lock_that_a_lost_answer_has_left(
    desk: Desk, kiosk: Kiosk, fresh_wordpress: WordPress
) -> None:
    """WordPress may still be at the create, and another machine would make it again."""
    desk = replace(desk, settle="1h")
    kiosk.put("/Fine", rss(Story(number=9)))
    write(desk, kiosk, "Fine")
    fine = desk.sync("--allow", "all")
    lose(desk, kiosk, fresh_wordpress)

    undone = desk.run("undo", str(fine.envelope["data"]["run"]), "--yes")

    assert undone.code == 0

    locks = fresh_wordpress.sql(
        "SELECT ID FROM wp_posts WHERE post_title LIKE '%a run is at work%'"
    )
    assert len(locks) == 1


def test_a_post_that_an_author_may_not_see_is_told_of_once(
    desk: Desk, kiosk: Kiosk, fresh_wordpress: WordPress
) -> None:
    """An editor has given it to somebody else: it may be ours, and is not asked for for ever."""
    author = fresh_wordpress.users["author"]
    desk = replace(desk, username=author.login, password=author.application_password)
    lose(desk, kiosk, fresh_wordpress, news='[post]\nstatus = "publish"\n')
    give = "foreach (get_posts(['post__not_in' => [1], 'numberposts' => 9]) as $one)"
    fresh_wordpress.run_php(f"{give} wp_update_post(['ID' => $one->ID, 'post_author' => 1]);")
    write(desk, kiosk, *NAMES, news=DROP)
    time.sleep(SETTLE)

    found = desk.sync()

    told = [one["warning"] for one in found.outcomes("unchanged")]
    assert len(told) == 3
    assert all("a post of another author has its slug" in one for one in told)
    assert desk.sync().totals == {}


# Dies at the first terms of the row, which over XML-RPC come before save_post.
DIE_AT_TERMS = """
    add_action('set_object_terms', function ($id) {
        global $wpdb;  // get_post still has the auto-draft in its cache
        $title = $wpdb->get_var("SELECT post_title FROM $wpdb->posts WHERE ID = " . (int) $id);
        if (str_starts_with((string) $title, 'Story')) { exit; }
    });
"""
TAGGED = (
    "SELECT count(*) AS n FROM wp_term_relationships r JOIN wp_term_taxonomy t"
    " USING (term_taxonomy_id) JOIN wp_posts p ON p.ID = r.object_id"
    " WHERE t.taxonomy = 'post_tag' AND p.post_title LIKE 'Story 0%'"
)


def count_tags(site: WordPress) -> int:
    return int(site.sql(TAGGED)[0]["n"])


@pytest.mark.parametrize("api", ["rest", "xmlrpc"])
def test_half_made_post_is_completed_by_either_api(
    desk: Desk, kiosk: Kiosk, fresh_wordpress: WordPress, api: str
) -> None:
    """wp.newPost looks like an editor's save: what is missing would be missing for ever."""
    desk = replace(desk, api=api)
    kiosk.put("/Fine", rss(Story(number=0, body=LONG)))
    write(desk, kiosk, "Fine")
    plugin = fresh_wordpress.add_mu_plugin("fault", DIE_AT_TERMS)
    desk.sync("--allow", "all")
    plugin.unlink()
    before = count_tags(fresh_wordpress)
    time.sleep(SETTLE)

    answer = desk.sync("--allow", "all")

    assert before == 0
    assert count_tags(fresh_wordpress) == 1, answer.out[-900:]
    assert "may have taken out" not in answer.out


def test_what_an_editor_took_out_stays_out_when_the_article_is_wanted_again(
    desk: Desk, kiosk: Kiosk, fresh_wordpress: WordPress
) -> None:
    """The look-up of unwanted creates takes bare fields for its own, whoever has saved since."""
    lose(desk, kiosk, fresh_wordpress)
    fresh_wordpress.run_php(
        "sleep(1); $p = get_posts(['title' => 'Story 0', 'post_status' => 'any'])[0];"
        " wp_set_post_tags($p->ID, ['Dropped']);"
        " wp_update_post(['ID' => $p->ID, 'tags_input' => [], 'post_title' => 'Story 0 edited']);"
    )
    time.sleep(SETTLE)
    write(desk, kiosk, "Dropped", "Gone", news=NEWS + DROP)
    desk.sync()
    kiosk.put("/Dropped", rss(Story(number=0, body="<p>It rains again.</p>")))
    write(desk, kiosk, "Dropped", "Gone")

    desk.sync()

    assert count_tags(fresh_wordpress) == 0
