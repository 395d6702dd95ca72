"""mend_text: what was decoded wrongly or escaped twice is repaired, and nothing else touched."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wp_sync.clean import clean_item
from wp_sync.clean.garbled import mend_encoding, mend_entities, mend_text
from wp_sync.config.channels import CleanRules
from wp_sync.model import Item, ItemKey

TEXTS = (
    "It wasn’t the café’s fault – “really” – 20 °C, £5, naïve façade…",
    "Сегодня идёт дождь, а завтра снег.",
    "Η Αθήνα σήμερα το πρωί.",
    "היום ירד גשם",
    "今日は雨です。",
    "🎉 Well done 👍🏽",
    "Żółć, Ærø, Þingvellir, Ålesund",
)


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("times", [1, 2])
def test_text_that_was_decoded_wrongly_is_repaired(text: str, times: int) -> None:
    """UTF-8 read as windows-1252, its gaps as they are, comes back letter for letter."""
    garbled = text
    for _ in range(times):
        garbled = "".join(shown_as(byte) for byte in garbled.encode())

    assert garbled != text
    assert mend_encoding(garbled) == text


def shown_as(byte: int) -> str:
    try:
        return bytes([byte]).decode("cp1252")
    except UnicodeDecodeError:
        return chr(byte)


@pytest.mark.parametrize("text", [*TEXTS, "NÃO, a mãe «Â»", "CHÂTEAU, Ö, Ä, Ü", "Рим, Сочи, Русь"])
def test_text_that_is_right_stays(text: str) -> None:
    """No letter of any language is taken for half of another."""
    assert mend_text(text) == text


@given(st.text(max_size=40))
@settings(max_examples=300, deadline=None)
def test_mending_twice_is_mending_once(text: str) -> None:
    """What was mended does not look garbled."""
    once = mend_encoding(text)

    assert mend_encoding(once) == once


@pytest.mark.parametrize(
    ("markup", "wanted"),
    [
        ("Tom &amp;amp; Jerry", "Tom &amp; Jerry"),
        ("it&amp;#8217;s &amp;lt;b&amp;gt;", "it&#8217;s &lt;b&gt;"),
        ("a &amp;lt; b", "a &amp;lt; b"),
        ("AT&amp;T; R&amp;D", "AT&amp;T; R&amp;D"),
        ("&amp;amp;amp;amp;", "&amp;"),
        ("Use &lt;b&gt; for bold", "Use &lt;b&gt; for bold"),
        ("&lt;p&gt;One&lt;/p&gt;", "<p>One</p>"),
        ("<code>&amp;amp;</code> &amp;amp;", "<code>&amp;amp;</code> &amp;amp;"),
    ],
)
def test_entities_that_were_escaped_twice_are_undone(markup: str, wanted: str) -> None:
    """But not where an article speaks of them."""
    assert mend_entities(markup) == wanted


def test_title_labels_and_byline_are_mended_too() -> None:
    """A double entity in a headline is what a reader sees first."""
    item = Item(
        key=ItemKey("f", "1"),
        title="Tom &amp;amp; Jerryâ€™s day",
        summary_html="<p>It rains.</p>",
        authors=("by AndrÃ© Example",),
        labels=("R&amp;amp;B",),
    )

    article = clean_item(item, None, rights="feed", rules=CleanRules())

    assert (article.title, article.byline, article.labels) == (
        "Tom & Jerry’s day",
        "André Example",
        ("R&B",),
    )


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("Ca� co�te tr�s cher � l’�cole.", id="replacement characters"),
        pytest.param("Ð¡ÐµÐ³Ð¾Ð´Ð½Ñ Ð´Ð¾Ð¶Ð´Ñ Ð½Ð°Ñ Ñ Ñ", id="halves of letters"),
    ],
)
def test_text_that_nobody_can_repair_is_told(body: str) -> None:
    """It is told as what it is: who judges holds it."""
    item = Item(key=ItemKey("f", "1"), title="Rain", summary_html=f"<p>{body}</p>")

    article = clean_item(item, None, rights="feed", rules=CleanRules())

    assert "characters were lost where the source decoded" in article.damage


def test_one_lost_character_is_no_reason_to_hold_an_article() -> None:
    """A reader forgives it."""
    item = Item(key=ItemKey("f", "1"), title="Rain", summary_html=f"<p>{'Rain. ' * 200}�</p>")

    assert clean_item(item, None, rights="feed", rules=CleanRules()).damage == ""


@pytest.mark.parametrize(
    "markup",
    [
        pytest.param("&lt;p " * 20_000, id="escaped tags without an end"),
        pytest.param("&lt;p &amp;" * 20_000, id="escaped tags with entities"),
        pytest.param("&amp;amp;" + "<pre>" * 20_000, id="code without an end"),
        pytest.param("&amp;amp;" + "<pre><code><kbd>" * 20_000, id="code in code without an end"),
        pytest.param("&amp;amp;<pre>" + "<x" * 200_000, id="tags in code without an end"),
    ],
)
@pytest.mark.timeout(5)
def test_hostile_markup_takes_linear_time(markup: str) -> None:
    """It is looked through once, not once for each of its beginnings."""
    assert mend_entities(markup).startswith("&")
