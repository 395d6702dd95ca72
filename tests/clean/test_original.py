"""What a source gave, as it is shown beside the post: safe, whole, without a single request."""

from __future__ import annotations

import pytest

from wp_sync.clean.original import show_original, show_originals
from wp_sync.model import Removal

BASE = "https://paper.example/2031/tram"


@pytest.mark.parametrize(
    ("markup", "shown"),
    [
        pytest.param("Just words.", "<p>Just words.</p>", id="text"),
        pytest.param(
            '<img src="/a.jpg" alt="A tram" onerror="x()">',
            '<span class="named">picture: A tram</span>',
            id="picture",
        ),
        pytest.param(
            '<img data-src="x" src="//pixel.example/b.gif?u=1">',
            '<span class="named">picture: b.gif</span>',
            id="pixel",
        ),
        pytest.param(
            '<iframe src="https://video.example/embed/1"></iframe>',
            '<span class="named">frame: video.example</span>',
            id="frame",
        ),
        pytest.param(
            "<iframe src='http://[x'></iframe>", '<span class="named">frame</span>', id="bad host"
        ),
        pytest.param(
            "<form>Sign up<input><button>Go</button></form>",
            "<div>Sign up<span>Go</span></div>",
            id="form",
        ),
        pytest.param("<p>a<script>1</script><style>b</style>", "<p>a</p>", id="script"),
        pytest.param(
            '<p class="gone" style="color:red" id="x" title="furniture">Kept</p>',
            "<p>Kept</p>",
            id="a class of ours in the source",
        ),
        pytest.param(
            '<a href="/next">next</a>',
            '<a href="https://paper.example/next" rel="noopener noreferrer">next</a>',
            id="link",
        ),
        pytest.param('<a href="javascript:1">x</a>', '<a rel="noopener noreferrer">x</a>', id="js"),
    ],
)
def test_it_is_safe_and_asks_for_nothing(markup: str, shown: str) -> None:
    """A tracking pixel in an original would tell its source that an editor looks."""
    assert show_original(markup, BASE, ()) == shown


def test_what_was_taken_out_is_marked_with_its_rule() -> None:
    """The smallest element that begins so, not the whole text that begins with it."""
    promo = "Make us a preferred source in your search engine, so that you see more of us there."
    markup = f"<div><div><p>{promo}</p><p>It rains.</p><p>Share</p></div></div>"
    removed = (Removal(rule="recurring", text=promo[:80]), Removal(rule="share", text="Share"))

    shown = show_original(markup, BASE, removed)

    assert f'<p class="gone" title="recurring">{promo}</p><p>It rains.</p>' in shown
    assert '<p class="gone" title="share">Share</p>' in shown


def test_what_is_taken_out_twice_is_marked_twice() -> None:
    """A newsletter box stands in the middle and at the end."""
    removed = (Removal(rule="furniture", text="Sign up"),) * 2

    shown = show_original("<p>Sign up</p><p>It rains.</p><p>Sign up</p>", BASE, removed)

    assert shown.count('class="gone"') == 2


def test_what_was_kept_elsewhere_is_not_marked() -> None:
    """As many as the report has, from the end: there "Read more" is furniture."""
    removed = (Removal(rule="read more", text="Read more"),)

    shown = show_original("<p>Read more</p><p>It rains.</p><p>Read more</p>", BASE, removed)

    assert (
        shown == '<p>Read more</p><p>It rains.</p><p class="gone" title="read more">Read more</p>'
    )


def test_removal_without_text_marks_nothing() -> None:
    """Every empty element would fit it: line breaks, rules, cells."""
    markup = '<p>One<br>two</p><hr><div class="ad-slot"></div><table><tr><td></td></tr></table>'
    removed = (Removal(rule="furniture: ad-slot", text=""),)

    assert "gone" not in show_original(markup, BASE, removed)


def test_what_cannot_be_read_does_not_stop_the_others() -> None:
    """Of a hundred articles one may be made to break a parser."""
    deep = "<div>" * 3000 + "deep" + "</div>" * 3000

    shown = show_originals([("<p>One</p>", BASE, ()), (deep, BASE, ()), ("<p>Two</p>", BASE, ())])

    assert (shown[0], shown[2]) == ("<p>One</p>", "<p>Two</p>")
    assert "deep" in shown[1]
