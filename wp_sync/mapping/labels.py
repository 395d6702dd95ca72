"""The labels of a batch of posts counted and settled: tags for the posts, a queue for persons."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from wp_sync.hashing import digest
from wp_sync.model import Label
from wp_sync.text import limit_text

from .names import Names, fold_name
from .terms import Rulebook

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from wp_sync.config.channels import TermRules
    from wp_sync.model import Post

    from .terms import Decision, Vocabulary

_MOST_MARKS = 60  # more than any `minimum`: below it, the count of articles is exact
_MARK = 10  # characters of a hash
_MOST_SPELLINGS = 5
_MOST_FEEDS = 10
_LONGEST_TITLE = 160
_LONGEST_URL = 500
_OPEN = frozenset({"near", "unknown"})
_SPOKEN = frozenset({"accepted", "ignored", "mapped"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What became of the labels of a batch."""

    posts: tuple[Post, ...]  # with their tags
    labels: tuple[Label, ...]  # that are to be kept
    done: frozenset[str]  # folded names about which nobody need be asked any more
    made: tuple[str, ...]  # tags that are to be made, as enough articles have them


def names_in(posts: Iterable[Post], rules: Mapping[str, TermRules], known: Vocabulary) -> set[str]:
    """Name, folded, the labels of these posts; the rules are by channel."""
    books = {name: Rulebook(one, known) for name, one in rules.items()}
    return {
        name for post in posts for name in map(fold_name, books[post.channel].read(post.labels))
    }


def settle_labels(
    posts: Sequence[Post], rules: Mapping[str, TermRules], known: Vocabulary, now: datetime
) -> Settled:
    """Give posts the tags of their labels. Which of the posts comes first makes no difference."""
    books = {name: Rulebook(one, known) for name, one in rules.items()}
    decided = [(post, books[post.channel].decide_all(post.labels)) for post in posts]
    seen = _count(decided, known.labels, now)
    seen, made = _make(decided, rules, seen)
    tags = {fold_name(name): name for name in made}
    done = {
        one.name
        for _, some in decided
        for one in some
        if one.fate not in _OPEN and one.name in known.labels and not known.labels[one.name].word
    }
    return Settled(
        posts=tuple(
            replace(post, labels=(), tags=_tags_of(post, some, tags, rules[post.channel].most))
            for post, some in decided
        ),
        labels=tuple(one for name, one in seen.items() if known.labels.get(name) != one),
        done=frozenset(done),
        made=made,
    )


def _count(
    decided: Iterable[tuple[Post, Sequence[Decision]]], known: Mapping[str, Label], now: datetime
) -> dict[str, Label]:
    """Count the articles of each label that is not known, or about which a person has decided."""
    seen: dict[str, Label] = {}
    for post, some in decided:
        for one in some:
            label = seen.get(one.name) or known.get(one.name)
            if one.fate in _OPEN or (label and label.word and one.fate in _SPOKEN):
                label = label or Label(name=one.name, first=now, last=now)
                seen[one.name] = _see(label, one, post, now)
    return seen


def _see(label: Label, one: Decision, post: Post, now: datetime) -> Label:
    standing = one.fate if one.fate in {"near", "unknown"} else label.standing
    told = replace(label, near=one.near, standing=standing)
    mark = digest(tuple(post.key))[:_MARK]
    if mark in label.marks:
        return told
    spellings = dict(label.spellings)
    if one.spelling in spellings or len(spellings) < _MOST_SPELLINGS:
        spellings[one.spelling] = spellings.get(one.spelling, 0) + 1
    return replace(
        told,
        spellings=spellings,
        articles=label.articles + 1,
        marks=(*label.marks, mark)[-_MOST_MARKS:],
        feeds=tuple(dict.fromkeys((*label.feeds, post.key.feed)))[:_MOST_FEEDS],
        last=now,
        title=limit_text(post.title, _LONGEST_TITLE),
        url=post.source_url if len(post.source_url) <= _LONGEST_URL else "",
    )


def _make(
    decided: Iterable[tuple[Post, Sequence[Decision]]],
    rules: Mapping[str, TermRules],
    seen: Mapping[str, Label],
) -> tuple[dict[str, Label], tuple[str, ...]]:
    """Choose the labels that have enough articles for a tag: none that is near another of them."""
    least: dict[str, int] = {}
    for post, some in decided:
        rule = rules[post.channel]
        for one in some:
            if one.fate == "unknown" and rule.new == "make":
                least[one.name] = min(rule.minimum, least.get(one.name, rule.minimum))
    ranked = sorted(least, key=lambda name: (-seen[name].articles, seen[name].first, name))
    labels, made = dict(seen), Names()
    tags: list[str] = []
    for name in ranked:
        label = seen[name]
        if near := made.near(label.spelling):
            labels[name] = replace(label, standing="near", near=near)
        elif label.articles < least[name]:
            labels[name] = replace(label, standing="rare")
        else:
            labels[name] = replace(label, standing="made")
            made.add(label.spelling)
            tags.append(label.spelling)
    return labels, tuple(tags)


def _tags_of(
    post: Post, decided: Iterable[Decision], made: Mapping[str, str], most: int
) -> tuple[str, ...]:
    """Put the labels' tags behind those that the mapping names, each once."""
    own = {fold_name(tag): tag for tag in post.tags}
    more: dict[str, str] = {}
    for one in decided:
        tag = one.tag or (made.get(one.name, "") if one.fate in _OPEN else "")
        if tag and fold_name(tag) not in own:
            more.setdefault(fold_name(tag), tag)
    return (*post.tags, *list(more.values())[:most])
