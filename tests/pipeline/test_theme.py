"""The fields of a theme and an SEO plugin, from doctor's advice to the page that readers see."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from breaking import plugin
from press import Kiosk, Story, rss
from selenium.webdriver.common.by import By

if TYPE_CHECKING:
    from desk import Desk
    from selenium.webdriver import Chrome

    from wp_sync.sandbox.wordpress import WordPress

THEME = Path(__file__).parent.parent / "support/theme"
MAPPING = """
[post]
status = "publish"
category = "World > Weather"
presets = ["jnews", "yoast"]
copies = ["canonical", "noindex"]
attribution = ""
"""
BODY = "<p>A paragraph about the <b>weather</b>: 3 &lt;b&gt; 4, it\\'s R&amp;B.</p>"
SUBTITLE = r"A paragraph about the weather: 3 &lt;b&gt; 4, it\'s R&B."


def wear(site: WordPress) -> None:
    shutil.copytree(THEME, site.directory / "www/wp-content/themes/magazine")
    site.run_php("switch_theme('magazine');")


def fields_of(site: WordPress, wp_id: int) -> dict[str, Any]:
    """Read the fields as PHP gives them to a theme."""
    told = site.run_php(
        f"$all = get_post_meta({wp_id}); $found = [];"
        "foreach ($all as $key => $rows) if (preg_match('/^(jnews|_yoast|post_sub)/', $key))"
        f" $found[$key] = [count($rows), get_post_meta({wp_id}, $key, true)];"
        "echo json_encode($found);"
    )
    return dict(json.loads(told))


def advice(desk: Desk) -> str:
    """Return the PHP that doctor prints."""
    checks = desk.run("doctor", "--json").envelope["data"]["checks"]
    (rights,) = [one for one in checks if one["check"] == "rights"]
    return str(rights["cure"].partition("<?php")[2].rstrip(")"))


def test_theme_shows_its_fields_and_editors_keep_theirs(
    desk: Desk, kiosk: Kiosk, fresh_wordpress: WordPress, browser: Chrome
) -> None:
    """Written once, protected ones with doctor's lines; each follows its source by itself."""
    site = fresh_wordpress
    wear(site)
    kiosk.put("/feed", rss(Story(number=1, body=BODY)))
    desk.write(kiosk.source(name="Éxample & Sons <1>"), news=MAPPING)
    php = advice(desk)
    assert "'_yoast_wpseo_canonical'" in php
    assert "jnews" not in php  # XML-RPC writes them without help

    with plugin(site, php):
        made = desk.sync("--allow", "all")
        idle = desk.sync("--allow", "all")
        assert made.totals == {"created": 1}, made.err
        assert set(idle.totals) <= {"unchanged"}
        (post,) = made.outcomes("created")
        category = site.run_php("echo get_term_by('name', 'Weather', 'category')->term_id;")
        first = fields_of(site, post["wp_id"])
        browser.get(post["link"])

        assert first == {
            "jnews_primary_category": [1, {"id": category}],
            "jnews_single_post": [
                1,
                {
                    "source_name": "Éxample & Sons &lt;1&gt;",
                    "source_url": "https://news.example/story-1",
                },
            ],
            "post_subtitle": [1, SUBTITLE],
            "_yoast_wpseo_primary_category": [1, category],
            "_yoast_wpseo_canonical": [1, "https://news.example/story-1"],
            "_yoast_wpseo_meta-robots-noindex": [1, "1"],
        }
        assert text_of(browser, ".section") == "Weather"
        assert text_of(browser, ".subtitle") == SUBTITLE.replace("&lt;", "<").replace("&gt;", ">")
        assert text_of(browser, ".source a") == "Éxample & Sons <1>"
        link = browser.find_element(By.CSS_SELECTOR, ".source a").get_attribute("href")
        assert link == "https://news.example/story-1"
        canonical = browser.find_elements(By.CSS_SELECTOR, "link[rel=canonical]")
        assert [one.get_attribute("href") for one in canonical] == ["https://news.example/story-1"]
        robots = browser.find_element(By.CSS_SELECTOR, "meta[name=robots]").get_attribute("content")
        assert "noindex" in str(robots)

        site.run_php(
            f"$one = get_post_meta({post['wp_id']}, 'jnews_single_post', true);"
            "$one['source_name'] = 'An editor'; $one['override'] = [['template' => '2']];"
            f"update_post_meta({post['wp_id']}, 'jnews_single_post', $one);"
        )
        moved = "https://news.example/it's-moved"
        later = Story(number=1, body="<p>Some other text about the sea.</p>", link=moved)
        kiosk.put("/feed", rss(later))
        desk.write(
            kiosk.source(name="New Name"),
            news=MAPPING.replace("World > Weather", "World > Sea"),
        )
        changed = desk.sync("--allow", "all")
        now = fields_of(site, post["wp_id"])
        undone = desk.run("undo", changed.envelope["data"]["run"], "--yes", "--json")
        back = fields_of(site, post["wp_id"])

    assert changed.totals == {"updated": 1}, changed.envelope
    assert now["jnews_single_post"][1]["source_name"] == "An editor"
    assert now["jnews_single_post"][1]["source_url"] == moved.replace("'", "%27")
    assert now["jnews_single_post"][1]["override"] == [{"template": "2"}]
    assert now["post_subtitle"] == [1, "Some other text about the sea."]
    assert now["jnews_primary_category"][1]["id"] != category
    assert now["jnews_primary_category"][1]["id"] == now["_yoast_wpseo_primary_category"][1]
    assert undone.totals == {"updated": 1}, undone.envelope
    edited = {**first["jnews_single_post"][1], "source_name": "An editor"}
    edited["override"] = [{"template": "2"}]
    assert back == {**first, "jnews_single_post": [1, edited]}


def text_of(browser: Chrome, selector: str) -> str:
    return browser.find_element(By.CSS_SELECTOR, selector).text
