"""The shape of the rules in [keep] and [drop]: words, patterns, ages and lengths, put together.

All keys of one rule must hold; `or` holds rules of which one must, `not` one that must not.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Any, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from .patterns import check_pattern
from .values import Duration, Line, Phrase, Section

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# What `any`, `all`, `none` and `regex` may be asked of. Without one they mean "article": the
# title, the labels and the text together.
TEXT_FIELDS = ("title", "text", "labels", "byline", "url", "source", "feed", "excerpt")
WORD_TESTS = ("any", "all", "none", "regex")


def _check_list(given: tuple[Any, ...]) -> tuple[Any, ...]:
    if not given:
        raise ValueError("must name at least one: an empty rule would match everything")
    return given


def _check_language(code: object) -> object:
    if isinstance(code, str) and not re.fullmatch(r"[a-z]{2,3}", code):
        raise ValueError('is a language in two or three small letters, such as "en": no country')
    return code


SomePhrases = Annotated[tuple[Phrase, ...], AfterValidator(_check_list)]
Pattern = Annotated[str, AfterValidator(check_pattern)]
Language = Annotated[str, BeforeValidator(_check_language)]
Languages = Annotated[tuple[Language, ...], AfterValidator(_check_list)]


class WordTest(Section):
    """What is asked of the words of one field: all keys must hold."""

    any: SomePhrases = ()  # at least one must appear
    all: SomePhrases = ()
    none: SomePhrases = ()
    regex: Pattern = ""

    @model_validator(mode="after")
    def _check_words(self) -> Self:
        none = {fold_phrase(one) for one in self.none}
        for name, wanted in (("any", self.any), ("all", self.all)):
            if both := [one for one in wanted if fold_phrase(one) in none]:
                raise ValueError(f'holds "{both[0]}" in `{name}` and in `none`: never both can be')
        return self


class FieldTest(WordTest):
    """The test of a named field."""

    @model_validator(mode="after")
    def _check_some(self) -> Self:
        if not self.model_fields_set:
            raise ValueError("asks nothing: write any, all, none or regex")
        return self


class Condition(WordTest):
    """What may be asked of an article; with no key at all it asks nothing."""

    title: FieldTest | None = None
    text: FieldTest | None = None  # what the source's rights allow: perhaps the excerpt alone
    labels: FieldTest | None = None
    byline: FieldTest | None = None
    url: FieldTest | None = None
    source: FieldTest | None = None  # its name
    feed: FieldTest | None = None  # its address
    excerpt: FieldTest | None = None
    language: Languages = ()  # one of these; unknown is neither yes nor no
    older_than: Duration | None = None
    newer_than: Duration | None = None
    words_above: int | None = Field(default=None, ge=0)  # of the text
    words_below: int | None = Field(default=None, ge=1)
    has_image: bool | None = None
    not_: Rule | None = Field(default=None, alias="not")
    and_: Annotated[tuple[Rule, ...], AfterValidator(_check_list)] = Field(default=(), alias="and")
    or_: Annotated[tuple[Rule, ...], AfterValidator(_check_list)] = Field(default=(), alias="or")

    @model_validator(mode="after")
    def _check_spans(self) -> Self:
        if self.older_than and self.newer_than and self.older_than >= self.newer_than:
            raise ValueError("holds for no age: `older_than` must be below `newer_than`")
        low, high = self.words_above, self.words_below
        if low is not None and high is not None and low + 1 >= high:  # no number lies between
            raise ValueError("holds for no length: `words_above` must be below `words_below`")
        return self


class Rule(Condition):
    """A condition that must ask something."""

    @model_validator(mode="before")
    @classmethod
    def _check_ages(cls, given: object) -> object:
        if isinstance(given, dict) and not {"min_age", "max_age"}.isdisjoint(given):
            raise ValueError("`min_age` and `max_age` stand in [keep]: a rule has `older_than`")
        return given

    @model_validator(mode="after")
    def _check_some(self) -> Self:
        if self.model_fields_set <= {"name"}:
            raise ValueError("asks nothing: an empty rule would match everything")
        return self


class NamedRule(Rule):
    """A rule that reports name."""

    name: Line = Field(min_length=1, max_length=80)


def _check_names(rules: tuple[NamedRule, ...]) -> tuple[NamedRule, ...]:
    names = [rule.name.casefold() for rule in rules]
    if twice := [rule.name for rule in rules if names.count(rule.name.casefold()) > 1]:
        raise ValueError(f'has two rules called "{twice[0]}": reports name them')
    return rules


NamedRules = Annotated[tuple[NamedRule, ...], AfterValidator(_check_names)]


class KeepWhen(Condition):
    """What must hold, or an article is dropped; one that is too young is held until it is not."""

    min_age: Duration | None = None
    max_age: Duration | None = None
    words: tuple[Phrase, ...] = ()  # at least one must appear; empty keeps all
    when: NamedRules = ()  # all must hold

    @model_validator(mode="after")
    def _check_ages(self) -> Self:
        if self.min_age and self.max_age and self.min_age >= self.max_age:
            raise ValueError("keeps no age: `min_age` must be below `max_age`")
        rules: tuple[Condition, ...] = (self, *self.when)
        for rule in rules:
            if rule.older_than is not None:
                raise ValueError(
                    "`older_than` would drop what is young for good: write `min_age` in [keep],"
                    " which holds it until it is old enough"
                )
        return self


class KeepRules(KeepWhen):
    """What a channel keeps."""

    score: float = Field(default=0.0, ge=0, le=1)


class DropRules(Section):
    words: tuple[Phrase, ...] = ()  # any of these drops
    when: NamedRules = ()  # any of these drops

    @model_validator(mode="before")
    @classmethod
    def _check_place(cls, given: object) -> object:
        names = {field.alias or name for name, field in Condition.model_fields.items()}
        if isinstance(given, dict) and (loose := sorted(names & set(given))):
            raise ValueError(f"`{loose[0]}` belongs to a rule with a name: write [[drop.when]]")
        return given


def find_contradiction(keep: KeepWhen, drop: DropRules) -> str:
    """Name a word that is both wanted and dropped; "" when there is none."""
    dropped = {fold_phrase(one): "words" for one in drop.words}
    for rule in drop.when:
        if rule.model_fields_set == {"name", "any"}:
            dropped |= {fold_phrase(one): f'when: "{rule.name}"' for one in rule.any}
    for name in ("words", "any", "all"):
        for phrase in getattr(keep, name):
            if place := dropped.get(fold_phrase(phrase)):
                return f'"{phrase}" is kept by `{name}` and dropped by [drop] {place}: never kept'
    return ""


def rules_in(keep: KeepWhen, drop: DropRules) -> Iterator[Condition]:
    """List all rules, the inner ones among them."""
    yield from _with_inner((keep, *keep.when, *drop.when))


def fold_phrase(phrase: str) -> str:
    """Write a phrase as it is compared with others here: without capitals and wide gaps."""
    return " ".join(phrase.casefold().split())


def _with_inner(rules: Iterable[Condition]) -> Iterator[Condition]:
    for rule in rules:
        yield rule
        yield from _with_inner((*((rule.not_,) if rule.not_ else ()), *rule.and_, *rule.or_))
