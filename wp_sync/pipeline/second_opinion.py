"""What a language model has to say of an article, and what of that reaches its verdict and post.

It never publishes: it may make a draft of what is held, or of what would go live.
"""

from __future__ import annotations

import html
import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from wp_sync.config.assistant import key_place
from wp_sync.config.secrets import find_secret
from wp_sync.curate.judge import judge_article
from wp_sync.curate.question import NO_CHANNEL, make_question
from wp_sync.errors import ConfigError, Problem
from wp_sync.markup import neutralise
from wp_sync.web.politeness import host_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from wp_sync.config.assistant import AssistantSection, Use
    from wp_sync.config.channels import Channel, Source
    from wp_sync.config.schema import Config
    from wp_sync.config.secrets import Secret
    from wp_sync.curate.consult import Consultant
    from wp_sync.curate.question import Question
    from wp_sync.curate.seen import Seen
    from wp_sync.ledger import Ledger
    from wp_sync.model import Article, Post, Verdict

    from .build import Workshop
    from .stop import Stop


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """An article as the rules judged it."""

    source: Source
    article: Article
    verdict: Verdict
    seen: Seen
    now: datetime
    is_settled: bool = False  # a person, or the post that is there, has its channel


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """The verdict and the article as they are to be used, and what comes to the post."""

    verdict: Verdict
    article: Article
    tags: tuple[str, ...] = ()
    fields: Mapping[str, str] = field(default_factory=dict)

    def complete(self, post: Post) -> Post:
        """Add the disclosure's custom field, and the tags: as labels, which may become some."""
        known = {tag.casefold() for tag in (*post.tags, *post.labels)}
        fresh = tuple(tag for tag in self.tags if tag.casefold() not in known)
        fields = {**post.fields, **self.fields} if self.fields else post.fields
        return replace(post, labels=(*post.labels, *fresh), fields=fields)


def open_consultant(
    config: Config,
    environ: Mapping[str, str] | None,
    ledger: Ledger,
    clock: Callable[[], datetime],
    stop: Stop,
) -> Consultant | None:
    """Open the way to the model; without an environment only to what it answered before.

    None where none is configured. Raises ConfigError.
    """
    section = config.assistant
    if section is None:
        return None
    from wp_sync.curate.consult import Consultant

    model = None
    if environ is not None:
        from wp_sync.curate.assistant import Endpoint

        model = Endpoint(section, find_key(config, section, environ))
        stop.then(model.abort)
    memory = ledger.assistant
    return Consultant(section=section, answers=memory, purse=memory, clock=clock, model=model)


def find_key(
    config: Config, section: AssistantSection, environ: Mapping[str, str]
) -> Secret | None:
    """Find the model's key; None: it needs none. Raises ConfigError."""
    key = find_secret(key_place(section, config.path), config, environ)
    if key and not (key.reveal().isascii() and key.reveal().split() == [key.reveal()]):
        message = "the key is no key: one word of plain letters, digits and signs is expected"
        name = "assistant.key_file"
        raise ConfigError([Problem(file=str(config.path), line=0, key=name, message=message)])
    return key


def advise(shop: Workshop, case: Case) -> Advice:
    """Ask about an article what is not known yet.

    Raises StoppedError when the run should end meanwhile: else a post would lack what was asked.
    """
    consultant, article = shop.assistant, case.article
    if consultant is None:
        return Advice(verdict=case.verdict, article=article)
    section, channels = consultant.section, shop.config.channels
    told: Mapping[Use, str] = {}
    question = make_question(section.uses, case.source, channels, article)
    if _may_be_shown(shop, case):
        uses = tuple(use for use in question.uses if not (case.is_settled and use == "channel"))
        told = consultant.consult(article, question, uses)
        shop.stop.check()
    excerpt, key = told.get("excerpt", ""), section.disclosure_field
    return Advice(
        verdict=_weigh(case, channels, told.get("channel", ""), question),
        article=_with_excerpt(article, excerpt, shop, section) if excerpt else article,
        tags=tuple(json.loads(told.get("tags") or "[]")),
        fields={key: section.disclosure if excerpt else ""} if key else {},
    )


def tell_assistant(shop: Workshop) -> list[str]:
    """Say what a person should know of what the model answered."""
    return shop.assistant.tell() if shop.assistant else []


def _may_be_shown(shop: Workshop, case: Case) -> bool:
    """Tell whether a model may see an article, and its answer could count."""
    if not case.source.assistant or case.article.damage:
        return False
    # Its publisher keeps machines out, that is: this one.
    reserved = shop.web.polite.reserved if shop.web.polite else {}
    if host_of(case.article.url) in reserved:
        return False
    return case.verdict.decision in {"publish", "draft"} or _is_undecided(case.verdict)


def _is_undecided(verdict: Verdict) -> bool:
    """Tell whether an article is held only because no channel, or more than one, fits it."""
    was_scored = bool(verdict.scores) and not verdict.channel
    return verdict.decision == "hold" and was_scored and verdict.duplicate_of is None


def _weigh(case: Case, channels: Mapping[str, Channel], said: str, question: Question) -> Verdict:
    """Lower a verdict that the model does not share; make a draft where the rules are unsure."""
    verdict, choices = case.verdict, question.choices
    if said not in {*choices, NO_CHANNEL}:
        return verdict
    label = channels[said].label if said in choices else "none of its channels"
    opinion = f"the assistant says {label}"
    if _is_undecided(verdict):
        return _draft(case, channels[said], opinion) if said in choices else verdict
    agrees = said == (verdict.channel if verdict.channel in choices else NO_CHANNEL)
    if agrees:
        return verdict
    reasons = verdict.reasons if verdict.decision == "draft" else ()
    return replace(verdict, decision="draft", reasons=(*reasons, opinion))


def _draft(case: Case, channel: Channel, opinion: str) -> Verdict:
    """Hold an undecided article against all rules of one channel but its score."""
    verdict = case.verdict
    keep = channel.keep.model_copy(update={"score": 0.0})
    names = {channel.name: channel.model_copy(update={"keep": keep})}
    only = case.source.model_copy(update={"to": (channel.name,), "otherwise": "hold"})
    judged = judge_article(case.article, only, names, case.seen, case.now)
    if judged.decision not in {"publish", "draft"}:
        return replace(verdict, reasons=(*verdict.reasons, opinion, *judged.reasons[1:]))
    doubts = judged.reasons if judged.decision == "draft" else ()
    reasons = (opinion, *verdict.reasons, *doubts)
    return replace(verdict, decision="draft", channel=channel.name, reasons=reasons)


def _with_excerpt(
    article: Article, excerpt: str, shop: Workshop, section: AssistantSection
) -> Article:
    """Give an article the excerpt that was written for it, and the line that says so."""
    key = section.disclosure_field
    # Where the site takes no such field, readers are told by the line all the same.
    if not section.disclosure_line and key in shop.target.writable_fields([key]):
        return replace(article, excerpt=excerpt)
    line = neutralise(f"<p>{html.escape(section.disclosure, quote=False)}</p>")
    body = "\n".join(part for part in (article.body_html, line) if part)
    return replace(article, excerpt=excerpt, body_html=body)
