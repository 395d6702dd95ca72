"""The values that flow from a feed to the site, in the order in which they are made.

All are frozen. Text is never None, sequences are tuples, datetimes are aware and UTC; None means
"unknown date" or "no such thing".
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

Rights = Literal["title", "excerpt", "feed", "full"]
PostStatus = Literal["draft", "pending", "publish"]
Decision = Literal["publish", "draft", "hold", "drop"]
Stage = Literal["sources", "curate", "extract", "clean", "mapping", "publish"]
OutcomeStatus = Literal["created", "updated", "unchanged", "held", "dropped", "trashed", "failed"]
FeedStatus = Literal["pulled", "unchanged", "failed"]
Taxonomy = Literal["categories", "tags"]
Order = Literal["approve", "undo", "takedown"]  # by a person, of posts that are there
TermPath = tuple[str, ...]  # names from the top: ("Sports", "Running")


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
class Item:
    """An entry as the feed gave it: nothing cleaned, nothing guessed."""

    key: ItemKey
    url: str = ""  # absolute, http or https; "" when the entry has none
    title: str = ""  # may hold markup and entities
    summary_html: str = ""
    body_html: str = ""
    base_url: str = ""  # what relative addresses in the HTML are relative to
    published: datetime | None = None
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
    changed: bool = True  # False: the server said 304, or sent the same bytes
    items: tuple[Item, ...] = ()  # new or changed ones
    unchanged: int = 0  # how many known ones were left out
    hashes: Mapping[str, str] = field(default_factory=dict)  # guid -> hash of the raw item
    validators: Validators = field(default_factory=Validators)
    notes: tuple[str, ...] = ()  # what a person should know: truncated, repeated guid, odd dates


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The main content of an item's own web page."""

    key: ItemKey
    url: str  # after redirects
    body_html: str
    title: str = ""
    byline: str = ""
    published: datetime | None = None
    language: str = ""
    lead_image: str = ""
    found_by: str = ""  # the name of the extractor


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A candidate for the featured image."""

    url: str
    alt: str = ""


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
    updated: datetime | None = None
    language: str = ""
    labels: tuple[str, ...] = ()
    pictures: tuple[Picture, ...] = ()  # best first
    removed: tuple[Removal, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Publish it, leave it as a draft, hold it for a person, or drop it: where, and why."""

    key: ItemKey
    decision: Decision
    channel: str = ""  # "" while no channel was found
    reasons: tuple[str, ...] = ()
    scores: Mapping[str, float] = field(default_factory=dict)  # channel -> 0 to 1
    duplicate_of: ItemKey | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """The post as it should be on the site, in names and not ids."""

    key: ItemKey
    source_url: str
    channel: str
    title: str
    body: str
    excerpt: str
    slug: str
    mark: str  # the six characters of the identity, as they stand in the slug
    status: PostStatus
    date: datetime | None  # None: WordPress dates it when it is approved
    author: str = ""  # a user's slug or id; "" is the user who logs in
    categories: tuple[TermPath, ...] = ()
    tags: tuple[str, ...] = ()
    pictures: tuple[Picture, ...] = ()  # candidates for the featured image, best first
    doubt: str = ""  # why a person should look at it before it goes live
    approved: bool = False  # a person said: publish it, whatever limits and likenesses say
    published: datetime | None = None  # by the source, whatever date the post gets


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What the ledger remembers of our last write, as field name -> hash."""

    key: ItemKey
    wp_id: int
    channel: str = ""
    link: str = ""
    sent: Mapping[str, str] = field(default_factory=dict)  # what we asked for
    stored: Mapping[str, str] = field(default_factory=dict)  # what WordPress answered
    # What updates whose answer we do not have may have left there, in the form of `stored`.
    pending: Mapping[str, Sequence[str]] = field(default_factory=dict)
    status: str = ""  # in which the site had it when we looked last
    doubt: str = ""  # why a person should look at it; "" when it went live at once


@dataclass(frozen=True, slots=True, kw_only=True)
class Tombstone:
    """An article that a person rejected: by which it is known when it comes again."""

    key: ItemKey
    url: str = ""
    fingerprint: str = ""  # of title and text; "" when there is too little of it
    reason: str = ""
    at: datetime | None = None  # None: not buried


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """A create that was begun and whose answer we do not have."""

    key: ItemKey
    slug: str
    begun: datetime
    sent: Mapping[str, str] = field(default_factory=dict)  # as Receipt.sent
    pending: Mapping[str, Sequence[str]] = field(default_factory=dict)  # as Receipt.pending


@dataclass(frozen=True, slots=True, kw_only=True)
class SitePost:
    """What the site holds now. The values are WordPress's own: ids, raw texts, naive UTC dates."""

    wp_id: int
    slug: str
    status: str
    link: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)  # in the field names of publish.merge


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A category or tag on the site; the name without entities."""

    wp_id: int
    name: str
    slug: str = ""
    parent: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """Somebody who may be the author of a post."""

    wp_id: int
    slug: str
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteState:
    """All that planning needs to know of the site, read in bulk beforehand."""

    posts: Mapping[int, SitePost] = field(default_factory=dict)  # by id, our receipts' ones
    found: Mapping[ItemKey, tuple[SitePost, ...]] = field(default_factory=dict)  # by slug or mark
    terms: Mapping[Taxonomy, tuple[Term, ...]] = field(default_factory=dict)
    users: tuple[User, ...] = ()
    resting: Mapping[ItemKey, Intent] = field(default_factory=dict)  # too young to be looked up
    doubtful: Mapping[ItemKey, Intent] = field(default_factory=dict)  # to be looked up, or found
    # Of the found ones, by id: how they were recognised where neither slug nor body tells it.
    signs: Mapping[ItemKey, Mapping[int, str]] = field(default_factory=dict)
    repeats: Mapping[ItemKey, Skip] = field(default_factory=dict)  # of posts of other items
    default_category: int = 0  # 0: unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class Create:
    post: Post
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    post: Post
    wp_id: int
    fields: tuple[str, ...]
    receipt: Receipt
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Adopt:
    """A post of ours that the ledger had forgotten: remembered, completed if half made."""

    post: Post
    found: SitePost
    doubtful: bool  # made by a request that may have died before terms and picture were written
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Amend:
    """A post of ours set to given values, because a person said so."""

    receipt: Receipt
    values: Mapping[str, Any]  # by field of publish.merge, as the site takes them
    # Field -> hashes, in the form of Receipt.stored, one of which the site must still hold: a field
    # that holds something else by now is left out. A field that is not named here is set anyway.
    expected: Mapping[str, Sequence[str]] = field(default_factory=dict)
    order: Order
    reason: str
    title: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trash:
    key: ItemKey
    wp_id: int
    reason: str
    # As Amend.expected: a post that holds something else in any of these is left as it is.
    expected: Mapping[str, Sequence[str]] = field(default_factory=dict)
    title: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Skip:
    key: ItemKey
    reason: str
    status: Literal["unchanged", "held", "dropped"] = "unchanged"
    wp_id: int | None = None
    title: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A post that the ledger takes for ours, or no longer: nothing on the site changes."""

    receipt: Receipt
    ours: bool
    order: Order
    reason: str
    title: str = ""
    url: str = ""


Change = Create | Update | Adopt | Amend | Claim | Trash | Skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Discard:
    """A term or an upload that goes, once the posts that had it are gone, if nothing uses it."""

    kind: Literal["categories", "tags", "upload"]
    wp_id: int
    name: str
    how: Literal["delete", "hide", "show"]  # deleted for good; an upload's status: private, inherit
    order: Order
    reason: str
    beside: frozenset[int] = frozenset()  # posts whose use does not count: they go too


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTerm:
    taxonomy: Taxonomy
    path: TermPath
    near: str = ""  # a term of the site with almost this name: "did you mean"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a run would write: a value to print, save and check."""

    changes: tuple[Change, ...] = ()
    new_terms: tuple[NewTerm, ...] = ()
    discards: tuple[Discard, ...] = ()  # carried out after the changes

    @property
    def counts(self) -> dict[str, int]:
        """Count the changes by the name of their type."""
        return dict(Counter(type(change).__name__ for change in self.changes))


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A picture made ready: decoded and encoded anew by us."""

    content: bytes = field(repr=False)
    mime: str
    name: str  # file name with extension, made of the source's hash: the same bytes, the same name
    sha256: str  # of the bytes as the source served them
    alt: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How one item ended, at which stage, and why."""

    key: ItemKey
    status: OutcomeStatus
    stage: Stage
    reason: str
    url: str = ""
    title: str = ""
    channel: str = ""
    wp_id: int | None = None
    link: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedReport:
    """How one feed ended."""

    feed: str
    source: str
    status: FeedStatus
    items: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One invocation."""

    id: str
    started: datetime
    outcomes: tuple[Outcome, ...] = ()
    feeds: tuple[FeedReport, ...] = ()
    messages: tuple[str, ...] = ()
    stopped: str = ""  # why the run ended early; "" when it did not

    @property
    def totals(self) -> dict[str, int]:
        """Count the outcomes by status."""
        return dict(Counter(outcome.status for outcome in self.outcomes))
