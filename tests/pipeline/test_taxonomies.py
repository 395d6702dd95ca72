"""Taxonomies of the site's own, from a mapping to the site, over both APIs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from press import Kiosk, Story, rss

if TYPE_CHECKING:
    from desk import Desk

    from wp_sync.sandbox.wordpress import WordPress

GENRE = """
add_action('init', function () {
    register_taxonomy('genre', 'post', ['public' => true, 'hierarchical' => true,
        'show_in_rest' => true, 'rest_base' => 'genres', 'labels' => ['name' => 'Genres']]);
    register_taxonomy('hidden', 'post', ['public' => true]);
});
"""
MAPPING = (
    '[post]\nstatus = "publish"\n'
    '[post.taxonomies]\ngenre = ["Music > Classical", "{source.name}"]\n'
)


def genres(site: WordPress) -> dict[str, list[str]]:
    """Read title -> names of genres of all our posts."""
    told = site.run_php("""
        $found = [];
        foreach (get_posts(['post_status' => 'any', 'numberposts' => -1]) as $post)
            if (str_starts_with($post->post_title, 'Story'))
                $found[$post->post_title] = wp_get_post_terms($post->ID, 'genre',
                    ['fields' => 'names', 'orderby' => 'name']);
        echo json_encode($found);
    """)
    return dict(json.loads(told))


@pytest.mark.parametrize("api", ["rest", "xmlrpc"])
def test_terms_of_own_taxonomies_follow_until_an_editor_changes_them(
    desk: Desk, kiosk: Kiosk, fresh_wordpress: WordPress, api: str
) -> None:
    """Made like categories, by path; told in the plan; written once; an editor's choice stays."""
    fresh_wordpress.add_mu_plugin("genre", GENRE)
    kiosk.put("/feed", rss(Story(number=1), Story(number=2)))
    desk.write(kiosk.source(), news=MAPPING)
    config = desk.directory / "config.toml"
    config.write_text(config.read_text().replace('api = "auto"', f'api = "{api}"'))

    planned = desk.run("plan", "--allow", "all")
    made = desk.sync("--allow", "all")
    first = genres(fresh_wordpress)
    idle = desk.sync("--allow", "all")
    fresh_wordpress.run_php(
        "$post = get_posts(['title' => 'Story 2', 'post_status' => 'any'])[0];"
        "wp_set_post_terms($post->ID, [], 'genre');"
    )
    mapping = desk.directory / "mappings/news.toml"
    mapping.write_text(MAPPING.replace("Classical", "Opera"))
    remapped = desk.run("remap", "--yes", "--json")

    assert "term of genre Music > Classical" in planned.out
    assert "genre: Music > Classical, Example News" in planned.out
    assert made.totals == {"created": 2}, made.envelope
    assert first == {title: ["Classical", "Example News"] for title in ("Story 1", "Story 2")}
    assert set(idle.totals) <= {"unchanged"}
    assert remapped.totals["updated"] == 1, remapped.envelope
    assert genres(fresh_wordpress) == {"Story 1": ["Example News", "Opera"], "Story 2": []}
    parents = fresh_wordpress.run_php(
        "echo get_term(get_term_by('name', 'Opera', 'genre')->parent)->name;"
    )
    assert parents == "Music"


def test_site_without_the_taxonomy_gets_posts_without_it(
    desk: Desk, kiosk: Kiosk, fresh_wordpress: WordPress
) -> None:
    """It is said, by doctor too, and nothing is asked for for ever."""
    fresh_wordpress.add_mu_plugin("genre", GENRE)
    kiosk.put("/feed", rss(Story(number=1)))
    desk.write(kiosk.source(), news=MAPPING.replace("genre", "hidden"))

    made = desk.sync("--allow", "all")
    again = desk.sync("--allow", "all")
    checks = desk.run("doctor", "--json").envelope["data"]["checks"]

    assert made.totals == {"created": 1}, made.envelope
    assert "without the taxonomy hidden" in json.dumps(made.envelope)
    assert set(again.totals) <= {"unchanged"}
    (rights,) = [one for one in checks if one["check"] == "rights"]
    assert "without the taxonomy hidden" in rights["message"]
    assert "show_in_rest" in rights["cure"]
