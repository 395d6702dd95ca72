"""Saved plans and remaps beside other writers, and on a site that was put back from a backup."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from press import Kiosk, Story, rss

if TYPE_CHECKING:
    from desk import Desk
    from watching_proxy import Traffic

    from wp_sync.sandbox.wordpress import WordPress

NEWS = '[post]\nstatus = "publish"\ncategory = "News"\n'
MARK = (
    "wp_insert_post(['post_type' => 'page', 'post_status' => 'draft',"
    " 'post_name' => 'wp-sync-lock-0123456789ab',"
    " 'post_title' => 'wp-sync: a run is at work on far-away since noon']);"
)
FREE = "foreach (get_posts(['post_type' => 'page', 'post_status' => 'draft']) as $one)"
FREE += " wp_delete_post($one->ID, true);"
POSTS = "SELECT ID, post_title FROM wp_posts WHERE post_type = 'post' AND ID > 1 ORDER BY ID"
# What another machine, or a person, has made of the same article since the plan.
TWIN = """wp_insert_post(['post_type' => 'post', 'post_status' => 'publish',
    'post_title' => 'Story 2', 'post_content' =>
    '<p><a class="wp-sync-source" href="https://news.example/story-2">Read it</a></p>']);"""
# A post of somebody's under the number of one of ours.
THEIRS = """global $wpdb; $wpdb->update($wpdb->posts, ['post_title' => 'Own', 'post_name' => 'own',
    'post_content' => 'Own.', 'post_excerpt' => 'Own.'], ['post_title' => 'Story 1']);"""


@pytest.fixture
def stocked(desk: Desk, kiosk: Kiosk) -> Desk:
    """Publish one article, and let the feed bring another."""
    feed = kiosk.put("/feed", rss(Story(number=1)))
    desk.write(
        f'[[sources]]\nname = "Paper"\nto = ["news"]\nfeeds = ["{feed}"]\nrights = "feed"\n'
        f'licence = "ours"\nallow_private = ["{kiosk.place}"]\n',
        news=NEWS,
    )
    assert desk.sync("--allow", "first-run").totals == {"created": 1}
    kiosk.put("/feed", rss(Story(number=1), Story(number=2)))
    return desk


def test_a_saved_plan_is_carried_out_under_the_lock(
    stocked: Desk, traffic: Traffic, fresh_wordpress: WordPress
) -> None:
    """Nothing of it is written while another machine writes, and it is looked at again after."""
    stocked.run("plan", "--out", "plan.json")
    fresh_wordpress.run_php(MARK)
    refused = stocked.sync("--plan", "plan.json")
    told = refused.envelope["messages"][-1]
    between = fresh_wordpress.sql(POSTS)
    fresh_wordpress.run_php(FREE)

    def make_twin(number: int) -> None:
        if number == 1:  # the marker: by now we have looked at the site
            fresh_wordpress.run_php(TWIN)

    traffic.on_write = make_twin
    traffic.seen.clear()

    late = stocked.sync("--plan", "plan.json")

    assert (refused.code, "far-away since noon" in told) == (75, True)
    assert [row["post_title"] for row in between] == ["Story 1"]
    assert late.totals == {"failed": 1}
    assert "refused: " in late.outcomes("failed")[0]["reason"]
    assert [row["post_title"] for row in fresh_wordpress.sql(POSTS)] == ["Story 1", "Story 2"]


def test_a_remap_leaves_the_post_of_another(stocked: Desk, fresh_wordpress: WordPress) -> None:
    """The number of a post of ours is another's since the site was put back from a backup."""
    fresh_wordpress.run_php(THEIRS)
    mapping = stocked.directory / "mappings" / "news.toml"
    mapping.write_text(NEWS.replace('"News"', '"World"'))

    answer = stocked.run("remap", "--yes", "--json")

    outcomes = answer.envelope["data"]["outcomes"]
    assert [one["status"] for one in outcomes] == ["unchanged"]
    assert "deleted on the site" in outcomes[0]["reason"]
    assert fresh_wordpress.sql("SELECT name FROM wp_terms WHERE name = 'World'") == []
