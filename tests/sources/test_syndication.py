"""RSS, RDF, Atom and JSON Feed: the same item, whatever the format."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from wp_sync.text import plain_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from wp_sync.model import Pull


ATOM = """<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en-GB"><title>Harbour News</title>
<link href="http://harbour.example/"/><author><name>The desk</name></author>
<entry><id>urn:1</id><title>Ferry is late</title><link href="http://harbour.example/ferry"/>
<published>2026-04-30T12:00:00+02:00</published><updated>2026-04-30T11:30:00Z</updated>
<category term="sea" label="The sea"/><summary>It rained.</summary>
<content type="html">&lt;p&gt;It rained all day.&lt;/p&gt;</content></entry></feed>"""
RSS = """<?xml version="1.0"?><rss version="2.0"
 xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom">
<channel><title>Harbour News</title><link>http://harbour.example/</link><language>en-GB</language>
<item><guid isPermaLink="false">urn:1</guid><title>Ferry is late</title>
<link>http://harbour.example/ferry</link><pubDate>Thu, 30 Apr 2026 12:00:00 +0200</pubDate>
<atom:updated>2026-04-30T11:30:00Z</atom:updated>
<dc:creator>The desk</dc:creator>
<category>The sea</category><description>It rained.</description>
<content:encoded><![CDATA[<p>It rained all day.</p>]]></content:encoded></item></channel></rss>"""
RDF = """<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:content="http://purl.org/rss/1.0/modules/content/">
<channel rdf:about="http://harbour.example/"><title>Harbour News</title>
<link>http://harbour.example/</link><dc:language>en-GB</dc:language></channel>
<item rdf:about="urn:1"><title>Ferry is late</title><link>http://harbour.example/ferry</link>
<dc:date>2026-04-30T10:00:00Z</dc:date><dc:creator>The desk</dc:creator>
<dc:subject>The sea</dc:subject>
<description>It rained.</description>
<content:encoded><![CDATA[<p>It rained all day.</p>]]></content:encoded></item></rdf:RDF>"""
JSON = json.dumps(
    {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Harbour News",
        "language": "en-GB",
        "home_page_url": "http://harbour.example/",
        "authors": [{"name": "The desk"}],
        "items": [
            {
                "id": "urn:1",
                "title": "Ferry is late",
                "url": "/ferry",
                "date_published": "2026-04-30T12:00:00+02:00",
                "date_modified": "2026-04-30T11:30:00Z",
                "tags": ["The sea"],
                "summary": "It rained.",
                "content_html": "<p>It rained all day.</p>",
            }
        ],
    }
)


@pytest.mark.parametrize(
    ("feed", "name"),
    [
        pytest.param(ATOM, "atom10", id="Atom"),
        pytest.param(RSS, "rss20", id="RSS"),
        pytest.param(RDF, "rss10", id="RDF"),
        pytest.param(JSON, "json11", id="JSON Feed"),
        pytest.param("\ufeff" + JSON, "json11", id="JSON Feed with a mark"),
        pytest.param("\n " + RSS, "rss20", id="space before the declaration"),
        pytest.param(
            RSS.replace('<?xml version="1.0"?>', "").encode("utf-16"), "rss20", id="UTF-16"
        ),
    ],
)
def test_all_formats_give_the_same_item(
    read: Callable[..., Pull], feed: str | bytes, name: str
) -> None:
    """What a channel makes of an item does not depend on its feed's format."""
    result = read(feed)

    assert (result.format, result.title, result.notes) == (name, "Harbour News", ())
    (item,) = result.items
    assert item.key == ("the feed", "urn:1")
    assert item.url == item.base_url == "http://harbour.example/ferry"
    assert item.title == "Ferry is late"
    assert item.summary_html == "<p>It rained.</p>"
    assert item.body_html == "<p>It rained all day.</p>"
    assert item.published == datetime(2026, 4, 30, 10, tzinfo=UTC)
    expected = item.published if name == "rss10" else datetime(2026, 4, 30, 11, 30, tzinfo=UTC)
    assert item.updated == expected
    assert item.authors == ("The desk",)
    assert item.labels == ("The sea",)
    assert item.language == "en-GB"


@pytest.mark.parametrize(
    ("feed", "written", "shown"),
    [
        pytest.param(RSS, "AT&amp;T", "AT&T", id="RSS, escaped once"),
        pytest.param(RSS, "Tom &amp;amp; Jerry", "Tom & Jerry", id="RSS, escaped twice"),
        pytest.param(RSS, "<![CDATA[Salt & pepper]]>", "Salt & pepper", id="RSS, CDATA"),
        pytest.param(RSS, "&lt;b&gt;Big&lt;/b&gt; news", "Big news", id="RSS, markup"),
        pytest.param(RSS, "Use of &lt;b&gt; in HTML", "Use of <b> in HTML", id="RSS, about markup"),
        pytest.param(RSS, "5 &lt; 6", "5 < 6", id="RSS, a sign"),
        pytest.param(ATOM, "Use of &lt;b&gt; in HTML", "Use of <b> in HTML", id="Atom, text"),
        pytest.param(ATOM, "The &amp;amp; sign", "The &amp; sign", id="Atom, text about entities"),
    ],
)
def test_title_shows_what_a_reader_would_see(
    read: Callable[..., Pull], feed: str, written: str, shown: str
) -> None:
    """A title is HTML from here on: stripped of tags and decoded once it is the visible text."""
    (item,) = read(feed.replace("Ferry is late", written)).items

    assert plain_text(item.title) == shown


def test_html_title_of_atom_keeps_its_type(read: Callable[..., Pull]) -> None:
    """type="html" says that tags are markup."""
    feed = ATOM.replace(
        "<title>Ferry is late", '<title type="html">&lt;i&gt;Ferry&lt;/i&gt; &amp;amp; co'
    )
    (item,) = read(feed).items

    assert plain_text(item.title) == "Ferry & co"


@pytest.mark.parametrize(
    ("feed", "written"),
    [
        pytest.param(ATOM, '<content type="text">1 &lt; 2\nnext\n\nlast</content>', id="Atom"),
        pytest.param(JSON, '"content_text": "1 < 2\\nnext\\n\\nlast"', id="JSON Feed"),
    ],
)
def test_plain_text_becomes_html(read: Callable[..., Pull], feed: str, written: str) -> None:
    """A body is always HTML, and says the same."""
    old = (
        feed[feed.index("<content ") : feed.index("</entry>")]
        if feed is ATOM
        else ('"content_html": "<p>It rained all day.</p>"')
    )
    (item,) = read(feed.replace(old, written)).items

    assert item.body_html == "<p>1 &lt; 2<br>\nnext</p>\n<p>last</p>"


RUSSIAN = '<?xml version="1.0" encoding="windows-1251"?>' + RSS[21:].replace("Ferry", "Паром")


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        pytest.param(RUSSIAN.encode("cp1251"), "text/xml", id="declared"),
        pytest.param(RUSSIAN.encode("cp1251"), "text/xml; charset=utf-8", id="header lies"),
        pytest.param(
            RUSSIAN.replace("windows-1251", "utf-8").encode("cp1251"),
            "application/rss+xml; charset=windows-1251",
            id="declaration lies",
        ),
        pytest.param(
            RUSSIAN.replace("windows-1251", "utf-8").encode(),
            "text/xml; charset=ISO-8859-1",
            id="UTF-8, and the header says Latin-1",
        ),
        pytest.param(RUSSIAN.encode(), "text/html", id="UTF-8, and the declaration lies"),
        pytest.param(
            RUSSIAN.replace("windows-1251", "utf-16").encode("utf-16"), "text/xml", id="UTF-16"
        ),
    ],
)
def test_charset_comes_out_right(
    put: Callable[..., str], pull: Callable[..., Pull], body: bytes, content_type: str
) -> None:
    """Whoever lies about the charset, the text is read as it was meant."""
    (item,) = pull(put("/feed", body, Content_Type=content_type)).items

    assert item.title == "Паром is late"


def item_with(xml: str) -> str:
    names = 'xmlns:media="http://search.yahoo.com/mrss/" xmlns:yandex="http://news.yandex.ru" '
    names += 'xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0" '
    names += 'xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" '
    return RSS.replace("<rss ", f"<rss {names}").replace("</item>", f"{xml}</item>")


def test_images_come_largest_first_and_once(read: Callable[..., Pull]) -> None:
    """Media before thumbnails before enclosures; films and sounds are none."""
    (item,) = read(
        item_with(
            '<media:content url="/small.jpg" width="100" height="80"/>'
            '<media:content url="/large.jpg?w=9" width="1200" height="800"/>'
            '<media:content url="/film.mp4" type="video/mp4" width="4000" height="2000"/>'
            '<media:content url="/unnamed" medium="image"/>'
            '<media:thumbnail url="/thumb.jpg"/><media:thumbnail url="/small.jpg"/>'
            '<enclosure url="/attached" type="image/png" length="1"/>'
            '<enclosure url="/sound.mp3" type="audio/mpeg" length="1"/>'
            '<itunes:image href="/cover.jpg"/>'
        )
    ).items

    names = [url.removeprefix("http://harbour.example/") for url in item.image_urls]
    expected = ["large.jpg?w=9", "small.jpg", "unnamed", "thumb.jpg", "attached", "cover.jpg"]
    assert names == expected


def test_caption_of_a_picture_is_not_the_body(read: Callable[..., Pull]) -> None:
    """The parser puts media:description among the contents; the article is the description."""
    feed = item_with(
        '<media:content url="/a.jpg"><media:description>A ferry</media:description></media:content>'
    )
    start, end = feed.index("<content:encoded>"), feed.index("</content:encoded>") + 18

    (item,) = read(feed[:start] + feed[end:]).items

    assert (item.body_html, item.summary_html) == ("", "<p>It rained.</p>")


def test_original_link_is_preferred_to_feedburners(read: Callable[..., Pull]) -> None:
    """The article's own address is what other importers and readers know."""
    link = "<feedburner:origLink>http://harbour.example/own</feedburner:origLink>"

    (item,) = read(item_with(link)).items

    assert item.url == "http://harbour.example/own"


@pytest.mark.parametrize(
    ("guid", "url"),
    [
        pytest.param("http://harbour.example/p/1", "http://harbour.example/p/1", id="address"),
        pytest.param("12345", "", id="number"),
        pytest.param("javascript:alert(1)", "", id="script"),
    ],
)
def test_guid_stands_in_for_a_missing_link_when_it_is_an_address(
    read: Callable[..., Pull], guid: str, url: str
) -> None:
    """A permalink is a link; a number is none, though RSS calls it a permalink by default."""
    feed = RSS.replace("<link>http://harbour.example/ferry</link>", "")
    feed = feed.replace('<guid isPermaLink="false">urn:1', f"<guid>{guid}")

    (item,) = read(feed).items

    assert (item.key.guid, item.url) == (guid, url)


def test_link_that_is_no_web_address_is_left_out(read: Callable[..., Pull]) -> None:
    """No script and no broken address passes."""
    for bad in ("javascript:alert(1)", "http://[", "file:///etc/passwd"):
        (item,) = read(RSS.replace("http://harbour.example/ferry", bad)).items
        assert item.url == ""


def test_explicit_base_is_kept(read: Callable[..., Pull]) -> None:
    """xml:base says what relative addresses in the body are relative to."""
    feed = ATOM.replace("<content ", '<content xml:base="http://files.example/x/" ')

    (item,) = read(feed).items

    assert item.base_url == "http://files.example/x/"


def test_authors_have_no_mail_addresses(read: Callable[..., Pull]) -> None:
    """RSS puts an address where the name should be; it is not ours to publish."""
    for author in ("ann@harbour.example (Ann Bo)", "Ann Bo &lt;ann@harbour.example&gt;"):
        feed = RSS.replace("<dc:creator>The desk</dc:creator>", f"<author>{author}</author>")
        (item,) = read(feed).items
        assert item.authors == ("Ann Bo",)


def test_labels_are_plain_text_and_stand_once(read: Callable[..., Pull]) -> None:
    """WordPress's feeds escape their categories twice."""
    feed = RSS.replace(
        "The sea</c", "<![CDATA[Arts &amp; Crafts]]></category><category>Arts &amp; Crafts</c"
    )

    (item,) = read(feed).items

    assert item.labels == ("Arts & Crafts",)


def test_video_description_is_the_body(read: Callable[..., Pull]) -> None:
    """YouTube gives plain text, whose line ends mean something."""
    names = '<feed xmlns:yt="http://www.youtube.com/xml/schemas/2015" '
    names += 'xmlns:media="http://search.yahoo.com/mrss/" '
    start, end = ATOM.index("<summary>"), ATOM.index("</entry>")
    video = (
        "<yt:videoId>x</yt:videoId><media:group><media:title>Other</media:title>"
        '<media:thumbnail url="http://i.example/1.jpg"/>'
        "<media:description>One &amp; two\nthree</media:description></media:group>"
    )

    (item,) = read((ATOM[:start] + video + ATOM[end:]).replace("<feed ", names)).items

    assert item.title == "Ferry is late"
    assert item.body_html == "<p>One &amp; two<br>\nthree</p>"
    assert item.image_urls == ("http://i.example/1.jpg",)


def test_full_text_of_yandex_is_the_body(read: Callable[..., Pull]) -> None:
    """Some publishers give the article in an element of Yandex's own."""
    feed = item_with("<yandex:full-text>Long &lt;br /&gt; text</yandex:full-text>")
    start, end = feed.index("<content:encoded>"), feed.index("</content:encoded>") + 18

    (item,) = read(feed[:start] + feed[end:]).items

    assert item.body_html == "Long <br /> text"


def test_json_feed_of_odd_types_is_read_as_far_as_it_goes(read: Callable[..., Pull]) -> None:
    """Any value may be anything: nothing but the entry itself suffers."""
    odd: dict[str, object] = {
        "id": 7,
        "title": None,
        "url": 3,
        "authors": "x",
        "tags": [1, "a"],
        "attachments": [[]],
    }
    feed = {"version": "https://jsonfeed.org/version/1", "items": [odd, "x", None]}

    result = read(json.dumps(feed))

    assert result.format == "json10"
    (item,) = result.items
    assert (item.key.guid, item.title, item.labels) == ("7", "", ("a",))


def test_json_feed_images(read: Callable[..., Pull]) -> None:
    """The image, the banner, and attached pictures, in this order."""
    feed = json.loads(JSON)
    sound = {"url": "/s.mp3", "mime_type": "audio/mpeg"}
    picture = {"url": "/p", "mime_type": "image/png"}
    feed["items"][0] |= {"image": "/i.jpg", "banner_image": "/b", "attachments": [sound, picture]}

    (item,) = read(json.dumps(feed)).items

    names = [url.removeprefix("http://harbour.example/") for url in item.image_urls]
    assert names == ["i.jpg", "b", "p"]
