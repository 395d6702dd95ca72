"""doctor on importers beside us: named with their last post while they work, not when dead."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from breaking import ask_doctor, expect, plugin
from desk import Desk
from press import Story, open_kiosk, rss

from wp_sync.sandbox.wordpress import WordPress

CURE = "switch its campaigns off before `wp-sync sync`"
# What the plugins register, cut down from their sources.
FEEDZY = """
add_action('rest_api_init', fn() => register_rest_route('feedzy/v1', '/feed',
    ['callback' => '__return_empty_array', 'permission_callback' => '__return_true']));
"""
WPRSS = """
add_action('init', fn() => register_post_type('wprss_feed_item',
    ['public' => true, 'show_in_rest' => true]));
"""
WPEMATICO = "add_action('init', fn() => register_post_type('wpematico', ['show_in_rest' => true]));"
NO_XMLRPC = "add_filter('xmlrpc_enabled', '__return_false');"


@pytest.fixture
def desk(site: WordPress, tmp_path: Path) -> Iterator[Desk]:
    """Sit down before that site, and clear away the posts afterwards."""
    password = site.users["editor"].application_password
    yield Desk(directory=tmp_path, site=site.url, password=password)
    site.run_php("""
        foreach ($wpdb->get_col("SELECT ID FROM $wpdb->posts") as $id) wp_delete_post($id, true);
    """)


def add_post(site: WordPress, age: str, key: str, kind: str = "post") -> None:
    """Insert a post as an importer does, dated some time ago, with one custom field."""
    site.run_php(f"""
        register_post_type('wprss_feed_item');
        $when = gmdate('Y-m-d H:i:s', strtotime('-{age}'));
        $id = wp_insert_post(['post_title' => 'Imported', 'post_content' => 'x',
            'post_status' => 'publish', 'post_type' => '{kind}', 'post_date_gmt' => $when,
            'post_date' => get_date_from_gmt($when)]);
        if ('{key}') add_post_meta($id, '{key}', 'https://source.example/1');
    """)


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("syndication_permalink", "FeedWordPress"),
        ("feedzy_item_url", "Feedzy"),
        ("wpe_sourcepermalink", "WPeMatico"),
        ("echo_post_full_url", "Echo RSS"),
        ("cyberseo_rss_source", "CyberSEO"),
        ("wp_automatic_camp", "WP Automatic"),
        ("wprss_item_permalink", "WP RSS Aggregator"),
    ],
)
def test_an_importer_at_work_is_known_by_its_keys(
    key: str, name: str, desk: Desk, site: WordPress
) -> None:
    """A post of the last hours that has its custom field and is not ours."""
    add_post(site, "3 hours", key)

    said = ask_doctor(desk)

    expect(said, "neighbours", "warning", f"{name} imports into this site too", CURE)
    assert "wp-sync adopt" in said.cure("neighbours")


def test_a_dead_importer_is_no_reason_to_worry(desk: Desk, site: WordPress) -> None:
    """Its posts are there, of long ago."""
    add_post(site, "2 years", "wpe_sourcepermalink")

    said = ask_doctor(desk)

    expect(said, "neighbours", "ok", "WPeMatico has stopped: its last post is of 20", "")


def test_the_living_is_told_from_the_dead(desk: Desk, site: WordPress) -> None:
    """Only the one that works is warned of."""
    add_post(site, "2 years", "wpe_sourcepermalink")
    add_post(site, "20 hours", "syndication_source")

    said = ask_doctor(desk)

    expect(said, "neighbours", "warning", "FeedWordPress imports into this site too", CURE)
    assert "WPeMatico" not in said.cause("neighbours")


def test_an_importer_of_own_types_is_known_by_them(desk: Desk, site: WordPress) -> None:
    """Its items are of a type of their own, and have dates."""
    add_post(site, "5 hours", "", "wprss_feed_item")

    with plugin(site, WPRSS):
        said = ask_doctor(desk)

    expect(said, "neighbours", "warning", "WP RSS Aggregator imports into this site too", CURE)


@pytest.mark.parametrize(
    ("code", "name"),
    [pytest.param(FEEDZY, "Feedzy", id="route"), pytest.param(WPEMATICO, "WPeMatico", id="type")],
)
def test_an_installed_importer_without_posts_is_named(
    code: str, name: str, desk: Desk, site: WordPress
) -> None:
    """Whether it works can't be seen, and is not claimed."""
    with plugin(site, code):
        said = ask_doctor(desk)

    expect(said, "neighbours", "warning", f"{name} is installed; whether it still imports", CURE)


def test_an_installed_importer_that_rests_is_not_warned_of(desk: Desk, site: WordPress) -> None:
    """The plugin is there; its last post is of last year."""
    add_post(site, "400 days", "feedzy_job")

    with plugin(site, FEEDZY):
        said = ask_doctor(desk)

    expect(said, "neighbours", "ok", "Feedzy has stopped", "")


def test_posts_that_we_took_over_are_ours(desk: Desk, site: WordPress) -> None:
    """The keys of an importer stay on a post that has a receipt."""
    with open_kiosk() as kiosk:
        feed = kiosk.put("/feed", rss(Story(number=1)))
        desk.write(
            f'[[sources]]\nname = "Paper"\nfeeds = ["{feed}"]\nto = ["news"]\n'
            f'allow_private = ["{kiosk.place}"]\n'
        )
        synced = desk.sync("--allow", "all")
    site.run_php("""
        foreach (get_posts(['numberposts' => -1, 'post_status' => 'any']) as $post)
            add_post_meta($post->ID, 'syndication_permalink', 'https://news.example/story-1');
    """)

    said = ask_doctor(desk)

    assert synced.totals["created"] == 1
    expect(said, "neighbours", "ok", "no other importer seen", "")


def test_without_xmlrpc_the_blind_spot_is_said(desk: Desk, site: WordPress) -> None:
    """The keys can't be read then."""
    add_post(site, "3 hours", "syndication_permalink")

    with plugin(site, NO_XMLRPC):
        said = ask_doctor(desk)

    expect(said, "neighbours", "ok", "XML-RPC does not answer, so their keys are unseen", "")
