"""One article on its way to a post, with a language model beside it and no site."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

from unseen import Nothing

from wp_sync.config.assistant import AssistantSection
from wp_sync.config.channels import Channel, PostRules, Source
from wp_sync.config.filters import DropRules, KeepRules
from wp_sync.config.secrets import Secret
from wp_sync.curate.assistant import Endpoint
from wp_sync.curate.consult import Consultant
from wp_sync.curate.judge import judge_article
from wp_sync.mapping import make_post
from wp_sync.model import Article, ItemKey
from wp_sync.pipeline.second_opinion import Case, advise
from wp_sync.pipeline.stop import Stop

if TYPE_CHECKING:
    from wp_sync.ledger import Ledger
    from wp_sync.model import Post, Verdict
    from wp_sync.pipeline.build import Workshop
    from wp_sync.pipeline.second_opinion import Advice

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
KEY = "sk-canary-7Q2wNvX4pLz9"
PATIENCE = "60s"  # with a model that answers, on a busy machine
TEXT = (
    "Rory McIlroy won the golf tournament in Augusta on Sunday after 14 years of trying. “I never"
    " gave up on it,” McIlroy told 1,200 fans beside the last green. The golfer earned $4.2"
    " million, which is 40 per cent more than the winner of 2024. Justin Rose lost the playoff"
    " by one shot, 5-4. Tom Becker, who caddied for him, said that the wind from the north made the"
    " difference over the last two holes. The next tournament begins in Toronto on May 14."
)
ARTICLE = Article(
    key=ItemKey("https://wire.example/rss", "1"),
    url="https://wire.example/1",
    title="McIlroy wins golf tournament in Augusta",
    body_html="<p>Rory McIlroy won.</p>",
    text=TEXT,
    excerpt="Rory McIlroy won.",
    language="en",
    published=NOW - timedelta(hours=3),
)
EXCERPT = "McIlroy won the golf tournament in Augusta after 14 years, before 1,200 fans."
GOOD = {"channel": "golf", "excerpt": EXCERPT, "tags": ["Augusta", "playoff"]}
# Agrees with the rules, and brings nothing: what is put in its place is what a test is about.
PLAIN: dict[str, Any] = {"channel": "golf", "excerpt": "", "tags": []}


def channel(name: str, *about: str, drop: tuple[str, ...] = (), score: float = 0.5) -> Channel:
    """Make a channel whose posts go live at once."""
    return Channel(
        name=name,
        about=about,
        post=PostRules(category=f"{name.title()} news", status="publish", tags=("{source.name}",)),
        keep=KeepRules(score=score),
        drop=DropRules(words=drop),
    )


CHANNELS = {
    "golf": channel("golf", "golf", "golfer", "birdie"),
    "hockey": channel("hockey", "hockey", "puck"),
}
SOURCE = Source(
    name="Wire", feeds=("https://wire.example/rss",), to=("golf", "hockey"), rights="feed"
)


@dataclass(slots=True, kw_only=True)
class Desk:
    """An editor's desk for one article."""

    ledger: Ledger
    url: str
    source: Source = SOURCE
    channels: dict[str, Channel] | None = None
    settings: dict[str, Any] | None = None
    takes_fields: bool = True
    has_key: bool = True
    reserved: dict[str, str] | None = None
    now: datetime = NOW
    shop: Any = None

    def __post_init__(self) -> None:
        self.open()

    def open(self) -> None:
        """Begin a run."""
        known = {"timeout": PATIENCE} | (self.settings or {})
        section = AssistantSection.model_validate({"url": self.url, "model": "m1"} | known)
        consultant = Consultant(
            section=section,
            answers=self.ledger.assistant,
            purse=self.ledger.assistant,
            clock=lambda: self.now,
            model=Endpoint(section, Secret(KEY) if self.has_key else None),
        )
        takes = self.takes_fields
        self.shop = SimpleNamespace(
            assistant=consultant,
            config=SimpleNamespace(channels=self.channels or CHANNELS),
            web=SimpleNamespace(polite=SimpleNamespace(reserved=self.reserved or {})),
            stop=Stop(),
            clock=lambda: self.now,
            target=SimpleNamespace(writable_fields=lambda keys: frozenset(keys if takes else ())),
        )

    @property
    def consultant(self) -> Consultant:
        """The way to the model, of this run."""
        return cast("Consultant", self.shop.assistant)

    def judge(self, article: Article = ARTICLE) -> Verdict:
        """Judge by the rules alone."""
        names = self.channels or CHANNELS
        return judge_article(article, self.source, names, Nothing(), self.now)

    def advise(self, article: Article = ARTICLE, *, is_settled: bool = False) -> Advice:
        """Ask for a second opinion."""
        case = Case(
            source=self.source,
            article=article,
            verdict=self.judge(article),
            seen=Nothing(),
            now=self.now,
            is_settled=is_settled,
        )
        return advise(cast("Workshop", self.shop), case)

    def post(self, article: Article = ARTICLE) -> Post:
        """Make the post as a run would."""
        advice = self.advise(article)
        names = self.channels or CHANNELS
        verdict = advice.verdict
        made = make_post(advice.article, verdict, self.source, names[verdict.channel], self.now)
        return advice.complete(made)

    def post_without(self, article: Article = ARTICLE) -> Post:
        """Make the post as a run without a model would."""
        verdict, names = self.judge(article), self.channels or CHANNELS
        return make_post(article, verdict, self.source, names[verdict.channel], self.now)


def with_text(text: str, **more: Any) -> Article:  # noqa: ANN401
    """Make the article another one."""
    return replace(ARTICLE, text=text, **more)
