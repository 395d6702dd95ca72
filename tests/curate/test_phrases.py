"""Words and phrases, found whatever their case, accents, punctuation and number."""

from __future__ import annotations

import pytest

from wp_sync.curate.phrases import PhraseTree, find_phrases, singulars, split_words


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


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param(
            "the blue line", [(1, "blue line")], id="the longest of those that begin there"
        ),
        pytest.param("a blue wall", [(1, "blue")], id="the longest that goes on"),
        pytest.param("blue lines", [(0, "blue line")], id="a plural"),
        pytest.param("blue blue line judge", [(0, "blue"), (1, "judge")], id="one after the other"),
        pytest.param("line judge", [(0, "line judge")], id="not hidden by what came before"),
        pytest.param("leafs and leaf", [(0, "Leafs"), (2, "leaf")], id="a name and a word"),
        pytest.param("", [], id="nothing"),
        pytest.param("the wall", [], id="no phrase"),
    ],
)
def test_a_tree_finds_all_phrases_in_one_pass(text: str, found: list[tuple[int, str]]) -> None:
    """A longer phrase hides those in it; where one ends, the next may begin."""
    tree = PhraseTree[str]()
    phrases = {"blue": "blue", "blue line": "blue line", "blue line judge": "judge"}
    phrases |= {"line judge": "line judge", "leafs": "Leafs", "leaf": "leaf", "": "nothing"}
    for words, thing in phrases.items():
        tree.add(words.split(), thing)

    for _ in range(2):  # what is remembered of the first time changes nothing
        assert [(at, *things) for at, things in tree.find(text.split())] == found
