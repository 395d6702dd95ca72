"""From a feed's bytes to a Pull: runs in the confined child, knows no network and no clock."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from wp_sync.errors import ParseError
from wp_sync.hashing import digest, guid_at
from wp_sync.model import Item, ItemKey, Pull
from wp_sync.text import clean_text, normalise_address

from .dates import believe_date
from .discovery import describe_stranger, describe_unknown
from .entry import MOST_ENTRIES, Document, Entry, unique
from .jsonfeed import read_json_feed
from .syndication import read_syndication

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

PARSERS = {b"{": read_json_feed, b"<": read_syndication}  # by the first byte
_LONGEST_FIELD = 1_000_000  # characters
_LONGEST_GUID = 512  # PostgreSQL indexes no more than 2,700 bytes
_MOST_NOTES = 20
NO_TRACES: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where the bytes come from."""

    feed: str  # ItemKey.feed
    location: str  # address after redirects, or a path
    charset: str = ""  # as the server says
    base: str = ""  # what relative addresses are relative to, if it is not the location


@dataclass(slots=True)
class _Reading:
    """What a feed's entries have become: by guid, the item and the hash by which it is known."""

    marks: frozenset[str]  # the hashes of known items
    found: dict[str, tuple[Item, str]] = field(default_factory=dict)
    guids: set[str] = field(default_factory=set)  # as the entries gave them
    traces: dict[str, str] = field(default_factory=dict)  # hash -> trace
    notes: list[str] = field(default_factory=list)

    def take(self, entry: Entry, feed: str, now: datetime) -> None:
        """Make an item of an entry; what is odd about a known one was told when it came."""
        notes: list[str] = []
        item = _make_item(entry, feed, now, notes)
        # Without dates that we change ourselves, or that some feeds set anew at each fetch.
        dateless = replace(item, published=None, updated=None)
        mark = digest((dateless, entry.dated))
        self.guids.add(item.key.guid)
        if entry.trace:
            self.traces[mark] = entry.trace
        _add(self.found, item, mark, notes)
        self.notes += [] if mark in self.marks else notes


def parse_feed(
    body: bytes,
    source: Source,
    known: Mapping[str, str],
    now: datetime,
    traces: Mapping[str, str] = NO_TRACES,
) -> Pull:
    """Read a feed and keep what is new or changed. Raises ParseError when it is no feed.

    `traces` maps what known entries left behind to their guids: they are not read again.
    """
    document = _read_document(body, source, traces)
    known_by = {traces[trace] for trace in document.skipped}
    skipped = set(map(_plain, known_by))
    # By the hashes alone, which hold the guid: the ledger may know an item under another key.
    reading = _Reading(frozenset(known.values()))
    for entry in document.entries[:MOST_ENTRIES]:
        reading.take(entry, source.feed, now)
    if skipped & set(map(_plain, reading.guids)):
        # Which of two entries with one guid counts is decided with both at hand.
        return parse_feed(body, source, known, now)
    notes = [*document.notes, *reading.notes]
    if len(document.entries) > MOST_ENTRIES:
        notes.append(f"more than {MOST_ENTRIES:,} entries: the first ones were taken")
    if not (document.entries or document.skipped):
        notes.append("the feed has no entries")
    found = reading.found
    fresh = {guid: pair for guid, pair in found.items() if pair[1] not in reading.marks}
    return Pull(
        feed=source.feed,
        format=document.format,
        title=clean_text(document.title[:_LONGEST_FIELD]),
        site=clean_text(document.site),
        items=tuple(item for item, _ in fresh.values()),
        unchanged=len(found) - len(fresh) + len(known_by),
        hashes={guid: mark for guid, (_, mark) in fresh.items()},
        traces={mark: reading.traces[mark] for _, mark in found.values() if mark in reading.traces},
        notes=unique(clean_text(note) for note in notes)[:_MOST_NOTES],
        present=frozenset(found) | known_by | skipped,
        is_whole=document.is_whole,
    )


def _plain(guid: str) -> str:
    """Give a guid as its entry had it: the ledger may have put an address behind it."""
    return guid.partition("\n")[0]


def _read_document(body: bytes, source: Source, traces: Mapping[str, str]) -> Document:
    stranger = describe_stranger(body, source.location)
    if stranger is None:
        first = body.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
        read = PARSERS.get(first, read_syndication)
        document = read(body, source.charset, source.base or source.location, traces)
        # A feed that broke before its first entry is no empty feed.
        if document.format and (document.entries or not document.notes):
            return document
        stranger = describe_unknown(body)
        if document.format:
            stranger = "broken before its first entry", "; ".join(document.notes)
    what, cure = stranger
    raise ParseError(f"{source.location} is {what}", feed=source.feed, cure=cure)


def _make_item(entry: Entry, feed: str, now: datetime, notes: list[str]) -> Item:
    """Clean an entry's texts, check its dates, and give it an identity."""
    published = believe_date(entry.published, now)
    if entry.dated and published is None:
        notes.append(f"date not plausible: {entry.dated[:60]}")
    title, body = _clean(entry.title, notes), _clean(entry.body_html, notes)
    summary, url = _clean(entry.summary_html, notes), clean_text(entry.url)
    guid = clean_text(entry.guid).strip() or url
    if not guid:
        # A corrected text is no other item.
        named = title or entry.dated
        guid = f"fingerprint:{digest((title, entry.dated) if named else (body, summary))}"
    return Item(
        key=ItemKey(feed, guid if len(guid) <= _LONGEST_GUID else f"digest:{digest(guid)}"),
        url=url,
        title=title,
        summary_html=summary,
        body_html=body,
        base_url=entry.base_url,
        published=published,
        claimed=entry.published if entry.published != published else None,
        updated=believe_date(entry.updated, now),
        authors=unique(map(clean_text, entry.authors)),
        labels=unique(map(clean_text, entry.labels)),
        image_urls=entry.image_urls,
        language=clean_text(entry.language)[:35],  # BCP 47
    )


def _clean(text: str, notes: list[str]) -> str:
    if len(text) > _LONGEST_FIELD:
        notes.append(f"a text of {len(text):,} characters was cut at {_LONGEST_FIELD:,}")
    return clean_text(text[:_LONGEST_FIELD]).strip()


def _add(found: dict[str, tuple[Item, str]], item: Item, mark: str, notes: list[str]) -> None:
    """Keep one item a guid: of different texts the latest, of equally old ones the first.

    Some feeds have one guid for all: another address and another title are another item.
    """
    guid = item.key.guid
    other, _ = found.setdefault(guid, (item, mark))
    if other is item:
        return
    address = normalise_address(item.url)
    if other.title != item.title and normalise_address(other.url) not in {"", address}:
        notes.append(f"the guid {guid[:80]} stands for several articles: known by their addresses")
        guid = guid_at(guid, address)
        item = replace(item, key=item.key._replace(guid=guid))
        other, _ = found.setdefault(guid, (item, mark))
    if _content(other) == _content(item):
        return
    notes.append(f"the guid {guid[:80]} stands for different texts: the latest was taken")
    if item.published and (other.published is None or item.published > other.published):
        found[guid] = (item, mark)


def _content(item: Item) -> tuple[str, str, str]:
    return item.title, item.summary_html, item.body_html
