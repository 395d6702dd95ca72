"""Route an article to a channel and hold it against that channel's rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wp_sync.model import Verdict

from .objections import find_passed, find_youth, object_at_last
from .screen import find_repeat, reachable_channels
from .topics import score_article
from .views import view_article

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from wp_sync.config.channels import Channel, Source
    from wp_sync.model import Article, Decision

    from .filters import View
    from .seen import Seen

# Nearer than this, two channels fit alike: .94 and .97 are five hits and four, a person decides.
_ALIKE = 0.05


def judge_article(
    article: Article, source: Source, channels: Mapping[str, Channel], seen: Seen, now: datetime
) -> Verdict:
    """Publish it in the channel that it fits best, hold it or drop it: and say why."""
    if repeat := find_repeat(article.key, article.url, article.title, seen):
        return repeat
    view = view_article(article, source, now)
    if unfit := tuple(object_at_last(source, view)):
        return Verdict(key=article.key, decision="drop", reasons=unfit)
    scores = {
        name: score_article(article.title, article.labels, article.text, channels[name].about)
        for name in reachable_channels(source)
    }
    choice, reason = _route(source, channels, scores)
    if choice in {"hold", "drop"}:
        unsure: Decision = "hold" if choice == "hold" else "drop"
        return Verdict(key=article.key, decision=unsure, reasons=(reason,), scores=scores)
    against = tuple(_find_objections(channels[choice], scores[choice], view))
    young = (*find_youth(source, view), *find_youth(channels[choice], view))
    if young and not against:
        return Verdict(
            key=article.key,
            decision="hold",
            channel=choice,
            reasons=young,
            scores=scores,
            waits=True,
        )
    doubts = (
        *_find_doubts(article, channels[choice], scores[choice]),
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
    )


def _route(
    source: Source, channels: Mapping[str, Channel], scores: Mapping[str, float]
) -> tuple[str, str]:
    """Choose a channel, "hold" or "drop"; say why in an editor's words."""
    if len(source.to) == 1:
        only = channels[source.to[0]]
        fit = f", fits it {scores[only.name]:.2f}" if only.about else ""
        return only.name, f"{source.name} goes to {only.label}{fit}"
    ranked = sorted(source.to, key=lambda name: -scores[name])
    told = "; ".join(f"{channels[name].label} {scores[name]:.2f}" for name in ranked)
    fitting = [name for name in ranked if scores[name] > 0]
    fitting = [name for name in fitting if scores[name] >= channels[name].keep.score]
    if not fitting:
        return source.otherwise, f"fits no channel well enough: {told}"
    if len(fitting) > 1 and scores[fitting[0]] - scores[fitting[1]] < _ALIKE:
        return source.otherwise, f"fits two channels alike: {told}"
    rest = [f"{channels[name].label} {scores[name]:.2f}" for name in ranked if name != fitting[0]]
    best = channels[fitting[0]]
    return best.name, "; ".join([f"fits {best.label} {scores[best.name]:.2f}", *rest])


def _find_doubts(article: Article, channel: Channel, score: float) -> Iterator[str]:
    """Find what a person should look at before the post goes live."""
    rules = channel.post.draft_if
    if score < rules.score_below:
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


def _find_objections(channel: Channel, score: float, view: View) -> Iterator[str]:
    if score < channel.keep.score:
        yield f"{channel.label} keeps what fits it {channel.keep.score:.2f} or better"
    yield from object_at_last(channel, view)
