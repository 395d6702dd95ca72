"""fetch_full_text and extract_page: an article found in its own page, on a real socket."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from wp_sync.confine import Confinement
from wp_sync.errors import ConfinedError, DisallowedError, ExtractError, StatusError, TooLargeError
from wp_sync.extract import extract_page, fetch_full_text
from wp_sync.model import Item, ItemKey
from wp_sync.web import WebSession

if TYPE_CHECKING:
    from collections.abc import Iterator

    from press import Kiosk

    from wp_sync.web import Response

KEY = ItemKey("https://paper.example/feed", "1")
ADDRESS = "https://paper.example/tram/"
SENTENCES = [
    "The tram will run again from Monday, a week sooner than the city had first announced.",
    "Workers replaced two kilometres of rail, and found fewer broken sleepers than they feared.",
    "Until then, buses carry passengers between the harbour, the market and the old station.",
    "Drivers, who were asked to take leave in May, say that they look forward to coming back.",
]
TEXT = "".join(f"<p>{sentence}</p>" for sentence in SENTENCES)
HEAD = """
<title>Tram returns | The Paper</title><meta property="og:title" content="Tram &amp;amp; bus">
<meta property="og:image" content="/img/tram.jpg"><meta name="author" content="Ada Example">
<meta property="article:published_time" content="2031-05-02T08:30:00+02:00">
"""
OTHER = (
    "<p>Potatoes fetched higher prices this autumn than in any year since growers began keeping"
    " records, because rain drowned fields across three provinces during August.</p>"
)
MENU = "<ul>" + "".join(f'<li><a href="/{n}">Section {n}</a></li>' for n in range(20)) + "</ul>"


def page(head: str = HEAD, text: str = TEXT) -> str:
    return (
        f'<!DOCTYPE html><html lang="en-CA"><head>{head}</head><body><nav>{MENU}</nav>'
        f'<article class="story">{text}</article><footer>{MENU}</footer></body></html>'
    )


def extract(markup: str | bytes, content_type: str = "text/html; charset=utf-8") -> str:
    body = markup.encode() if isinstance(markup, str) else markup
    return extract_page(body, ADDRESS, content_type, KEY).body_html


def test_page_gives_article_and_what_it_says_about_itself() -> None:
    """The text without the menus, and the meta elements' title, author, date and picture."""
    found = extract_page(page().encode(), ADDRESS, "text/html", KEY)

    assert all(sentence in found.body_html for sentence in SENTENCES)
    assert "Section 7" not in found.body_html
    assert (found.key, found.url, found.found_by) == (KEY, ADDRESS, "article element")
    assert (found.title, found.byline, found.language) == ("Tram &amp; bus", "Ada Example", "en-CA")
    assert found.published == datetime(2031, 5, 2, 6, 30, tzinfo=UTC)
    assert found.lead_image == "https://paper.example/img/tram.jpg"


def test_json_ld_fills_what_the_meta_elements_leave_open() -> None:
    """Author, date and picture of the article, wherever in the graph it stands."""
    graph = """<script type="application/ld+json">{"@graph": [{"@type": "Organization"},
    {"@type": ["NewsArticle"], "datePublished": "2031-05-02T06:30:00Z",
    "author": [{"name": "Ada Example"}, {"name": "Ben &amp; Co"}],
    "image": {"url": "https://img.example/1.jpg"}}]}</script>"""
    found = extract_page(page(graph).encode(), ADDRESS, "text/html", KEY)

    assert found.byline == "Ada Example, Ben & Co"
    assert found.published == datetime(2031, 5, 2, 6, 30, tzinfo=UTC)
    assert found.lead_image == "https://img.example/1.jpg"


@pytest.mark.parametrize(
    "head",
    [
        pytest.param("", id="nothing"),
        pytest.param('<script type="application/ld+json">{"@type":</script>', id="broken JSON"),
        pytest.param(
            f'<script type="application/ld+json">{"[" * 100_000}</script>', id="deep JSON"
        ),
        pytest.param('<meta property="og:image" content="javascript:alert(1)">', id="script"),
        pytest.param('<meta property="og:image" content="https://[bad/">', id="broken address"),
        pytest.param('<meta name="author" content="https://social.example/ada">', id="profile"),
        pytest.param('<meta property="article:published_time" content="soon">', id="no date"),
        pytest.param('<meta property="article:published_time" content="2031-05-02">', id="no zone"),
    ],
)
def test_what_a_page_gets_wrong_stays_empty(head: str) -> None:
    """Nothing is guessed, and nothing breaks."""
    found = extract_page(page(head).encode(), ADDRESS, "text/html", KEY)

    assert (found.byline, found.published, found.lead_image) == ("", None, "")
    assert SENTENCES[0] in found.body_html


@pytest.mark.parametrize(
    ("charset", "content_type", "head"),
    [
        ("utf-8", "text/html; charset=UTF-8", ""),
        ("iso-8859-2", "text/html; charset=iso-8859-2", '<meta charset="utf-8">'),
        ("windows-1251", "text/html", '<meta charset="windows-1251">'),
        ("utf-8", "text/html", ""),
        ("utf-8-sig", "text/html; charset=iso-8859-1", ""),
        ("windows-1252", "", ""),
    ],
)
def test_text_is_read_in_its_charset(charset: str, content_type: str, head: str) -> None:
    """Mark, header, meta element, else UTF-8 where it fits: in this order."""
    words = {"windows-1251": "Трамвай", "iso-8859-2": "Łódź"}.get(charset, "Gruyère")
    body = page(head, f"{TEXT}<p>{words}, says the mayor, has waited long enough for its tram.</p>")

    assert words in extract(body.encode(charset), content_type)


def test_pictures_of_the_article_stay() -> None:
    """Also those that are loaded lazily: the cleaner finds their address later."""
    picture = '<figure><img data-src="/i/1.jpg"><figcaption>A tram</figcaption></figure>'

    assert "/i/1.jpg" in extract(page(text=f"{TEXT}<div>{picture}</div>{TEXT}"))


@pytest.mark.parametrize("body", [b"", b"   ", b"\x00\x01\x02"])
def test_nothing_is_refused_by_name(body: bytes) -> None:
    """An empty answer is an error that says which page."""
    with pytest.raises(ExtractError, match=r"https://paper\.example/tram/ is not a page"):
        extract(body)


@pytest.fixture
def web() -> Iterator[WebSession]:
    with WebSession(user_agent="wp-sync-test") as web:
        yield web


@pytest.mark.parametrize(
    ("markup", "feed_text", "worth_it"),
    [
        pytest.param(page(), SENTENCES[0], "yes", id="more than the feed"),
        pytest.param(page(), TEXT + TEXT, "", id="less than the feed"),
        pytest.param(page(), f"{OTHER}<p>…</p>", "", id="another article"),
        pytest.param(page(text="<p>Please log in.</p>"), "", "", id="a login wall"),
    ],
)
def test_page_counts_where_it_holds_more_than_the_feed(
    markup: str,
    feed_text: str,
    worth_it: str,
    kiosk: Kiosk,
    web: WebSession,
    confinement: Confinement,
) -> None:
    """A wall or a teaser never replaces a text that the feed carries."""
    url = kiosk.put("/tram", markup, "text/html; charset=utf-8")
    item = Item(key=KEY, url=url, summary_html=feed_text)
    private = frozenset({kiosk.place})
    found = fetch_full_text(item, web=web, confinement=confinement, allow_private=private)

    assert (found is not None) == bool(worth_it)
    assert found is None or (found.url == url and SENTENCES[3] in found.body_html)


@pytest.mark.parametrize(
    ("body", "kind", "status", "error"),
    [
        pytest.param(b"%PDF-1.7", "application/pdf", 200, ExtractError, id="PDF"),
        pytest.param(b"", "text/html", 200, ExtractError, id="empty"),
        pytest.param(b"gone", "text/html", 410, StatusError, id="gone"),
        pytest.param(b"x" * 5_000_001, "text/html", 200, TooLargeError, id="too large"),
    ],
)
@pytest.mark.timeout(60)
def test_what_is_no_article_is_an_error_of_its_own(
    body: bytes, kind: str, status: int, error: type[Exception], kiosk: Kiosk
) -> None:
    """Each ends as one named error, and this process goes on."""
    url = kiosk.put("/x", body, kind, status)
    item, private = Item(key=KEY, url=url), frozenset({kiosk.place})

    with (
        WebSession(user_agent="wp-sync-test") as web,
        Confinement() as confinement,
        pytest.raises(error),
    ):
        fetch_full_text(item, web=web, confinement=confinement, allow_private=private)


@pytest.mark.parametrize("unit", ["<div>", "<b><a>", "<table><tr><td>", "<p>x"])
@pytest.mark.timeout(60)
def test_a_bomb_ends(unit: str, kiosk: Kiosk, web: WebSession, confinement: Confinement) -> None:
    """Two megabytes of nesting are a page without an article, or one that met a limit."""
    item = Item(key=KEY, url=kiosk.put("/x", unit * (2_000_000 // len(unit)), "text/html"))
    private = frozenset({kiosk.place})

    try:
        found = fetch_full_text(item, web=web, confinement=confinement, allow_private=private)
    except (ConfinedError, ExtractError):
        found = None
    assert found is None or (unit, "<p>x</p>" in found.body_html) == ("<p>x", True)


def test_entry_without_address_has_no_page(web: WebSession, confinement: Confinement) -> None:
    """There is nothing to ask for."""
    item = replace(Item(key=KEY), title="A title")

    assert fetch_full_text(item, web=web, confinement=confinement) is None


def test_a_whole_text_in_the_feed_asks_for_no_page(
    kiosk: Kiosk, web: WebSession, confinement: Confinement
) -> None:
    """Who gives all in the feed is not asked again for the same."""
    url = kiosk.put("/tram", page(), "text/html")
    item = Item(key=KEY, url=url, body_html=TEXT * 6, summary_html=SENTENCES[0])
    private = frozenset({kiosk.place})
    found = fetch_full_text(item, web=web, confinement=confinement, allow_private=private)

    assert found is None
    assert kiosk.asked == []


def test_further_pages_are_joined_once_each(
    kiosk: Kiosk, web: WebSession, confinement: Confinement
) -> None:
    """In their order, as far as they go on, and never in a circle or to another host."""
    for number in (1, 2, 3):
        following = f'<a rel="next" href="/tram?page={number + 1 if number < 3 else 2}">Next</a>'
        text = f"{TEXT}<p>This is what only page number {number} of the story tells.</p>"
        kiosk.put(f"/tram?page={number}", page(text=text + following), "text/html")
    item = Item(key=KEY, url=f"{kiosk.url}/tram?page=1")
    private = frozenset({kiosk.place})
    found = fetch_full_text(item, web=web, confinement=confinement, allow_private=private)

    assert found is not None
    places = [found.body_html.index(f"page number {number}") for number in (1, 2, 3)]
    assert places == sorted(places)
    assert kiosk.asked == ["/tram?page=1", "/tram?page=2", "/tram?page=3"]


def test_a_part_is_not_taken_for_the_whole(
    kiosk: Kiosk, web: WebSession, confinement: Confinement, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An article whose second page robots.txt keeps from us stays as its feed gave it."""
    text = f'{TEXT}<a rel="next" href="/tram?page=2">Next</a>'
    item = Item(key=KEY, url=kiosk.put("/tram?page=1", page(text=text), "text/html"))
    whole = web.get

    def get(url: str, **more: Any) -> Response:  # noqa: ANN401
        if url.endswith("page=2"):
            raise DisallowedError("robots.txt keeps programmes out", url=url)
        return whole(url, **more)

    monkeypatch.setattr(web, "get", get)
    private = frozenset({kiosk.place})
    with pytest.raises(DisallowedError):
        fetch_full_text(item, web=web, confinement=confinement, allow_private=private)


@pytest.mark.parametrize(
    "following",
    [
        pytest.param("https://other.example/tram?page=2", id="another host"),
        pytest.param("/potatoes", id="the next article"),
        pytest.param("javascript:next()", id="a script"),
        pytest.param("https://[bad/", id="a broken address"),
    ],
)
def test_what_is_no_further_page_is_not_asked_for(
    following: str, kiosk: Kiosk, web: WebSession, confinement: Confinement
) -> None:
    """A link to the next article says "next" as well."""
    head = f'{HEAD}<link rel="next" href="{following}">'
    item = Item(key=KEY, url=kiosk.put("/tram", page(head), "text/html"))
    private = frozenset({kiosk.place})
    fetch_full_text(item, web=web, confinement=confinement, allow_private=private)

    assert kiosk.asked == ["/tram"]
