"""Custom fields and comments from a mapping to the site, through runs and editors' changes."""

import json
import threading
import time
from concurrent.futures import Future
from typing import TYPE_CHECKING

from desk import Desk
from press import Kiosk, Story, rss
from watching_proxy import Traffic

from wp_sync.sandbox.wordpress import WordPress

if TYPE_CHECKING:
    from subprocess import Popen

SETTLE = 3.2  # seconds: the desk's settle window and a little more
MAPPING = (
    '[post]\nstatus = "publish"\ncomments = "closed"\n'
    'fields = { subtitle = "{source.name}: {title}", source_url = "{url}" }\n'
)


def meta(site: WordPress) -> dict[str, list[str]]:
    """Read the custom fields of all posts: key -> values, by post id."""
    rows = site.sql(
        "SELECT meta_key, meta_value FROM wp_postmeta WHERE meta_key IN ('subtitle', 'source_url')"
        " ORDER BY post_id"
    )
    keys = ("subtitle", "source_url")
    return {key: [row["meta_value"] for row in rows if row["meta_key"] == key] for key in keys}


def test_fields_follow_their_source_until_an_editor_changes_them(
    desk: Desk, kiosk: Kiosk, fresh_wordpress: WordPress
) -> None:
    """Written with the post, changed with the source, left alone once a person has changed them."""
    kiosk.put("/feed", rss(Story(number=1), Story(number=2)))
    desk.write(kiosk.source(), news=MAPPING)

    made = desk.sync("--allow", "all")
    idle = desk.sync("--allow", "all")

    assert made.totals == {"created": 2}, made.err
    assert set(idle.totals) <= {"unchanged"}
    first = sorted(meta(fresh_wordpress)["subtitle"])
    assert first == ["Example News: Story 1", "Example News: Story 2"]
    assert len(meta(fresh_wordpress)["source_url"]) == 2
    closed = fresh_wordpress.sql(
        "SELECT ID FROM wp_posts WHERE comment_status = 'closed' AND post_title LIKE 'Story%'"
        " AND post_type = 'post'"
    )
    assert len(closed) == 2

    posts = {one["title"]: one["wp_id"] for one in made.outcomes("created")}
    fresh_wordpress.run_php(f"update_post_meta({posts['Story 2']}, 'subtitle', 'An editor');")
    kiosk.put("/feed", rss(*(Story(number=n, title=f"New {n}") for n in (1, 2))))
    desk.sync("--allow", "all")

    assert sorted(meta(fresh_wordpress)["subtitle"]) == ["An editor", "Example News: New 1"]


def test_site_that_takes_no_fields_gets_posts_without_them(
    desk: Desk, kiosk: Kiosk, fresh_wordpress: WordPress
) -> None:
    """It is said once a run; the posts are there, and the next run has nothing to do."""
    fresh_wordpress.add_mu_plugin("off", "add_filter('xmlrpc_enabled', '__return_false');")
    kiosk.put("/feed", rss(Story(number=1)))
    desk.write(kiosk.source(), news=MAPPING)

    made = desk.sync("--allow", "all")
    again = desk.sync("--allow", "all")

    assert made.totals == {"created": 1}, made.err
    assert "go without the custom fields source_url, subtitle" in json.dumps(made.envelope)
    assert set(again.totals) <= {"unchanged"}
    assert meta(fresh_wordpress) == {"subtitle": [], "source_url": []}


def test_run_that_died_between_post_and_fields_is_completed(
    desk: Desk, kiosk: Kiosk, traffic: Traffic, fresh_wordpress: WordPress
) -> None:
    """WordPress has the post without its fields; the next run brings them, and makes no other."""
    kiosk.put("/feed", rss(Story(number=1)))
    desk.write(kiosk.source(), news=MAPPING)
    died = threading.Event()
    running: Future[Popen[str]] = Future()

    def die(_: int) -> None:
        if traffic.writes[-1][1] == "/xmlrpc.php" and not died.is_set():
            running.result(60).kill()
            running.result().wait()
            died.set()
            raise ConnectionAbortedError

    traffic.on_write = die
    running.set_result(desk.start("sync", "--allow", "all"))
    running.result().communicate(timeout=120)
    assert died.is_set()
    assert meta(fresh_wordpress) == {"subtitle": [], "source_url": []}
    time.sleep(SETTLE)

    completed = desk.sync("--allow", "all")

    assert completed.totals == {"updated": 1}, completed.envelope
    assert meta(fresh_wordpress)["subtitle"] == ["Example News: Story 1"]
    rows = fresh_wordpress.sql(
        "SELECT ID FROM wp_posts WHERE post_title = 'Story 1' AND post_type = 'post'"
    )
    assert len(rows) == 1
