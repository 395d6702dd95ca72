"""A site whose REST API is closed is known, and compared, as far as XML-RPC tells."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from desk import Desk
from night import Night, write_desk

if TYPE_CHECKING:
    from pathlib import Path

    from press import Kiosk

    from wp_sync.sandbox.wordpress import WordPress

NEWS = '[post]\nstatus = "publish"\ncategory = "News"\ntags = []\nauthor = "editor"\n'
CLOSED = (
    "add_filter('rest_authentication_errors', fn() =>"
    " new WP_Error('rest_disabled', 'The REST API is disabled.', ['status' => 403]));"
)
STRIPPER = """
add_filter('content_save_pre', function ($text) {
    return preg_replace('~</?(iframe|table|caption|thead|tbody|tr|th|td)[^>]*>~', '', $text);
});
"""
NEWER = """
add_filter('xmlrpc_blog_options', function ($options) {
    $options['software_version']['value'] = '7.0';
    return $options;
});
"""
POSTS = "SELECT count(*) AS n FROM wp_posts WHERE post_type = 'post'"


@pytest.fixture
def night(fresh_wordpress: WordPress, kiosk: Kiosk, tmp_path: Path) -> Night:
    """Sit down before a site that one unattended run knows, without its REST API."""
    fresh_wordpress.add_mu_plugin("closed", CLOSED)
    fresh_wordpress.run_php(
        "update_option('timezone_string', ''); update_option('gmt_offset', 3);"
        "wp_insert_term('News', 'category');"
    )
    password = fresh_wordpress.users["editor"].application_password
    desk = Desk(directory=tmp_path, site=fresh_wordpress.url, password=password, api="xmlrpc")
    write_desk(desk, kiosk, {"Paper": f"{kiosk.url}/feed"})
    (tmp_path / "mappings" / "news.toml").write_text(NEWS)
    night = Night(desk, kiosk)
    first = night.fall()
    assert first.code == 0, first.err
    assert "remembered what the site allows" in first.err
    return night


def test_doctor_learns_by_writing_what_survives(night: Night, fresh_wordpress: WordPress) -> None:
    """Rights, version, clocks, terms, authors; and of a write the pictures and the filters."""
    state, told = night.examine("--write")
    fresh_wordpress.add_mu_plugin("stripper", STRIPPER)

    drifted = night.examine("--write")

    assert state == "ok"
    for words in (
        "logged in as editor (editor) with edit_posts, publish_posts",
        "WordPress 6.5.5",
        "time zone UTC+3 at present",
        "takes image/jpeg",
        "categories News (",
        "authors editor (",
    ):
        assert words in told
    assert drifted[0] == "warning"
    assert "the site takes out of what we write: nothing -> caption, table" in drifted[1]


def test_a_night_stops_when_the_site_is_not_as_it_was(
    night: Night, fresh_wordpress: WordPress
) -> None:
    """Nothing is written; doctor takes it as it is now, and the next night goes on."""
    before = fresh_wordpress.sql(POSTS)
    fresh_wordpress.add_mu_plugin("newer", NEWER)
    fresh_wordpress.run_php("update_option('gmt_offset', -5);")

    stopped = night.fall()
    fresh_wordpress.run_php("get_user_by('login', 'editor')->set_role('author');")
    demoted = night.fall()
    after = fresh_wordpress.sql(POSTS)
    fresh_wordpress.run_php("get_user_by('login', 'editor')->set_role('editor');")
    state, _ = night.examine()
    gone_on = night.fall()

    assert (stopped.code, demoted.code) == (3, 3), stopped.err + demoted.err
    assert "the hours from UTC: +3 -> -5" in stopped.err
    assert "WordPress: 6.5.5 -> 7.0" in stopped.err
    assert "`wp-sync doctor` takes it as it is now" in stopped.err
    assert "editor has lost the rights edit_others_posts" in demoted.err
    assert after == before
    assert state == "warning"
    assert gone_on.code == 0, gone_on.err


def test_a_category_that_was_renamed_is_not_made_again(
    night: Night, fresh_wordpress: WordPress
) -> None:
    """It is compared when a night is about to write."""
    fresh_wordpress.run_php(
        "$term = get_term_by('name', 'News', 'category');"
        "wp_update_term($term->term_id, 'category', ['name' => 'Newsroom']);"
    )

    stopped = night.fall()

    assert stopped.code == 3, stopped.err
    assert "-> 'Newsroom'" in stopped.err


def test_summer_time_stops_nothing(night: Night, fresh_wordpress: WordPress) -> None:
    """XML-RPC gives a zone no name: an hour more or less may come twice a year, and is told."""
    fresh_wordpress.run_php("update_option('gmt_offset', 4);")

    gone_on, again = night.fall(), night.fall()

    assert (gone_on.code, again.code) == (0, 0), gone_on.err + again.err
    assert "the hours from UTC: +3 -> +4, as summer time makes them" in gone_on.err
    assert "the hours from UTC" not in again.err
