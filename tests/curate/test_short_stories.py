"""compare: two short items of two sources, nearly alike -> one story or two."""

from __future__ import annotations

import pytest

from wp_sync.curate.duplicates import compare, sketch_text
from wp_sync.model import ItemKey, Piece

WIRE, HERALD = "https://wire.example/rss", "https://herald.example/rss"
CRASH = "Man dead after crash near Truro"
SAID = "A 34-year-old man died after two cars met on Highway 4 near Truro on Friday, police say."
GAME = "Leafs beat Canadiens in overtime"
SCORED = (
    "Auston Matthews scored twice as the Leafs beat the Canadiens 3-2 in overtime on Monday night."
)
VOTE = "Council approves bridge over the Salmon River"
VOTED = (
    "Truro council approved a new bridge over the Salmon River on Tuesday after an hour of debate."
)
BANK = "Bank of Canada raises its key rate"
RAISED = (
    "The Bank of Canada raised its key rate to 5 per cent on Wednesday, as economists expected."
)
LONGER = (
    "Truro council voted on Tuesday to build a new bridge over the Salmon River after an hour of"
    " debate, and the mayor says that work should begin in the spring of next year."
)


def piece(title: str, text: str, feed: str) -> Piece:
    return Piece(key=ItemKey(feed, "1"), sketch=sketch_text(text), title=title, source=feed)


def are_one(title: str, text: str, other_title: str, other_text: str) -> bool:
    one, other = piece(title, text, WIRE), piece(other_title, other_text, HERALD)
    told, back = compare(one, other).is_twin, compare(other, one).is_twin
    assert told == back
    return told


@pytest.mark.parametrize(
    ("title", "text", "was", "now"),
    [
        pytest.param(CRASH, SAID, "Truro", "Amherst", id="a place"),
        pytest.param(CRASH, SAID, "34-year-old", "43-year-old", id="an age"),
        pytest.param(CRASH, SAID, "Highway 4", "Highway 104", id="a road"),
        pytest.param(CRASH, SAID, "Friday", "Sunday", id="a weekday"),
        pytest.param(CRASH, SAID, "two cars", "three cars", id="a number in words"),
        pytest.param(CRASH, SAID, " man", " woman", id="a man and a woman"),
        pytest.param(CRASH, SAID, " died", " survived", id="dead and alive"),
        pytest.param(GAME, SCORED, "Auston Matthews", "Mitch Marner", id="a name, where it begins"),
        pytest.param(GAME, SCORED, "Canadiens", "Senators", id="a team"),
        pytest.param(GAME, SCORED, "3-2", "4-3", id="a score"),
        pytest.param(GAME, SCORED, "Leafs beat the", "Leafs lost to the", id="win and lose"),
        pytest.param(VOTE, VOTED, "approved", "rejected", id="yes and no"),
        pytest.param(VOTE, VOTED, "approved", "never approved", id="denied"),
        pytest.param(VOTE, VOTED, "approved", "hasn't approved", id="denied in one word"),
        pytest.param(VOTE, VOTED, "Salmon", "Shubenacadie", id="a river"),
        pytest.param(BANK, RAISED, "raised", "cut", id="up and down"),
        pytest.param(BANK, RAISED, "Canada", "England", id="a country"),
        pytest.param(BANK, RAISED, "5 per cent", "4.75 per cent", id="a rate"),
        pytest.param(
            "Le conseil de Truro ouvre le pont",
            "Le conseil de Truro ouvre mardi le nouveau pont de la rivière, dit la mairie.",
            "mardi",
            "jeudi",
            id="a day that is written small",
        ),
    ],
)
def test_one_word_that_tells_makes_two_stories(title: str, text: str, was: str, now: str) -> None:
    """Under one title over two texts, under two titles over one text, and where both differ."""
    other = text.replace(was, now)

    assert other != text
    assert are_one(title, text, title, text)
    assert not are_one(title, text, title, other)
    assert not are_one(title, text, title.replace(was.strip(), now.strip()), other)


@pytest.mark.parametrize(
    ("title", "other"),
    [
        pytest.param(CRASH, "Man dead after crash near Amherst", id="a place"),
        pytest.param(
            "Leafs Beat Canadiens In Overtime", "Leafs Beat Senators In Overtime", id="team"
        ),
        pytest.param(
            "Toronto wins the cup at home", "Toronto loses the cup at home", id="win, lose"
        ),
        pytest.param("Rain in Truro on Friday", "Rain in Truro on Saturday", id="a weekday"),
        pytest.param("Two hurt in fire near Truro", "Three hurt in fire near Truro", id="a number"),
        pytest.param(
            "Council votes for the bridge", "Council votes not for the bridge", id="denied"
        ),
    ],
)
def test_one_word_of_a_title_makes_two_stories(title: str, other: str) -> None:
    """Over the very same few words."""
    text = "Police and the mayor are to speak about it later in the day."

    assert are_one(title, text, title, text)
    assert not are_one(title, text, other, text)


@pytest.mark.parametrize(
    ("title", "text", "other_title", "other"),
    [
        pytest.param(CRASH, SAID, CRASH, f"{SAID} (The Canadian Press)", id="a credit"),
        pytest.param(CRASH, SAID, CRASH, f"TRURO — {SAID}", id="a dateline"),
        pytest.param(CRASH, SAID, CRASH, SAID.replace("say", "said"), id="another tense"),
        pytest.param(CRASH, SAID, CRASH, SAID.replace("two cars met", "2 cars met"), id="digits"),
        pytest.param(
            CRASH,
            SAID,
            CRASH,
            "A man, 34, died after two cars met on Highway 4 near Truro on Friday.",
            id="less",
        ),
        pytest.param(CRASH, SAID, f"{CRASH}, police say", SAID, id="a longer title"),
        pytest.param(CRASH, SAID, "Man Dead After Crash Near Truro", SAID, id="capitals"),
        pytest.param(
            GAME, SCORED, GAME, SCORED.replace("Monday night", "Monday"), id="a word left out"
        ),
        pytest.param(GAME, SCORED, "Leafs' overtime beat Canadiens in", SCORED, id="another order"),
        pytest.param(
            VOTE, VOTED, VOTE, VOTED.replace("an hour of", "a long"), id="an ordinary word"
        ),
        pytest.param(
            BANK, RAISED, BANK, RAISED.replace("raised its key rate", "raised its rate"), id="fewer"
        ),
    ],
)
def test_the_same_in_a_few_other_words_is_one_story(
    title: str, text: str, other_title: str, other: str
) -> None:
    """Who, how many and when is the same."""
    assert are_one(title, text, other_title, other)


@pytest.mark.parametrize(
    ("was", "now", "expected"),
    [
        pytest.param("Salmon", "Shubenacadie", False, id="a river"),
        pytest.param("Tuesday", "Thursday", False, id="a weekday"),
        pytest.param("the mayor says", "the mayor said", True, id="a tense"),
    ],
)
def test_somewhat_longer_texts_are_told_apart_alike(was: str, now: str, *, expected: bool) -> None:
    """Up to 50 words, where nearly all are the same; their titles need not agree."""
    other = LONGER.replace(was, now)

    assert are_one(VOTE, LONGER, "What the mayor wants", other) is expected
