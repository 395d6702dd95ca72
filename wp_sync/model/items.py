"""What a feed brings, and what becomes of it before it is a post."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from .etiquette import Manners

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from .recurring import Edge
    from .words import Decision


class ItemKey(NamedTuple):
    """The identity of an item in the ledger, from the feed to the last error message."""

    feed: str  # the feed's first known address, which outlives its name and later addresses
    guid: str  # the feed's own id, else the link, else a fingerprint


@dataclass(frozen=True, slots=True, kw_only=True)
class Validators:
    """What a server gave us for the next conditional request: opaque, byte for byte."""

    url: str = ""  # the address that they belong to (RFC 9110: not the one before a redirect)
    etag: str = ""
    last_modified: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Traces:
    """What an earlier pull left behind, by which the unchanged is known without being read."""

    body: str = ""  # hash of all that came
    entries: Mapping[str, str] = field(default_factory=dict)  # trace of an entry -> its guid


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An entry as the feed gave it: nothing cleaned, nothing guessed."""

    key: ItemKey
    url: str = ""  # absolute, http or https; "" when the entry has none
    title: str = ""  # may hold markup and entities
    summary_html: str = ""
    body_html: str = ""
    base_url: str = ""  # what relative addresses in the HTML are relative to
    published: datetime | None = None
    claimed: datetime | None = None  # what the source says instead, and nobody can believe
    updated: datetime | None = None
    authors: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    image_urls: tuple[str, ...] = ()  # media, then enclosures
    language: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pull:
    """What one request to a feed brought."""

    feed: str  # ItemKey.feed
    format: str = ""  # rss20, atom10, rss10, json11…; "" when unchanged
    title: str = ""
    site: str = ""  # the address that the feed names as its site's; "" when it names none
    changed: bool = True  # False: the server said 304, or sent the same bytes
    items: tuple[Item, ...] = ()  # new or changed ones
    unchanged: int = 0  # how many known ones were left out
    hashes: Mapping[str, str] = field(default_factory=dict)  # guid -> hash of the raw item
    traces: Mapping[str, str] = field(default_factory=dict)  # hash -> trace, as in Traces
    body_hash: str = ""  # as in Traces; "" when the body is not to be known again
    validators: Validators = field(default_factory=Validators)
    manners: Manners = field(default_factory=Manners)
    notes: tuple[str, ...] = ()  # what a person should know: truncated, repeated guid, odd dates
    present: frozenset[str] = frozenset()  # the guids of all entries
    aliases: Mapping[str, str] = field(default_factory=dict)  # new guid -> the item's own
    is_whole: bool = True  # False: it broke off, and is asked for again unconditionally


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The main content of an item's own web page."""

    key: ItemKey
    url: str  # after redirects
    body_html: str
    title: str = ""
    byline: str = ""
    published: datetime | None = None
    updated: datetime | None = None
    language: str = ""
    lead_image: str = ""
    found_by: str = ""  # the name of the finder
    missed: tuple[str, ...] = ()  # the source's own selectors that found nothing: "body: .text"
    next_url: str = ""  # the same article's next page; "" when it ends here


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture of an article: a candidate for the featured image, or one of its text."""

    url: str  # of a spare one: maybe a path, relative to config.toml
    alt: str = ""
    caption: str = ""
    spare: bool = False  # the channel's own, for articles without one


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal:
    """Something that cleaning took out, and by which rule."""

    rule: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """Safe, absolute, without the source's furniture."""

    key: ItemKey
    url: str
    title: str  # plain text
    body_html: str
    text: str  # the body's plain text
    excerpt: str  # plain text
    byline: str = ""
    published: datetime | None = None
    claimed: datetime | None = None  # as Item.claimed
    updated: datetime | None = None
    language: str = ""
    labels: tuple[str, ...] = ()
    pictures: tuple[Picture, ...] = ()  # best first
    removed: tuple[Removal, ...] = ()
    edges: tuple[Edge, ...] = ()  # the short paragraphs at its ends, removed ones among them
    damage: str = ""  # what nobody can repair, and a reader would stumble over


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Publish it, leave it as a draft, hold it for a person, or drop it: where, and why."""

    key: ItemKey
    decision: Decision
    channel: str = ""  # "" while no channel was found
    reasons: tuple[str, ...] = ()
    scores: Mapping[str, float] = field(default_factory=dict)  # channel -> 0 to 1
    explained: str = ""  # the words that counted
    duplicate_of: ItemKey | None = None
    waits: bool = False  # held for time to pass alone: each run asks again
    notes: tuple[str, ...] = ()  # what a person should know of how it was judged
