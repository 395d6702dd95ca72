"""What each format, and each of its extensions, calls the fields of an item."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from wp_sync.text import plain_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from wp_sync.model import Pull

MAY = datetime(2026, 4, 30, 10, tzinfo=UTC)
NETSCAPE = (
    '<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" '
    '"http://my.netscape.com/publish/formats/rss-0.91.dtd">'
)
RSS_090 = """<?xml version="1.0"?>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns="http://my.netscape.com/rdf/simple/0.9/">
<channel><title>Harbour News</title><link>http://harbour.example/</link></channel>
<item><title>Ferry &amp; crane</title><link>http://harbour.example/ferry</link></item></rdf:RDF>"""
RSS_091 = f"""<?xml version="1.0" encoding="ISO-8859-1"?>{NETSCAPE}
<rss version="0.91"><channel><title>Harbour News</title><link>http://harbour.example/</link>
<item><title>Ferry &amp; crane</title><link>http://harbour.example/ferry</link>
<description>It rained.</description></item></channel></rss>"""
RSS_092 = """<rss version="0.92"><channel><title>Harbour News</title>
<link>http://harbour.example/</link><item><title>Ferry &amp; crane</title>
<link>http://harbour.example/ferry</link><description>It rained.</description>
<category>Sea</category><enclosure url="/a.jpg" length="1" type="image/jpeg"/></item>
</channel></rss>"""
ATOM_03 = """<feed version="0.3" xmlns="http://purl.org/atom/ns#" xml:lang="en">
<title>Harbour News</title><link rel="alternate" type="text/html" href="http://harbour.example/"/>
<entry><title mode="escaped" type="text/html">Ferry &amp;amp; crane</title><id>tag:1</id>
<link rel="alternate" type="text/html" href="http://harbour.example/ferry"/>
<issued>2026-04-30T10:00:00Z</issued><modified>2026-04-30T10:00:00Z</modified>
<author><name>Ann</name></author><summary>It rained.</summary></entry></feed>"""
JSON_10 = json.dumps(
    {
        "version": "https://jsonfeed.org/version/1",
        "title": "Harbour News",
        "author": {"name": "Ann"},
        "items": [
            {
                "id": 1,
                "url": "http://harbour.example/ferry",
                "title": "Ferry & crane",
                "summary": "It rained.",
                "date_published": "2026-04-30T10:00:00Z",
            }
        ],
    }
)
NAMES = (
    'xmlns:media="http://search.yahoo.com/mrss/" '
    'xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" '
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/"'
)


def item_of(xml: str, channel: str = "") -> str:
    """Write an RSS feed of one item."""
    return (
        f'<rss version="2.0" {NAMES}><channel><title>N</title><link>http://harbour.example/</link>'
        f"{channel}<item><guid>http://harbour.example/1</guid>{xml}</item></channel></rss>"
    )


@pytest.mark.parametrize(
    ("feed", "name"),
    [
        pytest.param(RSS_090, "rss090", id="RSS 0.90"),
        pytest.param(RSS_091, "rss091u", id="RSS 0.91"),
        pytest.param(RSS_092, "rss092", id="RSS 0.92"),
        pytest.param(ATOM_03, "atom03", id="Atom 0.3"),
        pytest.param(JSON_10, "json10", id="JSON Feed 1.0"),
    ],
)
def test_old_formats_are_read_too(read: Callable[..., Pull], feed: str, name: str) -> None:
    """Old feeds are still out there."""
    pull = read(feed)

    (item,) = pull.items
    assert (pull.format, pull.title, pull.notes) == (name, "Harbour News", ())
    assert plain_text(item.title) == "Ferry & crane"
    assert item.url == "http://harbour.example/ferry"
    assert item.summary_html == ("" if name == "rss090" else "<p>It rained.</p>")
    assert item.authors == (("Ann",) if name in {"atom03", "json10"} else ())
    assert item.published == (MAY if item.authors else None)
    assert item.labels == (("Sea",) if name == "rss092" else ())
    assert len(item.image_urls) == (name == "rss092")


def test_names_that_a_dtd_declares_are_read(read: Callable[..., Pull]) -> None:
    """Nobody fetches the DTD; a parser that may believe in one drops what it does not know."""
    (item,) = read(RSS_091.replace("Ferry &amp; crane", "Caf&eacute; &#233;&nbsp;&amp; bar")).items

    assert plain_text(item.title) == "Café é & bar"


PICTURES = """<media:group>
<media:content url="/s.jpg" width="100" height="50" medium="image"><media:thumbnail url="/t.jpg"/>
<media:credit>Bo</media:credit><media:title>A ship</media:title>
<media:description>A caption that is longer than the text of the article.</media:description>
</media:content><media:content url="/l.jpg" width="1000" height="500" medium="image"/></media:group>
<media:credit role="photographer">Cy</media:credit>"""


@pytest.mark.parametrize("first", [True, False], ids=["before the text", "after the text"])
@pytest.mark.parametrize(
    "body", ["", "<content:encoded>&lt;p&gt;Whole.&lt;/p&gt;</content:encoded>"]
)
def test_pictures_have_captions_that_are_no_article(
    read: Callable[..., Pull],
    body: str,
    first: bool,  # noqa: FBT001
) -> None:
    """The parser would take a caption for the text, and the text for something else."""
    words = f"<title>Ferry</title><description>It rained.</description>{body}"

    (item,) = read(item_of(PICTURES + words if first else words + PICTURES)).items

    assert (item.title, item.authors) == ("Ferry", ())
    assert item.summary_html == "<p>It rained.</p>"
    assert item.body_html == ("<p>Whole.</p>" if body else "")
    names = [url.rpartition("/")[2] for url in item.image_urls]
    assert names == ["l.jpg", "s.jpg", "t.jpg"]


def test_media_alone_gives_title_and_text(read: Callable[..., Pull]) -> None:
    """A feed of pictures has no other words."""
    media = (
        "<media:title>A ship</media:title><media:description>In the rain.</media:description>"
        '<media:content url="/l.jpg" medium="image"/>'
    )

    (item,) = read(item_of(media)).items

    assert (item.title, item.summary_html) == ("A ship", "<p>In the rain.</p>")


def test_podcast_gives_what_a_post_can_have(read: Callable[..., Pull]) -> None:
    """The episode's own picture and author; a sound is no picture, and its length no text."""
    episode = (
        "<title>Ferries</title><itunes:author>Ann Bo</itunes:author>"
        "<itunes:summary>About ferries.</itunes:summary><itunes:duration>12:30</itunes:duration>"
        '<itunes:image href="/episode.jpg"/><itunes:keywords>rain, wind</itunes:keywords>'
        '<enclosure url="http://harbour.example/e.mp3" type="audio/mpeg" length="9"/>'
    )

    (item,) = read(item_of(episode, '<itunes:image href="/all.jpg"/>')).items

    assert item.authors == ("Ann Bo",)
    assert item.image_urls == ("http://harbour.example/episode.jpg",)
    assert item.summary_html == "<p>About ferries.</p>"
    assert item.labels == ("rain", "wind")


def test_dublin_core_gives_all_that_it_names(read: Callable[..., Pull]) -> None:
    """Several authors and subjects, a date, a text."""
    core = (
        "<title>t</title><dc:creator>Ann</dc:creator><dc:creator>Bo</dc:creator>"
        "<dc:date>2026-04-30T10:00:00Z</dc:date><dc:subject>Sea</dc:subject>"
        "<dc:subject>Rain</dc:subject><dc:description>It rained.</dc:description>"
    )

    (item,) = read(item_of(core)).items

    assert (item.authors, item.labels) == (("Ann", "Bo"), ("Sea", "Rain"))
    assert (item.published, item.summary_html) == (MAY, "<p>It rained.</p>")


def test_author_that_is_named_twice_stands_once(read: Callable[..., Pull]) -> None:
    """Of several authors the parser cuts the first in half, address and name."""
    named = (
        "<title>t</title><author>ann@harbour.example (Ann)</author><dc:creator>Ann</dc:creator>"
        "<itunes:author>Bo (London)</itunes:author>"
    )

    (item,) = read(item_of(named)).items

    assert item.authors == ("Ann", "Bo (London")


def test_picture_in_an_image_element_is_found(read: Callable[..., Pull]) -> None:
    """RSS has it for channels; some feeds have one in each item."""
    (item,) = read(item_of("<title>t</title><image><url>/i.jpg</url></image>")).items

    assert item.image_urls == ("http://harbour.example/i.jpg",)


def test_body_alone_is_no_summary(read: Callable[..., Pull]) -> None:
    """The parser copies it there, and its markup would be read as words."""
    body = "<title>t</title><content:encoded>&lt;p&gt;Whole.&lt;/p&gt;</content:encoded>"

    (item,) = read(item_of(body)).items

    assert (item.summary_html, item.body_html) == ("", "<p>Whole.</p>")


XHTML = """<feed xmlns="http://www.w3.org/2005/Atom" xml:base="http://files.example/x/">
<title>N</title><entry><id>/1</id><title type="xhtml">
<div xmlns="http://www.w3.org/1999/xhtml">A <b>tall</b> crane</div></title>LINK
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Seen <img src="i.jpg"/></p></div>
</content><source><title>Other</title><author><name>Ann</name></author></source></entry></feed>"""


@pytest.mark.parametrize(
    ("link", "url"),
    [('<link href="crane"/>', "http://files.example/x/crane"), ("", "http://files.example/1")],
    ids=["link", "id"],
)
def test_xhtml_and_what_it_is_relative_to(read: Callable[..., Pull], link: str, url: str) -> None:
    """Markup stays markup; xml:base is the base of links, and of ids that are paths."""
    (item,) = read(XHTML.replace("LINK", link)).items

    assert plain_text(item.title) == "A tall crane"
    assert item.body_html.startswith('<p>Seen <img src="i.jpg">')
    assert (item.url, item.base_url) == (url, "http://files.example/x/")
    assert item.authors == ("Ann",)


TITLE = '<title mode="escaped" type="text/html">Ferry &amp;amp; crane'


def test_script_in_a_title_is_not_read_out(read: Callable[..., Pull]) -> None:
    """A title becomes plain text: what stands between script tags is none."""
    title = '<title mode="escaped" type="text/html">Fe&lt;script&gt;alert(1)&lt;/script&gt;rry'
    (item,) = read(ATOM_03.replace(TITLE, title)).items

    assert plain_text(item.title) == "Ferry"


def test_feed_that_says_it_is_a_page_is_read(read: Callable[..., Pull]) -> None:
    """A wrong DOCTYPE makes no page of it."""
    pull = read('<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0//EN" "http://w3.example/">' + RSS_092)

    assert len(pull.items) == 1


def test_wide_characters_are_read(read: Callable[..., Pull]) -> None:
    """The mark of UTF-32 begins like that of UTF-16."""
    assert len(read(RSS_092.encode("utf-32")).items) == 1


def test_server_may_say_what_links_are_relative_to(
    put: Callable[..., str], pull: Callable[..., Pull]
) -> None:
    """Content-Location counts where the feed names no page of its own."""
    feed = RSS_092.replace("<link>http://harbour.example/</link>", "")
    feed = feed.replace("<link>http://harbour.example/ferry", "<link>/ferry")
    answer = pull(put("/feed", feed.encode(), Content_Location="http://other.example/a/"))

    assert [item.url for item in answer.items] == ["http://other.example/ferry"]


@pytest.mark.parametrize(
    ("feed", "site"),
    [
        pytest.param(RSS_090, "http://harbour.example/", id="RDF"),
        pytest.param(RSS_092, "http://harbour.example/", id="RSS"),
        pytest.param(ATOM_03, "http://harbour.example/", id="Atom"),
        pytest.param(
            JSON_10.replace('"items"', '"home_page_url": "http://harbour.example/", "items"'),
            "http://harbour.example/",
            id="JSON Feed",
        ),
        pytest.param(JSON_10, "", id="none"),
    ],
)
def test_a_feed_names_its_site(read: Callable[..., Pull], feed: str, site: str) -> None:
    """A feed that suddenly names another one may have changed hands."""
    assert read(feed).site == site
