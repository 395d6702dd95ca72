"""Changed mappings onto posts that are there: composed anew from the ledger, proposed as a plan."""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from wp_sync.batching import batched
from wp_sync.config.rights import as_expired
from wp_sync.confine import Confinement
from wp_sync.curate import judge_article
from wp_sync.curate.screen import reachable_channels
from wp_sync.errors import ConfigError, MappingError, Problem
from wp_sync.ledger.items import ON_SITE
from wp_sync.mapping import make_post
from wp_sync.model import Mentions, Plan, Skip, Update, Verdict
from wp_sync.publish.plan import with_terms
from wp_sync.publish.remapping import REMAPPED, Remap, remap_post, remapped_fields
from wp_sync.web import make_user_agent

from .build import Workshop, open_web
from .collect import Intake, RunSeen
from .deliver import Delivery
from .learning import Repeats
from .naming import Naming
from .options import SyncOptions
from .orders import Proposal
from .second_opinion import Case, advise, open_consultant
from .twins import find_mentions
from .visit import Visit

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from datetime import datetime

    from wp_sync.config.channels import Source
    from wp_sync.ledger import DueItem, Ledger
    from wp_sync.model import (
        Article,
        Change,
        ItemKey,
        Post,
        Receipt,
        SiteState,
        Tombstone,
    )
    from wp_sync.publish.media import Ready

    from .orders import Office

_BATCH = 25  # items cleaned in one child
# What an article's own page gave, where the source's rights are full: it is not fetched again.
_OF_THE_PAGE = frozenset({"body", "excerpt", "featured"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Remapping:
    """What a person asked for."""

    channel: str = ""
    source: str = ""
    fields: tuple[str, ...] = ()  # of REMAPPED; none: all


@dataclass(frozen=True, slots=True)
class Unrepeated:
    """Fits curate.seen.Seen: an article that has its post is no repeat of another."""

    ledger: Ledger
    site: str

    def owner(self, address: str) -> ItemKey | None:  # noqa: ARG002
        return None

    def title_of(self, key: ItemKey) -> str:
        return self.ledger.items.title(key)

    def has_buried(self) -> bool:
        return False

    def buried(self, article: Tombstone) -> Tombstone | None:  # noqa: ARG002
        return None

    def known_since(self, feed: str) -> datetime | None:
        return self.ledger.posts.seen(self.site).known_since(feed)


@contextmanager
def open_remap(office: Office) -> Iterator[Workshop]:
    """Open what composing and pictures need, beside the office."""
    feeds = sum(len(source.feeds) for source in office.config.sources)
    agent = make_user_agent(office.config.fetch.contact, feeds)
    with Confinement() as confinement, open_web(office.config, agent) as web:
        office.stop.then(web.abort)
        yield Workshop(
            config=office.config,
            ledger=office.ledger,
            web=web,
            confinement=confinement,
            clock=office.clock,
            stop=office.stop,
            open_site=lambda: office.target,
            # What was answered before stays; nothing is asked anew.
            assistant=open_consultant(
                office.config, None, office.ledger, office.clock, office.stop
            ),
        )


def propose_remap(office: Office, shop: Workshop, asked: Remapping) -> Proposal:
    """Propose what the mappings, as they are now, make of our posts. Raises ConfigError."""
    _check(office, asked)
    return _Remapper(office, shop, asked).propose()


def _check(office: Office, asked: Remapping) -> None:
    config = office.config
    known = (
        ("--channel", (asked.channel,), tuple(config.channels)),
        ("--source", (asked.source,), tuple(source.name for source in config.sources)),
        ("--fields", asked.fields, REMAPPED),
    )
    for option, given, names in known:
        for name in filter(None, given):
            if name not in names:
                message = f"there is no {name!r}: choose from {', '.join(names) or 'none'}"
                raise ConfigError([Problem(file=option, line=0, key="", message=message)])


@dataclass(slots=True)
class _Remapper:
    office: Office
    shop: Workshop
    asked: Remapping
    _sources: dict[str, Source] = field(default_factory=dict)  # by feed
    _full: set[str] = field(default_factory=set)  # sources whose pages would be needed

    def propose(self) -> Proposal:
        office, site = self.office, self.office.identity.address
        channels = tuple(office.config.channels.values())
        visit = Visit(self.shop, SyncOptions(command="remap"), channels)
        reader, naming = visit.reader, Naming(self.shop, visit, keeps=False)
        posts: list[tuple[Post, Receipt, Collection[str]]] = []
        left: list[Change] = []
        for source, feed in self._feeds():
            self._sources[feed] = source
            receipts = {one.key: one for one in office.ledger.posts.of_feeds(site, [feed])}
            made = tuple(self._compose(source, feed, receipts))
            left += [one for one in made if isinstance(one, Skip)]
            composed = [one for one in made if not isinstance(one, Skip)]
            named = naming.name([post for post, _, _ in composed])
            taken = reader.with_writable(named, receipts)
            for post, (_, ours, fields) in zip(taken, composed, strict=True):
                if remapped_fields(post, ours, fields):
                    posts.append((post, ours, fields))
        wanted = [post for post, _, _ in posts]
        known = {post.key: ours for post, ours, _ in posts}
        there = reader.read_ours([ours.wp_id for ours in known.values()], wanted, known)
        state = replace(reader.read_names(wanted), posts=there)
        remaps = [remap_post(post, ours, state, fields) for post, ours, fields in posts]
        changes = (*(one.change for one in remaps), *left)
        plan = with_terms(Plan(changes=changes), state)
        proposal = self._proposal(plan, remaps, state, Delivery(self.shop, visit, "", ()))
        return replace(proposal, notes=(*proposal.notes, *naming.messages, *reader.messages))

    def _proposal(
        self, plan: Plan, remaps: Sequence[Remap], state: SiteState, delivery: Delivery
    ) -> Proposal:
        def files(posts: Sequence[Post]) -> Mapping[ItemKey, Ready]:
            found: dict[ItemKey, Ready] = {}
            for feed in dict.fromkeys(post.key.feed for post in posts):
                ours = [post for post in posts if post.key.feed == feed]
                found |= delivery.files(ours, self._sources[feed])
            return found

        count = sum(isinstance(one.change, Update) for one in remaps)
        notes = [_told(remaps), *self._kept_pages()]
        noun = "post" if count == 1 else "posts"
        return Proposal(
            plan=plan,
            question=f"Change {count} {noun}?",
            notes=tuple(notes),
            site=state,
            files=files,
        )

    def _feeds(self) -> Iterator[tuple[Source, str]]:
        ledger = self.office.ledger
        for source in self.office.config.sources:
            if self.asked.source in {"", source.name}:
                places, _ = ledger.withdrawals.sift(source.name, source.feeds)
                yield from ((source, ledger.feeds.find(place)) for place in places)

    def _compose(
        self, source: Source, feed: str, receipts: Mapping[ItemKey, Receipt]
    ) -> Iterator[tuple[Post, Receipt, Collection[str]] | Skip]:
        due = [one for one in self.office.ledger.items.published(feed) if one.item.key in receipts]
        seen = RunSeen(self.office.ledger.posts.seen(self.office.identity.address))
        repeats = Repeats(self.office.ledger, feed, self.office.clock)
        intake = Intake(
            source=source, shop=self.shop, seen=seen, receipts=receipts, repeats=repeats
        )
        held = self.office.ledger.health.held(feed)
        for batch in batched(due, _BATCH):
            self.office.stop.check()
            articles = intake.clean([(one.item, None) for one in batch])
            for one, article in zip(batch, articles, strict=True):
                ours = receipts[one.item.key]
                strange = held and one.state not in ON_SITE  # its text may be a stranger's
                told = f"its feed seems to have changed hands: {held}"
                made = (
                    _leave(one, ours, told) if strange else self._make(source, one, article, ours)
                )
                if isinstance(made, Skip) and self.asked.channel in {"", ours.channel}:
                    yield made
                elif not isinstance(made, Skip) and self._is_asked(made, ours):
                    yield made, ours, self._fields(source)

    def _make(
        self, source: Source, due: DueItem, article: Article | str, ours: Receipt
    ) -> Post | Skip:
        if isinstance(article, str):
            return _leave(due, ours, f"its text can't be cleaned: {article}")
        channels, name = self.office.config.channels, ours.channel
        seen = Unrepeated(self.office.ledger, self.office.identity.address)
        is_settled = source.rights == "full" and name in reachable_channels(source)
        if is_settled:
            # Without its page an article can't be judged anew.
            verdict = Verdict(key=article.key, decision="publish", channel=name)
        else:
            # As of then: old age and new sources are no matter of a mapping.
            verdict = judge_article(
                article, source, channels, seen, due.first_seen, self.shop.learned
            )
            if verdict.waits:  # as of then it was too young
                verdict = replace(verdict, decision="publish")
        case = Case(
            source=source,
            article=article,
            verdict=verdict,
            seen=seen,
            now=due.first_seen,
            is_settled=is_settled,
        )
        advice = advise(self.shop, case)
        verdict, article = advice.verdict, advice.article
        if verdict.decision not in {"publish", "draft"}:
            word = {"hold": "hold", "drop": "drop"}[verdict.decision]
            told = f"the rules of today would {word} it: {'; '.join(verdict.reasons)}"
            return _leave(due, ours, told)
        try:
            channel, site = channels[verdict.channel], self.office.identity.address
            also = find_mentions(self.shop, site, [ours.key]).get(ours.key, Mentions())
            is_cut = due.item.key in self.office.ledger.expiries.cut(due.item.key.feed)
            rights = as_expired(source) if is_cut else source
            made = make_post(article, verdict, rights, channel, due.first_seen, also)
            post = advice.complete(made)
        except MappingError as error:
            return _leave(due, ours, str(error))
        return replace(post, doubt=ours.doubt)

    def _is_asked(self, post: Post, ours: Receipt) -> bool:
        return self.asked.channel in {"", post.channel, ours.channel}

    def _fields(self, source: Source) -> Collection[str]:
        asked = frozenset(self.asked.fields or REMAPPED)
        if source.rights != "full":
            return asked
        self._full.add(source.name)
        return asked - _OF_THE_PAGE

    def _kept_pages(self) -> Iterator[str]:
        """Say what of which sources stays as it is, of what was asked for."""
        kept = sorted(_OF_THE_PAGE.intersection(self.asked.fields or REMAPPED))
        if self._full and kept:
            yield (
                f"the articles' own pages are not fetched again: {', '.join(kept)} of posts from"
                f" {', '.join(sorted(self._full))} stay as they are"
            )


def _told(remaps: Sequence[Remap]) -> str:
    """Count the changes by field: most first."""
    updates = [one.change for one in remaps if isinstance(one.change, Update)]
    fields = Counter(name for change in updates for name in change.fields)
    locked = sum(len(one.locked) for one in remaps)
    ranked = sorted(fields.items(), key=lambda one: (-one[1], one[0]))
    counts = ", ".join(f"{name} {count}" for name, count in ranked)
    noun = "post" if len(updates) == 1 else "posts"
    told = f"would change {len(updates)} {noun}{f': {counts}' if counts else ''}"
    kept = "field" if locked == 1 else "fields"
    return f"{told}; {locked} {kept} locked by editors" if locked else told


def _leave(due: DueItem, ours: Receipt, reason: str) -> Skip:
    item = due.item
    return Skip(key=item.key, reason=reason, wp_id=ours.wp_id, title=item.title, url=item.url)
