"""The sample sources: what they serve is real, and what their manifest promises can be kept."""

from __future__ import annotations

import json
from collections import Counter
from datetime import timedelta
from io import BytesIO
from typing import Any

import feedparser
import pytest
from PIL import Image
from sampling import ENTRIES, MANIFEST, NOW, fetch, read_items

from wp_sync.sandbox.samples import (
    SampleSources,
    draw_picture,
    load_sources,
    serve_samples,
)
from wp_sync.sources import parse
from wp_sync.text import normalise_address, plain_text

FORMATS = {"index.rdf": "rss10", "latest.atom": "atom10", "feed.json": "json11"}


@pytest.mark.parametrize("path", ENTRIES)
def test_feed_holds_its_entries_in_its_format(path: str, served: SampleSources) -> None:
    """Each feed is well-formed, of its own format, and lists what the data say."""
    source, _, file = path.partition("/")
    content = fetch(f"{served.url}/{path}")[1]
    pull = parse.parse_feed(content, parse.Source(feed=path, location=served.url), {}, NOW)

    assert len(pull.items) == ENTRIES[path]
    assert pull.format == FORMATS.get(file, "rss20")
    assert content.startswith(b"{") or not feedparser.parse(content).bozo
    assert f"{served.url}/{path}" in {url for urls in served.feeds.values() for url in urls}
    assert source in {one.slug for one in load_sources()}


def test_dates_lie_in_the_last_ten_days(served: SampleSources) -> None:
    """Also the oddly written dates are understood; one article is old, a few have no date."""
    dates = [
        item.published for urls in served.feeds.values() for url in urls for item in read_items(url)
    ]
    ages = [NOW - date for date in dates if date]

    assert dates.count(None) == 4
    assert sum(age > timedelta(days=14) for age in ages) == len(MANIFEST.too_old) == 1
    assert min(ages) > timedelta(0)
    assert sorted(ages)[-2] < timedelta(days=10)


def test_manifest_is_rich_enough() -> None:
    """There is enough of everything for the demo to show something."""
    per_channel = {name: len(titles) for name, titles in MANIFEST.articles.items()}
    titles = [title for titles in MANIFEST.articles.values() for title in titles]

    assert len(per_channel) == 6
    assert min(per_channel.values()) >= 6
    assert len(set(titles)) == len(titles) >= 40
    assert len({kind for kind, _ in MANIFEST.furniture}) >= 8
    assert len(MANIFEST.off_topic) >= 25
    assert len(MANIFEST.repeats) >= 3


def test_repeats_have_the_address_of_their_original(served: SampleSources) -> None:
    """A repeat is listed twice, under addresses that are one when normalised."""
    listed = Counter(
        (plain_text(item.title), normalise_address(item.url))
        for urls in served.feeds.values()
        for url in urls
        for item in read_items(url)
    )
    doubled = {address for (_, address), times in listed.items() if times > 1}
    promised = {normalise_address(served.url + repeat.of) for repeat in MANIFEST.repeats}

    assert {normalise_address(served.url + one.address) for one in MANIFEST.repeats} == promised
    assert doubled == promised
    assert any(repeat.address == repeat.of for repeat in MANIFEST.repeats)


def test_pages_hold_the_article_among_furniture(served: SampleSources) -> None:
    """A page has its title, its text and its picture, and what stands around them."""
    (paper,) = (source for source in served.sources if source.rights == "full")
    article = paper.articles[0]
    page = fetch(served.url + article.path)[1].decode()

    assert f"<h1>{article.title}</h1>" in page
    assert "a bench by the door" in page
    assert f'property="og:image" content="{served.url}{article.picture}"' in page
    assert all(part.phrase in page for part in paper.furniture)
    assert fetch(f"{served.url}/prairie-ledger/")[1].count(b'rel="alternate"') == 1


def test_pictures_are_pictures(served: SampleSources) -> None:
    """Every picture decodes, has its size and type, is small, and is unlike every other."""
    paths = {one.picture for source in served.sources for one in source.articles if one.picture}
    answers = {path: fetch(served.url + path) for path in paths}

    for status, content, headers in answers.values():
        with Image.open(BytesIO(content)) as image:
            image.load()
            assert status == 200
            assert image.size == (1200, 675)
            assert headers["Content-Type"] == image.get_format_mimetype()
        assert len(content) < 80_000
    assert len({content for _, content, _ in answers.values()}) == len(paths) >= 35
    assert {path.rpartition(".")[2] for path in paths} == {"jpg", "png", "webp"}


def test_all_that_articles_name_is_served(served: SampleSources) -> None:
    """No picture of an article or of its text is missing; what is not there is a 404."""
    named: set[str] = set()
    for source in served.sources:
        for article in source.articles:
            for part in fetch(served.url + article.path)[1].decode().split('src="')[1:]:
                named.add(part.partition('"')[0])
    named = {url for url in named if "/img/" in url or "pixel" in url}

    assert len(named) > 40
    assert {fetch(url)[0] for url in named} == {200}
    assert fetch(f"{served.url}/prairie-ledger/nothing")[0] == 404
    assert fetch(f"{served.url}/prairie-ledger/img/x--nothing.jpg")[0] == 404


def test_conditional_requests_are_answered_304(served: SampleSources) -> None:
    """ETag and Last-Modified spare the body; another tag does not, and the log tells it all."""
    url = f"{served.url}/gadget-lane/firehose.xml"
    _, content, headers = fetch(url)
    before = len(served.requests)
    by_tag = fetch(url, If_None_Match=headers["ETag"])
    by_date = fetch(url, If_Modified_Since=headers["Last-Modified"])
    other = fetch(url, If_None_Match='"x"', If_Modified_Since=headers["Last-Modified"])

    assert (by_tag[:2], by_date[:2]) == ((304, b""), (304, b""))
    assert other[:2] == (200, content)
    assert [one.status for one in served.requests[before:]] == [304, 304, 200]
    assert {one.path for one in served.requests[before:]} == {"/gadget-lane/firehose.xml"}
    assert served.requests[-1].headers["If-None-Match"] == '"x"'


def test_same_moment_gives_the_same_bytes(served: SampleSources) -> None:
    """Feeds differ by nothing but the port; a later moment moves the dates; pictures are stable."""
    url = f"{served.url}/sportsline-wire/latest.atom"
    draw_picture.cache_clear()
    first = draw_picture("one--rink.jpg")
    draw_picture.cache_clear()
    with serve_samples(NOW) as again, serve_samples(NOW + timedelta(hours=1)) as later:
        same = fetch(url.replace(served.url, again.url))[1]
        moved = fetch(url.replace(served.url, later.url))[1]
        ports = [sources.url.encode() for sources in (served, again, later)]

    assert fetch(url)[1].replace(ports[0], ports[1]) == same
    assert moved.replace(ports[2], ports[1]) != same
    assert draw_picture("one--rink.jpg") == first


def test_json_feed_is_of_version_1_1(served: SampleSources) -> None:
    """The JSON Feed is JSON of the version that it names."""
    feed: dict[str, Any] = json.loads(fetch(served.feeds["Ledge Notes"][0])[1])

    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert [len(item["authors"]) for item in feed["items"]] == [1, 1, 1]
