"""Words and phrases, found whatever their case, accents, punctuation and number."""

from __future__ import annotations

import pytest

from wp_sync.curate.phrases import find_phrases, singulars, split_words


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
        ("–", "anything – at all", False),  # noqa: RUF001
    ],
)
def test_phrase_is_found_in_the_singular_and_the_plural(
    phrase: str, text: str, *, found: bool
) -> None:
    """As whole words, and as nothing else."""
    assert find_phrases((phrase,), (text,)) == ((phrase,) if found else ())


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param(
            "Goalies, goalie: two cities", ["goaly", "goaly", "two", "city"], id="plurals"
        ),
        pytest.param("Boxes, watches, gases", ["box", "watch", "gase"], id="of sibilants"),
        pytest.param("News, tennis, fitness, bus", ["news", "tennis", "fitness", "bus"], id="none"),
        pytest.param("L'Été à Québec", ["l", "ete", "a", "quebec"], id="accents, elision"),
        pytest.param("ХОККЕЙ 曲棍球", ["хоккеи", "曲棍球"], id="other scripts"),
        pytest.param("", [], id="nothing"),
        pytest.param("… – !", [], id="no word"),  # noqa: RUF001
        pytest.param("x" * 41 + " puck", ["puck"], id="a word too long for one"),
    ],
)
def test_words_are_told_apart_and_folded(text: str, words: list[str]) -> None:
    """Both sides of a comparison are folded alike, so that it need not be grammar."""
    assert singulars(split_words(text, 20)) == words


def test_only_the_beginning_of_a_text_is_split() -> None:
    """However long it is, and whatever it is made of."""
    assert len(split_words("puck " * 1_000_000, 100)) == 100
    assert split_words("曲" * 1_000_000, 100) == []
