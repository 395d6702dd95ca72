"""What is unchanged is known without being read, and nothing changed is ever missed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wp_sync.model import Traces, Validators
from wp_sync.sources import syndication
from wp_sync.sources.parse import Source, parse_feed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from wp_sync.model import Pull

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
SOURCE = Source(feed="the feed", location="http://harbour.example/feed")
HEAD = (
    '<?xml version="1.0"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:media="http://search.yahoo.com/mrss/" xmlns:slash="http://purl.org/rss/1.0/modules/slash/">'
    "<channel><title>Harbour News</title><link>http://harbour.example/</link>"
    "<lastBuildDate>Fri, 01 May 2026 10:00:00 GMT</lastBuildDate>"
)
END = "</channel></rss>"


def entry(number: int, text: str = "It rained.", more: str = "") -> str:
    return (
        f'<item><guid isPermaLink="false">{number}</guid><title>Story {number}</title>'
        f"<link>http://harbour.example/{number}</link><description>{text}</description>{more}</item>"
    )


def feed(*entries: str, head: str = HEAD) -> str:
    return head + "".join(entries) + END


def parse(text: str, before: Pull | None = None, *, quick: bool = True) -> Pull:
    """Read a feed after another one, with its traces or without them."""
    known = dict(before.hashes) if before else {}
    by_hash = {mark: guid for guid, mark in known.items()}
    traces = {trace: by_hash[mark] for mark, trace in (before.traces if before else {}).items()}
    return parse_feed(text.encode(), SOURCE, known, NOW, traces if quick else {})


@pytest.fixture
def entries_read(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Count what feedparser reads, a number each time that it is asked."""
    counts: list[int] = []
    whole = syndication._parse  # noqa: SLF001

    def counting(body: bytes, charset: str) -> object:
        parsed = whole(body, charset)
        counts.append(len(parsed.entries))
        return parsed

    monkeypatch.setattr(syndication, "_parse", counting)
    return counts


def test_known_entries_are_not_read_again(entries_read: list[int]) -> None:
    """A feed that only names another time costs the reading of its head."""
    first = parse(feed(entry(1), entry(2)))
    later = parse(feed(entry(3), entry(1), entry(2), head=HEAD.replace("10:00", "11:00")), first)
    idle = parse(feed(entry(1), entry(2), head=HEAD.replace("10:00", "12:00")), first)

    assert entries_read == [2, 0, 1, 0]
    assert ([item.key.guid for item in later.items], later.unchanged) == (["3"], 2)
    assert (idle.items, idle.unchanged, idle.notes, idle.title) == ((), 2, (), "Harbour News")


def test_what_is_dropped_is_still_there() -> None:
    """What a feed holds tells what is gone from it: a known article under a new id is one."""
    first = parse(feed(entry(1), entry(2)))
    quick = parse(feed(entry(3), entry(2)), first)

    assert [item.key.guid for item in quick.items] == ["3"]
    assert set(first.present) == {"1", "2"}
    assert set(quick.present) == {"2", "3"}


def test_entry_that_says_the_same_leaves_a_new_trace(entries_read: list[int]) -> None:
    """A counter of comments makes an entry be read once more, and not at each pull."""
    first = parse(feed(entry(1)))
    counted = feed(entry(1, more="<slash:comments>7</slash:comments>"))
    second = parse(counted, first)
    third = parse(counted, replace(second, hashes=first.hashes))

    assert (second.items, second.unchanged) == ((), 1)
    assert set(second.traces) == set(first.traces)
    assert second.traces != first.traces
    assert (third.unchanged, entries_read) == (1, [1, 0, 1, 0])


CHANGES = {
    "link": ("<link>http://harbour.example/</link>", "<link>http://other.example/</link>"),
    "language": ("</title>", "</title><language>fr</language>"),
    "base": ("<channel>", '<channel xml:base="http://files.example/">'),
    "own language": ("<rss ", '<rss xml:lang="de" '),
}


@pytest.mark.parametrize("name", CHANGES)
def test_what_entries_take_from_their_feed_is_part_of_them(name: str) -> None:
    """A feed that moves its site changes all its relative links, and no entry."""
    relative = entry(1).replace("<link>http://harbour.example/1", "<link>/1")
    before, after = CHANGES[name]
    first = parse(feed(relative))
    moved = feed(relative).replace(before, after, 1)

    assert parse(moved, first) == parse(moved, first, quick=False)


UNUSUAL = {
    "same guid, other text": feed(entry(1), entry(1, "It snowed."), entry(2)),
    "same guid, other article": feed(
        entry(1), entry(1).replace("Story 1", "Other").replace("example/1", "example/9")
    ),
    "broken XML": feed(entry(1), entry(2, "Rain & wind<br>")),
    "a DTD": feed(entry(1, "&a;")).replace("<rss", '<!DOCTYPE rss [<!ENTITY a "Rain.">]><rss', 1),
    "an entry in an entry": feed(entry(1, more=entry(2))),
    "words between entries": feed(entry(1) + "and then", entry(2)),
    "no entries": feed(),
    "cut": feed(entry(1), entry(2))[:-30],
}


@pytest.mark.parametrize("name", UNUSUAL)
def test_unusual_feed_is_read_whole(name: str) -> None:
    """Where lxml and feedparser might see different entries, feedparser judges."""
    usual = feed(entry(1), entry(2))
    for before, after in ((usual, UNUSUAL[name]), (UNUSUAL[name], UNUSUAL[name])):
        first = parse(before)

        assert without_traces(parse(after, first)) == without_traces(
            parse(after, first, quick=False)
        )


def test_entry_changes_with_the_entities_of_its_feed() -> None:
    """The entry's own markup is the same, and says something else."""
    dtd = feed(entry(1, "&a;")).replace("<rss", '<!DOCTYPE rss [<!ENTITY a "Rain.">]><rss', 1)
    first = parse(dtd)

    (item,) = parse(dtd.replace("Rain.", "Snow."), first).items

    assert item.summary_html == "<p>Snow.</p>"


def without_traces(pull: Pull) -> Pull:
    """Leave out the traces: who reads more, knows more of them."""
    return replace(pull, traces={})


TEXTS = st.sampled_from(
    ["It rained.", "It snowed.", "a &amp; b", "<![CDATA[<p>Rain</p>]]>", "&lt;b&gt;x&lt;/b&gt;", ""]
)
MORE = st.sampled_from(
    [
        "",
        "<dc:creator>Ann</dc:creator>",
        "<pubDate>Thu, 30 Apr 2026 10:00:00 GMT</pubDate>",
        "<pubDate>Thu, 30 Apr 2056 10:00:00 GMT</pubDate>",
        '<media:content url="/a.jpg"><media:title>A ferry</media:title></media:content>',
        '<category xml:lang="fr">Mer</category>',
        "<!-- nothing -->",
        "<title>Other</title>",
    ]
)
ENTRIES = st.lists(st.builds(entry, st.integers(1, 6), TEXTS, MORE), max_size=8)
HEADS = st.sampled_from(
    [HEAD, HEAD.replace("10:00", "11:00"), *(HEAD.replace(*one, 1) for one in CHANGES.values())]
)


@settings(max_examples=300, deadline=None)
@given(ENTRIES, ENTRIES, HEADS, HEADS, st.booleans())
def test_quick_and_whole_reading_are_the_same(
    before: Sequence[str],
    after: Sequence[str],
    old: str,
    new: str,
    some_stay: bool,  # noqa: FBT001
) -> None:
    """Whatever is added, changed, moved or dropped between two pulls."""
    first = parse(feed(*before, head=old))
    second = feed(*after, *(before[::2] if some_stay else before), head=new)

    quick, whole = parse(second, first), parse(second, first, quick=False)

    assert without_traces(quick) == without_traces(whole)
    assert quick.traces.items() <= whole.traces.items()


def test_same_bytes_are_not_read_at_all(
    put: Callable[..., str], pull: Callable[..., Pull], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever sends no 304 is known by what it sends; its validators are the new ones."""
    body = feed(entry(1)).encode()
    url = put("/feed", body, ETag='"1"')
    first = pull(url)
    put("/feed", body, ETag='"2"')
    monkeypatch.setattr("wp_sync.sources.pull.parse_feed", None)

    same = pull(url, traces=Traces(body=first.body_hash))

    assert (same.changed, same.items, same.body_hash) == (False, (), first.body_hash)
    assert same.validators == Validators(url=url, etag='"2"')


def test_a_feed_that_only_names_another_time_is_not_read_again(
    put: Callable[..., str], pull: Callable[..., Pull]
) -> None:
    """Some servers write the time of the request into the feed; an item's own time still counts."""
    stamp = "<lastBuildDate>Mon, 04 May 2026 0{}:00:00 GMT</lastBuildDate><item>"
    dated = "<pubDate>Fri, 01 May 2026 09:00:00 GMT</pubDate>"
    whole = feed(entry(1, more=dated))
    early, late = (whole.replace("<item>", stamp.format(hour), 1) for hour in (1, 2))
    first = pull(put("/feed", early.encode()))

    same = pull(put("/feed", late.encode()), traces=Traces(body=first.body_hash))
    later = late.replace("01 May", "02 May").encode()
    other = pull(put("/feed", later), traces=Traces(body=first.body_hash))

    assert (same.changed, other.changed) == (False, True)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"Content_Type": "text/xml; charset=latin-1"}, id="charset"),
        pytest.param({"Content_Location": "http://other.example/"}, id="base"),
        pytest.param({"body": feed(entry(2)).encode()}, id="body"),
    ],
)
def test_same_bytes_may_mean_something_else(
    put: Callable[..., str], pull: Callable[..., Pull], change: dict[str, object]
) -> None:
    """What the server says of them counts too."""
    usual = {"body": feed(entry(1)).encode(), "Content_Type": "text/xml"}
    first = pull(put("/feed", **usual))

    second = pull(put("/feed", **(usual | change)), traces=Traces(body=first.body_hash))

    assert second.changed


def test_feed_that_broke_off_is_read_again(
    put: Callable[..., str], pull: Callable[..., Pull]
) -> None:
    """The same half may be all that there is, but nobody can know."""
    half = pull(put("/feed", feed(entry(1), entry(2))[:-60].encode()))

    assert (half.is_whole, half.body_hash) == (False, "")
