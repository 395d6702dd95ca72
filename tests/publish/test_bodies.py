"""Pictures of a text: found, shown from the site's own library, left out without a trace."""

from __future__ import annotations

import pytest

from wp_sync.model import Picture
from wp_sync.publish.bodies import (
    Local,
    find_images,
    show_local,
    upload_ids,
    without_pictures,
)

URL = "https://news.example/a.jpg?x=1&y=2"
TAG = '<img src="https://news.example/a.jpg?x=1&amp;y=2" alt="A &gt; B">'
OURS = "https://site.example/wp-content/uploads/2026/05/rain-0123456789abcdef.webp"
LOCAL = {URL: Local(7, OURS)}
SHOWN = f'<img src="{OURS}" alt="A &gt; B" class="wp-image-7">'
CLOSED, CLOSED_SHOWN = (f"{tag.removesuffix('>')}/>" for tag in (TAG, SHOWN))
FIGURE = f"<figure>{TAG}<figcaption>A pier</figcaption></figure>\n"
BLOCK = '<!-- wp:image {{}} -->\n<figure class="wp-block-image">{}</figure>\n<!-- /wp:image -->'


def test_pictures_are_found_with_what_is_said_of_them() -> None:
    """In the order of the text, each once."""
    other = '<p><img alt="" src="https://news.example/b.jpg"></p>'

    found = find_images(f"<p>x</p>{FIGURE}{other}{TAG}<img alt='none'>")

    assert found == (
        Picture(url=URL, alt="A > B", caption="A pier"),
        Picture(url="https://news.example/b.jpg"),
    )


@pytest.mark.parametrize(
    ("body", "shown", "bare"),
    [
        pytest.param("<p>None.</p>", "<p>None.</p>", "<p>None.</p>", id="none"),
        pytest.param(f"<p>a</p>\n{TAG}", f"<p>a</p>\n{SHOWN}", "<p>a</p>", id="loose"),
        pytest.param(
            f"<p>a</p>\n{FIGURE}<p>b</p>",
            f"<p>a</p>\n{FIGURE.replace(TAG, SHOWN)}<p>b</p>",
            "<p>a</p>\n<p>b</p>",
            id="figure, which goes with its caption",
        ),
        pytest.param(
            f'<p>a</p>\n<p><a href="https://news.example/a.jpg">{TAG}</a></p>',
            f'<p>a</p>\n<p><a href="https://news.example/a.jpg">{SHOWN}</a></p>',
            "<p>a</p>",
            id="link and paragraph, which are hollow then",
        ),
        pytest.param(f"<p>A {TAG} b.</p>", f"<p>A {SHOWN} b.</p>", "<p>A  b.</p>", id="text"),
        pytest.param(
            f"<!-- wp:image -->\n<figure>{CLOSED}</figure>\n<!-- /wp:image -->",
            f'<!-- wp:image {{"id":7}} -->\n<figure>{CLOSED_SHOWN}</figure>\n<!-- /wp:image -->',
            "",
            id="block",
        ),
        pytest.param(
            BLOCK.format(TAG).replace("{}", '{"sizeSlug":"large","a":"x\\u002d\\u002d>"}'),
            '<!-- wp:image {"id":7,"sizeSlug":"large","a":"x\\u002d\\u002d\\u003e"} -->\n'
            f'<figure class="wp-block-image">{SHOWN}</figure>\n<!-- /wp:image -->',
            "",
            id="block with attributes, which can't end the comment",
        ),
        pytest.param(
            f"<!-- wp:paragraph -->\n<p>{TAG}</p>\n<!-- /wp:paragraph -->\n\n<p>b</p>",
            f"<!-- wp:paragraph -->\n<p>{SHOWN}</p>\n<!-- /wp:paragraph -->\n\n<p>b</p>",
            "<p>b</p>",
            id="block of a paragraph",
        ),
    ],
)
def test_pictures_are_shown_from_the_site_or_not_at_all(body: str, shown: str, bare: str) -> None:
    """A reader's browser never asks the source."""
    assert show_local(body, LOCAL) == shown
    assert show_local(body, {}) == without_pictures(body) == bare
    assert without_pictures(shown, ours=True) == bare
    assert "news.example/a.jpg?x" not in shown


def test_a_figure_of_several_stays_with_those_that_are_had() -> None:
    """One missing picture takes no other with it."""
    both = f'<figure><img src="https://news.example/b.jpg">{TAG}</figure>'

    assert show_local(both, LOCAL) == f"<figure>{SHOWN}</figure>"


def test_pictures_of_an_editor_are_not_ours() -> None:
    """They are part of what the editor wrote."""
    body = '<p>a</p><img src="https://site.example/wp-content/uploads/2026/05/mine.jpg">'

    assert without_pictures(body, ours=True) == body


def test_uploads_are_known_by_the_class() -> None:
    """As WordPress knows them, whatever the text says of classes."""
    assert upload_ids(f"{SHOWN}<p>wp-image-9</p><img class='a wp-image-12'>") == {7, 12}


def test_names_of_the_site_are_added_to_classes() -> None:
    """An old id is replaced; a block writer's own names stay."""
    tag = TAG.replace("<img", '<img class="wide wp-image-3"')

    assert 'class="wide wp-image-7"' in show_local(tag, LOCAL)


FILM = (
    f'<figure><video controls="" poster="{URL}" src="https://news.example/a.mp4"></video></figure>'
)


def test_still_of_a_film_is_a_picture_of_the_text() -> None:
    """It would be fetched from the source by each reader, before they ask for the film."""
    local = FILM.replace(URL, OURS)

    assert find_images(FILM) == (Picture(url=URL),)
    assert show_local(FILM, {URL: Local(7, OURS)}) == local
    assert show_local(FILM, {}) == FILM.replace(f' poster="{URL}"', "")
    assert without_pictures(local, ours=True) == show_local(FILM, {})
