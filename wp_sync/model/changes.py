"""What a site needs: plans, and all that they are made from."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from .items import ItemKey
    from .posts import Intent, Post, Receipt, SitePost, Term, User
    from .words import Taxonomy, TermPath

# By a person, of what is there; expiry: by the rights that a source has given.
Order = Literal["approve", "undo", "takedown", "media gc", "expiry"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """A field that the source and an editor both changed: the editor's value stays."""

    key: ItemKey
    wp_id: int
    field: str  # of publish.merge
    ours: Any  # what the source wants: in names, as Post has it
    theirs: Any  # what the site holds: in ids, as SitePost has it


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
    conflicts: tuple[Conflict, ...] = ()


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
    sent: Mapping[str, str] = field(default_factory=dict)  # of values that are the source's
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
    receipt: Receipt | None = None  # by which the post is known, where nothing is expected of it
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
    conflicts: tuple[Conflict, ...] | None = None  # None: nobody looked for any


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
    # Conflicts in which a person kept the editor's value: field and hash of what the source wanted.
    settled: Mapping[ItemKey, Collection[tuple[str, str]]] = field(default_factory=dict)
    default_category: int = 0  # 0: unknown
    settle: timedelta = timedelta(seconds=120)  # how long what got no answer rests
