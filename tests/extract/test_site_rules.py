"""[sources.extract]: a source's own selectors come first, and what finds nothing is reported."""

from __future__ import annotations

from datetime import UTC, datetime

from wp_sync.config.channels import ExtractRules
from wp_sync.extract import extract_page
from wp_sync.model import ItemKey, Page

KEY = ItemKey("https://paper.example/feed", "1")
ADDRESS = "https://paper.example/tram"
SENTENCE = "The tram will run again from Monday, a week sooner than the city had first announced."
PAGE = f"""<html><head><meta name="author" content="The Desk"></head><body>
<div class="kicker">Transit</div><h2 class="head">Tram returns</h2><b class="who">Ada Example</b>
<i class="when" datetime="2031-05-02T08:30:00+02:00">Friday</i>
<div class="top"><img data-src="/t.jpg"></div>
<div class="part"><p>{SENTENCE}</p>
<div class="offer"><p>Buy a ticket for the museum of trams.</p></div></div>
<div class="other"><p>{SENTENCE * 9}</p></div><div class="part"><p>The second part.</p></div>
<a class="onward" href="/tram/2">On</a></body></html>"""
RULES = ExtractRules(
    body=("div.part",),
    remove=(".offer",),
    title="h2.head",
    byline="b.who",
    date="i.when",
    lead_image="div.top",
    next_page="a.onward",
)


def extract(rules: ExtractRules) -> Page:
    return extract_page(PAGE.encode(), ADDRESS, "text/html; charset=utf-8", KEY, rules)


def test_selectors_say_what_is_what() -> None:
    """All parts of the body in order, none of what is to go, and each value from its place."""
    found = extract(RULES)

    assert found.body_html.count(SENTENCE) == 1
    assert "The second part." in found.body_html
    assert "museum" not in found.body_html
    assert (found.title, found.byline, found.found_by) == (
        "Tram returns",
        "Ada Example",
        "site rule",
    )
    assert found.published == datetime(2031, 5, 2, 6, 30, tzinfo=UTC)
    assert found.lead_image == "https://paper.example/t.jpg"
    assert found.next_url == "https://paper.example/tram/2"
    assert found.missed == ()


def test_selectors_that_find_nothing_are_named_and_the_cascade_takes_over() -> None:
    """A site that changed its mark-up costs no article, and does not go unnoticed."""
    found = extract(ExtractRules(body=(".gone", ".lost"), byline=".nobody"))

    assert SENTENCE in found.body_html
    assert found.byline == "The Desk"
    assert found.found_by != "site rule"
    assert found.missed == ("body: .gone, .lost", "byline: .nobody")
