"""Rules on an article: what holds, what does not, and what can't be told yet. Pure.

Each answer comes with facts, which are true of the article whatever a rule makes of them:
`title has "announces"`. Unknown is neither yes nor no, and stays so through and, or and not; a
rule acts only on a plain answer. So what is judged early, from what a feed says alone, is never
judged otherwise later.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from wp_sync.config.filters import TEXT_FIELDS, WORD_TESTS, rules_in

from .languages import EXTRA, has_extra, language_code
from .words import find_pattern, find_words, quote

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime, timedelta

    from wp_sync.config.filters import Condition, DropRules, KeepWhen, NamedRule, WordTest

_UNITS = (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1))
_ENDS = re.compile(r"[$]|\\[ZbB]")
LABELS = "labels"
ARTICLE = ("title", LABELS, "text")  # where a word without a field is looked for


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """What a field holds."""

    texts: tuple[str, ...] = ()
    is_whole: bool = True  # False: its page or its cleaning may bring other text


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What is known of an article; None and "" are for what is not known, or not yet."""

    fields: Mapping[str, Texts]
    now: datetime
    published: datetime | None = None
    language: Callable[[], str] = str  # a code; to recognise one takes time
    words: int | None = None
    has_image: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Whether something holds (None: it can't be told), and by which facts."""

    holds: bool | None
    facts: tuple[str, ...] = ()


def judge_rule(rule: Condition, view: View) -> Finding:
    """Ask everything that a rule asks; all of it must hold."""
    asked = [(key, getattr(rule, key)) for key in TESTS]
    findings = [TESTS[key](value, view) for key, value in asked if value not in (None, (), "")]
    return all_of(findings)


def negate(finding: Finding) -> Finding:
    """Turn an answer round: the facts stay."""
    return Finding(holds=None if finding.holds is None else not finding.holds, facts=finding.facts)


def all_of(findings: Sequence[Finding]) -> Finding:
    """Join answers of which each must be yes: one no decides, and tells why."""
    return _join(findings, decides=False)


def any_of(findings: Sequence[Finding]) -> Finding:
    """Join answers of which one must be yes: it decides, and tells why."""
    return _join(findings, decides=True)


def article_texts(view: View) -> Texts:
    """Join what a word without a field is looked for in."""
    parts = [view.fields[name] for name in ARTICLE]
    texts = tuple(text for part in parts for text in part.texts)
    return Texts(texts=texts, is_whole=all(part.is_whole for part in parts))


def find_rules_against(label: str, keep: KeepWhen, drop: DropRules, view: View) -> Iterator[str]:
    """Say which rules speak against an article: for certain, and by what."""
    for rule, finding in _ask_keep(keep, view):
        if finding.holds is False:
            yield f"{label} keeps by {rule}, and here: {'; '.join(finding.facts)}"
    for rule, finding in _ask_drop(drop, view):
        if finding.holds:
            yield f"{label} drops by {rule}: {'; '.join(finding.facts)}"


def find_unknowns(label: str, keep: KeepWhen, drop: DropRules, view: View) -> Iterator[str]:
    """Say which rules let a cleaned article pass as they could not be asked."""
    rules = tuple(rules_in(keep, drop))
    if not any(one.language or one.older_than or one.newer_than for one in rules):
        return  # all else is known by then: nothing is asked twice for nothing
    for rule, finding in (*_ask_keep(keep, view), *_ask_drop(drop, view)):
        if finding.holds is None:
            yield f"passed {rule} of {label}: {'; '.join(finding.facts)}"


def _ask_keep(keep: KeepWhen, view: View) -> Iterator[tuple[str, Finding]]:
    yield "[keep]", judge_rule(keep, view)
    yield from _ask_all(keep.when, view)


def _ask_drop(drop: DropRules, view: View) -> Iterator[tuple[str, Finding]]:
    yield from _ask_all(drop.when, view)


def _ask_all(rules: Iterable[NamedRule], view: View) -> Iterator[tuple[str, Finding]]:
    for rule in rules:
        yield f'rule "{rule.name}"', judge_rule(rule, view)


def _join(findings: Sequence[Finding], *, decides: bool) -> Finding:
    answers = [one.holds for one in findings]
    holds = decides if decides in answers else None if None in answers else not decides
    facts = [fact for one in findings if one.holds is holds for fact in one.facts]
    return Finding(holds=holds, facts=tuple(dict.fromkeys(facts)))


def _test_words(name: str, test: WordTest, texts: Texts) -> Finding:
    asked = [(key, getattr(test, key)) for key in WORD_TESTS]
    return all_of([WORDS[key](name, value, texts) for key, value in asked if value])


def _has_any(name: str, phrases: Sequence[str], texts: Texts) -> Finding:
    if found := find_words(phrases, texts.texts):
        return Finding(holds=True, facts=(f"{_has(name)} {quote(found)}",))
    return _missed(texts, f"{_has(name)} none of {quote(phrases)}")


def _has_all(name: str, phrases: Sequence[str], texts: Texts) -> Finding:
    found = find_words(phrases, texts.texts)
    if missing := [one for one in phrases if one not in found]:
        return _missed(texts, f"{_has(name)} no {quote(missing)}")
    return Finding(holds=True, facts=(f"{_has(name)} {quote(found)}",))


def _has_none(name: str, phrases: Sequence[str], texts: Texts) -> Finding:
    return negate(_has_any(name, phrases, texts))


def _matches(name: str, pattern: str, texts: Texts) -> Finding:
    found = find_pattern(pattern, texts.texts)
    # Where more text may follow, an end is none.
    if found is not None and (texts.is_whole or not _ENDS.search(pattern)):
        verb = "match" if name == LABELS else "matches"
        return Finding(holds=True, facts=(f"{name} {verb} {quote((found or pattern,))}",))
    return _missed(texts, f"{_has(name)} no match of {quote((pattern,))}")


def _has(name: str) -> str:
    return f"{name} have" if name == LABELS else f"{name} has"


def _missed(texts: Texts, fact: str) -> Finding:
    """Say no; or nothing, while there may be more text."""
    return Finding(holds=False if texts.is_whole else None, facts=(fact,))


WORDS: Mapping[str, Callable[[str, Any, Texts], Finding]] = {
    "any": _has_any,
    "all": _has_all,
    "none": _has_none,
    "regex": _matches,
}


def _in_article(key: str) -> Callable[[Any, View], Finding]:
    def test(value: Any, view: View) -> Finding:  # noqa: ANN401
        return WORDS[key]("article", value, article_texts(view))

    return test


def _in_field(name: str) -> Callable[[WordTest, View], Finding]:
    def test(value: WordTest, view: View) -> Finding:
        return _test_words(name, value, view.fields[name])

    return test


def _is_language(codes: Sequence[str], view: View) -> Finding:
    language = view.language()
    if not language:
        more = "" if has_extra() else f' (the extra "{EXTRA}" recognises more)'
        return Finding(holds=None, facts=(f"its language is unknown{more}",))
    wanted = map(language_code, codes)
    return Finding(holds=language in wanted, facts=(f"its language is {language}",))


def _is_older(age: timedelta, view: View) -> Finding:
    if view.published is None:
        return Finding(holds=None, facts=("its date is unknown",))
    holds = view.now - view.published > age
    word = "older" if holds else "not older"
    return Finding(holds=holds, facts=(f"{word} than {age_text(age)}",))


def _is_newer(age: timedelta, view: View) -> Finding:
    if view.published is None:
        return Finding(holds=None, facts=("its date is unknown",))
    holds = view.now - view.published < age
    word = "newer" if holds else "not newer"
    return Finding(holds=holds, facts=(f"{word} than {age_text(age)}",))


def _is_longer(least: int, view: View) -> Finding:
    return _has_words(view, lambda words: words > least)


def _is_shorter(most: int, view: View) -> Finding:
    return _has_words(view, lambda words: words < most)


def _has_words(view: View, is_right: Callable[[int], bool]) -> Finding:
    if view.words is None:
        return Finding(holds=None, facts=("its length is unknown",))
    noun = "word" if view.words == 1 else "words"
    return Finding(holds=is_right(view.words), facts=(f"text has {view.words} {noun}",))


def _has_image(wanted: bool, view: View) -> Finding:  # noqa: FBT001
    if view.has_image is None:
        return Finding(holds=None, facts=("its pictures are unknown",))
    fact = "it has a picture" if view.has_image else "it has no picture"
    return Finding(holds=view.has_image is wanted, facts=(fact,))


def _not(rule: Condition, view: View) -> Finding:
    return negate(judge_rule(rule, view))


def _and(rules: Sequence[Condition], view: View) -> Finding:
    return all_of([judge_rule(rule, view) for rule in rules])


def _or(rules: Sequence[Condition], view: View) -> Finding:
    return any_of([judge_rule(rule, view) for rule in rules])


def age_text(age: timedelta) -> str:
    """Write an age for people, in the largest unit that it is whole in."""
    seconds = int(age.total_seconds())
    unit, size = next(one for one in _UNITS if seconds % one[1] == 0)
    count = seconds // size
    return f"{count} {unit}" if count == 1 else f"{count} {unit}s"


# What a rule may ask, by its name in Python; in the order in which it is told.
TESTS: Mapping[str, Callable[[Any, View], Finding]] = {
    **{key: _in_article(key) for key in WORD_TESTS},
    **{name: _in_field(name) for name in TEXT_FIELDS},
    "language": _is_language,
    "older_than": _is_older,
    "newer_than": _is_newer,
    "words_above": _is_longer,
    "words_below": _is_shorter,
    "has_image": _has_image,
    "not_": _not,
    "and_": _and,
    "or_": _or,
}
