"""find_excerpt: the first real sentences, as each language ends them."""

from __future__ import annotations

import pytest

from wp_sync.clean.excerpt import choose_excerpt, find_excerpt
from wp_sync.clean.sentences import split_sentences


@pytest.mark.parametrize(
    ("language", "text", "count"),
    [
        ("en", "Dr. Ames met Gov. Bell in St. John's. They spoke.", 2),
        ("en", "It starts at 5 p.m. on Friday. Bring a coat.", 2),
        ("en-CA", "“Not now.” Then he left. Why? Nobody knows!", 4),
        ("de", "Am 3. Mai kam Dr. Bach, z. B. mit Prof. Ende, nach Ulm. Er blieb.", 2),
        ("de", "Das kostet ca. 5 Mio. Euro. Zu viel?", 2),
        ("fr", "M. Dupont et Mme. Roy partent. « Enfin ! » Ils rient.", 3),
        ("es", "El Sr. Gil vive en EE. UU. desde mayo. ¿Vuelve? No.", 3),
        ("ja", "雨が降った。橋は閉鎖された。「なぜ？」と聞いた。", 4),
        ("hi", "बारिश हुई। नदी बढ़ी।", 2),
        ("ar", "هطل المطر. هل ارتفع النهر؟ نعم.", 3),
        ("", "The U.S. team won 3.5 million. Wow.", 2),
    ],
)
def test_sentences_end_as_the_language_has_it(language: str, text: str, count: int) -> None:
    """Abbreviations, ordinals and quotations don't end a sentence; other scripts' signs do."""
    sentences = split_sentences(text, language)

    assert len(sentences) == count, sentences
    assert "".join(sentences).replace(" ", "") == text.replace(" ", "")


def test_excerpt_begins_with_a_sentence() -> None:
    """A kicker in front of the text is none."""
    body = "<p>Halifax</p><p>The old ferry sails again from Saturday, they say. It is full.</p>"

    assert find_excerpt(body, "en").startswith("The old ferry")


def test_script_without_spaces_is_measured_in_characters() -> None:
    """Fifty-five words of it would be the whole article."""
    body = f"<p>{'川の水位は一日で三十センチ上がった。' * 20}</p>"

    excerpt = find_excerpt(body, "ja")

    assert 60 <= len(excerpt) <= 110
    assert excerpt.endswith("。")


@pytest.mark.parametrize(
    ("summary", "body", "wanted"),
    [
        ("The ferry sails on…", "The ferry sails on Saturday.", "The ferry sails on Saturday."),
        ("Another beginning…", "The ferry sails on Saturday.", "Another beginning…"),
        ("Whole.", "The ferry sails.", "Whole."),
        ("", "The ferry sails.", "The ferry sails."),
        ("The ferry sails on…", "The ferry sails on and…", "The ferry sails on…"),
    ],
)
def test_cut_summary_gives_way_to_the_text_it_was_cut_from(
    summary: str, body: str, wanted: str
) -> None:
    """A teaser that breaks off looks like a fault of the site."""
    assert choose_excerpt(summary, body) == wanted


def test_excerpt_of_short_lines_has_them_all() -> None:
    """A poem has no kicker."""
    body = "<p>Roses are red</p><p>Violets are blue</p><p>Sugar is sweet</p>"

    assert find_excerpt(body, "en") == "Roses are red Violets are blue Sugar is sweet"
