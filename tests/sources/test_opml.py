"""OPML: in and out without loss; what could harm is refused, and named."""

from __future__ import annotations

import random

import pytest

from wp_sync.errors import FeedError
from wp_sync.sources.opml import LARGEST, Outline, read_opml, write_opml

HEAD = '<?xml version="1.0"?><opml version="2.0"><head><title>t</title></head><body>'
TAIL = "</body></opml>"
BOMB = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 9))


def read(body: str) -> list[tuple[str, str, tuple[str, ...]]]:
    found = read_opml(f"{HEAD}{body}{TAIL}".encode(), "list.opml")
    return [(one.address, one.title, one.folders) for one in found]


def test_folders_are_kept_with_all_that_are_around() -> None:
    """Readers nest them; a folder's name is its text."""
    body = (
        '<outline text="World"><outline text="Asia"><outline type="rss" text="A"'
        ' xmlUrl="https://a.example/f"/></outline>\n'
        '<outline title="B" text="b" XMLURL="https://b.example/?x=1&amp;y=2"/></outline>'
        '<outline xmlUrl="https://c.example/f"/>'
    )

    assert read(body) == [
        ("https://a.example/f", "A", ("World", "Asia")),
        ("https://b.example/?x=1&y=2", "B", ("World",)),
        ("https://c.example/f", "", ()),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1"])
def test_any_usual_encoding_is_read(encoding: str) -> None:
    """Old readers write Latin-1, Windows programmes a mark in front."""
    declared = encoding.removesuffix("-sig")
    text = f'<?xml version="1.0" encoding="{declared}"?><opml><body>'
    text += '<outline text="Café" xmlUrl="https://c.example/é"/></body></opml>'

    (one,) = read_opml(text.encode(encoding), "list.opml")

    assert (one.title, one.address) == ("Café", "https://c.example/é")


@pytest.mark.parametrize(
    ("body", "told"),
    [
        pytest.param(b"", "no element found", id="empty"),
        pytest.param(b"<opml><body>", "line 1", id="cut off"),
        pytest.param(b'<opml>\n<outline text="a & b"/></opml>', "line 2", id="not XML"),
        pytest.param(b"<rss/>", "begins with <rss>", id="a feed"),
        pytest.param(b"<html><body/></html>", "begins with <html>", id="a page"),
        pytest.param(
            f'<!DOCTYPE opml [<!ENTITY e0 "ha">{BOMB}]><opml>&e8;</opml>'.encode(),
            "has a DTD",
            id="an entity bomb",
        ),
        pytest.param(
            b'<!DOCTYPE opml [<!ENTITY x SYSTEM "file:///etc/passwd">]><opml>&x;</opml>',
            "has a DTD",
            id="an outer entity",
        ),
        pytest.param(b"<opml>&undeclared;</opml>", "undefined entity", id="no such entity"),
        pytest.param(
            b"<opml>" + b'<outline text="a">' * 50 + b"</outline>" * 50 + b"</opml>",
            "folders in each other",
            id="too deep",
        ),
        pytest.param(b" " * (LARGEST + 1), "larger than", id="too large"),
    ],
)
def test_what_is_wrong_is_named(body: bytes, told: str) -> None:
    """With the file, and the line where there is one; nothing is expanded or opened."""
    with pytest.raises(FeedError) as caught:
        read_opml(body, "list.opml")

    assert told in str(caught.value)
    assert "list.opml" in str(caught.value)


def test_what_is_written_is_read_as_it_was() -> None:
    """Whatever names and folders hold; and written again it is the same text."""
    chance = random.Random(5)  # noqa: S311
    signs = "abÄ <>&\"'/日🙂"

    def word() -> str:
        return " ".join("".join(chance.choices(signs, k=8)).split()) or "x"

    for _ in range(50):
        outlines = [
            Outline(
                address=f"https://{n}.example/?a=1&b={n}",
                title=word(),
                folders=tuple(word() for _ in range(chance.randrange(4))),
                source=chance.choice(("", word())),
            )
            for n in range(20)
        ]

        text = write_opml(outlines, "<Our> & list")
        again = read_opml(text.encode(), "list.opml")

        assert {one.address: (one.title, one.folders, one.source) for one in again} == {
            one.address: (one.title, one.folders, one.source) for one in outlines
        }
        assert write_opml(again, "<Our> & list") == text
