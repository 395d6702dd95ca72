"""What a world after faults must hold to. Pure: values in, violations out (readers read them)."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, get_args

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

Kind = Literal["lost", "doubled", "half made", "overwritten", "not converged", "other"]
KINDS: tuple[Kind, ...] = get_args(Kind)

# What an item may end as without a post; it then says why.
FINAL = frozenset({"held", "dropped", "rejected", "undone"})
NUMBERED = re.compile(r"-\d+$")  # WordPress's answer to a slug that is taken
OURS = re.compile(r"^(?:.+-)?[0-9a-f]{16}(?:-\d+)?$")  # uploads: words of a title, and the hash


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """One thing that must not be."""

    kind: Kind
    what: str  # the thing, and what is wrong with it


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """An item that a source gave out in a complete answer, as it was the last time."""

    guid: str
    link: str
    title: str
    picture: str = ""  # its address


@dataclass(frozen=True, slots=True, kw_only=True)
class PostRow:
    """A post of the site, in any status and the trash."""

    wp_id: int
    slug: str
    status: str
    title: str
    body: str
    excerpt: str
    author: str  # login
    categories: frozenset[str] = frozenset()
    tags: frozenset[str] = frozenset()
    picture: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class TermRow:
    wp_id: int
    taxonomy: str
    name: str
    parent: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachmentRow:
    wp_id: int
    slug: str
    sha256: str  # of its file


@dataclass(frozen=True, slots=True, kw_only=True)
class UserRow:
    wp_id: int
    login: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemRow:
    """An item of the ledger."""

    guid: str
    state: str
    reason: str = ""
    wp_id: int = 0  # of its receipt


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerRows:
    items: tuple[ItemRow, ...] = ()
    intents: tuple[str, ...] = ()  # guids of creates without an answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the mapping makes of every item."""

    categories: frozenset[str] = frozenset()
    tags: frozenset[str] = frozenset()
    author: str = ""
    excerpt: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSeen:
    """One run after the faults, as it looked from outside."""

    code: int
    writes: tuple[str, ...] = ()  # to WordPress
    unconditional: tuple[str, ...] = ()  # addresses that sources were asked for without validators
    messages: tuple[str, ...] = ()


def check(
    source_log: Sequence[Delivered],
    posts: Sequence[PostRow],
    terms: Sequence[TermRow],
    attachments: Sequence[AttachmentRow],
    users: Sequence[UserRow],
    ledger: LedgerRows,
    *,
    wanted: Wanted | None = None,
) -> list[Violation]:
    """Hold a site and a ledger against what the sources gave."""
    made = _by_item(source_log, posts)
    found: list[Violation] = []
    for one in source_log:
        found += _check_item(one, made[one.guid], ledger)
        for post in made[one.guid][:1] if wanted else ():
            found += _check_whole(one, post, wanted or Wanted())
    found += _check_names(posts, terms, users)
    found += _check_uploads(posts, attachments)
    found += _check_ledger(source_log, posts, ledger)
    return found


def check_quiet(runs: Sequence[RunSeen]) -> list[Violation]:
    """Hold the runs after the faults to it: the last but one converges, the last writes nothing."""
    found: list[Violation] = []
    for number, run in enumerate(runs, 1):
        if run.code:
            told = "; ".join(run.messages)
            found.append(_violation("not converged", f"run {number}: exit code {run.code}: {told}"))
    last = runs[-1] if runs else RunSeen(code=0)
    writes = (f"the run after writes: {write}" for write in last.writes)
    found += [_violation("not converged", told) for told in writes]
    asked = (f"the run after asks without validators: {one}" for one in last.unconditional)
    return found + [_violation("other", told) for told in asked]


def check_edits(
    posts: Sequence[PostRow],
    edits: Mapping[int, Mapping[str, object]],
    gone: Iterable[str] = (),
    source_log: Sequence[Delivered] = (),
) -> list[Violation]:
    """Look for every value that a person set (by post and PostRow field) and for what they deleted.

    `gone` names items by guid whose posts were trashed or deleted: none may be there again.
    """
    by_id = {post.wp_id: post for post in posts}
    found: list[Violation] = []
    for wp_id, values in edits.items():
        for name, value in values.items():
            now = getattr(by_id[wp_id], name) if wp_id in by_id else "no post"
            if now != value:
                told = f"post {wp_id}: {name} was set to {value!r} and is {now!r}"
                found.append(_violation("overwritten", told))
    live = _by_item(source_log, [post for post in posts if post.status != "trash"])
    for guid in gone:
        back = (f"post {post.wp_id} ({guid}) came back" for post in live[guid])
        found += [_violation("overwritten", told) for told in back]
    return found


def _by_item(
    source_log: Sequence[Delivered], posts: Sequence[PostRow]
) -> defaultdict[str, list[PostRow]]:
    """Tell by the link in the body, which no ledger is needed for, whose post is which."""
    made: defaultdict[str, list[PostRow]] = defaultdict(list)
    guids = {one.link: one.guid for one in source_log}
    for post in posts:
        links = set(re.findall(r'href="([^"]+)"', post.body.replace("&amp;", "&")))
        for guid in {guids[link] for link in links & guids.keys()}:
            made[guid].append(post)
    return made


def _check_item(one: Delivered, made: Sequence[PostRow], ledger: LedgerRows) -> Iterator[Violation]:
    if len(made) > 1:
        ids = ", ".join(f"{post.wp_id} ({post.slug}, {post.status})" for post in made)
        yield _violation("doubled", f"item {one.guid} is {len(made)} posts: {ids}")
    known = [row for row in ledger.items if row.guid == one.guid]
    if not made and not any(row.state in FINAL and row.reason for row in known):
        states = ", ".join(f"{row.state} {row.reason}".strip() for row in known)
        yield _violation(
            "lost", f"item {one.guid} is no post; in the ledger: {states or 'nothing'}"
        )


def _check_whole(one: Delivered, post: PostRow, wanted: Wanted) -> Iterator[Violation]:
    lacks = {
        f"categories {sorted(wanted.categories)}": wanted.categories != post.categories,
        f"tags {sorted(wanted.tags)}": wanted.tags != post.tags,
        f"author {wanted.author}": bool(wanted.author) and wanted.author != post.author,
        "picture": bool(one.picture) and not post.picture,
        "excerpt": wanted.excerpt and not post.excerpt,
        f"title {one.title!r}": one.title != post.title,
    }
    for name, is_lacking in lacks.items():
        if is_lacking:
            has = f"{sorted(post.categories)}, {sorted(post.tags)}, by {post.author}"
            yield _violation("half made", f"post {post.wp_id} ({one.guid}) lacks {name}: {has}")


def _check_names(
    posts: Sequence[PostRow], terms: Sequence[TermRow], users: Sequence[UserRow]
) -> Iterator[Violation]:
    for post in posts:
        if NUMBERED.search(post.slug.removesuffix("__trashed")) and _is_mark_before(post.slug):
            yield _violation("doubled", f"post {post.wp_id} has the numbered slug {post.slug}")
    slugs = Counter(post.slug for post in posts if post.slug)
    named = Counter((term.taxonomy, term.parent, term.name.casefold()) for term in terms)
    logins = Counter(user.name.casefold() for user in users)
    for kind, counted in (("slug", slugs), ("term", named), ("user", logins)):
        for name, count in counted.items():
            if count > 1:
                yield _violation("doubled", f"{kind} {name} is there {count} times")


def _is_mark_before(slug: str) -> bool:
    """Tell a number that WordPress added from one that ends a title or is a mark itself."""
    return bool(re.search(r"-[0-9a-z]{6}-\d+$", slug.removesuffix("__trashed")))


def _check_uploads(
    posts: Sequence[PostRow], attachments: Sequence[AttachmentRow]
) -> Iterator[Violation]:
    for sha256, count in Counter(one.sha256 for one in attachments if one.sha256).items():
        if count > 1:
            yield _violation("doubled", f"the upload {sha256[:16]} is there {count} times")
    shown = {post.picture for post in posts}
    for one in attachments:
        if OURS.match(one.slug) and one.wp_id not in shown:
            yield _violation("other", f"the upload {one.wp_id} ({one.slug}) is an orphan")


def _check_ledger(
    source_log: Sequence[Delivered], posts: Sequence[PostRow], ledger: LedgerRows
) -> Iterator[Violation]:
    ids = {post.wp_id for post in posts}
    for guid in ledger.intents:
        yield _violation("not converged", f"the intent of {guid} has no answer yet")
    for row in ledger.items:
        if row.state not in FINAL and row.state != "published":
            told = f"item {row.guid} is {row.state}: {row.reason}"
            yield _violation("not converged", told)
        elif row.state == "published" and row.wp_id not in ids:
            told = f"item {row.guid} is published, and its post {row.wp_id} is not there"
            yield _violation("lost", told)
    delivered, known = {one.guid for one in source_log}, {row.guid for row in ledger.items}
    for guid in sorted(delivered - known):
        yield _violation("lost", f"item {guid} was delivered, and the ledger does not know it")


def _violation(kind: Kind, what: str) -> Violation:
    return Violation(kind=kind, what=what)


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """All that a check looks at, as the readers read it."""

    source_log: tuple[Delivered, ...] = ()
    posts: tuple[PostRow, ...] = ()
    terms: tuple[TermRow, ...] = ()
    attachments: tuple[AttachmentRow, ...] = ()
    users: tuple[UserRow, ...] = ()
    ledger: LedgerRows = field(default_factory=LedgerRows)

    def check(self, wanted: Wanted | None = None) -> list[Violation]:
        """Check this world."""
        site = (self.posts, self.terms, self.attachments, self.users)
        return check(self.source_log, *site, self.ledger, wanted=wanted)
