"""Candidates for the featured image: ordered, described, without placeholders."""

from __future__ import annotations

from dataclasses import replace

import pytest

from wp_sync.clean.item import clean_item
from wp_sync.config.channels import CleanRules
from wp_sync.model import Item, ItemKey, Page, Picture

KEY = ItemKey("https://paper.example/feed", "1")
ITEM = Item(key=KEY, url="https://paper.example/1", title="A run", body_html="<p>Text.</p>")


def candidates(item: Item, page: Page | None = None) -> tuple[Picture, ...]:
    return clean_item(item, page, rights="full", rules=CleanRules()).pictures


def test_candidates_are_ordered_and_described() -> None:
    """The feed's own, the page's, then those of the text, whose words go with each."""
    body = (
        '<p>Text.</p><figure><img src="/b.jpg" alt="A pier"><figcaption>The <b>pier</b>'
        '</figcaption></figure><p>More.</p><img src="https://cdn.example/c.jpg">'
    )
    item = replace(ITEM, image_urls=("/a.jpg", "/b.jpg"))
    page = Page(key=KEY, url=ITEM.url, body_html=body, lead_image="https://paper.example/og.jpg")

    assert candidates(item, page) == (
        Picture(url="https://paper.example/a.jpg"),
        Picture(url="https://paper.example/b.jpg", alt="A pier", caption="The pier"),
        Picture(url="https://paper.example/og.jpg"),
        Picture(url="https://cdn.example/c.jpg"),
    )


@pytest.mark.parametrize(
    ("url", "places"),
    [
        pytest.param("https://paper.example/no-image.png", (), id="placeholder"),
        pytest.param("https://paper.example/2026/default-thumbnail.jpg", (), id="default"),
        pytest.param("https://paper.example/spacer.gif", (), id="spacer"),
        pytest.param("https://paper.example/img/site-logo.png", (1,), id="logo"),
        pytest.param("https://secure.gravatar.example/avatar/abc", (1,), id="portrait"),
        pytest.param("https://paper.example/logos/harbour.jpg", (0,), id="folder"),
        pytest.param("https://paper.example/noimagination.jpg", (0,), id="word"),
        pytest.param("https://paper.example/emblematic.jpg", (0,), id="another word"),
        pytest.param("data:image/gif;base64,R0lGODlhAQABAAAAACw=", (), id="no address"),
    ],
)
def test_placeholders_are_no_candidates(url: str, places: tuple[int, ...]) -> None:
    """A logo is better than nothing; a grey box is not."""
    body = '<p>Text.</p><img src="https://paper.example/real.jpg">'
    found = candidates(replace(ITEM, image_urls=(url,), body_html=body))

    assert tuple(at for at, one in enumerate(found) if one.url == url) == places
    assert "https://paper.example/real.jpg" in {one.url for one in found}


def test_icons_in_a_text_are_no_candidates() -> None:
    """What is drawn that small is no picture of the article."""
    body = '<p>Text.</p><img src="https://paper.example/i.png" width="32" height="32px">'

    assert candidates(replace(ITEM, body_html=body)) == ()
