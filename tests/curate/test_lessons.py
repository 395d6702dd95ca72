"""learn: lessons x channels -> the weights of words that scoring adds to the descriptions."""

from __future__ import annotations

import random

import pytest
from cpu_time import measured

from wp_sync.config.channels import Channel
from wp_sync.curate.lessons import learn, parse_words, write_words
from wp_sync.curate.topics import Fit, read_words, score_article
from wp_sync.model import ItemKey, Learned, Lesson, Teaching

ICE = Channel(name="ice", about=("hockey", "puck", "goalie", "NHL"))
GOLF = Channel(name="golf", about=("golf", "putt", "fairway", "PGA"))
CHANNELS = {one.name: one for one in (ICE, GOLF)}
GAME = "Goalie saves the hockey game"


def lesson(
    title: str,
    channel: str,
    *,
    teaching: Teaching = "approved",
    is_against: bool = False,
    weight: float = 1.0,
) -> Lesson:
    """Make a lesson of a title; equal titles are one article."""
    words = write_words(read_words(title, (), ""))
    return Lesson(
        key=ItemKey("feed", title),
        channel=channel,
        teaching=teaching,
        is_against=is_against,
        weight=weight,
        words=words,
    )


def fits_of(title: str, learned: Learned) -> dict[str, Fit]:
    return score_article(read_words(title, (), ""), CHANNELS, CHANNELS, learned)


def test_what_many_decided_is_learned() -> None:
    """Curling is in no description; after a dozen approvals it belongs, and the word says why."""
    lessons = [lesson(f"Curling club number{n} sweeps{n}", "ice") for n in range(12)]
    lessons += [lesson(f"Cake recipe{n} with carrots{n}", "") for n in range(12)]

    before = fits_of("A curling final", Learned())
    after = fits_of("A curling final", learn(lessons, CHANNELS))

    assert before["ice"].alone == 0
    assert after["ice"].alone > 0.6
    assert "curling" in after["ice"].learned
    assert after["golf"].score < 0.1


def test_what_belongs_nowhere_is_learned() -> None:
    """Editors reject what a description takes for its own: by and by so does scoring."""
    lessons = [lesson(f"Golf, the car{n}, gets diesel engine{n}", "") for n in range(12)]

    after = fits_of("Golf with a new diesel engine", learn(lessons, CHANNELS))

    assert after["golf"].alone < 0.5
    assert "diesel" in after["golf"].against


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param(lesson(GAME, "golf", teaching="moved", weight=2), id="moved"),
        pytest.param(lesson(GAME, "", teaching="rejected", weight=0.5), id="of no channel"),
        pytest.param(
            lesson(GAME, "ice", teaching="trashed", is_against=True, weight=0.3), id="trashed"
        ),
    ],
)
@pytest.mark.parametrize("others", [0, 3, 30])
def test_one_perverse_decision_flips_no_channel(wrong: Lesson, others: int) -> None:
    """Not even of the very words that it was about, whether it is the first or one of many."""
    more = [lesson(f"Hockey puck{n} in the NHL", "ice") for n in range(others)]
    more += [lesson(f"Golf putt{n} on the fairway", "golf") for n in range(others)]

    learned = learn([*more, wrong], CHANNELS)

    for title in (GAME, "Goalie of the hockey year", "NHL game ends"):
        before, after = fits_of(title, Learned()), fits_of(title, learned)
        assert max(after, key=lambda name: after[name].score) == "ice"
        assert after["ice"].score > before["ice"].score - 0.25
        assert after["golf"].score < 0.2


def test_decisions_that_agree_outweigh_a_description() -> None:
    """Where person after person has it otherwise, they are right."""
    moved = [lesson(f"Hockey on grass, stick{n}", "golf", teaching="moved") for n in range(20)]

    after = fits_of("Hockey on grass again", learn(moved, CHANNELS))

    assert after["golf"].score > after["ice"].score


def test_learning_is_the_same_each_time() -> None:
    """The same lessons give the same weights: a plan comes to what it showed."""
    lessons = [lesson(f"Curling number{n}", "ice") for n in range(9)]

    first, second = learn(lessons, CHANNELS), learn(lessons, CHANNELS)

    assert first.weights == second.weights
    assert first.decisions == 9


@pytest.mark.parametrize(
    "lessons",
    [
        pytest.param([], id="none"),
        pytest.param([lesson("Curling final", "gone")], id="of a channel that is gone"),
        pytest.param([lesson("", "ice")], id="without a word"),
        pytest.param([lesson("the of and", "ice")], id="of words that tell nothing"),
    ],
)
def test_lessons_that_teach_nothing_teach_nothing(lessons: list[Lesson]) -> None:
    """And break nothing."""
    assert learn(lessons, CHANNELS).weights == {}


def test_words_are_kept_as_they_were_read() -> None:
    """The beginning of an article, folded; labels stay apart."""
    words = read_words("Goalies, again", ("Ice hockey", "AHL"), "The puck. " * 100)

    kept = parse_words(write_words(words))

    assert kept.title == ("goalies", "again")
    assert kept.labels == (("ice", "hockey"), ("ahl",))
    assert kept.text == words.text[: len(kept.text)]
    assert 50 <= len(kept.text) < len(words.text)


@pytest.mark.timeout(120)
def test_thousands_of_lessons_are_learned_in_seconds() -> None:
    """At the start of a run: 5,000 in about a second; here with room for a busy machine."""
    chance = random.Random(5)  # noqa: S311
    every = [f"word{n}" for n in range(4000)]
    lessons = []
    for number in range(5000):
        name = chance.choice(("ice", "golf", ""))
        text = " ".join(chance.choices(every, k=80))
        title = f"{name} {' '.join(chance.choices(every, k=8))}"
        words = write_words(read_words(title, (), text))
        key = ItemKey("feed", str(number))
        lessons.append(Lesson(key=key, channel=name, teaching="site", words=words))

    learned, seconds = measured(lambda: learn(lessons, CHANNELS))

    assert seconds < 8
    assert learned.decisions == 5000
