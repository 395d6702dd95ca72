"""Lessons, what was learned of them, and judgements, in the ledger."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from wp_sync.model import ItemKey, Learned, Lesson, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from wp_sync.ledger import Ledger
    from wp_sync.model import Pull

KEY = ItemKey("https://feed.example/rss", "1")
ONE = Lesson(key=KEY, channel="hockey", teaching="approved", words="goalie wins\nice\nso it was")


def test_a_lesson_is_known_again(ledger: Ledger, clock: Callable[[], datetime]) -> None:
    """With its weight, and the time when it was said."""
    ledger.topics.teach([replace(ONE, weight=0.3, is_against=True)])

    (found,) = ledger.topics.lessons()
    assert found == replace(ONE, weight=0.3, is_against=True, at=clock())
    assert ledger.topics.known([KEY, ItemKey("f", "none")]) == {KEY: found}


def test_what_a_person_says_later_counts_instead(ledger: Ledger) -> None:
    """One article is one lesson."""
    ledger.topics.teach([ONE])
    ledger.topics.teach([replace(ONE, channel="golf", teaching="moved")])

    assert [one.channel for one in ledger.topics.lessons()] == ["golf"]
    assert ledger.topics.counts() == {("golf", False, "moved"): 1}


def test_every_change_of_lessons_makes_a_new_state(ledger: Ledger) -> None:
    """By it a run knows whether there is anything to learn; looking changes nothing."""
    states = [ledger.topics.state()]
    ledger.topics.teach([ONE])
    states.append(ledger.topics.state())
    ledger.topics.teach([ONE])
    states.append(ledger.topics.state())
    ledger.topics.forget([KEY])
    states.append(ledger.topics.state())
    ledger.topics.replace_all("site", [replace(ONE, key=ItemKey("site", "7"))])
    states.append(ledger.topics.state())
    ledger.topics.teach([])
    ledger.topics.forget([])

    assert len(set(states)) == len(states)
    assert ledger.topics.state() == states[-1]


def test_lessons_of_one_origin_are_replaced_alone(ledger: Ledger) -> None:
    """The site's posts are read anew; what persons decided stays."""
    ledger.topics.teach([ONE])
    ledger.topics.replace_all("site", [replace(ONE, key=ItemKey("site", "7"))])

    ledger.topics.replace_all("site", [replace(ONE, key=ItemKey("site", "8"))])

    assert {one.key.guid for one in ledger.topics.lessons()} == {"1", "8"}


def test_the_newest_lessons_come_last(ledger: Ledger, clock: Callable[[], datetime]) -> None:
    """In an order that is the same each time, as learning must be."""
    for second, guid in enumerate(("b", "a", "c")):
        at = clock() + timedelta(seconds=second)
        ledger.topics.teach([replace(ONE, key=ItemKey("f", guid), at=at)])

    assert [one.key.guid for one in ledger.topics.lessons()] == ["b", "a", "c"]


def test_what_was_learned_is_kept_for_just_what_it_was_made_of(ledger: Ledger) -> None:
    """Other lessons, or another description: it is learned anew."""
    learned = Learned(channels=("hockey",), weights={"caucus": (-0.25,)}, decisions=12)

    ledger.topics.keep("of this", replace(learned, decisions=3))
    ledger.topics.keep("of that", learned)

    found = ledger.topics.learned("of that")
    assert found is not None
    assert (found.channels, found.decisions) == (("hockey",), 12)
    assert found.weights == {"caucus": (-0.25,)}
    assert ledger.topics.learned("of this") is None


def test_judgements_are_told_in_the_story(
    ledger: Ledger, make_pull: Callable[..., Pull], clock: Callable[[], datetime]
) -> None:
    """The last one, with what it taught when a person decided otherwise."""
    ledger.feeds.record_pull(make_pull("1"), source="News")
    verdict = Verdict(
        key=KEY,
        decision="publish",
        channel="hockey",
        scores={"hockey": 0.87654},
        explained="for Hockey 0.88: goalie",
    )
    ledger.topics.note({KEY: replace(verdict, explained="before")})
    ledger.topics.note({KEY: verdict})
    ledger.topics.note({})
    ledger.topics.teach([replace(ONE, is_against=True, teaching="trashed")])

    story = ledger.story("https://news.example/1/")

    assert story is not None
    (judged,), (lesson,) = story.judgements, story.lessons
    assert (judged.channel, judged.scores) == ("hockey", {"hockey": 0.877})
    assert (judged.explained, judged.at) == ("for Hockey 0.88: goalie", clock())
    assert (lesson.channel, lesson.against, lesson.teaching) == ("hockey", 1, "trashed")
