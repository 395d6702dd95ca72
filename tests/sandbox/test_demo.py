"""The demo, whole: what its manifest promises is what stands on the site."""

import html
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from wp_sync.sandbox.samples import load_manifest, load_sources

MANIFEST = load_manifest()
LABELS = {
    "canadian-news": "Canadian news feed",
    "golf": "Golf news",
    "hockey": "Hockey news",
    "music-piano": "Music & Piano",
    "running-fitness": "Running & fitness",
    "skateboarding": "Skateboarding",
}
EXPECTED = {title: channel for channel, titles in MANIFEST.articles.items() for title in titles}


TOPICS = {"Canada News", "Golf", "Hockey", "Music", "Running", "Skateboarding"}
SOURCES = {source.name for source in load_sources()}


class Demo:
    """A running demo: its address, its reviewer, its outcomes, its posts."""

    def __init__(self, told: dict[str, Any], lines: str) -> None:
        self.url: str = told["address"]
        self.login: str = told["login"]
        self.password = lines
        self.outcomes: list[dict[str, Any]] = told["sync"]["outcomes"]
        self.totals: dict[str, int] = told["sync"]["totals"]
        self.posts = self.read("posts?per_page=100&status=any&context=edit")
        self.terms = {one["id"]: html.unescape(one["name"]) for one in self.read("categories")}

    def read(self, route: str) -> list[dict[str, Any]]:
        """Read a route as the reviewer."""
        answer = requests.get(
            f"{self.url}/wp-json/wp/v2/{route}", auth=(self.login, self.password), timeout=30
        )
        answer.raise_for_status()
        rows: list[dict[str, Any]] = answer.json()
        return rows


def title_of(post: dict[str, Any]) -> str:
    return html.unescape(post["title"]["raw"])


@pytest.fixture(scope="module")
def demo() -> Iterator[Demo]:
    """Run the demo as its own process, and stop it by a signal as a person would."""
    command = [sys.executable, "-m", "wp_sync", "demo", "--keep", "--json"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603
    assert process.stdout is not None
    told = json.loads(process.stdout.readline())
    try:
        yield Demo(told["data"], told["data"]["application_password"])
    finally:
        process.terminate()
        process.communicate(timeout=120)
        assert process.returncode == 0


def test_every_article_stands_once_in_its_channel(demo: Demo) -> None:
    """All that belongs is there, in its category, and nothing else."""
    found = sorted(
        (title_of(post), *(demo.terms[one] for one in post["categories"])) for post in demo.posts
    )

    assert found == sorted((title, LABELS[channel]) for title, channel in EXPECTED.items())


def test_no_furniture_reaches_the_site(demo: Demo) -> None:
    """Pleas, share bars, trailers, pixels and promos of the sources are gone."""
    bodies = "\n".join(post["content"]["raw"] + post["excerpt"]["raw"] for post in demo.posts)

    left = [(kind, phrase) for kind, phrase in MANIFEST.furniture if phrase in bodies]
    assert len({kind for kind, _ in MANIFEST.furniture}) >= 8
    assert left == []


def test_what_is_off_topic_is_dropped_with_a_reason(demo: Demo) -> None:
    """None of it becomes a post; each has its outcome."""
    wanted = {*MANIFEST.off_topic, *MANIFEST.too_old, *MANIFEST.unwanted}
    dropped = {one["title"]: one["reason"] for one in demo.outcomes if one["status"] == "dropped"}

    assert len(MANIFEST.off_topic) >= 5
    assert wanted <= set(dropped)
    assert all(dropped[title] for title in wanted)


def test_repeats_become_one_post(demo: Demo) -> None:
    """An article that two feeds carry, by whatever form of its address, stands once."""
    titles = [title_of(post) for post in demo.posts]
    repeats = [one for one in demo.outcomes if "repeat of" in one["reason"]]

    assert len(MANIFEST.repeats) >= 3
    assert len(repeats) == len(MANIFEST.repeats)
    assert len(titles) == len(set(titles))


def test_what_fits_no_channel_is_held(demo: Demo) -> None:
    """It waits for a person, and the reason says so."""
    held = {one["title"] for one in demo.outcomes if one["status"] == "held"}

    assert held == set(MANIFEST.held)


def test_every_post_credits_its_source(demo: Demo) -> None:
    """Each ends in the link to its article, and carries a house byline."""
    for post in demo.posts:
        assert re.search(
            r'<a [^>]*href="[^"]+"[^>]*>Read Entire Article</a>', post["content"]["raw"]
        )
        assert post["author"] > 1


def test_tags_name_the_source_and_the_topic(demo: Demo) -> None:
    """Each post has both, by which readers find more of either."""
    names = {one["id"]: html.unescape(one["name"]) for one in demo.read("tags?per_page=100")}
    tagged = [{names[one] for one in post["tags"]} for post in demo.posts]

    assert all(len(tags & SOURCES) == len(tags & TOPICS) == 1 for tags in tagged)
    assert set().union(*tagged) <= SOURCES | TOPICS


def test_doubtful_posts_are_drafts(demo: Demo) -> None:
    """A post without a picture waits where the channel says so; every other fits well enough."""
    drafts = [post for post in demo.posts if post["status"] == "draft"]

    bare = [post for post in drafts if not post["featured_media"]]
    assert bare
    assert {demo.terms[one] for post in bare for one in post["categories"]} == {"Skateboarding"}
    assert drafts == bare


def test_each_category_page_shows_posts_with_their_pictures(
    demo: Demo, browser: webdriver.Chrome
) -> None:
    """In a real browser: at least three posts a channel, each picture really loaded."""
    links = {html.unescape(one["name"]): one["link"] for one in demo.read("categories")}
    for label in LABELS.values():
        browser.get(links[label])
        articles = browser.find_elements(By.CSS_SELECTOR, "article")
        pictures = browser.find_elements(By.CSS_SELECTOR, "article img.wp-post-image")
        for picture in pictures[:3]:
            browser.execute_script("arguments[0].scrollIntoView()", picture)
            WebDriverWait(browser, 60).until(
                lambda shown, one=picture: shown.execute_script(  # type: ignore[misc]
                    "return arguments[0].complete && arguments[0].naturalWidth > 100", one
                )
            )
        assert len(articles) >= 3, label
        assert len(pictures) >= 3, label


def test_the_demo_leaves_nothing_behind() -> None:
    """Without --keep it ends by itself: no server, no directory."""
    command = [sys.executable, "-m", "wp_sync", "demo", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603
    told = json.loads(done.stdout)["data"]

    assert not is_wordpress(told["address"])


def is_wordpress(address: str) -> bool:
    """Tell whether one answers; another server of these tests may have its port by then."""
    try:
        return "wp-json" in requests.get(address, timeout=60).text
    except requests.ConnectionError:
        return False
