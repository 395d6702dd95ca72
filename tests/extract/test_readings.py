"""What a run tells of the pages it read: walls, and selectors that find nothing any more."""

from __future__ import annotations

from wp_sync.config.schema import ExtractRules, Source
from wp_sync.model import Item, ItemKey, Outcome, Page
from wp_sync.pipeline.pages import Readings

SOURCE = Source(
    name="The Paper",
    feeds=("https://paper.example/feed",),
    extract=ExtractRules(body=(".text",), byline=".who"),
)


def read(readings: Readings, number: int, *missed: str) -> Outcome:
    key = ItemKey(SOURCE.feeds[0], str(number))
    page = Page(key=key, url="", body_html="<p>x</p>", found_by="weight", missed=missed)
    readings.note(Item(key=key), page, SOURCE)
    return readings.tell(Outcome(key=key, status="created", stage="publish", reason="new"))


def test_a_text_selector_that_finds_nothing_is_a_warning() -> None:
    """The post is there, but somebody has to look at the site's new mark-up."""
    outcome = read(Readings(), 1, "body: .text")

    assert "found nothing (body: .text): the text was found by weight" in outcome.warning


def test_other_selectors_are_told_when_no_page_has_them() -> None:
    """One article without an author says nothing; three do."""
    readings = Readings()
    outcomes = [read(readings, number, "byline: .who") for number in range(3)]

    assert [one.warning for one in outcomes] == ["", "", ""]
    (told,) = readings.find_lost(SOURCE)
    assert "byline: .who found nothing on any of 3 pages" in told


def test_one_page_that_has_it_is_enough() -> None:
    """It still works: nothing is told."""
    readings = Readings()
    for number, missed in enumerate([("byline: .who",), (), ("byline: .who",)]):
        read(readings, number, *missed)

    assert list(readings.find_lost(SOURCE)) == []


def test_a_wall_is_named_in_the_outcome() -> None:
    """Why a post is short is to be read beside it."""
    key = ItemKey("f", "1")
    readings = Readings(notes={key: "the feed's own text is kept: x is a paywall"})
    outcome = readings.tell(Outcome(key=key, status="created", stage="publish", reason="new"))

    assert outcome.reason == "new; the feed's own text is kept: x is a paywall"
