"""What an article costs to clean and to write as blocks, beside bs4's parse and nh3 alone."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import nh3
from bs4 import BeautifulSoup

from wp_sync.clean import clean_item
from wp_sync.config.channels import CleanRules
from wp_sync.markup import write_blocks
from wp_sync.model import Item, ItemKey

if TYPE_CHECKING:
    from collections.abc import Callable

ROUNDS = 60
LIMIT = 3.0  # times as long
WORDS = [
    "the",
    "council",
    "voted",
    "on",
    "Tuesday",
    "to",
    "keep",
    "tram",
    "running",
    "after",
    "long",
    "debate",
    "about",
    "its",
    "cost",
    "and",
    "people",
    "said",
    "they",
    "would",
    "go",
    "there",
    "again",
    "because",
    "of",
    "harbour",
]


def words(count: int, seed: int) -> str:
    text = " ".join(WORDS[(seed * 7 + place * 5) % len(WORDS)] for place in range(count))
    return f"{text.capitalize()}."


def make_article() -> str:
    """Make 11 KB of what articles are made of, with some of what sources add."""
    parts = ["<div class='share-buttons'><a href='/s'>Share</a></div>"]
    for number in range(17):
        if number % 4 == 0:
            parts.append(f"<h2>{words(5, number)}</h2>")
        link = f'<a href="https://paper.example/{number}?utm_source=rss">{words(3, number)}</a>'
        strong = f"<strong>{words(4, number)}</strong>"
        parts.append(f"<p>{words(50, number)} {link} {strong} {words(28, number)}</p>")
        if number % 6 == 0:
            image = f'<img src="/i{number}.jpg" srcset="/a.jpg 300w, /b.jpg 900w" alt="A">'
            caption = f"<figcaption>{words(9, number)}</figcaption>"
            parts.append(f"<figure>{image}{caption}</figure>")
    items = "".join(f"<li>{words(8, number)}</li>" for number in range(6))
    parts.append(f"<ul>{items}</ul><blockquote><p>{words(30, 3)}</p></blockquote>")
    parts.append("<p>Read more: <a href='/other'>Another story</a></p>")
    return "".join(parts)


def best(*works: Callable[[], object]) -> list[float]:
    """Return the shortest of many runs of each, side by side, in seconds of CPU."""
    spent: list[list[float]] = [[] for _ in works]
    for _ in range(ROUNDS):
        for work, seconds in zip(works, spent, strict=True):
            begun = time.process_time()
            work()
            seconds.append(time.process_time() - begun)
    return [min(seconds) for seconds in spent]


def main() -> None:
    body = make_article()
    item = Item(
        key=ItemKey("feed", "1"),
        url="https://paper.example/story/",
        title="Tram keeps running",
        body_html=body,
        authors=("Ada Example",),
    )
    rules = CleanRules()
    clean = clean_item(item, None, rights="feed", rules=rules).body_html
    alone, cleaned, written = best(
        lambda: (BeautifulSoup(body, "lxml"), nh3.clean(body)),
        lambda: clean_item(item, None, rights="feed", rules=rules),
        lambda: write_blocks(clean),
    )
    ours = cleaned + written
    print(f"an article of {len(body):,} characters")  # noqa: T201
    print(f"  bs4 parse and nh3 alone  {alone * 1000:6.2f} ms")  # noqa: T201
    print(f"  cleaned                  {cleaned * 1000:6.2f} ms")  # noqa: T201
    print(f"  written as blocks        {written * 1000:6.2f} ms")  # noqa: T201
    print(f"  both: {ours / alone:.2f} times (at most {LIMIT:.0f})")  # noqa: T201


if __name__ == "__main__":
    main()
