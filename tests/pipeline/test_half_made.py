"""Requests that die inside WordPress: whatever they left out is made up for, once."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest
from press import Story, picture, rss

if TYPE_CHECKING:
    from desk import Desk
    from press import Kiosk

    from wp_sync.sandbox.wordpress import WordPress

KILLS, ITEMS = 5, 12
SETTLE = 3.2  # seconds: the desk's settle window and a little more

# Dies at a hook of every second of our articles, KILLS times in all, and each article once.
DIE = """
function die_now($id) {
    $file = ABSPATH . 'kills.txt'; $post = get_post($id);
    $seen = file_exists($file) ? file($file, FILE_IGNORE_NEW_LINES) : [];
    if (!$post || !preg_match('/^Story \\d*[13579]$/', $post->post_title)) return;
    if (count($seen) >= %d || in_array($post->post_title, $seen)) return;
    file_put_contents($file, $post->post_title . "\\n", FILE_APPEND);
    exit;
}
"""
PLACES = {
    "save_post": "add_action('save_post_post', 'die_now');",
    # Of the default category, of ours, and of the tags: at the second one.
    "set_object_terms": "add_action('set_object_terms', function ($id, $t, $i, $taxonomy) {"
    " static $n = []; $n[$id] = ($n[$id] ?? 0) + 1; if ($n[$id] == 2) die_now($id); }, 10, 4);",
    "added_post_meta": "add_action('added_post_meta', function ($m, $id, $key) {"
    " if ($key == '_thumbnail_id') die_now($id); }, 10, 3);",
}
POSTS = """
    SELECT p.ID, p.post_title, p.post_status, p.post_date_gmt, p.post_excerpt, p.comment_status,
        u.user_login,
        (SELECT count(*) FROM wp_term_relationships r WHERE r.object_id = p.ID) AS terms,
        (SELECT count(*) FROM wp_postmeta m WHERE m.post_id = p.ID
         AND m.meta_key = '_thumbnail_id') AS pictures
    FROM wp_posts p JOIN wp_users u ON u.ID = p.post_author
    WHERE p.post_type = 'post' AND p.post_title LIKE 'Story %' ORDER BY p.ID
"""


def set_up(desk: Desk, kiosk: Kiosk) -> None:
    stories = [
        Story(number=n, picture=kiosk.put(f"/{n}.jpg", picture(n * 20), "image/jpeg"))
        for n in range(ITEMS)
    ]
    kiosk.put("/feed", rss(*stories))
    desk.write(
        kiosk.source(),
        news='[post]\nstatus = "publish"\ncategory = "News"\nauthor = "tom-becker"\n'
        'tags = ["{source.name}"]\n',
    )


def whole(number: int) -> dict[str, Any]:
    """Tell how a post is that nothing befell."""
    return {
        "post_title": f"Story {number}",
        "post_status": "publish",
        "post_date_gmt": "2026-05-04 12:00:00",
        "user_login": "tom-becker",
        "terms": 2,
        "pictures": 1,
    }


@pytest.mark.parametrize("place", PLACES)
def test_a_request_that_died_leaves_a_whole_post(
    desk: Desk, kiosk: Kiosk, fresh_wordpress: WordPress, place: str
) -> None:
    """Killed between the row and its terms or picture, and settled: one complete post each."""
    set_up(desk, kiosk)
    kills = fresh_wordpress.directory / "www/kills.txt"
    plugin = fresh_wordpress.add_mu_plugin("fault", DIE % KILLS + PLACES[place])
    runs = 0
    while runs < KILLS and (not kills.exists() or len(kills.read_text().split("\n")) <= KILLS):
        desk.sync("--allow", "all")
        runs += 1
        time.sleep(SETTLE)
    killed = kills.read_text().splitlines()
    plugin.unlink()
    desk.sync("--allow", "all")

    posts = fresh_wordpress.sql(POSTS)
    excerpts = {post.pop("post_excerpt") for post in posts}
    comments = {post.pop("comment_status") for post in posts}
    ids = [post.pop("ID") for post in posts]
    assert len(killed) == KILLS
    assert sorted(posts, key=lambda post: int(post["post_title"][6:])) == [
        whole(number) for number in range(ITEMS)
    ]
    assert (len(excerpts), len(comments), len(set(ids))) == (1, 1, ITEMS)
    assert desk.sync("--allow", "all").totals == {}
