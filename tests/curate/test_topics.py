"""score_article: title, labels, text x about -> how well it fits, from 0 to 1."""
# ruff: noqa: RUF001 (dashes and quotation marks as articles have them)

from __future__ import annotations

import pytest

from wp_sync.curate.topics import find_phrases, score_article

ABOUT = ("running", "runner", "gym", "sports watch", "marathon", "Québec")


@pytest.mark.parametrize(
    ("title", "labels", "text", "score"),
    [
        pytest.param("A quiet day", (), "Nothing happens.", 0.0, id="nothing"),
        pytest.param("A quiet day", (), "We met at the gym.", 0.5, id="one in the text"),
        pytest.param("A day at the gym", (), "We met.", 0.75, id="one in the title"),
        pytest.param("A quiet day", ("Gym",), "We met.", 0.75, id="one in a label"),
        pytest.param("The gym", ("gym",), "gym, gym, gym", 0.75, id="each phrase counts once"),
        pytest.param("Gym", (), "The marathon.", 0.875, id="title and text"),
        pytest.param("Gyms and marathons", (), "", 0.9375, id="two in the title, in the plural"),
        pytest.param("Gymnastics", (), "marathoners", 0.0, id="not a part of a word"),
        pytest.param("Run", (), "She runs.", 0.0, id="only the plural is folded"),
        pytest.param("Sports watches", (), "", 0.75, id="a phrase in the plural"),
        pytest.param("Sports on a watch", (), "", 0.0, id="a phrase is one piece"),
        pytest.param("Sports", ("watch",), "", 0.0, id="a phrase stays in one place"),
        pytest.param("Half-marathon in QUÉBEC", (), "", 0.9375, id="hyphens, case, accents"),
        pytest.param("Quebec’s gym", (), "", 0.9375, id="possessives, no accents"),
    ],
)
def test_score_counts_the_phrases_that_occur(
    title: str, labels: tuple[str, ...], text: str, score: float
) -> None:
    """Two for the title and the labels, one for the text; 1 - 0.5 to the sum."""
    assert score_article(title, labels, text, ABOUT) == score


@pytest.mark.parametrize(
    ("phrase", "text", "found"),
    [
        ("news", "A new day", False),
        ("news", "The news", True),
        ("bus", "two buses", True),
        ("buses", "a bus", True),
        ("horses", "a horse", True),
        ("watches", "a watch", True),
        ("fitness", "fitnes", False),
        ("tennis", "tenni", False),
        ("plan", "planes", True),
        ("planes", "plans", False),
        ("face-off", "Face off!", True),
        ("U.S. Open", "at the U.S. Open", True),
        ("", "anything", False),
        ("–", "anything – at all", False),
    ],
)
def test_phrase_is_found_in_the_singular_and_the_plural(
    phrase: str, text: str, *, found: bool
) -> None:
    """As whole words, and as nothing else."""
    assert find_phrases((phrase,), (text,)) == ((phrase,) if found else ())


@pytest.mark.timeout(60)
def test_a_long_article_is_scored_in_linear_time() -> None:
    """A step that became quadratic would take minutes for this one."""
    about = tuple(f"word{n}" for n in range(60))
    text = "The runners met on the half-marathon course in Québec. " * 40_000

    assert score_article("", (), text, about) == 0
