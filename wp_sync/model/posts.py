"""Posts as they should be, as they are, and what the ledger remembers of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from .items import ItemKey, Picture
    from .words import PostStatus, TermPath


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
    comments: Literal["open", "closed", ""] = ""  # "": as the site has it by default
    fields: Mapping[str, str] = field(default_factory=dict)  # WordPress's custom fields
    terms: Mapping[str, tuple[TermPath, ...]] = field(default_factory=dict)  # by own taxonomy
    primary: tuple[str, ...] = ()  # those that name the first category, and are sent as its id
    doubt: str = ""  # why a person should look at it before it goes live
    approved: bool = False  # a person said: publish it, whatever limits and likenesses say
    other_body: str = ""  # hash of the body in the format that the channel does not ask for
    published: datetime | None = None  # by the source, whatever date the post gets
    date_note: str = ""  # why it has another date than the source gives, and by which rule
    labels: tuple[str, ...] = ()  # of the source, until they are settled: some become tags
    byline: str = ""  # of the source, until the author is chosen by it
    new_author: str = ""  # the name of the author, who may be made a user where the site has none
    house: str = ""  # whose post it is where that can't be
    rights: str = ""  # config.rights.mark_of its source when it was made
    type: str = "post"  # WordPress's post type
    lacks: tuple[str, ...] = ()  # fields of publish.merge that the site has not for this type


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
    modified: str = ""  # SitePost.modified of the answer to our last write; "" for unknown
    revision: int = 0  # SitePost.revision of that answer
    kept: tuple[str, ...] = ()  # the fields that held an editor's value then
    status: str = ""  # in which the site had it when we looked last
    doubt: str = ""  # why a person should look at it; "" when it went live at once
    type: str = "post"  # the post type in which it was made: WordPress changes none over its APIs


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
    run: str = ""  # that began it
    type: str = "post"  # as Post.type


@dataclass(frozen=True, slots=True, kw_only=True)
class SitePost:
    """What the site holds now. The values are WordPress's own: ids, raw texts, naive UTC dates."""

    wp_id: int
    slug: str
    status: str
    link: str = ""
    modified: str = ""  # of the last change, to the second, naive UTC; "" for unknown
    # How many revisions there are, autosaves among them, and the newest one's id; None and 0 where
    # nobody asked: that is no difference between two posts.
    revisions: int | None = field(default=None, compare=False)
    revision: int = field(default=0, compare=False)
    # Written under a lock of the site's, and read afterwards: somebody may have saved in between.
    read_back: bool = field(default=False, compare=False)
    # Of an answer to a write: what was sent beside it and did not arrive, in the names of `values`.
    refused: tuple[str, ...] = field(default=(), compare=False)
    values: Mapping[str, Any] = field(default_factory=dict)  # in the field names of publish.merge
    type: str = "post"


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
class Upload:
    """A picture made ready: decoded and encoded anew by us."""

    content: bytes = field(repr=False)
    mime: str
    # File name: words of the title, then "-" and what tells the same bytes each time, the source's
    # hash, by which it is found again; then the extension.
    name: str
    sha256: str  # of the bytes as the source served them
    alt: str = ""
    title: str = ""
    caption: str = ""  # with the credit
