"""The sample sources: what they serve is real, and what their manifest promises can be kept."""

from __future__ import annotations

import json
import shutil
import urllib.error
import urllib.request
from collections import Counter
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import feedparser
import pytest
from PIL import Image

from wp_sync.clean import clean_item
from wp_sync.config import load_config
from wp_sync.curate import judge_article, screen_item
from wp_sync.model import Article, Page, Verdict
from wp_sync.sandbox.samples import (
    SampleSource,
    SampleSources,
    draw_picture,
    load_manifest,
    load_sources,
    sample_config,
    serve_samples,
)
from wp_sync.sources import parse
from wp_sync.text import normalise_address, plain_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from wp_sync.config import Config
    from wp_sync.model import Item, ItemKey, Tombstone

NOW = datetime(2025, 11, 24, 9, 30, 15, 250, tzinfo=UTC)
MAPPINGS = Path(__file__).parents[2] / "mappings"
MANIFEST = load_manifest()
ENTRIES = {
    "cadenza-weekly/feed": 8,
    "curb-and-coping/rss.php": 6,
    "daily-living/all.rss": 8,
    "fairway-letter/index.rdf": 4,
    "gadget-lane/firehose.xml": 27,
    "ledge-notes/feed.json": 3,
    "northern-broadcasting/canada.xml": 7,
    "northern-broadcasting/sports.xml": 7,
    "prairie-ledger/news.rss": 6,
    "sportsline-wire/latest.atom": 9,
}
FORMATS = {"index.rdf": "rss10", "latest.atom": "atom10", "feed.json": "json11"}


class Nothing:
    """A memory in which no article has a post yet."""

    def owner(self, _address: str) -> ItemKey | None:
        return None

    def title_of(self, _key: ItemKey) -> str:
        return ""

    def buried(self, _article: Tombstone) -> Tombstone | None:
        return None

    def known_since(self, _feed: str) -> datetime | None:
        return None


@pytest.fixture(scope="module")
def served() -> Iterator[SampleSources]:
    """Serve the sources on this machine."""
    with serve_samples(NOW) as sources:
        yield sources


@pytest.fixture(scope="module")
def config(served: SampleSources, tmp_path_factory: pytest.TempPathFactory) -> Config:
    """Load the demo's configuration with the model site's own mappings."""
    directory = tmp_path_factory.mktemp("site")
    shutil.copytree(MAPPINGS, directory / "mappings")
    (directory / "config.toml").write_text(sample_config(served, "http://127.0.0.1:1/", "editor"))
    return load_config(directory / "config.toml")


@pytest.fixture(scope="module")
def judged(served: SampleSources, config: Config) -> Mapping[str, tuple[Article, Verdict]]:
    """Every article by its title, cleaned and judged by the real stages; its whole page if full."""
    return {
        article.title: (article, verdict)
        for source in served.sources
        for file in source.feeds
        for article, verdict in judge_feed(served, config, source, file)
    }


def judge_feed(
    served: SampleSources, config: Config, sample: SampleSource, file: str
) -> Iterator[tuple[Article, Verdict]]:
    (source,) = (one for one in config.sources if one.name == sample.name)
    removes = [selector for name in source.to for selector in config.channels[name].clean.remove]
    rules = config.channels[source.to[0]].clean.model_copy(update={"remove": tuple(removes)})
    for item in read_items(f"{served.url}/{sample.slug}/{file}"):
        page = None
        if source.rights == "full":
            page = Page(key=item.key, url=item.url, body_html=fetch(item.url)[1].decode())
        article = clean_item(item, page, rights=source.rights, rules=rules)
        early = screen_item(item, source, config.channels, Nothing(), NOW)
        yield article, early or judge_article(article, source, config.channels, Nothing(), NOW)


def fetch(url: str, **headers: str) -> tuple[int, bytes, Mapping[str, str]]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=named)) as answer:  # noqa: S310
            return answer.status, answer.read(), dict(answer.headers.items())
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read(), dict(error.headers.items())


def read_items(url: str) -> tuple[Item, ...]:
    return parse.parse_feed(fetch(url)[1], parse.Source(feed=url, location=url), {}, NOW).items


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


def test_articles_land_in_their_channels(judged: Mapping[str, tuple[Article, Verdict]]) -> None:
    """The real stages, with the real mappings, publish what the manifest promises."""
    found: dict[str, list[str]] = {channel: [] for channel in MANIFEST.articles}
    for title, (_, verdict) in judged.items():
        if verdict.decision in {"publish", "draft"}:
            found[verdict.channel].append(title)

    assert found == {channel: list(titles) for channel, titles in MANIFEST.articles.items()}


@pytest.mark.parametrize(
    ("titles", "decision", "reason"),
    [
        pytest.param(MANIFEST.off_topic, "drop", "well enough|or better", id="off topic"),
        pytest.param(MANIFEST.too_old, "drop", "older than", id="too old"),
        pytest.param(MANIFEST.unwanted, "drop", "drops the words", id="unwanted"),
        pytest.param(MANIFEST.held, "hold", "fits no channel", id="held"),
    ],
)
def test_the_rest_stays_out_for_the_reason_named(
    titles: tuple[str, ...],
    decision: str,
    reason: str,
    judged: Mapping[str, tuple[Article, Verdict]],
) -> None:
    """What the manifest calls off topic, too old, unwanted or held is so judged."""
    verdicts = [judged[title][1] for title in titles]

    assert verdicts
    assert {verdict.decision for verdict in verdicts} == {decision}
    assert all(
        any(words in said for words in reason.split("|") for said in verdict.reasons)
        for verdict in verdicts
    )


def test_furniture_is_served_and_cleaned_away(
    served: SampleSources, judged: Mapping[str, tuple[Article, Verdict]]
) -> None:
    """Each phrase of the manifest is in what is served, and in nothing that may be published."""
    paths = [f"/{path}" for path in ENTRIES]
    paths += [article.path for source in served.sources for article in source.articles]
    raw = "".join(fetch(served.url + path)[1].decode() for path in paths)
    clean = "".join(
        article.body_html + article.excerpt
        for article, verdict in judged.values()
        if verdict.decision != "drop"
    )

    assert [phrase for _, phrase in MANIFEST.furniture if phrase not in raw] == []
    assert [phrase for _, phrase in MANIFEST.furniture if phrase in clean] == []


def test_articles_keep_what_belongs_to_them(
    judged: Mapping[str, tuple[Article, Verdict]],
) -> None:
    """Cleaning leaves subheads, tables, lists, quotations and figures standing."""
    bodies = [article.body_html for article, _ in judged.values()]
    kept = Counter(
        tag
        for tag in ("h2", "table", "ul", "blockquote", "figure")
        for body in bodies
        if f"<{tag}" in body
    )

    assert kept["h2"] >= 5
    assert min(kept.values()) >= 3
    assert any("$41,000" in body for body in bodies)
    assert sum(body.count("<h2") + body.count("<h3") >= 4 for body in bodies) >= 4


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


def test_configuration_names_every_source(config: Config, served: SampleSources) -> None:
    """The written config.toml is accepted, and opens this server's port to its sources only."""
    port = served.url.rpartition(":")[2]

    assert [source.name for source in config.sources] == list(served.feeds)
    assert {source.allow_private for source in config.sources} == {(f"127.0.0.1:{port}",)}
    assert all(
        set(config.channels[name].clean.remove) >= set(selectors)
        for name, selectors in MANIFEST.remove.items()
    )


def test_json_feed_is_of_version_1_1(served: SampleSources) -> None:
    """The JSON Feed is JSON of the version that it names."""
    feed: dict[str, Any] = json.loads(fetch(served.feeds["Ledge Notes"][0])[1])

    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert [len(item["authors"]) for item in feed["items"]] == [1, 1, 1]
