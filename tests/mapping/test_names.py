"""Names of terms: the same to a reader, nearly the same, or another's."""

from __future__ import annotations

import pytest

from wp_sync.mapping.names import Names, fold_name, squash_name

SITE = ("Running", "Half Marathon", "Canadian News", "Hockey", "Top 10", "Québec", "C++", "Tennis")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("Hockey", " HOCKEY ", id="case and blanks"),
        pytest.param("Québec", "Quebec", id="accents"),
        pytest.param("Que\u0301bec", "Québec", id="composed and not"),
        pytest.param("ÉTUDE", "étude", id="case of a letter beyond A to Z"),
        pytest.param("Straße", "STRASSE", id="sharp s"),
        pytest.param("Łódź", "Lodz", id="a letter with a stroke"),
        pytest.param("Rock &amp;amp; Roll", "Rock & Roll", id="entities, twice"),
        pytest.param("don\u2019t", "don't", id="apostrophes"),
        pytest.param("Half\u2013Marathon", "Half-Marathon", id="dashes"),
        pytest.param("Run\u200bning\u202e", "Running", id="marks that nobody sees"),
        pytest.param("\uff37\uff49\uff44\uff45", "Wide", id="wide letters"),
        pytest.param("\U0001f3d2 Hockey!", "Hockey", id="emoji and punctuation around"),
    ],
)
def test_names_are_the_same(one: str, other: str) -> None:
    """WordPress would make two terms of most of these."""
    assert fold_name(one) == fold_name(other) != ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("C++", "C#"),
        ("C++", "C"),
        ("NHL", "NFL"),
        ("\u0439", "\u0438"),
        ("Half-Marathon", "Half Marathon"),
    ],
)
def test_names_are_two(one: str, other: str) -> None:
    """What makes another word is kept: a letter of another script, too."""
    assert fold_name(one) != fold_name(other)


@pytest.mark.parametrize(
    ("label", "near"),
    [
        pytest.param("Runing", "Running", id="a slip"),
        pytest.param("Half-Marathon", "Half Marathon", id="hyphen"),
        pytest.param("Halfmarathons", "Half Marathon", id="written together"),
        pytest.param("Canada News", "Canadian News", id="another form of a word"),
        pytest.param("Hockeys", "Hockey", id="plural"),
        pytest.param("Top 40", "", id="another number"),
        pytest.param("Toronto", "", id="another word"),
        pytest.param("C#", "", id="too short to tell"),
        pytest.param("Denis", "", id="an s that is no plural"),
        pytest.param("!", "", id="no letter"),
    ],
)
def test_near_name_is_found(label: str, near: str) -> None:
    """A person is asked: the two may mean the same."""
    assert Names(SITE).near(label) == near


def test_spelling_that_is_there_exactly_comes_first() -> None:
    """A site may have both."""
    names = Names(["Quebec", "Québec"])

    assert (names.same("québec"), names.same("QUEBEC"), names.same("Qu\u00e8bec")) == (
        "Québec",
        "Quebec",
        "Quebec",
    )


def test_words_are_compared_in_the_singular() -> None:
    """Without blanks and hyphens between them."""
    assert squash_name("Cities & Half-Marathons") == squash_name("city half marathon")
    assert squash_name("Tennis bus") == "tennisbus"


def test_near_names_among_very_many_are_found_at_once() -> None:
    """Ten thousand tags, and an hour of labels: compared by what they share, not each with all."""
    names = Names(f"Word{number:05} of the {number % 97}th kind" for number in range(10_000))

    found = [
        names.near(f"Wird{number:05} of the {number % 97}th kind") for number in range(0, 500, 25)
    ]

    assert found == [f"Word{number:05} of the {number % 97}th kind" for number in range(0, 500, 25)]
