"""What the benches of publishing share: a site, its feed, and how figures are told."""

from __future__ import annotations

import random
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from desk import Desk
from press import Story, rss

from wp_sync.publish.discovery import ApiRoot, discover
from wp_sync.publish.rest import RestTarget
from wp_sync.publish.rest_api import RestApi

if TYPE_CHECKING:
    from pathlib import Path

    from press import Kiosk

    from wp_sync.sandbox.wordpress import WordPress

COUNT, LETTERS = 500, 5_000
WORDS = [
    f"{a}{b}{c}" for a in ("ra", "ne", "mi", "to") for b in ("lan", "ver", "sut") for c in "aeiou"
]
CHANNEL = """
[post]
category = "News"
tags = ["{source.name}", "Weather"]
author = "tom-becker"
status = "publish"
"""
EMPTY = """
foreach (['posts', 'postmeta', 'term_relationships'] as $table) {
    $wpdb->query("TRUNCATE {$wpdb->prefix}$table");
}
$wpdb->query("UPDATE {$wpdb->term_taxonomy} SET count = 0");
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """The site, what is published there, and by whom."""

    site: WordPress
    kiosk: Kiosk
    api: RestApi
    root: ApiRoot
    stories: tuple[Story, ...]
    author: int
    category: int
    tags: tuple[int, ...]


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def judge(name: str, value: float, limit: float, *, at_least: bool) -> bool:
    """Print a figure beside its limit, and tell whether it holds."""
    holds = value >= limit if at_least else value <= limit
    word = "at least" if at_least else "at most"
    say(f"{name:44}{value:6.2f} ({word} {limit}) {'ok' if holds else 'MISSED'}")
    return holds


def write_stories(count: int, pictures: str = "", start: int = 0) -> tuple[Story, ...]:
    """Write articles of words that no two of them share in this order."""
    chance = random.Random(7 + start)  # noqa: S311 (no secret)
    stories = []
    for number in range(start, start + count):
        text = ""
        while len(text) < LETTERS:
            text += f"<p>{' '.join(chance.choices(WORDS, k=60))}.</p>"
        title = f"{' '.join(chance.choices(WORDS, k=6))} {number}".capitalize()
        picture = f"{pictures}/{number}.jpg" if pictures else ""
        stories.append(Story(number=number, title=title, body=text, picture=picture))
    return tuple(stories)


def open_desk(bench: Bench, directory: Path, feed: str = "/feed", site: str = "") -> Desk:
    editor = bench.site.users["editor"]
    url = site or bench.site.url
    desk = Desk(directory=directory, site=url, password=editor.application_password)
    source = (
        f'[[sources]]\nname = "Example News"\nfeeds = ["{bench.kiosk.url}{feed}"]\nto = ["news"]\n'
        f'rights = "feed"\nlicence = "ours"\nallow_private = ["{bench.kiosk.place}"]'
    )
    desk.write(source, f"[safety]\nnew_per_feed = {COUNT}\nfirst_run = {COUNT}", news=CHANNEL)
    return desk


def open_bench(site: WordPress, kiosk: Kiosk) -> Bench:
    """Make the terms, find the author, and publish the feed."""
    password = site.users["editor"].application_password
    root = discover(site.url, "editor", password)
    api = RestApi(root.root, "editor", password)
    target = RestTarget(api, root)
    stories = write_stories(COUNT)
    kiosk.put("/feed", rss(*stories))
    return Bench(
        site=site,
        kiosk=kiosk,
        api=api,
        root=root,
        stories=stories,
        author=next(user.wp_id for user in target.read_authors() if user.slug == "tom-becker"),
        category=target.create_term("categories", "News", 0).wp_id,
        tags=tuple(target.create_term("tags", n, 0).wp_id for n in ("Example News", "Weather")),
    )
