"""Characters: whatever a feed holds, its texts are clean Unicode that means the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from wp_sync.text import plain_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from wp_sync.model import Pull

FEED = """<?xml version="1.0"{}?><rss version="2.0"><channel><title>N</title><item><guid>1</guid>
<title>{}</title></item></channel></rss>"""


def feed(title: str, encoding: str = "") -> str:
    return FEED.format(f' encoding="{encoding}"' if encoding else "", title)


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        pytest.param(feed("Fer\x00ry"), "Ferry", id="NUL"),
        pytest.param(feed("Fer\x85ry"), "Fer…ry", id="C1, of cp1252"),
        pytest.param(feed("Ferry&#0;"), "Ferry", id="NUL as a number"),
        pytest.param(feed("Ferry&#xD800;"), "Ferry", id="surrogate"),
        pytest.param(feed("Ferry\ufffe&#xFFFF;"), "Ferry", id="no characters"),
        pytest.param(feed("Ferry 🚢"), "Ferry 🚢", id="four bytes"),
        pytest.param(feed("עברית العربية"), "עברית العربية", id="from right to left"),
        pytest.param(feed("Z\u0351\u036ba\u0329"), "Z\u0351\u036ba\u0329", id="zalgo"),
        pytest.param(feed("Ferry&#x110000;&#9999999999;"), "Ferry", id="numbers of no character"),
        pytest.param(feed("e\u0301"), "é", id="two characters that are one"),
        pytest.param(feed("Tom &amp;amp; Jerry"), "Tom & Jerry", id="escaped twice"),
        pytest.param(feed("Tom &amp;amp;amp; Jerry"), "Tom &amp; Jerry", id="escaped three times"),
    ],
)
def test_hostile_and_odd_characters(read: Callable[..., Pull], body: str, shown: str) -> None:
    """What databases, JSON and PHP refuse is gone; what people write stays."""
    (item,) = read(body).items

    assert plain_text(item.title) == shown
    assert item.title.encode("utf-8").decode() == item.title


RUSSIAN = "Вчера в городе прошёл сильный дождь, и паром опоздал на два часа."


@pytest.mark.parametrize(
    ("body", "kind", "shown"),
    [
        pytest.param(feed("“Füße”").encode("cp1252"), "text/xml", "“Füße”", id="cp1252, no word"),
        pytest.param(feed(RUSSIAN).encode("cp1251"), "text/xml", RUSSIAN, id="cp1251, no word"),
        pytest.param(
            feed("“Füße”", "iso-8859-1").encode("cp1252"), "text/xml", "“Füße”", id="called latin-1"
        ),
        pytest.param(
            feed("“Füße”").encode(), "text/xml; charset=latin-1", "“Füße”", id="header says latin-1"
        ),
        pytest.param(
            feed("Füße").encode("latin-1"),
            "text/xml; charset=utf-8",
            "Füße",
            id="header says UTF-8",
        ),
        pytest.param(
            b"\xef\xbb\xbf" + feed("Füße", "iso-8859-1").encode(), "text/xml", "Füße", id="mark"
        ),
        pytest.param(feed("Füße").encode("utf-16-le"), "text/xml", "Füße", id="UTF-16, no mark"),
        pytest.param(feed("Füße", "utf-32").encode("utf-32"), "text/xml", "Füße", id="UTF-32"),
        pytest.param(feed("日本", "shift_jis").encode("shift_jis"), "text/xml", "日本", id="sjis"),
        pytest.param(feed("Иванов", "koi8-r").encode("koi8-r"), "text/xml", "Иванов", id="KOI8-R"),
    ],
)
def test_charsets_as_they_are_and_not_as_they_are_called(
    put: Callable[..., str], pull: Callable[..., Pull], body: bytes, kind: str, shown: str
) -> None:
    """No question mark and no Ã where a letter was."""
    (item,) = pull(put("/feed", body, Content_Type=kind)).items

    assert plain_text(item.title) == shown


def test_bytes_that_are_no_characters_spoil_no_markup(read: Callable[..., Pull]) -> None:
    """An overlong "<" (C0 BC) must not become a tag."""
    body = feed("Ferry MARK", "utf-8").encode().replace(b"MARK", b"\xc0\xbcscript\xc0\xbe")

    (item,) = read(body).items

    assert "<" not in item.title


def test_utf_7_is_no_way_round(put: Callable[..., str], pull: Callable[..., Pull]) -> None:
    """A charset in which every character has a second spelling is not believed to hide markup."""
    body = feed("Ferry +ADw-script+AD4-")
    answer = pull(put("/feed", body.encode(), Content_Type="text/xml; charset=utf-7"))

    assert "<script" not in plain_text(answer.items[0].title).replace("&lt;", "<")


def test_a_word_without_an_end_is_kept(read: Callable[..., Pull]) -> None:
    """200 kB without a space cost no time."""
    (item,) = read(feed("x" * 200_000)).items

    assert len(item.title) == 200_000
