"""The pages of a plan: what each holds, and that no stranger's text becomes markup."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import PurePosixPath

import pytest
from bs4 import BeautifulSoup
from exhibits import ADDRESSES, NOON, hostile_show, make_exhibit, make_show

from wp_sync.model import Adopt, Exhibit, ItemKey, Outcome, Picture, Receipt, SitePost, Update
from wp_sync.review.preview import make_pages

_ALLOWED = """
a article aside bdi blockquote body br code dd div dl dt footer h1 h2 h3 h4 head header html img li
main meta nav ol p q section span style table tbody td th thead time title tr ul
"""
ALLOWED = set(_ALLOWED.split())


def read(page: str) -> BeautifulSoup:
    return BeautifulSoup(page, "lxml")


def test_each_channel_has_its_page_and_links_its_posts() -> None:
    """Also one for which nothing came: an editor looks for it."""
    pages = make_pages(make_show([make_exhibit(1), make_exhibit(2)]))

    assert list(pages) == [
        "index.html",
        "channel-news.html",
        "channel-golf.html",
        "posts/rain-1-abcdeb.html",
        "posts/rain-2-abcdec.html",
    ]
    links = {one["href"] for one in read(pages["channel-news.html"]).select("h2 a")}
    assert links == {"posts/rain-1-abcdeb.html", "posts/rain-2-abcdec.html"}
    assert "Nothing new." in pages["channel-golf.html"]


def test_every_link_between_pages_leads_somewhere() -> None:
    """On every page, from where it stands."""
    pages = make_pages(make_show([make_exhibit(number) for number in range(5)]))

    for name, page in pages.items():
        for one in read(page).select("a[href]"):
            if not str(one["href"]).startswith(("http", "#")):
                place = PurePosixPath(name).parent / str(one["href"])
                found = str(place).replace("posts/../", "")
                assert found in pages, (name, found)


def test_a_post_looks_as_the_theme_shows_it() -> None:
    """Headline, house byline, date, category, picture, body, tags: what readers will see."""
    exhibit = make_exhibit(date=NOON, tags=("Example News", "Rain"), categories=(("Ö", "Rain"),))
    post = read(make_pages(make_show([exhibit]))["posts/rain-1-abcdeb.html"])

    shown = post.select_one("#post")
    assert shown
    assert shown.h1
    assert shown.h1.text == "Rain & wind, part 1"
    assert "by Sarah Taylor · May 4, 2031 · in Ö > Rain" in shown.text
    assert [one.text for one in shown.select(".tags li")] == ["Example News", "Rain"]
    assert shown.select("img")[0]["src"] == "https://news.example/1.jpg"
    assert shown.select(".body p a")[0]["href"] == "https://news.example/rain-1"


def test_beside_it_stand_the_original_and_what_was_taken_out() -> None:
    """An editor who misses something sees at once which rule took it."""
    post = read(make_pages(make_show([make_exhibit()]))["posts/rain-1-abcdeb.html"])

    assert [one.text for one in post.select("#taken .rule")] == ["furniture"]
    assert [one.text for one in post.select("#taken q")] == ["Share this"]
    assert [one.text for one in post.select("#original .source")] == ["It rains."]


@pytest.mark.parametrize(
    ("kind", "told"),
    [("update", ["7", "title, body"]), ("adopt", ["7"])],
)
def test_what_becomes_of_posts_that_are_there_is_told(kind: str, told: list[str]) -> None:
    """An update's page shows the whole post; what of it is written must be said."""
    post = make_exhibit().change.post
    change: Update | Adopt = (
        Update(
            post=post,
            wp_id=7,
            fields=("title", "body"),
            receipt=Receipt(key=post.key, wp_id=7),
            reason="changed at the source",
        )
        if kind == "update"
        else Adopt(
            post=post,
            found=SitePost(wp_id=7, slug="x", status="draft"),
            doubtful=False,
            reason="found by its link",
        )
    )
    exhibit = Exhibit(change=change, author="", original=make_exhibit().original)

    page = read(make_pages(make_show([exhibit]))["posts/rain-1-abcdeb.html"])

    facts = [one.text for one in page.select("#plan dd")]
    assert facts[: len(told)] == told


def test_what_becomes_no_post_is_told_with_its_reason() -> None:
    """Every outcome has a reason, also one that has no page."""
    held = Outcome(
        key=ItemKey("f", "1"), status="held", stage="curate", reason="fits none", title="Two <b>"
    )

    index = read(make_pages(make_show([], outcomes=[held]))["index.html"])

    assert [one.text for one in index.select(".left tbody td")] == ["held", "Two <b>", "fits none"]


def test_the_newest_stand_first_and_undated_ones_before() -> None:
    """As WordPress lists them: what has no date gets it when it is made."""
    dates = [NOON, None, NOON + timedelta(days=1)]
    pages = make_pages(make_show([make_exhibit(n, date=date) for n, date in enumerate(dates)]))

    titles = [one.text for one in read(pages["channel-news.html"]).select("h2 a")]
    assert titles == [f"Rain & wind, part {number}" for number in (1, 2, 0)]


def test_pictures_that_lie_beside_the_pages_are_taken_from_there() -> None:
    """The demo's sources end with the demo."""
    body = '<p><img src="https://a.example/x.jpg?a=1&amp;b=2" alt="x"></p>'
    exhibit = make_exhibit(body=body)
    local = {
        "https://news.example/1.jpg": "pictures/1.jpg",
        "https://a.example/x.jpg?a=1&b=2": "pictures/x.jpg",
    }

    pages = make_pages(make_show([exhibit], pictures=local))

    sources = [one["src"] for one in read(pages["posts/rain-1-abcdeb.html"]).select("img")]
    assert sources == ["../pictures/1.jpg", "../pictures/x.jpg"]
    assert read(pages["index.html"]).select("img")[0]["src"] == "pictures/1.jpg"


def test_embeds_are_links_to_what_they_lead_to() -> None:
    """A bare address in the middle of an article looks like a mistake, and is none."""
    body = (
        '<!-- wp:embed {"url":"https://video.example/1"} --><figure class="wp-block-embed">'
        '<div class="wp-block-embed__wrapper">\nhttps://video.example/1?a=1&amp;b=2\n</div>'
        "</figure><!-- /wp:embed -->\n\nhttps://video.example/2\n"
    )

    post = read(make_pages(make_show([make_exhibit(body=body)]))["posts/rain-1-abcdeb.html"])

    links = [one["href"] for one in post.select(".body a.embed")]
    assert links == ["https://video.example/1?a=1&b=2", "https://video.example/2"]
    assert "wp:embed" not in str(post)


def test_no_text_of_a_stranger_becomes_markup() -> None:
    """Titles, tags, reasons, addresses: whatever a feed says is shown, and does nothing."""
    pages = make_pages(hostile_show())

    assert len(pages) > 15
    for name, page in pages.items():
        tree = read(page)
        assert {one.name for one in tree.find_all()} <= ALLOWED, name
        for one in tree.find_all():
            assert not [key for key in one.attrs if key.startswith("on") or key == "autofocus"]
        for one in tree.select("[href], [src]"):
            address = str(one.get("href") or one.get("src"))
            assert re.match(r"https?://|(\.\./)?(posts/|channel-|index)|#", address), address
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", page)
        assert not re.search("[\ud800-\udfff]", page)


def test_addresses_that_are_none_are_not_links() -> None:
    """Else a click would run what a feed wrote."""
    pages = make_pages(hostile_show())
    links = {str(one["href"]) for page in pages.values() for one in read(page).select("a[href]")}

    bad = ("javascript", "data", "file", "vbscript")
    assert not [one for one in links if one.strip().lower().startswith(bad)]
    assert {one for one in ADDRESSES if one.startswith("https")} <= links


def test_files_are_named_so_that_none_leaves_the_directory() -> None:
    """A title of a feed names a file on the editor's machine."""
    names = list(make_pages(hostile_show()))

    assert len({name.lower() for name in names}) == len(names)
    assert all(re.fullmatch(r"(posts/)?[a-z0-9-]+\.html", name) for name in names)


def test_the_policy_allows_this_style_and_nothing_that_runs() -> None:
    """The last wall, should a body ever hold a script."""
    page = read(make_pages(make_show([make_exhibit()]))["index.html"])
    style = page.style
    assert style
    assert style.string
    digest = base64.b64encode(hashlib.sha256(style.string.encode()).digest()).decode()

    meta = page.select_one('meta[http-equiv="Content-Security-Policy"]')

    assert meta
    assert f"default-src 'none'; style-src 'sha256-{digest}'; img-src" in str(meta["content"])


@pytest.mark.parametrize(
    "address", ["javascript:1", "//a.example/x.jpg", "data:image/png;base64,A"]
)
def test_a_picture_is_asked_for_at_web_addresses_alone(address: str) -> None:
    """The next candidate is shown, or none."""
    one = make_exhibit(pictures=(Picture(url=address), Picture(url="https://a.example/2.jpg")))
    none = make_exhibit(2, pictures=(Picture(url=address),))

    pages = make_pages(make_show([one, none]))

    images = read(pages["channel-news.html"]).select("img")
    assert [image["src"] for image in images] == ["https://a.example/2.jpg"]


def test_posts_of_one_slug_have_a_page_each() -> None:
    """Nothing of a plan is hidden behind another."""
    exhibits = [make_exhibit(1), make_exhibit(2, slug="rain-1-abcdeb")]

    pages = make_pages(make_show(exhibits))

    assert {"posts/rain-1-abcdeb.html", "posts/rain-1-abcdeb-2.html"} <= set(pages)


def test_an_articles_language_is_told_and_a_strangers_code_is_not() -> None:
    """A screen reader reads it in its language."""
    known = make_exhibit(1).original
    exhibits = [
        make_exhibit(1, replace(known, language="fr-CA")),
        make_exhibit(2, replace(known, language='fr" onload="')),
    ]

    pages = make_pages(make_show(exhibits))

    assert '<article id="post" lang="fr-CA">' in pages["posts/rain-1-abcdeb.html"]
    assert '<article id="post">' in pages["posts/rain-2-abcdec.html"]
