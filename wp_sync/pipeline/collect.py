"""From a feed to posts: pull, screen, full text, clean, judge, map. Writes nothing to the site."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeAlias

from wp_sync.clean import Traits
from wp_sync.clean.batch import clean_items, join_rules
from wp_sync.clean.excerpt import MOST_WORDS
from wp_sync.config.rights import as_expired
from wp_sync.curate import judge_article, screen_item
from wp_sync.curate.screen import find_repeat, reachable_channels
from wp_sync.errors import ConfinedError, MappingError
from wp_sync.mapping import make_post, with_own_mark
from wp_sync.model import Article, Mentions, Outcome, Traces, Verdict
from wp_sync.publish.bodies import find_images
from wp_sync.sources import pull_feed
from wp_sync.text import normalise_address, plain_text

from .exhibiting import Given
from .pages import Readings, read_page
from .second_opinion import Case, advise
from .twins import Sure

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from datetime import datetime

    from wp_sync.config.channels import Channel, Source
    from wp_sync.ledger.posts import SeenPosts
    from wp_sync.model import Item, ItemKey, Page, Post, Pull, Receipt, Stage, Tombstone, Validators

    from .build import Workshop
    from .learning import Repeats
    from .twins import Twins

Batch: TypeAlias = "Sequence[tuple[Item, Page | None]]"

_BATCH = 25  # items cleaned in one child: the fork is paid once, a crash costs one batch's repeat
_CLEANED_AT_ONCE = 2  # batches, while the one before is judged


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedJob:
    """One feed to pull, with what the ledger knows of it."""

    feed: str
    address: str  # as configured
    location: str  # where it is asked
    source: Source
    last: Validators
    known: Mapping[str, str]
    traces: Traces = field(default_factory=Traces)
    afresh: bool = False  # asked unconditionally, as it answered nothing but 304 for long
    is_retry: bool = False
    is_asked: bool = True  # False: only what already waits in the ledger is worked


@dataclass(slots=True)
class RunSeen:
    """The ledger's memory of addresses, and what this run has taken on since."""

    ledger: SeenPosts
    claimed: dict[str, ItemKey] = field(default_factory=dict)
    held: dict[str, ItemKey | None] = field(default_factory=dict)  # looked up, all at once
    any_buried: bool | None = None  # None: not asked yet

    def look_up(self, items: Sequence[Item]) -> None:
        """Ask for many items at once: one question each takes as long as to clean an article."""
        addresses = [normalise_address(item.url) for item in items]
        self.held = dict.fromkeys(addresses) | self.ledger.holders(addresses)
        self.any_buried = self.ledger.has_buried()

    def owner(self, address: str) -> ItemKey | None:
        """Return the item whose post has, or will have, this address."""
        if address in self.claimed:
            return self.claimed[address]
        return self.held[address] if address in self.held else self.ledger.owner(address)

    def release(self, *keys: ItemKey) -> None:
        """Give addresses free: no post came of these."""
        self.claimed = {url: owner for url, owner in self.claimed.items() if owner not in keys}

    def title_of(self, key: ItemKey) -> str:
        """Return an item's title: the ledger has also those of this run."""
        return self.ledger.title_of(key)

    def has_buried(self) -> bool:
        """Tell whether a person rejected anything at all."""
        return self.ledger.has_buried() if self.any_buried is None else self.any_buried

    def buried(self, article: Tombstone) -> Tombstone | None:
        """Return what a person rejected, and this article is again."""
        return self.ledger.buried(article)

    def known_since(self, feed: str) -> datetime | None:
        """Tell when a feed was seen first."""
        return self.ledger.known_since(feed)

    def claim(self, url: str, key: ItemKey) -> None:
        """Keep an address for an item that becomes a post."""
        if address := normalise_address(url):
            self.claimed.setdefault(address, key)


def pull(job: FeedJob, shop: Workshop) -> Pull:
    """Pull one feed; runs in a thread."""
    return pull_feed(
        job.feed,
        location=job.location,
        last=job.last,
        known=job.known,
        traces=job.traces,
        web=shop.web,
        confinement=shop.confinement,
        now=shop.clock(),
        allow_private=frozenset(job.source.allow_private),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """One feed's way in: its source, where that may lead, and what is known already."""

    source: Source
    shop: Workshop
    seen: RunSeen
    receipts: Mapping[ItemKey, Receipt]
    approved: Mapping[ItemKey, str] = field(default_factory=dict)  # by a person; -> channel
    readings: Readings = field(default_factory=Readings)
    sighted: dict[str, set[str]] = field(default_factory=dict)  # pictures -> guids of articles
    repeats: Repeats | None = None  # what the feed repeats
    judged: dict[ItemKey, Verdict] = field(default_factory=dict)  # by their words
    given: dict[ItemKey, Given] | None = None  # what each post was made of; None: nobody looks
    twins: Twins | None = None  # the stories of this run; None: nobody looks
    also: Mapping[ItemKey, Mentions] = field(default_factory=dict)  # who else reports a story
    texts: dict[ItemKey, str] = field(default_factory=dict)  # of the articles
    expired: Collection[ItemKey] = frozenset()  # cut to an excerpt, for their time is over

    def make_posts(self, items: Sequence[Item]) -> Iterator[Post | Outcome]:
        """Walk items through the stages; each becomes a post, or the outcome that says why not."""
        cleaning: list[tuple[Batch, Future[list[Article | str]]]] = []
        with ThreadPoolExecutor(_CLEANED_AT_ONCE) as pool:
            for batch in self._batches(items):
                ready = [one for one in batch if not isinstance(one, Outcome)]
                cleaning.append((ready, pool.submit(self.clean, ready)))
                yield from (one for one in batch if isinstance(one, Outcome))
            cleaned = [(ready, future.result()) for ready, future in cleaning]
        made = self._judge_all(cleaned)
        yield from self._part_twins(self.twins, list(made)) if self.twins else made

    def _part_twins(self, twins: Twins, made: Sequence[Post | Outcome]) -> Iterator[Post | Outcome]:
        """Let one article lead each story."""
        sure = Sure(self.source, self.receipts, self.approved)
        for before, one in zip(made, twins.sift(made, self.texts, sure), strict=True):
            if one is not before:
                self.seen.release(one.key)
            yield one

    def _batches(self, items: Sequence[Item]) -> Iterator[list[tuple[Item, Page | None] | Outcome]]:
        """Screen items and read their pages, while the batches before are cleaned."""
        batch: list[tuple[Item, Page | None] | Outcome] = []
        count = 0
        for item in items:
            one = self._take(item)
            self.shop.stop.check()  # else a page that was cut would look like a failed one
            batch.append(one)
            count += not isinstance(one, Outcome)
            if count == _BATCH:
                yield batch
                batch, count = [], 0
        yield batch

    def _take(self, item: Item) -> tuple[Item, Page | None] | Outcome:
        if outcome := self.screen(item):
            return outcome
        page = read_page(item, self._source_of(item), self.shop, self.readings)
        return _failed(item, "extract", page) if isinstance(page, str) else (item, page)

    def _judge_all(
        self, cleaned: Sequence[tuple[Batch, list[Article | str]]]
    ) -> Iterator[Post | Outcome]:
        every = [one for _, articles in cleaned for one in articles if isinstance(one, Article)]
        fresh = self.repeats.learn(every) if self.repeats else frozenset()
        logos = self._look_at_pictures(every)
        for ready, articles in cleaned:
            again = self._clean_again(ready, articles, fresh)
            for (item, page), article in zip(ready, again, strict=True):
                bare = article
                if isinstance(article, Article) and item.key not in self.receipts:
                    bare = without_logos(article, logos)  # a post keeps the picture that it has
                made = self._judge(item, bare)
                self.texts[item.key] = bare.text if isinstance(bare, Article) else ""
                if self.given is not None and isinstance(bare, Article):
                    self.given[item.key] = Given(item=item, page=page, article=bare)
                yield made

    def _look_at_pictures(self, articles: Sequence[Article]) -> Collection[str]:
        """Note which pictures these articles have; name those that stand in many of the feed's."""
        urls: set[str] = set()
        for article in articles:
            inside = find_images(article.body_html) if "<img" in article.body_html else ()
            for picture in (*article.pictures, *inside):
                urls.add(picture.url)
                self.sighted.setdefault(picture.url, set()).add(article.key.guid)
        feeds = {article.key.feed for article in articles}
        return {url for feed in feeds for url in self.shop.ledger.pictures.logos(feed, urls)}

    def _clean_again(
        self, ready: Batch, articles: list[Article | str], fresh: frozenset[str]
    ) -> list[Article | str]:
        """Clean those once more that have what was only now learned to recur."""
        having = [
            at
            for at, one in enumerate(articles)
            if isinstance(one, Article) and any(edge.mark in fresh for edge in one.edges)
        ]
        cleaned = dict(zip(having, self.clean([ready[at] for at in having]), strict=True))
        return [cleaned.get(at, one) for at, one in enumerate(articles)]

    @property
    def channels(self) -> dict[str, Channel]:
        """The channels that the source may reach."""
        channels = self.shop.config.channels
        return {name: channels[name] for name in reachable_channels(self.source)}

    def screen(self, item: Item) -> Outcome | None:
        """Say that no channel takes an item, whatever its page says; None: that is not known."""
        # What has a post is followed, however old it is by now; what a person wants is taken.
        if item.key in self.receipts or item.key in self.approved:
            return None
        now = self.shop.clock()
        verdict = screen_item(item, self.source, self.channels, self.seen, now)
        return _outcome(item, verdict) if verdict else None

    def clean(self, batch: Batch) -> list[Article | str]:
        """Clean in one child. The rules of all channels apply: cleaning comes before routing."""
        if not batch:
            return []
        rules = join_rules([one.clean for one in self.channels.values()])
        try:
            rights, repeats = self.source.rights, self.repeats
            marks = repeats.marks if repeats else frozenset()
            traits = Traits(names=(self.source.name,), recurring=marks)
            words = self.source.words or MOST_WORDS
            return self.shop.confinement.run(clean_items, batch, rights, rules, traits, words)
        except ConfinedError as error:
            if len(batch) == 1:
                return [f"cleaning {error}"]
            # One of them broke the child: each alone, so that the others go on.
            return [result for one in batch for result in self.clean([one])]

    def _judge(self, item: Item, article: Article | str) -> Post | Outcome:
        if isinstance(article, str):
            return _failed(item, "clean", article)
        if repeat := self._find_twin(item, article):
            return _outcome(item, repeat)
        channels, now = self.shop.config.channels, self.shop.clock()
        ours = self.receipts.get(item.key)
        known = self.approved.get(item.key) or (ours.channel if ours else "")
        if known in channels:
            verdict = Verdict(key=item.key, decision="publish", channel=known)
        else:
            learned = self.shop.learned
            verdict = judge_article(article, self.source, channels, self.seen, now, learned)
            if verdict.explained:
                self.judged[item.key] = verdict
        if article.damage and verdict.decision != "drop" and item.key not in self.approved:
            verdict = replace(verdict, decision="hold", reasons=(article.damage,))
        case = Case(
            source=self.source,
            article=article,
            verdict=verdict,
            seen=self.seen,
            now=now,
            is_settled=known in channels,
        )
        advice = advise(self.shop, case)
        verdict, article = advice.verdict, advice.article
        if verdict.decision not in {"publish", "draft"}:
            return _outcome(item, verdict)
        self.readings.add(item.key, verdict.notes)
        try:
            source, channel = self._source_of(item), channels[verdict.channel]
            also = self.also.get(item.key, Mentions())
            post = advice.complete(make_post(article, verdict, source, channel, now, also))
            post = self._pass(post, item) if item.key in self.approved else post
        except MappingError as error:
            return _failed(item, "mapping", str(error))
        self.seen.claim(article.url, item.key)
        return post

    def _source_of(self, item: Item) -> Source:
        return as_expired(self.source) if item.key in self.expired else self.source

    def _find_twin(self, item: Item, article: Article) -> Verdict | None:
        """Find that what a person approved has a post already, as another item's article."""
        if item.key not in self.approved or item.key in self.receipts:
            return None
        repeat = find_repeat(item.key, item.url, article.title, self.seen)
        return repeat if repeat and repeat.decision == "drop" else None

    def _pass(self, post: Post, item: Item) -> Post:
        """Publish what a person approved, also where its address is another article's too."""
        repeat = find_repeat(item.key, item.url, post.title, self.seen)
        return replace(with_own_mark(post) if repeat else post, approved=True, status="publish")


def _outcome(item: Item, verdict: Verdict) -> Outcome:
    return Outcome(
        key=item.key,
        status="held" if verdict.decision == "hold" else "dropped",
        stage="publish" if verdict.waits else "curate",  # what waits is judged again by itself
        reason="; ".join(verdict.reasons),
        url=item.url,
        title=plain_text(item.title),
        channel=verdict.channel,
    )


def without_logos(article: Article, logos: Collection[str]) -> Article:
    """Take from the candidates for the featured image what stands in many articles."""
    kept = tuple(one for one in article.pictures if one.url not in logos)
    return article if kept == article.pictures else replace(article, pictures=kept)


def _failed(item: Item, stage: Stage, reason: str) -> Outcome:
    return Outcome(
        key=item.key,
        status="failed",
        stage=stage,
        reason=reason,
        url=item.url,
        title=plain_text(item.title),
    )
