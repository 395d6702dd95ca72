"""What a run tells of the pages it read: walls, and selectors that find nothing any more."""

from __future__ import annotations

from typing import Any, cast

import pytest

from wp_sync.config.channels import ExtractRules, Source
from wp_sync.errors import DisallowedError, ExtractError, RestingError, WpSyncError
from wp_sync.model import Item, ItemKey, Outcome, Page
from wp_sync.pipeline import pages
from wp_sync.pipeline.pages import Readings, read_page

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


@pytest.mark.parametrize(
    ("error", "is_tried_again", "words"),
    [
        pytest.param(RestingError("not asked", url="u"), True, [], id="its host rests"),
        pytest.param(DisallowedError("robots.txt", url="u"), False, [], id="not for programmes"),
        pytest.param(ExtractError("no article", key=ItemKey("f", "1")), False, [0], id="a wall"),
    ],
)
def test_only_a_page_that_came_tells_of_its_text(
    error: WpSyncError, words: list[int], monkeypatch: pytest.MonkeyPatch, *, is_tried_again: bool
) -> None:
    """What was not asked for says nothing of the site's pages; what passes is waited for."""

    def fetch(*_: object, **__: object) -> Page:
        raise error

    monkeypatch.setattr(pages, "fetch_full_text", fetch)
    readings, item = Readings(), Item(key=ItemKey("f", "1"))
    source = Source(name="Paper", feeds=SOURCE.feeds, rights="full", licence="asked")
    shop = cast("Any", type("Shop", (), {"web": None, "confinement": None}))

    assert read_page(item, source, shop, readings) == (str(error) if is_tried_again else None)
    assert readings.words == words
    assert bool(readings.notes) is not is_tried_again
