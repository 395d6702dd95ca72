"""Months of feeds: what is amiss is told once, what is as usual never, and nothing flaps."""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from wp_sync.ledger import AlertRow, FeedRow
from wp_sync.model import FeedHealth, Item, ItemKey
from wp_sync.review.health import find_troubles, measures, rhythm_text
from wp_sync.sources.habits import accept_habits, learn_pages, learn_pull, learn_selectors
from wp_sync.unattended.alerts import find_changes, judge_health

if TYPE_CHECKING:
    from collections.abc import Sequence

FEED = "https://paper.example/feed"
MONDAY = datetime(2026, 1, 5, tzinfo=UTC)
ROW = FeedRow(
    id=FEED,
    address=FEED,
    source="Paper",
    title="",
    format="",
    last_pulled=None,
    last_ok=None,
    last_error="",
    failures=0,
    first_seen=None,
)


@dataclass(slots=True)
class Paper:
    """A feed that is read every hour, and the alerts that its state has sent."""

    now: datetime = MONDAY
    health: FeedHealth = field(default_factory=lambda: FeedHealth(feed=FEED))
    known: dict[str, AlertRow] = field(default_factory=dict)
    told: list[tuple[str, str]] = field(default_factory=list)
    items: int = 0

    def read(self, *, new: int = 0, words: int = 200, picture: bool = True) -> None:
        """Read it: some new items, perhaps."""
        fresh = [self._item(words, picture=picture) for _ in range(new)]
        if fresh:
            self.health = learn_pull(self.health, fresh, self.now)
        row = replace(ROW, last_ok=self.now)
        for change in find_changes(self.known, judge_health([row], {FEED: self.health}), self.now):
            self.known[change.subject] = replace(change, told=self.now)
            self.told.append((change.subject.partition(":")[0], change.state))

    def live(self, days: float, moments: Sequence[datetime], **like: object) -> None:
        """Read it every hour of so many days; items come out at these moments."""
        end, before = self.now + timedelta(days=days), self.now
        while self.now < end:
            self.now += timedelta(hours=1)
            self.read(new=sum(before < one <= self.now for one in moments), **like)  # type: ignore[arg-type]
            before = self.now

    def _item(self, words: int, *, picture: bool) -> Item:
        self.items += 1
        images = ("https://paper.example/a.jpg",) if picture else ()
        return Item(
            key=ItemKey(FEED, str(self.items)),
            title=f"Item {self.items}",
            body_html=f"<p>{'word ' * words}</p>",
            published=self.now,
            image_urls=images,
        )


def daily(days: int, start: datetime = MONDAY, times: Sequence[int] = (9,)) -> list[datetime]:
    return [start + timedelta(days=day, hours=hour) for day in range(days) for hour in times]


def working_days(days: int) -> list[datetime]:
    return [one for one in daily(days, times=(8, 10, 12, 15, 17)) if one.weekday() < 5]


def by_chance(days: int, mean: float, seed: int) -> list[datetime]:
    """Print whenever there is something: mean days apart."""
    chance, at, moments = random.Random(seed), 0.0, []  # noqa: S311
    while (at := at + chance.expovariate(1 / mean)) < days:
        moments.append(MONDAY + timedelta(days=at))
    return moments


RHYTHMS = {
    "every day": daily(180),
    "every hour": daily(180, times=range(24)),
    "on working days": working_days(180),
    "once a week": [MONDAY + timedelta(weeks=week) for week in range(26)],
    "once a month": [MONDAY + timedelta(days=30 * month) for month in range(12)],
    "with a holiday": [one for one in daily(180) if not 100 <= (one - MONDAY).days < 102],
    "when there is something": by_chance(180, 3, 1),
    "a few a day, by chance": by_chance(180, 0.3, 2),
}


@pytest.mark.parametrize("rhythm", RHYTHMS)
def test_who_keeps_to_a_rhythm_is_never_called_silent(rhythm: str) -> None:
    """Neither at week-ends nor over a long week-end; half a year, read every hour."""
    paper = Paper()

    paper.live(180, RHYTHMS[rhythm])

    assert paper.told == []


@pytest.mark.parametrize("rhythm", ["every day", "every hour", "on working days", "once a week"])
def test_silence_is_told_once_and_its_end_once(rhythm: str) -> None:
    """After longer than the feed's own rhythm lets expect, and not before a week-end is over."""
    paper = Paper()
    paper.live(90, [one for one in RHYTHMS[rhythm] if one < MONDAY + timedelta(days=90)])

    paper.live(2, [])
    early = list(paper.told)
    paper.live(58, [])
    silent = list(paper.told)
    again = paper.now + timedelta(days=1)
    paper.live(60, daily(60, again))

    assert early == ([("silent", "bad")] if rhythm == "every hour" else [])
    assert silent == [("silent", "bad")]
    assert paper.told == [("silent", "bad"), ("silent", "well")]


def test_a_feed_that_nobody_could_read_is_not_called_silent() -> None:
    """Its failures are told; of its articles nobody knows."""
    paper = Paper()
    paper.live(60, daily(60))
    read = paper.now

    later = find_troubles(paper.health, read)

    assert later == ()
    assert [one.state for one in find_troubles(paper.health, read + timedelta(days=30))] == [
        "silent"
    ]


def test_a_feed_that_stopped_before_it_was_read_first_is_called_silent() -> None:
    """One look at twenty articles of one week, years old, is enough."""
    paper = Paper()
    old = [replace(paper._item(9, picture=True), published=at) for at in daily(4, times=range(5))]  # noqa: SLF001

    health = learn_pull(paper.health, old, MONDAY + timedelta(days=700))

    (trouble,) = find_troubles(health, MONDAY + timedelta(days=700))
    assert trouble.message.startswith("silent for 697 days, while its longest pause")
    assert find_troubles(health, MONDAY + timedelta(days=20)) == ()


def test_a_flood_is_told_once_whatever_it_comes_in() -> None:
    """Three waves in a day are one flood; a day later it is over."""
    paper = Paper()
    paper.live(60, daily(60))
    for _ in range(3):
        paper.now += timedelta(hours=5)
        paper.read(new=40)
    flood = list(paper.told)

    paper.live(10, daily(12, paper.now))

    assert flood == [("flood", "bad")]
    assert paper.told == [("flood", "bad"), ("flood", "well")]


def test_what_came_while_the_machine_was_off_is_no_flood() -> None:
    """Six weeks of a daily paper are forty items."""
    paper = Paper()
    paper.live(60, daily(60))

    paper.now += timedelta(days=42)
    paper.read(new=42)

    assert paper.told == []


def test_shorter_texts_are_told_once_and_their_end_once() -> None:
    """And swinging around the limit tells nothing more: well needs more than bad."""
    paper = Paper()
    paper.live(60, daily(60))
    paper.live(20, daily(20, paper.now), words=40)
    thin = list(paper.told)
    for number in range(40):
        paper.now += timedelta(days=1)
        paper.read(new=1, words=75 if number % 2 else 115)
    swinging = list(paper.told)

    paper.live(20, daily(20, paper.now))

    assert thin == [("thin", "bad")]
    assert swinging == thin
    assert paper.told == [("thin", "bad"), ("thin", "well")]


def test_pictures_that_stay_out_are_told() -> None:
    """A feed that always had one."""
    paper = Paper()
    paper.live(60, daily(60))

    paper.live(15, daily(15, paper.now), picture=False)

    (trouble,) = find_troubles(paper.health, paper.now)
    assert trouble.message == "thin (pictures: 0 % of the items, usually 100 %)"
    assert paper.told == [("thin", "bad")]


def test_pages_without_their_text_are_told() -> None:
    """A selector that finds nothing any more looks like this."""
    paper = Paper()
    paper.live(40, daily(40))
    paper.health = learn_pages(paper.health, [600] * 40)
    whole = find_troubles(paper.health, paper.now)

    paper.health = learn_pages(paper.health, [0] * 10)

    (trouble,) = find_troubles(paper.health, paper.now)
    assert whole == ()
    assert trouble.message == "thin (its pages: 0 words, usually 600)"
    assert measures(paper.health)["extracted"] == 80


def test_a_selector_that_finds_nothing_any_more_is_told_once_and_its_end_once() -> None:
    """Three pages in a row say that a site has changed, whatever number a run brings."""
    selectors = ("body: .text", "byline: .who")
    health = FeedHealth(feed="f")
    told: list[str] = []
    pages = [(), ("body: .text",), ("byline: .who",), *[("body: .text",)] * 3, (), ()]
    for page in pages:
        health = learn_selectors(health, selectors, [page])
        told.append("; ".join(one.message for one in find_troubles(health, MONDAY)))

    assert told[:5] == ["", "", "", "", ""]
    assert told[5] == "[sources.extract] finds nothing with body: .text (the latest 3 pages)"
    assert told[6:] == ["", ""]


def test_a_byline_may_lack_longer_than_a_text() -> None:
    """Some articles have no author."""
    nine = learn_selectors(FeedHealth(feed="f"), ("byline: .who",), [("byline: .who",)] * 9)
    ten = learn_selectors(nine, ("byline: .who",), [("byline: .who",)])

    assert find_troubles(nine, MONDAY) == ()
    (trouble,) = find_troubles(ten, MONDAY)
    assert (trouble.state, "byline: .who" in trouble.message) == ("selector", True)
    assert find_troubles(learn_selectors(ten, (), [()]), MONDAY) == ()  # the rule is gone


def test_a_person_may_say_that_it_is_so_now() -> None:
    """Excerpts instead of texts: accepted, they are what is usual."""
    paper = Paper()
    paper.live(60, daily(60))
    paper.live(20, daily(20, paper.now), words=40)

    paper.health = accept_habits(paper.health)
    paper.live(60, daily(60, paper.now), words=40)

    assert paper.told == [("thin", "bad"), ("thin", "well")]
    assert measures(paper.health)["words"] == 40


def test_the_rhythm_is_told_in_words() -> None:
    """With what a person needs to know: how often, how regularly, how rich."""
    daily_paper, chance = Paper(), Paper()
    daily_paper.live(60, daily(60))
    chance.live(180, by_chance(180, 3, 1))

    assert rhythm_text(daily_paper.health) == "every 24 h"
    assert rhythm_text(chance.health).endswith(", irregular")
    assert rhythm_text(FeedHealth(feed=FEED)) == ""
    assert measures(daily_paper.health) == {
        "words": 200,
        "pictures": 100,
        "extracted": None,
        "extracted_words": None,
    }


@pytest.mark.parametrize("seed", range(8))
def test_chance_seldom_looks_like_silence(seed: int) -> None:
    """A year of a blog that follows no rhythm: at most one false alarm, and it ends."""
    paper = Paper()

    paper.live(365, by_chance(364, 4, seed))

    silences = [state for kind, state in paper.told if kind == "silent"]
    assert silences.count("bad") <= 1
    assert all(kind == "silent" for kind, _ in paper.told)
