"""Killed at any moment between the first and the last write: nothing missing, nothing doubled."""

import os
import random
import threading
import time
from collections import Counter

from desk import Desk
from press import Kiosk, Story, picture, rss
from watching_proxy import Traffic

from wp_sync.sandbox.wordpress import WordPress

ITEMS, PICTURES = 30, 10
SETTLE = 3.2  # seconds: the desk's settle window and a little more
KILLS = int(os.environ.get("WP_SYNC_KILLS", "3"))
SEED = 20261123


def set_up(desk: Desk, kiosk: Kiosk) -> None:
    images = [kiosk.put(f"/{n}.jpg", picture(n * 20), "image/jpeg") for n in range(PICTURES)]
    stories = [Story(number=n, picture=images[n % PICTURES]) for n in range(ITEMS)]
    kiosk.put("/feed", rss(*stories))
    desk.write(
        kiosk.source(),
        news='[post]\nstatus = "publish"\ncategory = "News"\nauthor = "tom-becker"\n',
    )


def faults_of(site: WordPress) -> list[str]:
    """Compare WordPress's database with what the source gave."""
    posts = site.sql(
        "SELECT p.ID, p.post_title, p.post_name,"
        " (SELECT count(*) FROM wp_term_relationships r WHERE r.object_id = p.ID) AS terms,"
        " (SELECT meta_value FROM wp_postmeta m WHERE m.post_id = p.ID"
        "  AND m.meta_key = '_thumbnail_id') AS picture"
        " FROM wp_posts p WHERE p.post_type = 'post' AND p.post_status = 'publish'"
        " AND p.post_title LIKE 'Story %'"
    )
    titles = Counter(post["post_title"] for post in posts)
    wanted = {f"Story {number}" for number in range(ITEMS)}
    uploads = site.sql("SELECT post_name FROM wp_posts WHERE post_type = 'attachment'")
    terms = site.sql("SELECT name, count(*) AS n FROM wp_terms GROUP BY lower(name) HAVING n > 1")
    return [
        *(f"missing: {title}" for title in sorted(wanted - set(titles))),
        *(f"doubled: {title}" for title, count in titles.items() if count > 1),
        *(f"half made: {post['post_title']}" for post in posts if post["terms"] != 2),
        *(f"without picture: {post['post_title']}" for post in posts if not post["picture"]),
        *(["uploads doubled"] if len(uploads) != PICTURES else []),
        *(f"term doubled: {term['name']}" for term in terms),
    ]


def clear(site: WordPress, desk: Desk) -> None:
    """Give every kill an empty site and no ledger."""
    site.run_php(
        "foreach (get_posts(['post_type' => ['post', 'attachment'], 'numberposts' => -1,"
        " 'post_status' => 'any']) as $post) { wp_delete_post($post->ID, true); }"
        "foreach (get_terms(['taxonomy' => ['post_tag', 'category'], 'hide_empty' => false]) as $t)"
        " { wp_delete_term($t->term_id, $t->taxonomy); }"
    )
    (desk.directory / "wp-sync.db").unlink(missing_ok=True)


def test_killed_at_any_moment_nothing_is_missing_or_doubled(
    desk: Desk, kiosk: Kiosk, traffic: Traffic, fresh_wordpress: WordPress
) -> None:
    """Kill -9, a sync, the settle time, a sync: every item is one complete post."""
    set_up(desk, kiosk)
    reference = desk.sync("--allow", "all")
    assert reference.totals == {"created": ITEMS}
    assert faults_of(fresh_wordpress) == []
    writes = [moment for method, _, moment in traffic.seen if method != "GET"]
    count, gap = len(writes), (writes[-1] - writes[0]) / len(writes)
    draw = random.Random(SEED)  # noqa: S311 (moments, not secrets)
    found: dict[str, list[str]] = {}

    for kill in range(KILLS):
        clear(fresh_wordpress, desk)
        # One stretch of the writes for each kill, a random moment within it.
        at = 1 + (count - 1) * (kill + draw.random()) / KILLS
        number, delay = int(at), (at % 1) * gap
        reached = threading.Event()
        traffic.seen.clear()
        traffic.on_write = lambda n, k=number, e=reached: e.set() if n >= k else None  # type: ignore[misc]
        process = desk.start("sync", "--allow", "all", "--json")
        assert reached.wait(60)
        time.sleep(delay)
        process.kill()
        process.communicate()
        traffic.await_quiet()  # WordPress is allowed the settle window, and here it may be slower
        traffic.on_write = lambda _: None
        desk.sync("--allow", "all")
        time.sleep(SETTLE)
        last = desk.sync("--allow", "all")
        faults = faults_of(fresh_wordpress)
        if faults or last.code:
            found[f"write {at:.2f} of {count}"] = [*faults, *last.envelope["messages"]]

    assert found == {}
