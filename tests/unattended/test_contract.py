"""A site that changed under us: the night stops before its first write, and a person decides."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from desk import Desk
from night import Hook, Night, write_desk

if TYPE_CHECKING:
    from pathlib import Path

    from press import Kiosk
    from watching_proxy import Traffic

    from wp_sync.sandbox.wordpress import WordPress

NEWS = '[post]\nstatus = "publish"\ncategory = "News"\ntags = []\nauthor = "editor"\n'
FILTER = """
add_filter('user_has_cap', function ($caps) { unset($caps['unfiltered_html']); return $caps; });
"""
STRIPPER = """
add_filter('content_save_pre', function ($text) {
    return preg_replace('~</?(iframe|table|caption|thead|tbody|tr|th|td)[^>]*>~', '', $text);
});
"""


@pytest.fixture
def night(
    fresh_wordpress: WordPress, traffic: Traffic, kiosk: Kiosk, hook: Hook, tmp_path: Path
) -> Night:
    """Sit down before a site that one unattended run knows."""
    password = fresh_wordpress.users["editor"].application_password
    desk = Desk(directory=tmp_path, site=traffic.url, password=password)
    (tmp_path / "hook").write_text(hook.url)
    (tmp_path / "hook").chmod(0o600)
    write_desk(desk, kiosk, {"Paper": f"{kiosk.url}/feed"}, '[alerts]\nwebhook_file = "hook"\n')
    (tmp_path / "mappings" / "news.toml").write_text(NEWS)
    return Night(desk, kiosk)


def asked(traffic: Traffic, start: int, what: str) -> int:
    return sum(what in path for _, path, _ in traffic.seen[start:])


def test_a_night_stops_when_the_site_is_not_as_it_was(
    night: Night, traffic: Traffic, fresh_wordpress: WordPress, hook: Hook
) -> None:
    """Role, time zone, category, filter: each told from what to what, once, and taken by doctor."""
    fresh_wordpress.run_php("wp_insert_term('News', 'category');")
    first = night.fall()
    start = len(traffic.seen)
    second = night.fall()
    probes, lists = (
        asked(traffic, start, "permalink_template"),
        asked(traffic, start, "wp/v2/categories"),
    )
    start = len(traffic.seen)
    idle = night.fall(more=0)

    assert [first.code, second.code, idle.code] == [0, 0, 0], first.err + second.err + idle.err
    assert "remembered what the site allows" in first.err
    assert "remembered" not in second.err
    assert (probes, lists) == (1, 2)  # the second time when nobody else writes any more
    assert asked(traffic, start, "permalink_template") == 0
    assert asked(traffic, start, "wp/v2/categories") == 0

    fresh_wordpress.run_php(
        "update_option('timezone_string', 'Europe/Berlin');"
        "get_user_by('login', 'editor')->set_role('author');"
    )
    written = len(traffic.writes)
    moved = night.fall()

    assert moved.code == 3, moved.err
    assert len(traffic.writes) == written
    assert "editor has lost the rights edit_others_posts" in moved.err
    assert "(role editor -> author)" in moved.err
    assert "the time zone: America/Toronto -> Europe/Berlin" in moved.err
    assert "`wp-sync doctor` takes it as it is now" in moved.err
    assert len(hook.got) == 1
    assert "Europe/Berlin" in hook.texts[0]
    state, told = night.examine()
    assert state == "warning"
    assert "the time zone: America/Toronto -> Europe/Berlin" in told
    fresh_wordpress.run_php("get_user_by('login', 'editor')->set_role('editor');")
    assert "has got the rights edit_others_posts" in night.examine()[1]
    assert night.fall(more=0).code == 0
    assert "well again" in hook.texts[-1]

    fresh_wordpress.add_mu_plugin("filter", FILTER)
    fresh_wordpress.run_php(
        "$term = get_term_by('name', 'News', 'category');"
        "wp_update_term($term->term_id, 'category', ['name' => 'Newsroom']);"
    )
    written = len(traffic.writes)
    again = night.fall()

    assert again.code == 3, again.err
    assert len(traffic.writes) == written
    assert "the category 'News' (id " in again.err
    assert "-> 'Newsroom'" in again.err
    assert "what we write: stored unfiltered -> filtered by WordPress (KSES)" in again.err
    fresh_wordpress.run_php(
        "$term = get_term_by('name', 'Newsroom', 'category');"
        "wp_update_term($term->term_id, 'category', ['name' => 'News']);"
    )
    assert "KSES" in night.examine()[1]
    assert night.fall().code == 0


def test_what_a_plugin_takes_out_is_known_to_the_probe(
    night: Night, fresh_wordpress: WordPress
) -> None:
    """Only a write can tell what a filter does: doctor --write remembers what survives."""
    assert night.fall().code == 0
    state, told = night.examine("--write")
    fresh_wordpress.add_mu_plugin("stripper", STRIPPER)

    drifted = night.examine("--write")

    assert state == "ok"
    assert "takes image/jpeg" in told
    assert "WordPress 6.5.5" in told
    assert drifted[0] == "warning"
    assert "the site takes out of what we write: nothing -> caption, table" in drifted[1]
