"""find_words, count_words, find_pattern: words in any script, and patterns on hostile texts."""
# ruff: noqa: RUF001 (letters and signs of all scripts)

from __future__ import annotations

import pytest
from cpu_time import measured
from hypothesis import example, given
from hypothesis import strategies as st

from wp_sync.config.patterns import PIECE, check_pattern
from wp_sync.curate.phrases import fold_words
from wp_sync.curate.words import LONGEST_TEXT, count_words, find_pattern, find_words, space_out


@pytest.mark.parametrize(
    ("phrase", "text", "found"),
    [
        pytest.param("marathon", "Two Marathons", True, id="case and plural"),
        pytest.param("Montréal", "MONTREAL", True, id="accents"),
        pytest.param("run", "runner", False, id="whole words"),
        pytest.param("half marathon", "a half-marathon", True, id="hyphens"),
        pytest.param("東京", "今日は東京で雨", True, id="Japanese"),
        pytest.param("東京", "東の京", False, id="Japanese signs apart"),
        pytest.param("バス", "路線バスが", True, id="Japanese syllables"),
        pytest.param("バス", "ハスの花", False, id="Japanese strokes are no accents"),
        pytest.param("バス", "パス", False, id="Japanese strokes differ"),
        pytest.param("バス", "ﾊﾞｽ", True, id="Japanese in half width"),
        pytest.param("sale", "𝗦𝗔𝗟𝗘 today", True, id="letters made bold"),
        pytest.param("か", "がん", False, id="Japanese strokes at an end"),
        pytest.param("马拉松", "北京马拉松赛", True, id="Chinese"),
        pytest.param("서울", "서울에서", True, id="Korean"),
        pytest.param("가", "각", False, id="Korean syllables are whole"),
        pytest.param("กรุงเทพ", "ที่กรุงเทพวันนี้", True, id="Thai"),
        pytest.param("iPhone", "新iPhone発表", True, id="Latin in Japanese"),
        pytest.param("хоккей", "Хоккей", True, id="Cyrillic"),
    ],
)
def test_words_are_whole_in_any_script(phrase: str, text: str, *, found: bool) -> None:
    """Where blanks divide words, and where nothing does."""
    assert find_words((phrase,), (text,)) == ((phrase,) if found else ())


@given(st.text(alphabet=st.one_of(st.characters(), st.sampled_from("aéバがパ東가𝕊ﾊﾞ"))))
def test_folding_twice_is_folding_once(text: str) -> None:
    """What is compared does not depend on how often it was made ready."""
    once = fold_words(space_out(text))

    assert fold_words(space_out(once)) == once


@given(st.lists(st.text(alphabet="aé東バ-. s", min_size=1, max_size=6), max_size=4))
def test_a_phrase_is_found_in_itself(phrases: list[str]) -> None:
    """Each phrase that holds a word at all, once."""
    wanted = tuple(one for one in phrases if fold_words(one).strip())

    assert set(find_words(wanted, phrases)) == set(wanted)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", 0),
        ("It's a half-marathon.", 3),
        ("今日は東京で雨", 4),
        ("新しいiPhone 17", 4),
    ],
)
def test_length_is_told_in_words(text: str, words: int) -> None:
    """Two signs of a script without blanks are one word."""
    assert count_words(text) == words


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        pytest.param("press-\\w+", "A Press-Release", "Press-Release", id="any case"),
        pytest.param("^rain", "Sun\nRain", "Rain", id="a line begins"),
        pytest.param("sun$", "Sun\nRain", "Sun", id="a line ends"),
        pytest.param("sun.{0,3}rain", "Sun\nRain", None, id="line by line"),
        pytest.param("^b", "a" * 350 + " b" + "a" * 300, None, id="a piece is no line"),
        pytest.param("b$", "a" * 350 + " b " + "a" * 300, None, id="nor its end"),
        pytest.param("needle", "x " * 500 + "needle" + " x" * 500, "needle", id="far inside"),
        pytest.param("n{90}", "x " * 170 + "n" * 90 + " x" * 500, "n" * 90, id="across a cut"),
    ],
)
def test_patterns_are_looked_for_line_by_line(pattern: str, text: str, found: str | None) -> None:
    """Long lines are cut into pieces, and nobody sees it."""
    assert find_pattern(check_pattern(pattern), (text,)) == found


@given(st.integers(0, 3 * PIECE), st.integers(1, 49), st.text(alphabet="a ", max_size=PIECE))
@example(PIECE - 50, 49, "")
def test_no_short_match_is_lost_between_pieces(before: int, words: int, noise: str) -> None:
    """Wherever it stands, and whatever stands around it."""
    needle = f"x{'n ' * words}x"
    text = f"{noise}{'a ' * (before // 2)}{needle}{' a' * PIECE}"

    assert find_pattern(f"x[n ]{{{2 * words}}}x", (text,)) == needle


@pytest.mark.timeout(120)
@pytest.mark.parametrize(
    ("pattern", "letters"),
    [
        pytest.param("a{0,95}a{0,95}c", "a", id="two that repeat"),
        pytest.param("(?:a|aa){0,10}c", "a", id="choices that repeat"),
        pytest.param("(?:([ab]{5})|[^b]){0,9}bcx", "a", id="groups in groups"),
        pytest.param(".*aaaaaaaaaaaaaaac", "a ", id="any letters, then many alike"),
    ],
)
def test_the_worst_pattern_on_the_worst_text_takes_seconds(pattern: str, letters: str) -> None:
    """The costliest that pass, on far more text than is read; a little more is refused."""
    check_pattern(pattern)

    _, seconds = measured(lambda: find_pattern(pattern, (letters * LONGEST_TEXT,)))

    assert seconds < 15  # 3 s on a busy machine of two cores
