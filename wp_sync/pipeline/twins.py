"""The same story from several sources: find it, hold what repeats it, name who else has it.

What has a post keeps it, and leads. Among what has none yet, the order of [duplicates] decides.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from wp_sync.curate.duplicates import find_lead, rank, sketch_text
from wp_sync.hashing import short_mark
from wp_sync.ledger import FOUND
from wp_sync.ledger.items import ON_SITE
from wp_sync.markup import text_lines
from wp_sync.model import Adopt, Create, ItemKey, Mentions, Outcome, Piece, Post, Twin, Update
from wp_sync.publish.moments import moment_of
from wp_sync.publish.signs import CREDIT, linked_addresses, marks_of, without_mentions
from wp_sync.text import limit_text, normalise_address, plain_text

from .foreseen import Foreseen
from .repeats import ALL_THE_SAME, hold_for, tell_repeat

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import datetime, timedelta

    from wp_sync.config.channels import Source
    from wp_sync.model import Item, Plan, Receipt, SitePost

    from .build import Workshop
    from .collect import FeedJob
    from .pulling import Pulled

_LONGEST_KEPT = 300  # characters of a title, in the ledger
READ = "texts read:"  # + the site's address, in the ledger's meta: its posts of late are known
# How an update ends that needs no other try.
_SETTLED = frozenset({"trashed", "unchanged", "updated"})


def preferred(pulled: Pulled) -> int:
    """Sort feeds that have answered at the same time: the preferred sources first."""
    return -pulled[0].source.priority


def posts_of(plan: Plan) -> list[Post]:
    """List the posts that a plan makes, changes or takes over."""
    return [one.post for one in plan.changes if isinstance(one, Create | Update | Adopt)]


@dataclass(slots=True)
class Twins:
    """What one run knows of stories: those of the ledger, and those that it has taken on."""

    shop: Workshop
    site: str
    rehearsal: bool = False  # nothing is kept
    channel: str = ""  # the only one whose posts this run makes; "": all
    foreseen: Foreseen = field(default_factory=Foreseen)  # of a rehearsal
    _fresh: dict[int, list[Piece]] = field(default_factory=lambda: defaultdict(list))  # by band
    _kept: list[Piece] = field(default_factory=list)  # to be put into the ledger
    _found: list[Twin] = field(default_factory=list)
    _parted: set[ItemKey] = field(default_factory=set)
    _has_read: bool = False  # the site's own posts, where that was needed
    _withdrawn: frozenset[str] | None = None  # feeds; None: not asked yet
    _is_reading: bool = False  # what was read is not kept yet

    @property
    def is_on(self) -> bool:
        """Tell whether anything is looked up."""
        return self.shop.config.duplicates.same != "publish"

    def sift(
        self, made: Sequence[Post | Outcome], texts: Mapping[ItemKey, str], sure: Sure
    ) -> list[Post | Outcome]:
        """Turn the posts whose story another one tells into outcomes; the others lead."""
        posts = [one for one in made if isinstance(one, Post) and self.channel in {"", one.channel}]
        if not (self.is_on and posts):
            return list(made)
        pieces = {
            one.key: _piece(one, texts.get(one.key, ""), sure.source, self.shop.clock())
            for one in posts
        }
        self._read_site([one for one in posts if one.key not in sure.receipts])
        known = self.shop.ledger.twins.leads_of(self.site, list(pieces))
        order = self.shop.config.duplicates.lead
        told = self._hold_rejected([one for one in posts if one.key not in sure], known)
        near = self._near(one for key, one in pieces.items() if key not in sure and key not in told)
        # First what is live, or wanted by a person: nothing can take its place.
        for post in sorted(
            (one for one in posts if one.key not in told),
            key=lambda one: (one.key not in sure, rank(pieces[one.key], order)),
        ):
            piece = pieces[post.key]
            twin = None
            if post.key not in sure:
                twin = self._find(post, piece, near[post.key], known.get(post.key))
            if twin:
                self._found.append(twin)
                told[post.key] = self._tell(post, twin)
            else:
                self._add(piece)
            if post.key in sure.approved:
                self._parted.add(post.key)
        return [told.get(one.key, one) for one in made]

    def learn(self, posts: Iterable[Post], source: Source) -> None:
        """Take on posts that nothing can stop, as a person saw them in a plan."""
        now = self.shop.clock()
        for post in posts if self.is_on else ():
            self._add(_piece(post, "", source, now))

    def refuse(self, plan: Plan, source: Source) -> dict[ItemKey, str]:
        """Say which posts of a plan that was made earlier repeat what was published since."""
        made = (one.post for one in plan.changes if isinstance(one, Create))
        new = [post for post in made if self.is_on and not post.approved]
        known = self.shop.ledger.twins.leads_of(self.site, [post.key for post in new])
        pieces = {post.key: _piece(post, "", source, self.shop.clock()) for post in new}
        near = self._near(pieces.values())
        told: dict[ItemKey, str] = {}
        for post in new:
            key = post.key
            if twin := self._find(post, pieces[key], near[key], known.get(key)):
                told[key] = tell_repeat(twin)
        return told

    def keep(self) -> None:
        """Keep what was learned, before any post of it is written: a kill in between loses none."""
        kept, found, parted = self._kept, self._found, self._parted
        self._kept, self._found, self._parted = [], [], set()
        if self.rehearsal and found:
            self.foreseen.add(self.shop.ledger, self.site, found)
        if self.rehearsal or not (kept or found or parted or self._is_reading):
            return
        ledger, now = self.shop.ledger, self.shop.clock()
        with ledger.together():
            ledger.sketches.put(self.site, kept, now)
            ledger.twins.put(self.site, found, now)
            ledger.twins.part(self.site, parted)
            if self._is_reading:
                ledger.meta.set(READ + self.site, f"{now:%Y-%m-%d}")
                self._is_reading = False

    def wrote(self, outcomes: Sequence[Outcome]) -> None:
        """Keep that the texts of these name all that they are to name."""
        if not self.rehearsal:
            ended = [one.key for one in outcomes if one.status in _SETTLED]
            self.shop.ledger.twins.wrote(self.site, ended)

    def forget(self, *keys: ItemKey) -> None:
        """Let others tell these stories: no post came of these."""
        for pieces in self._fresh.values():
            pieces[:] = [one for one in pieces if one.key not in keys]

    def prune(self) -> None:
        """Forget the texts that are older than the window."""
        if not self.rehearsal:
            window = self.shop.config.duplicates.window
            self.shop.ledger.sketches.prune(self.shop.clock() - window)

    def mentions(self, keys: Sequence[ItemKey]) -> dict[ItemKey, Mentions]:
        """Name who else reports the stories of these."""
        named = self.shop.ledger.twins.listed(self.site, keys) if keys else {}
        return _mentions(self.shop, self.foreseen.complete(named, keys))

    def _near(self, pieces: Iterable[Piece]) -> dict[ItemKey, tuple[Piece, ...]]:
        """Ask for all at once what the ledger has near these."""
        asked = list(pieces)
        found = self.shop.ledger.sketches.near_each(self.site, [one.sketch for one in asked])
        return {one.key: near for one, near in zip(asked, found, strict=True)}

    def _find(
        self,
        post: Post,
        piece: Piece,
        near: Sequence[Piece],
        known: tuple[ItemKey, bool] | None,
    ) -> Twin | None:
        lead, parted = known or (None, False)
        here = {one.key: one for band in piece.sketch.bands for one in self._fresh.get(band, ())}
        others = here | {one.key: one for one in near}
        marks = {post.mark, short_mark(f"{post.key.feed}\n{post.key.guid}")}
        if any(one.marks & marks for one in others.values()):
            return None  # its own post is on the site: it is recognised there
        address = normalise_address(post.source_url)
        same = {one.key for one in others.values() if normalise_address(one.url) == address}
        # The same article, whose post may be taken over, is no repeat.
        passed = {post.key, *({lead} if parted and lead else ()), *(same if address else ())}
        window = self.shop.config.duplicates.window
        found = find_lead(
            piece,
            (
                one
                for one in others.values()
                if one.key not in passed and (one.key == lead or _is_near(piece, one, window))
            ),
        )
        if found is None:
            return None
        other, likeness = found
        wanted = self.shop.config.duplicates.same == "list" and other.source != piece.source
        listed = wanted and other.key.feed != FOUND and self._is_seen(other)
        return Twin(piece=piece, lead=other, likeness=likeness, listed=listed)

    def _is_seen(self, lead: Piece) -> bool:
        """Tell whether anybody may read a lead: else a person decides about its repeats."""
        if self._withdrawn is None:
            self._withdrawn = frozenset(one.feed for one in self.shop.ledger.withdrawals.all())
        return lead.status != "trash" and lead.key.feed not in self._withdrawn

    def _hold_rejected(
        self, posts: Sequence[Post], known: Mapping[ItemKey, tuple[ItemKey, bool]]
    ) -> dict[ItemKey, Outcome]:
        """Hold on what repeats an article that a person rejected before it had a post."""
        leads = {
            one.key: known[one.key][0]
            for one in posts
            if one.key in known and not known[one.key][1]
        }
        decisions = self.shop.ledger.decisions
        buried = decisions.buried_keys(self.site, {*leads.values()})
        there = self.shop.ledger.posts.receipts(self.site, sorted(buried))
        lost = {key: lead for key, lead in leads.items() if lead in buried and lead not in there}
        rows = decisions.items([*lost, *lost.values()])
        return {
            key: hold_for(rows[key], rows.get(lead)) for key, lead in lost.items() if key in rows
        }

    def _tell(self, post: Post, twin: Twin) -> Outcome:
        same = self.shop.config.duplicates.same
        dropped = (same == "drop" and self._is_seen(twin.lead)) or twin.listed
        hint = "" if dropped else ALL_THE_SAME
        listed = "; it is named there" if twin.listed else ""
        return Outcome(
            key=post.key,
            status="dropped" if dropped else "held",
            stage="curate",
            reason=f"{tell_repeat(twin)}{listed}{hint}",
            url=post.source_url,
            title=post.title,
            channel=post.channel,
        )

    def _add(self, piece: Piece) -> None:
        if piece.sketch.bands:
            self._kept.append(piece)
            for band in piece.sketch.bands:
                self._fresh[band].append(piece)

    def _read_site(self, new: Sequence[Post]) -> None:
        """Read, once, the site's own posts of late: a ledger that is new, or lost, has no texts."""
        if self._has_read or not new:
            return
        self._has_read = True
        ledger = self.shop.ledger
        if ledger.meta.get(READ + self.site):
            return
        since = self.shop.clock() - self.shop.config.duplicates.window
        posts = self.shop.target.changed_since(since)
        owners = ledger.posts.owners(self.site, [one.wp_id for one in posts])
        sources = {feed.id: feed.source for feed in ledger.feeds.all()}
        ours = (one for one in posts if CREDIT in str(one.values.get("body", "")))
        pieces = [_found_piece(one, owners.get(one.wp_id), sources) for one in ours]
        for piece in pieces:
            self._add(piece)
        self._is_reading = True


@dataclass(frozen=True, slots=True)
class Sure:
    """Which items of a source have a post, or are wanted by a person: they stay."""

    source: Source
    receipts: Collection[ItemKey]
    approved: Collection[ItemKey]

    def __contains__(self, key: ItemKey) -> bool:
        return key in self.receipts or key in self.approved


def find_mentions(shop: Workshop, site: str, keys: Sequence[ItemKey]) -> dict[ItemKey, Mentions]:
    """Name who else reports the stories of these items."""
    return _mentions(shop, shop.ledger.twins.listed(site, keys) if keys else {})


def _mentions(
    shop: Workshop, named: Mapping[ItemKey, tuple[tuple[str, str], ...]]
) -> dict[ItemKey, Mentions]:
    words = shop.config.duplicates.words
    return {key: Mentions(words=words, sources=sources) for key, sources in named.items()}


def find_unnamed(
    shop: Workshop, site: str, job: FeedJob, foreseen: Sequence[ItemKey] = ()
) -> list[Item]:
    """List the items of a feed whose posts are to name others, and do not yet.

    `foreseen` are those that a rehearsal has found.
    """
    ledger = shop.ledger
    if ledger.health.held(job.feed):
        return []  # nothing of it is touched until a person has looked
    keys = [*dict.fromkeys((*ledger.twins.unwritten(site, job.feed), *foreseen))]
    rows = ledger.decisions.items(keys)
    return ledger.decisions.raws(
        [key for key in keys if key in rows and rows[key].state in ON_SITE]
    )


def _piece(post: Post, text: str, source: Source, now: datetime) -> Piece:
    return Piece(
        key=post.key,
        sketch=sketch_text(text or text_lines(without_mentions(post.body))),
        title=limit_text(post.title, _LONGEST_KEPT),
        source=source.name,
        url=post.source_url,
        published=post.published,
        seen=now,
        priority=source.priority,
    )


def _found_piece(post: SitePost, owner: Receipt | None, sources: Mapping[str, str]) -> Piece:
    """Make a piece of what stands on the site; nobody's is known by its mark and its credit."""
    body = without_mentions(str(post.values.get("body", "")))
    marks = {*marks_of(post.slug), *map(short_mark, linked_addresses(body))}
    date = post.values.get("date")
    return Piece(
        key=owner.key if owner else ItemKey(FOUND, str(post.wp_id)),
        sketch=sketch_text(text_lines(body)),
        title=limit_text(plain_text(str(post.values.get("title", ""))), _LONGEST_KEPT),
        source=sources.get(owner.key.feed, "") if owner else "",
        url=post.link,
        published=moment_of(date) if isinstance(date, str) and date else None,
        marks=frozenset() if owner else frozenset(marks),
        wp_id=post.wp_id,
        status=post.status,
    )


def _is_near(one: Piece, other: Piece, window: timedelta) -> bool:
    """Tell whether two pieces are of one time: by their sources' dates, else as they came."""
    if one.published and other.published:
        return abs(one.published - other.published) <= window
    return not (one.seen and other.seen) or abs(one.seen - other.seen) <= window
