"""pull_feed: conditional requests, what is new, and errors that name the feed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from wp_sync.errors import FeedError, NetworkError, ParseError, StatusError, TooLargeError
from wp_sync.model import Validators

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from wp_sync.model import Pull


NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
RSS = """<?xml version="1.0"?><rss version="2.0"><channel><title>Harbour News</title>
<link>http://harbour.example/</link>
<item><guid isPermaLink="false">1</guid><title>Ferry is late</title><link>/ferry</link>
<description>It rained.</description><pubDate>Thu, 30 Apr 2026 10:00:00 GMT</pubDate></item>
<item><guid isPermaLink="false">2</guid><title>Crane is tall</title><link>/crane</link></item>
</channel></rss>"""


def test_second_pull_is_conditional_and_brings_nothing(
    put: Callable[..., str], asked: list[tuple[str, dict[str, str]]], pull: Callable[..., Pull]
) -> None:
    """Validators come back as they were given; a 304 is a Pull without items."""
    url = put("/feed", RSS.encode(), ETag='W/"7"', Last_Modified="some day")
    first = pull(url)
    put("/feed", status=304, ETag='W/"8"')

    second = pull(url, last=first.validators)

    assert first.changed
    assert len(first.items) == 2
    assert first.validators == Validators(url=url, etag='W/"7"', last_modified="some day")
    headers = asked[1][1]
    assert (headers["If-None-Match"], headers["If-Modified-Since"]) == ('W/"7"', "some day")
    assert not second.changed
    assert not second.items
    # What a 304 carries is newer; what it leaves out stays valid.
    assert second.validators == Validators(url=url, etag='W/"8"', last_modified="some day")


def test_answer_without_validators_clears_them(
    put: Callable[..., str], pull: Callable[..., Pull]
) -> None:
    """A 200 says all there is to know: old validators would never match again."""
    url = put("/feed", RSS.encode())

    result = pull(url, last=Validators(url=url, etag='"old"'))

    assert result.validators == Validators(url=url)


def test_validators_of_a_redirected_feed_belong_to_its_target(
    put: Callable[..., str], asked: list[tuple[str, dict[str, str]]], pull: Callable[..., Pull]
) -> None:
    """The condition is sent where the feed is, not where it was."""
    old = put("/old", status=301, Location="/new")
    new = put("/new", RSS.encode(), ETag='"1"')
    first = pull(old)

    pull(old, last=first.validators)

    assert first.validators.url == new
    sent = [(path, "If-None-Match" in headers) for path, headers in asked]
    assert sent == [("/old", False), ("/new", False), ("/old", False), ("/new", True)]


def test_known_items_are_counted_and_left_out(read: Callable[..., Pull]) -> None:
    """What did not change is not handed on, whatever the hour."""
    first = read(RSS)
    later = NOW + timedelta(days=30)

    same = read(RSS, known=first.hashes, now=later)
    changed = read(RSS.replace("It rained.", "It snowed."), known=first.hashes)

    assert set(first.hashes) == {"1", "2"}
    assert (same.items, same.unchanged, same.hashes) == ((), 2, {})
    assert [item.key.guid for item in changed.items] == ["1"]
    assert changed.unchanged == 1
    assert changed.hashes["1"] != first.hashes["1"]


def test_date_that_is_barely_ahead_does_not_change_the_item_at_each_pull(
    read: Callable[..., Pull],
) -> None:
    """It is taken as now, and now is another one each time; the hash does not follow."""
    feed = RSS.replace("30 Apr 2026 10", "01 May 2026 20").replace("Thu", "Fri")
    first = read(feed)
    later = NOW + timedelta(hours=2)

    second = read(feed, known=first.hashes, now=later)

    assert second.unchanged == 2


def test_moved_feed_keeps_its_guids(put: Callable[..., str], pull: Callable[..., Pull]) -> None:
    """Guids that are no addresses don't depend on where the feed was fetched."""
    feed = RSS.replace(' isPermaLink="false"', "").encode()
    pulls = [pull(put(path, feed)) for path in ("/a/feed", "/b/feed")]

    assert {tuple(one.hashes) for one in pulls} == {("1", "2")}


def test_http_errors_pass_and_name_the_address(
    put: Callable[..., str], pull: Callable[..., Pull]
) -> None:
    """The web's own errors are clear enough."""
    gone = put("/gone", status=404)
    busy = put("/busy", status=429, Retry_After="60")

    with pytest.raises(StatusError, match=f"{gone} answered 404"):
        pull(gone)
    with pytest.raises(NetworkError, match=f"{busy} answered 429") as caught:
        pull(busy)
    assert caught.value.retry_after == 60


def test_body_beyond_ten_megabytes_is_refused(
    put: Callable[..., str], pull: Callable[..., Pull]
) -> None:
    """A feed of that size is none."""
    with pytest.raises(TooLargeError):
        pull(put("/feed", RSS.encode() + b" " * 10_000_000))


def test_missing_file_is_a_feed_error_with_a_cure(
    pull: Callable[..., Pull], tmp_path: Path
) -> None:
    """A path in the configuration may be mistyped."""
    with pytest.raises(FeedError, match=r"nowhere\.xml: No such file.*check the path"):
        pull(tmp_path / "nowhere.xml")


PAGE = """<!-- hello --><!DOCTYPE html><html><head><title>Harbour</title>
<link rel="alternate" type="application/rss+xml" href="/feed.xml"></head><body>News</body></html>"""


LOGIN = """<?xml version="1.0"?><!DOCTYPE html><html xmlns="http://www.w3.org/1999/xhtml">
<head><title>Log in</title></head><body><form action="/login"></form></body></html>"""
CHALLENGE = """<!DOCTYPE html><html lang="en-US"><head><title>Just a moment...</title>
<meta http-equiv="refresh" content="390"></head><body class="no-js">
<div id="challenge-error-text">Enable JavaScript and cookies to continue</div></body></html>"""
PARKED = """<!-- parked --><html data-adblockkey="x"><head><title>harbour.example</title></head>
<body>This domain may be for sale.<script>window.park = "x"</script></body></html>"""


@pytest.mark.parametrize(
    ("body", "words"),
    [
        pytest.param("", "is empty", id="empty"),
        pytest.param(" \n", "is empty", id="white space"),
        pytest.param(
            PAGE, r"a web page, not a feed \(its own feeds are: http://.*/feed.xml", id="page"
        ),
        pytest.param("<html><body>Log in", "a web page, not a feed", id="page without feeds"),
        pytest.param(LOGIN, "a web page, not a feed", id="login"),
        pytest.param(CHALLENGE, "a web page, not a feed", id="challenge"),
        pytest.param(PARKED, "a web page, not a feed", id="parking page"),
        pytest.param("\x00" * 100, "is empty", id="nothing but NULs"),
        pytest.param("<sitemapindex></sitemapindex>", "a sitemap", id="sitemap of sitemaps"),
        pytest.param('<?xml version="1.0"?><opml><body/></opml>', "OPML", id="OPML"),
        pytest.param("<urlset xmlns='x'><url/></urlset>", "a sitemap", id="sitemap"),
        pytest.param('{"version": 1, "items": []}', "JSON, but no JSON Feed", id="JSON"),
        pytest.param("[1]", "JSON, but no JSON Feed", id="JSON list"),
        pytest.param("{" * 10, "JSON, but no JSON Feed", id="broken JSON"),
        pytest.param("%PDF-1.7", "a PDF file", id="PDF"),
        pytest.param("Service unavailable", "neither RSS, Atom nor JSON Feed", id="words"),
        pytest.param("<note><to>x</to></note>", "neither RSS, Atom nor JSON Feed", id="other XML"),
        pytest.param(RSS[:90], "broken before its first entry", id="cut before the first entry"),
        pytest.param(RSS[:220], "broken before its first entry", id="cut in the first entry"),
    ],
)
def test_what_is_no_feed_is_named(
    put: Callable[..., str], pull: Callable[..., Pull], body: str, words: str
) -> None:
    """The message says what it is instead, where, and what to do."""
    url = put("/feed", body.encode(), Content_Type="application/rss+xml")

    with pytest.raises(ParseError, match=words) as caught:
        pull(url)
    assert str(caught.value).startswith(url)
    assert caught.value.feed == "the feed"
    assert caught.value.cure


def test_feed_without_entries_is_a_feed(read: Callable[..., Pull]) -> None:
    """It may be new; it never means that all items are gone."""
    result = read("<rss version='2.0'><channel><title>New</title></channel></rss>")

    assert (result.title, result.items) == ("New", ())
    assert result.notes == ("the feed has no entries",)


def test_cut_feed_gives_its_whole_entries(read: Callable[..., Pull]) -> None:
    """The entry in which it ends is left for the next time: half of it may be missing."""
    result = read(RSS[: RSS.index("Crane")])

    assert [item.title for item in result.items] == ["Ferry is late"]
    assert any("middle of an entry" in note for note in result.notes)


@pytest.mark.parametrize("end", ["Crane", '<item><guid isPermaLink="false">2'])
def test_cut_feed_is_asked_for_whole_again(
    put: Callable[..., str], pull: Callable[..., Pull], end: str
) -> None:
    """A 304 to its validators would hide for good what was cut off."""
    url = put("/feed", RSS[: RSS.index(end)].encode(), ETag='"7"')

    result = pull(url)

    assert [item.title for item in result.items] == ["Ferry is late"]
    assert result.validators == Validators()


def test_malformed_feed_keeps_its_validators(
    put: Callable[..., str], pull: Callable[..., Pull]
) -> None:
    """What is odd and whole is asked for conditionally, as any feed."""
    url = put("/feed", RSS.replace("It rained.", "It rained & poured <br>").encode(), ETag='"7"')

    assert pull(url).validators == Validators(url=url, etag='"7"')


def test_malformed_feed_gives_all_entries(read: Callable[..., Pull]) -> None:
    """An error that is no cut costs no entry."""
    result = read(RSS.replace("It rained.", "It rained & poured <br>"))

    assert len(result.items) == 2
    assert "not well-formed XML" in result.notes[0]


def test_entity_bomb_fails_this_feed_only(read: Callable[..., Pull]) -> None:
    """What expat refuses, feedparser would expand to a gigabyte: it is refused unread."""
    bomb = RSS.replace("<rss", f'\n<!DOCTYPE rss [\n<!ENTITY a "{"x" * 50_000}">\n]>\n<rss', 1)

    with pytest.raises(ParseError, match="is an entity bomb"):
        read(bomb.replace("It rained.", "&a;" * 20_000))
    assert len(read(RSS).items) == 2


def test_slow_feed_fails_alone(read: Callable[..., Pull], monkeypatch: pytest.MonkeyPatch) -> None:
    """A slow input, of which feedparser has more than we know, ends at the limit on CPU."""
    monkeypatch.setattr("wp_sync.sources.pull._CPU_SECONDS", 1)
    feed = RSS.replace("It rained.", "&" * 800_000)

    with pytest.raises(ParseError, match="reading this feed took more than 1 s of CPU"):
        read(feed)


def test_limits_cut_and_tell(read: Callable[..., Pull]) -> None:
    """2,000 entries a fetch and a megabyte a field are taken, and it is said."""
    items = "".join(f"<item><guid>{n}</guid><title>t</title></item>" for n in range(2_100))
    result = read(RSS.replace("<item>", items + "<item>", 1))
    large = read(RSS.replace("It rained.", "rain " * 300_000))

    assert len(result.items) == 2_000
    assert any("more than 2,000 entries" in note for note in result.notes)
    assert len(large.items[0].summary_html) == 1_000_000
    assert any("was cut at 1,000,000" in note for note in large.notes)


def test_repeated_guid_is_one_item(read: Callable[..., Pull]) -> None:
    """The same text counts once; of different ones the latest stands, and it is said."""
    twice = RSS.replace('<guid isPermaLink="false">2<', '<guid isPermaLink="false">1<')
    twice = twice.replace("/crane", "/ferry#2")
    dated = twice.replace(
        "</link></item>", "</link><pubDate>Fri, 01 May 2026 09:00:00 GMT</pubDate></item>"
    )
    same = RSS.replace(
        "</channel>", RSS[RSS.index("<item>") : RSS.index("</item>") + 7] + "</channel>"
    )

    assert [item.title for item in read(twice).items] == ["Ferry is late"]
    assert [item.title for item in read(dated).items] == ["Crane is tall"]
    assert "stands for different texts" in read(dated).notes[0]
    assert (len(read(same).items), read(same).notes) == (2, ())


def test_one_guid_for_all_entries_makes_an_item_of_each_article(
    read: Callable[..., Pull],
) -> None:
    """Other address and other title: other article. The order decides only who has the guid."""
    feed = RSS.replace('<guid isPermaLink="false">2<', '<guid isPermaLink="false">1<')

    first = read(feed)
    second = read(feed, known=first.hashes)

    assert [item.key.guid for item in first.items] == ["1", "1\nharbour.example/crane"]
    assert [item.title for item in first.items] == ["Ferry is late", "Crane is tall"]
    assert "stands for several articles" in first.notes[0]
    assert (second.items, second.unchanged) == ((), 2)


@pytest.mark.parametrize(
    ("title", "date", "is_same"),
    [("Weather", "Mon, 04 May 2026", True), ("Weather", "", True), ("", "", False)],
    ids=["title and date", "title", "neither"],
)
def test_corrected_text_is_no_other_item(
    read: Callable[..., Pull],
    title: str,
    date: str,
    is_same: bool,  # noqa: FBT001
) -> None:
    """Without guid and link, title and date are the identity; without these, the text is."""
    feed = (
        f"<rss version='2.0'><channel><item><title>{title}</title><pubDate>{date}</pubDate>"
        "<description>It rains in Ottawa.</description></item></channel></rss>"
    )

    (first,) = read(feed).items
    (second,) = read(feed.replace("Ottawa", "Toronto")).items

    assert (first.key == second.key) is is_same


def test_entry_without_guid_is_known_by_link_or_text(read: Callable[..., Pull]) -> None:
    """Identity never depends on the position or on the time of the pull."""
    known = "<item><title>A</title><link>http://a.example/1</link></item>"
    feed = f"<rss version='2.0'><channel>{known}<item><title>B</title></item></channel></rss>"
    first, second = read(feed), read(feed)

    guids = [item.key.guid for item in first.items]
    assert guids[0] == "http://a.example/1"
    assert guids[1].startswith("fingerprint:")
    assert replace(first, notes=()) == replace(second, notes=())


def test_long_guid_is_shortened(read: Callable[..., Pull]) -> None:
    """PostgreSQL indexes no more than 2,700 bytes."""
    (item, _) = read(RSS.replace(">1<", f">{'g' * 10_000}<")).items

    assert item.key.guid.startswith("digest:")
    assert len(item.key.guid) < 50


def test_hostile_characters_do_not_pass(read: Callable[..., Pull]) -> None:
    """NUL and control characters end at this border."""
    (item, _) = read(RSS.replace("Ferry is late", "Ferry\x00 is\x0b\x1b late")).items

    assert item.title == "Ferry is late"
