"""Pages that keep their article back, and bad pages: each is named, and nothing else is fetched."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from wp_sync.errors import ConfinedError, ExtractError
from wp_sync.extract import extract_page
from wp_sync.model import ItemKey, Page

if TYPE_CHECKING:
    from wp_sync.confine import Confinement

KEY = ItemKey("https://paper.example/feed", "1")
ADDRESS = "https://paper.example/2031/tram/"
SENTENCE = "The tram will run again from Monday, a week sooner than the city had first announced."
TEXT = f"<p>{SENTENCE}</p>" * 20
TEASER = f"<p>{SENTENCE}</p>"
FREE = '<script type="application/ld+json">{"@type": "NewsArticle", %s}</script>'


def page(body: str, head: str = "<title>Tram returns</title>") -> bytes:
    return f"<!DOCTYPE html><html lang=en><head>{head}</head><body>{body}</body></html>".encode()


def extract(markup: bytes, content_type: str = "text/html; charset=utf-8") -> Page:
    return extract_page(markup, ADDRESS, content_type, KEY)


@pytest.mark.parametrize(
    ("markup", "name"),
    [
        pytest.param(
            page(TEXT, FREE % '"isAccessibleForFree": "False"'), "a paywall", id="not free"
        ),
        pytest.param(
            page(
                TEXT,
                FREE % '"hasPart": {"@type": "WebPageElement", "isAccessibleForFree": false,'
                ' "cssSelector": ".paid"}',
            ),
            "a paywall",
            id="a part that is not free",
        ),
        pytest.param(
            page(f"<article>{TEASER}</article><div>Subscribe to continue reading</div>"),
            "a paywall",
            id="a teaser and an offer",
        ),
        pytest.param(
            page(f"<article>{TEXT[:900]}</article><div class='c-paywall'>Subscribe now</div>"),
            "a paywall",
            id="an offer in a box of its name",
        ),
        pytest.param(
            page(
                "<div id='onetrust-banner-sdk'><p>We value your privacy</p>"
                "<button>Accept all</button></div>"
            ),
            "a page that asks for consent",
            id="consent",
        ),
        pytest.param(
            page("<div id='cf-chl-widget'></div>", "<title>Just a moment...</title>"),
            "a challenge for browsers",
            id="challenge",
        ),
        pytest.param(
            page("<script src='/cdn-cgi/challenge-platform/x.js'></script><p>Wait.</p>"),
            "a challenge for browsers",
            id="challenge by its script",
        ),
        pytest.param(
            page("<form action=/login><input name=u><input type=password></form>"),
            "a page to log in",
            id="login",
        ),
        pytest.param(
            page("<h1>Page not found</h1><p>Try the front page.</p>"),
            "a page that says that nothing is there",
            id="404 with 200",
        ),
        pytest.param(
            page("", '<meta http-equiv="refresh" content="0; url=http://169.254.169.254/latest">'),
            "a page that sends its readers elsewhere: 169.254.169.254",
            id="sent on to a private host",
        ),
    ],
)
def test_a_wall_is_named(markup: bytes, name: str) -> None:
    """Its words never replace the feed's own, and a person can read why."""
    with pytest.raises(ExtractError, match=name):
        extract(markup)


@pytest.mark.parametrize(
    "around",
    [
        pytest.param("<div id='onetrust-consent-sdk'>We value your privacy</div>", id="consent"),
        pytest.param("<a href='/subscribe'>Subscribe now</a>", id="an offer in the menu"),
        pytest.param("<form><input type=password></form>", id="a login form"),
        pytest.param("<script src='https://x.example/g-recaptcha.js'></script>", id="captcha"),
        pytest.param("<h1>404 days without the tram</h1>", id="a number in the title"),
    ],
)
def test_an_article_beside_such_marks_is_no_wall(around: str) -> None:
    """Most pages carry a banner, an offer and a login somewhere."""
    found = extract(page(f"{around}<article>{TEXT}</article>"))

    assert SENTENCE in found.body_html


@pytest.mark.parametrize(
    ("head", "text", "kept", "gone"),
    [
        pytest.param(
            '<base href="https://stranger.example/">',
            '<img src="/i/1.jpg">',
            "https://paper.example/i/1.jpg",
            "stranger",
            id="base to a stranger",
        ),
        pytest.param(
            '<link rel="canonical" href="https://stranger.example/x">',
            '<a href="/more">more of it</a>',
            "more of it",
            "stranger",
            id="canonical to a stranger",
        ),
        pytest.param(
            "",
            '<img data-src="javascript:alert(1)" src="/i/1.jpg">',
            "https://paper.example/i/1.jpg",
            "javascript:",
            id="a script where lazy loading has an address",
        ),
        pytest.param(
            "",
            '<img src="https://paper.example/p.gif" width=1 height=1>',
            SENTENCE,
            "p.gif",
            id="a tracker",
        ),
        pytest.param(
            "",
            '<iframe src="https://stranger.example/ad"></iframe>'
            '<iframe src="https://www.youtube.com/embed/abcdefghijk"></iframe>',
            "https://www.youtube.com/embed/abcdefghijk",
            "stranger",
            id="a stranger's frame",
        ),
        pytest.param(
            "",
            "".join(f'<img src="/i/{number}.jpg">' for number in range(500)),
            "/i/199.jpg",
            "/i/200.jpg",
            id="500 images",
        ),
    ],
)
def test_what_leads_astray_is_left_out(head: str, text: str, kept: str, gone: str) -> None:
    """The article stays; addresses are the page's own or none."""
    body = extract(page(f"<article>{TEXT}<p>{text}</p></article>", head)).body_html

    assert kept in body
    assert gone not in body


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        pytest.param(page(TEXT), "text/html; charset=utf-16", id="says UTF-16"),
        pytest.param(page(f"\x00\x01{TEXT}"), "text/html", id="NUL"),
        pytest.param(b"\xef\xbb\xbf" + page(TEXT), "text/html; charset=latin-1", id="mark"),
        pytest.param(page(TEXT).replace(b"week", b"\xed\xa0\x80week"), "text/html", id="surrogate"),
    ],
)
def test_lies_about_the_charset_break_nothing(
    body: bytes, content_type: str, confinement: Confinement
) -> None:
    """An article, or an error of its own name."""
    try:
        found = confinement.run(extract_page, body, ADDRESS, content_type, KEY)
    except ExtractError:
        return
    assert found.body_html == found.body_html.encode().decode()


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("<div>" * 100_000 + TEXT, id="100,000 deep"),
        pytest.param("<p>word word word word</p>" * 200_000, id="5 MB of paragraphs"),
        pytest.param("<a href=/x>x</a> " * 250_000, id="250,000 links"),
        pytest.param(f"<p {'x=1 ' * 100_000}>{SENTENCE}", id="100,000 attributes"),
        pytest.param(f"<img srcset='{'a,' * 500_000}'>{TEXT}", id="a set of a million"),
        pytest.param("<h3>Related</h3><ul><li><a href=/x>y</a></ul>" * 20_000, id="all related"),
    ],
)
@pytest.mark.timeout(200)
def test_a_huge_page_ends_by_name(body: str, confinement: Confinement) -> None:
    """It costs its own text at most: the run goes on."""
    try:
        found = confinement.run(extract_page, page(body), ADDRESS, "text/html", KEY)
    except (ConfinedError, ExtractError):
        return
    assert found.key == KEY


def test_a_long_article_of_a_huge_page_is_found(confinement: Confinement) -> None:
    """Five megabytes are not a reason to refuse a page, too many elements are."""
    waste = "<script>" + "x" * 4_500_000 + "</script>"
    found = confinement.run(
        extract_page, page(f"{waste}<article>{TEXT}</article>"), ADDRESS, "text/html", KEY
    )

    assert SENTENCE in found.body_html
