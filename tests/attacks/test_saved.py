"""What an editor's save makes of our texts: the block editor decodes and re-writes them."""

from __future__ import annotations

import html
import re

import pytest

from wp_sync.clean import sanitise
from wp_sync.markup import WORD_JOINER
from wp_sync.publish.rest_values import escape, plain, term_values

ATTACK = "<img src=x onerror=alert(1)>"
TEXTS = (
    ATTACK,
    html.escape(ATTACK),
    html.escape(html.escape(ATTACK)),
    "&amp;#60;img src=x onerror=alert(1)>",
    "&#38;#x3c;img src=x onerror=alert(1)>",
    "<!-- wp:html --><script>alert(1)</script>",
    "&amp;amp;#91;canary]",
    "AT&T; R&amp;D <b>bold</b> 1 < 2",
)


@pytest.mark.parametrize("text", TEXTS)
def test_a_title_stays_text_however_often_it_is_edited(text: str) -> None:
    """Each save by an editor takes one entity off; none of them makes a tag or a shortcode."""
    stored = escape(text)
    assert plain(stored) == text

    for _ in range(5):
        stored = html.unescape(stored)
        assert not re.search(r"<[a-z!/?]|\[[a-z]", stored, re.IGNORECASE)


def test_a_term_written_like_a_tag_has_a_clean_slug() -> None:
    """WordPress makes a slug of the name where none is given, joiners and all."""
    values = term_values("<b>Rain [x]", 0)

    assert values["name"] == f"&lt;{WORD_JOINER}b&gt;Rain [{WORD_JOINER}x]"
    assert values["slug"] == " b>Rain  x]"
    assert "slug" not in term_values("Rain & sun", 0)


@pytest.mark.parametrize(
    ("attribute", "kept"),
    [
        ("alt='<!-- wp:block -->'", f'alt="&lt;{WORD_JOINER}!-- wp:block --&gt;"'),
        ("alt='a <img b'", f'alt="a &lt;{WORD_JOINER}img b"'),
        ("alt='1 < 2 <3'", 'alt="1 &lt; 2 &lt;3"'),
    ],
)
def test_an_attribute_written_like_a_tag_is_broken(attribute: str, kept: str) -> None:
    """The editor writes "<" there as it is, and WordPress reads blocks and images in it."""
    body = sanitise(f"<p>x <img src='https://x.example/a.png' {attribute}></p>")

    assert kept in body
    assert sanitise(body) == body


def test_an_address_holds_no_tag() -> None:
    """In an address the same sign has an escaped form that means the same."""
    body = sanitise("<p><a href='https://x.example/?q=<!--[x]-->'>x</a></p>")

    assert 'href="https://x.example/?q=%3C!--%5Bx%5D--%3E"' in body


@pytest.mark.parametrize("space", ["&nbsp;", "\u3000", "\ufeff", " &nbsp; "])
def test_an_address_behind_any_space_is_not_alone(space: str) -> None:
    """The editor embeds a paragraph that is nothing but an address, to JavaScript's own spaces."""
    body = sanitise(f"<p>{space}https://video.example/1</p>")

    assert f"{WORD_JOINER}https://video.example/1" in body
