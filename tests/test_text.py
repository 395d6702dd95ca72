"""Plain text, and the identity of addresses."""

from __future__ import annotations

import unicodedata

import pytest

from wp_sync.text import (
    TRACKING,
    clean_text,
    limit_text,
    normalise_address,
    plain_text,
    shorten,
    strip_tracking,
)


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        pytest.param("a\x00b\x08c\x1fd\x7fe\x85f", "abcdef", id="C0, DEL and C1"),
        pytest.param("a\tb\nc", "a\tb\nc", id="tab and newline stay"),
        pytest.param("a\r\nb\rc", "a\nb\nc", id="line ends"),
        pytest.param("a\ud800b\udfffc", "abc", id="lone surrogates"),
        pytest.param("a\ufdd0b\uffffc\U0010fffed", "abcd", id="non-characters"),
        pytest.param("e\u0301", "é", id="NFC"),
        pytest.param("👩\u200d🚀 שלום", "👩\u200d🚀 שלום", id="joiners and other scripts stay"),
    ],
)
def test_clean_text_drops_what_others_refuse(text: str, cleaned: str) -> None:
    """What is left can be stored by PostgreSQL, sent as JSON and written as XML."""
    assert clean_text(text) == cleaned


@pytest.mark.parametrize("sign", ["<", "=", ">"])
@pytest.mark.parametrize("between", ["", "\u0323"])
def test_clean_text_never_composes_away_a_sign_of_markup(sign: str, between: str) -> None:
    """A mark behind ">" would swallow it, and text would become an attribute."""
    text = f"{sign}{between}\u0338 onclick"
    assert sign not in unicodedata.normalize("NFC", text)

    assert clean_text(text).startswith(sign)


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        pytest.param("Bread &amp; butter", "Bread & butter", id="entity"),
        pytest.param("Bread &amp;amp; butter", "Bread &amp; butter", id="decoded once"),
        pytest.param("How &lt;b&gt; works", "How <b> works", id="escaped markup is text"),
        pytest.param("<b>W</b>ord <i>two</i>", "Word two", id="inline tags"),
        pytest.param("one<br>two<p>three</p>", "one two three", id="blocks separate"),
        pytest.param("Run<pre>npm start</pre>", "Run npm start", id="code separates"),
        pytest.param("one<hr>two", "one two", id="rule separates"),
        pytest.param(
            "<details><summary>More</summary>Less</details>", "More Less", id="summary separates"
        ),
        pytest.param(" a \n\t b&nbsp;c\u2028d ", "a b c d", id="white space"),
        pytest.param("5 < 6 & 7 > 3, I <3 you", "5 < 6 & 7 > 3, I <3 you", id="signs are no tags"),
        pytest.param("a<!-- <b> -->b<!-- open", "ab", id="comments"),
        pytest.param("bad &#0; &#xd800; &#8; end", "bad \ufffd \ufffd end", id="bad references"),
        pytest.param("", "", id="empty"),
    ],
)
def test_plain_text_reads_markup_once(markup: str, text: str) -> None:
    """Titles, names and alt texts come out as a person would read them."""
    assert plain_text(markup) == text


@pytest.mark.parametrize("unit", ["<a ", "<!--", "<", "&", " ", "<!"])
@pytest.mark.timeout(20)
def test_plain_text_takes_linear_time(unit: str) -> None:
    """A megabyte of hostile text takes no longer than a megabyte of prose."""
    assert len(plain_text(unit * 300_000)) <= 300_000 * len(unit)


@pytest.mark.parametrize(
    ("text", "words", "short"),
    [
        pytest.param("one two", 2, "one two", id="fits"),
        pytest.param("one two, three", 2, "one two…", id="cut behind a comma"),
        pytest.param("", 3, "", id="empty"),
        pytest.param("字" * 100, 2, "字" * 24 + "…", id="a script without spaces"),
    ],
)
def test_shorten_keeps_whole_words(text: str, words: int, short: str) -> None:
    """A cut shows, and falls between words."""
    assert shorten(text, words) == short


@pytest.mark.parametrize(
    ("text", "longest", "short"),
    [
        pytest.param("Rain today", 10, "Rain today", id="fits"),
        pytest.param("Rain today, sun", 11, "Rain today…", id="cut at a word's end"),
        pytest.param("Rain today, sun", 9, "Rain tod…", id="no word's end is near"),
        pytest.param("Rain all day long", 13, "Rain all day…", id="cut in a word"),
        pytest.param("字" * 9, 5, "字" * 4 + "…", id="a script without spaces"),
    ],
)
def test_limit_text_counts_characters(text: str, longest: int, short: str) -> None:
    """The mark of the cut counts too."""
    assert limit_text(text, longest) == short
    assert len(short) <= longest


@pytest.mark.parametrize(
    ("url", "address"),
    [
        pytest.param("https://www.paper.example/a", "paper.example/a", id="scheme and www"),
        pytest.param("HTTP://PAPER.example/A", "paper.example/A", id="case of the host only"),
        pytest.param("https://paper.example:443/a", "paper.example/a", id="default port"),
        pytest.param("http://paper.example:443/a", "paper.example:443/a", id="other port"),
        pytest.param("https://paper.example./a", "paper.example/a", id="trailing dot"),
        pytest.param("https://bücher.example/", "xn--bcher-kva.example", id="punycode"),
        pytest.param("https://u:p@paper.example/a", "paper.example/a", id="user"),
        pytest.param("https://paper.example/a/", "paper.example/a", id="trailing slash"),
        pytest.param("https://paper.example/a/./b/../c", "paper.example/a/c", id="dots"),
        pytest.param("https://paper.example/../../a", "paper.example/a", id="dots at the root"),
        pytest.param("https://paper.example/%7ea%c3%a9", "paper.example/~a%C3%A9", id="escapes"),
        pytest.param("https://paper.example/aé", "paper.example/a%C3%A9", id="unescaped"),
        pytest.param("https://paper.example/a%2fb", "paper.example/a%2Fb", id="escaped slash"),
        pytest.param("https://paper.example/?b=2&a=1", "paper.example?a=1&b=2", id="order"),
        pytest.param("https://paper.example/?p=5#top", "paper.example?p=5", id="fragment"),
        pytest.param("https://paper.example/#!/a", "paper.example#!/a", id="hashbang"),
        pytest.param("https://paper.example/a?cmp=rss", "paper.example/a", id="campaign"),
        pytest.param("https://paper.example/a?amp=1&ref=x", "paper.example/a", id="same article"),
        pytest.param("https://paper.example/a?source=rss", "paper.example/a", id="from the feed"),
        pytest.param("https://paper.example/a?source=7", "paper.example/a?source=7", id="source"),
        pytest.param(
            "https://paper.example/a?id=1&amp;utm_x=2", "paper.example/a?id=1", id="&amp;"
        ),
        pytest.param("https://[2001:db8::1]/a", "[2001:db8::1]/a", id="IPv6"),
        pytest.param("  https://paper.example/a\n", "paper.example/a", id="white space"),
        pytest.param("ftp://paper.example/a", "", id="ftp"),
        pytest.param("mailto:a@paper.example", "", id="mailto"),
        pytest.param("/a", "", id="relative"),
        pytest.param("https://[bad/a", "", id="broken host"),
        pytest.param("https://paper.example:99999/", "", id="broken port"),
        pytest.param("", "", id="empty"),
    ],
)
def test_normalise_address_is_the_identity_of_an_article(url: str, address: str) -> None:
    """Two spellings of one article's address become the same text."""
    assert normalise_address(url) == address


def test_normalise_address_of_its_own_result_is_the_same() -> None:
    """An identity that is stored and read again still fits."""
    url = "https://www.bücher.example:8080/%7ea/../b%c3%a9/?z=%2f&a=é&utm_id=3#top"
    address = normalise_address(url)

    assert normalise_address(f"https://{address}") == address


@pytest.mark.parametrize(
    ("url", "bare"),
    [
        pytest.param(
            "https://a.example/x?utm_source=f&id=3#s", "https://a.example/x?id=3#s", id="one"
        ),
        pytest.param("https://a.example/x?FBCLID=1", "https://a.example/x", id="upper case"),
        pytest.param("https://a.example/x#xtor=RSS-1", "https://a.example/x", id="in the fragment"),
        pytest.param(
            "https://a.example/?ref=main", "https://a.example/?ref=main", id="ref may be a branch"
        ),
        pytest.param(
            "https://A.example/?b=%7e&a", "https://A.example/?b=%7e&a", id="nothing to strip"
        ),
        pytest.param("mailto:a@a.example?utm_x=1", "mailto:a@a.example?utm_x=1", id="mailto"),
    ],
)
def test_strip_tracking_leaves_the_rest_as_it_is(url: str, bare: str) -> None:
    """A link still leads where it led."""
    assert strip_tracking(url) == bare


def test_tracking_parameters_are_in_alphabetical_order() -> None:
    """A list in order shows at a glance what is missing and what is double."""
    names = TRACKING.split()

    assert names == sorted(set(names))
