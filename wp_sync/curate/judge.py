"""Route an article to a channel and hold it against that channel's rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wp_sync.model import Verdict

from .objections import find_passed, find_youth, object_at_last
from .screen import find_repeat, reachable_channels
from .topics import NOTHING, explain, read_words, score_article
from .views import view_article

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from wp_sync.config.channels import Channel, Source
    from wp_sync.model import Article, Decision, Learned

    from .filters import View
    from .seen import Seen
    from .topics import Fit

# Nearer than this, two channels fit alike, and a person decides: a tenth of a bit or so.
_ALIKE = 0.05


def judge_article(
    article: Article,
    source: Source,
    channels: Mapping[str, Channel],
    seen: Seen,
    now: datetime,
    learned: Learned = NOTHING,
) -> Verdict:
    """Publish it in the channel that it fits best, hold it or drop it: and say why."""
    if repeat := find_repeat(article.key, article.url, article.title, seen):
        return repeat
    view = view_article(article, source, now)
    if unfit := tuple(object_at_last(source, view)):
        return Verdict(key=article.key, decision="drop", reasons=unfit)
    words = read_words(article.title, article.labels, article.text)
    fits = score_article(words, channels, reachable_channels(source), learned)
    choice, reason = _route(source, channels, fits)
    scores = {name: one.score for name, one in fits.items()}
    told = explain(fits, channels, learned)
    if choice in {"hold", "drop"}:
        unsure: Decision = "hold" if choice == "hold" else "drop"
        return Verdict(
            key=article.key, decision=unsure, reasons=(reason,), scores=scores, explained=told
        )
    against = tuple(_find_objections(channels[choice], fits[choice], view))
    young = (*find_youth(source, view), *find_youth(channels[choice], view))
    if young and not against:
        return Verdict(
            key=article.key,
            decision="hold",
            channel=choice,
            reasons=young,
            scores=scores,
            waits=True,
            explained=told,
        )
    doubts = (
        *_find_doubts(article, channels[choice], fits[choice]),
        *_find_newness(article.key.feed, channels[choice], seen, now),
    )
    decision: Decision = "drop" if against else ("draft" if doubts else "publish")
    return Verdict(
        key=article.key,
        decision=decision,
        channel=choice,
        reasons=doubts if decision == "draft" else (reason, *against),
        scores=scores,
        notes=(*find_passed(source, view), *find_passed(channels[choice], view)),
        explained=told,
    )


def _route(
    source: Source, channels: Mapping[str, Channel], fits: Mapping[str, Fit]
) -> tuple[str, str]:
    """Choose a channel, "hold" or "drop"; say why in an editor's words."""
    if len(source.to) == 1:
        only = channels[source.to[0]]
        fit = f", fits it {fits[only.name].alone:.2f}" if only.about else ""
        return only.name, f"{source.name} goes to {only.label}{fit}"
    return choose_channel({name: fits[name] for name in source.to}, channels, source.otherwise)


def choose_channel(
    fits: Mapping[str, Fit], channels: Mapping[str, Channel], otherwise: str
) -> tuple[str, str]:
    """Choose the channel that fits best; `otherwise` when none does, or two do alike."""
    ranked = sorted(fits, key=lambda name: -fits[name].score)
    named = [f"{channels[name].label} {fits[name].score:.2f}" for name in ranked]
    fitting = [name for name in ranked if fits[name].alone > 0]
    fitting = [name for name in fitting if fits[name].alone >= channels[name].keep.score]
    if not fitting:
        return otherwise, f"fits no channel well enough: {'; '.join(named)}"
    if len(fitting) > 1 and fits[fitting[0]].score - fits[fitting[1]].score < _ALIKE:
        return otherwise, f"fits two channels alike: {'; '.join(named)}"
    best = fitting[0]
    rest = [one for name, one in zip(ranked, named, strict=True) if name != best]
    first = f"fits {channels[best].label} {fits[best].score:.2f}"
    return best, "; ".join([first, *rest])


def _find_doubts(article: Article, channel: Channel, fit: Fit) -> Iterator[str]:
    """Find what a person should look at before the post goes live."""
    rules, score = channel.post.draft_if, fit.score
    if channel.about and score < rules.score_below:
        yield f"fits {channel.label} only {score:.2f}"
    if rules.no_image and not article.pictures:
        yield "has no picture"
    words = len(article.text.split())
    if words < rules.words_below:
        yield f"has only {words} words"


def _find_newness(feed: str, channel: Channel, seen: Seen, now: datetime) -> Iterator[str]:
    newest = channel.post.draft_if.source_newer_than
    since = seen.known_since(feed)
    if newest is not None and since is not None and now - since < newest:
        yield f"its feed is known since {since:%Y-%m-%d} only"


def _find_objections(channel: Channel, fit: Fit, view: View) -> Iterator[str]:
    if fit.alone < channel.keep.score:
        yield f"{channel.label} keeps what fits it {channel.keep.score:.2f} or better"
    yield from object_at_last(channel, view)
