"""Whole bodies, generated and odd: cleaned twice is cleaned once, and no word goes untold."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from html_trees import read_trees
from hypothesis import example, given, settings
from hypothesis import strategies as st
from lxml.html import HtmlElement, HTMLParser, document_fromstring  # type: ignore[import-untyped]

from wp_sync.clean.allowlist import ACTIVE
from wp_sync.clean.draft import Facts
from wp_sync.clean.item import Cleaned, clean_body

BASE = "https://paper.example/2031/05/story/"
FACTS = Facts(
    title="Rain at last", byline="Ada Example", published=datetime(2031, 5, 3, tzinfo=UTC)
)
WORD = re.compile(r"\w+")
LETTER = re.compile(r"\w")
TREES = read_trees()

# What sources put around and between the paragraphs of an article.
FURNITURE = (
    '<div class="sharedaddy"><h3>Share this:</h3><ul><li><a href="/s">Mail</a></li></ul></div>',
    '<p>Share: <a href="https://www.facebook.com/sharer.php?u=x">Facebook</a></p>',
    "<p>Advertisement</p>",
    '<p><strong>Read more:</strong> <a href="/other">Snow before that</a></p>',
    '<h3>Related articles</h3><ul><li><a href="/a">One</a></li><li><a href="/b">Two</a></li></ul>',
    '<p><em>Sign up for <a href="/letter">our newsletter</a>.</em></p>',
    '<p>Make us your <a href="https://google.com/x">preferred source</a> on Google.</p>',
    '<p>Follow us on <a href="https://x.com/paper">X</a>.</p>',
    '<div class="ad-slot">Buy now</div>',
    '<img src="https://stats.example/p.gif" width="1" height="1">',
    "<script>track()</script><style>p { color: red }</style>",
    '<div style="display:none">Preview</div>',
)
ENDINGS = (
    "",
    '<p>The post <a href="/x">Rain at last</a> appeared first on <a href="/">The Paper</a>.</p>',
    f'<p><a href="{BASE}">Read Entire Article</a></p>',
    f'<p><a href="{BASE}#comments">12 comments</a></p>',
    '<p>The post <a href="/x">Rain</a> appeared first on <a href="/">Us</a>.</p><p>Read more</p>',
)
OPENINGS = ("", "<h1>Rain at last</h1>", "<p>By Ada Example, 3 May 2031</p>", "<p>May 3, 2031</p>")
OWN = st.integers(0, 9999).map(lambda number: f"own{number} words{number} of{number}")
SHAPES = (
    "<p>{}. {}.</p>",
    "<div>{} <b>{}</b></div>",
    "<h2>{} {}</h2>",
    "<ul><li>{}</li><li>{}</li></ul>",
    "<blockquote><p>{}</p><p>{}</p></blockquote>",
    "<table><tr><th>{}</th><td>{}</td></tr></table>",
    '<figure><img src="/a.jpg"><figcaption>{} <cite>{}</cite></figcaption></figure>',
    "<pre><code>{}\n  {}</code></pre>",
    "{}<br><br>{}",
    '<section dir="rtl"><p><em>{}</em></p>{}</section>',
    '<p><a href="https://elsewhere.example/x">{}</a> {}</p>',
    "<details><summary>{}</summary>{}</details>",
    '<p class="share">{} and all that is said of it by {}.</p>',
    "<dl><dt>{}</dt><dd>{}</dd></dl>",
)
PARTS = st.builds(
    lambda shape, one, other: shape.format(one, other), st.sampled_from(SHAPES), OWN, OWN
)
BODIES = st.lists(st.tuples(PARTS, st.sampled_from(("", "", *FURNITURE))), min_size=3, max_size=9)


def write(parts: list[tuple[str, str]], opening: str, ending: str) -> str:
    return opening + "".join(own + furniture for own, furniture in parts) + ending


@given(BODIES, st.sampled_from(OPENINGS), st.sampled_from(ENDINGS))
@settings(max_examples=60, deadline=None)
def test_an_article_keeps_its_own_words_in_order(
    parts: list[tuple[str, str]], opening: str, ending: str
) -> None:
    """Whatever a source puts around and between them, and nothing of that is left."""
    own = [word for one, _ in parts for word in re.findall(r"(?:own|words|of)\d+", one)]

    cleaned = clean_body(write(parts, opening, ending), BASE, facts=FACTS)

    assert re.findall(r"(?:own|words|of)\d+", cleaned.text) == own
    left = WORD.findall(re.sub(r"(?:own|words|of)\d+", "", cleaned.text))
    assert set(left) <= {"and", "all", "that", "is", "said", "of", "it", "by"}


@given(BODIES, st.sampled_from(OPENINGS), st.sampled_from(ENDINGS))
@settings(max_examples=60, deadline=None)
def test_an_article_cleaned_twice_is_cleaned_once(
    parts: list[tuple[str, str]], opening: str, ending: str
) -> None:
    """What is published does not change when it is read again."""
    once = clean_body(write(parts, opening, ending), BASE, facts=FACTS).html

    again = clean_body(once, BASE, facts=FACTS)

    assert again.html == once
    assert again.removed == ()


@given(st.lists(st.sampled_from(TREES), min_size=1, max_size=2).map("".join))
@example("<plaintext><b>x")
@example("<table>x<tr>y<td>z</table>")
@settings(max_examples=150, deadline=None)
def test_odd_markup_cleaned_twice_is_cleaned_once(markup: str) -> None:
    """Markup as broken as a browser's own tests ends in a form that no longer changes."""
    once = clean_body(markup, BASE).html

    assert clean_body(once, BASE).html == once


@pytest.mark.parametrize("part", range(4))
def test_odd_markup_loses_no_word_untold(part: int) -> None:
    """Each letter of html5lib's trees is in the text, or in the report of what was removed."""
    lost = {
        markup: missing
        for markup in TREES[part::4]
        if (missing := letters_shown(markup) - letters_kept(clean_body(markup, BASE)))
    }

    assert lost == {}


def letters_shown(markup: str) -> Counter[str]:
    """Count the letters of a body that a browser without scripts would show."""
    frame = f"<html><body>{markup}".replace("\x00", "")
    parser = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    tree: HtmlElement = document_fromstring(frame.encode("utf-8", "replace"), parser=parser)
    for element in list(tree.body.iter(*ACTIVE)):
        element.drop_tree()
    return Counter(LETTER.findall("".join(tree.body.itertext())))


def letters_kept(cleaned: Cleaned) -> Counter[str]:
    """Count the letters that are in the text, and those that the report tells of."""
    told = " ".join(removal.text for removal in cleaned.removed)
    return Counter(LETTER.findall(cleaned.text + told))


def test_a_thousand_articles_leave_no_memory_behind() -> None:
    """The child that cleans lives for a whole run."""
    body = "".join(
        SHAPES[number % len(SHAPES)].format(f"one {number}", f"other {number}")
        + FURNITURE[number % 12]
        for number in range(24)
    )
    clean_many(body, 300)  # caches fill
    before = resident()

    clean_many(body, 1000)

    assert resident() - before < 4_000_000


def clean_many(body: str, count: int) -> None:
    for number in range(count):
        facts = replace(FACTS, title=f"Rain {number}")
        clean_body(f"<p>Article {number}</p>{body}", BASE, facts=facts)


def resident() -> int:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * 4096
