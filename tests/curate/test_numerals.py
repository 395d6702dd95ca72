"""Numbers of texts: digits in all forms, words of three languages, shares, scores and dates."""

from __future__ import annotations

import pytest
from cpu_time import measured

from wp_sync.curate.numerals import find_new_numbers, find_numbers


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("1,200", "1200", id="comma"),
        pytest.param("1 200", "1200", id="blank"),
        pytest.param("1\u202f200", "1200", id="narrow blank"),
        pytest.param("1.200", "1200", id="full stop"),
        pytest.param("1'200.50", "1200.5", id="apostrophe"),
        pytest.param("1,234,567", "1234567", id="two groups"),
        pytest.param("1.2 million", "1,200,000", id="scale"),
        pytest.param("3bn", "three billion", id="short scale"),
        pytest.param("5%", "5 percent", id="percent"),
        pytest.param("5 pour cent", "5 per cent", id="per cent"),
        pytest.param("٣٥", "35", id="Arabic digits"),
        pytest.param("\uff13\uff15", "35", id="wide digits"),
        pytest.param("twenty-five", "25", id="words"),
        pytest.param("two hundred and five", "205", id="hundred"),
        pytest.param("one thousand two hundred", "1,200", id="thousand"),
        pytest.param("quatre-vingt-dix", "90", id="French"),
        pytest.param("soixante-dix", "70", id="French seventy"),
        pytest.param("fünfundzwanzig", "25", id="German"),
        pytest.param("3rd", "third", id="ordinal"),
        pytest.param("\u22125", "-5", id="minus"),
        pytest.param("05", "5", id="leading zero"),
        pytest.param("a dozen", "12", id="dozen"),
    ],
)
def test_two_ways_to_write_a_number(one: str, other: str) -> None:
    """Each stands for the other."""
    assert find_numbers(one).values & find_numbers(other).values
    assert find_new_numbers(one, other) == ()
    assert find_new_numbers(other, one) == ()


@pytest.mark.parametrize(
    ("text", "source"),
    [
        pytest.param("1,201", "1,200", id="last digit"),
        pytest.param("1.2 billion", "1.2 million", id="scale"),
        pytest.param("12,000", "1,200", id="moved point"),
        pytest.param("5%", "5", id="share"),
        pytest.param("5", "5%", id="no share"),
        pytest.param("-5", "5", id="sign"),
        pytest.param("3-2", "2-3", id="score"),
        pytest.param("7:30", "30 of 7", id="time"),
        pytest.param("2026-05-04", "4 and 5 in 2026", id="date"),
        pytest.param("€5", "$5", id="currency"),
        pytest.param("thirty", "13", id="word"),
        pytest.param("1" * 40, "1" * 39 + "2", id="giant"),
        pytest.param("\u00bd", "2", id="fraction"),
    ],
)
def test_altered_number_is_new(text: str, source: str) -> None:
    """However little it was changed."""
    assert find_new_numbers(text, source)


def test_english_full_stop_is_a_point() -> None:
    """Where the language tells, one and two tenths are no thousand."""
    assert find_new_numbers("1.200", "1,200", "en")
    assert not find_new_numbers("1.200", "1 200", "de")


def test_endless_digits_are_read_quickly() -> None:
    """A feed may hold anything."""
    hostile = ("1" * 200_000, "1,234" * 40_000, "1 234 " * 40_000, "1-" * 100_000)

    _, seconds = measured(lambda: [find_numbers(one) for one in hostile])

    assert seconds < 5
