"""judge_rule: a rule x what is known of an article -> yes, no or unknown, and by which facts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wp_sync.config.filters import TEXT_FIELDS, Rule
from wp_sync.curate.filters import TESTS, Texts, View, judge_rule

NOW = datetime(2025, 9, 26, 12, tzinfo=UTC)
FIELDS = {
    "title": "Acme announces a marathon in Montréal",
    "text": "The 10K is run on Sunday.\nIts chief executive resigns.",
    "labels": "Running",
    "byline": "Ada Example",
    "url": "https://wire.example/press-release/7",
    "source": "The Wire",
    "feed": "https://wire.example/rss",
    "excerpt": "The 10K is run on Sunday.",
}


def view(**known: Any) -> View:  # noqa: ANN401
    """See an article; a field that is None is not known yet."""
    texts = {name: known.pop(name, text) for name, text in FIELDS.items()}
    fields = {
        name: Texts(is_whole=False) if text is None else Texts(texts=(text,))
        for name, text in texts.items()
    }
    defaults: dict[str, Any] = {"published": NOW - timedelta(days=3), "words": 9, "has_image": True}
    language = known.pop("language", "en")
    return View(fields=fields, now=NOW, language=lambda: language, **(defaults | known))


def rule(table: dict[str, Any]) -> Rule:
    """Read a rule as it stands in TOML."""
    return Rule.model_validate(table)


@pytest.mark.parametrize(
    ("table", "holds", "facts"),
    [
        ({"any": ("marathon", "5K")}, True, ['article has "marathon"']),
        ({"any": ("10K",)}, True, ['article has "10K"']),
        ({"any": ("5K", "swim")}, False, ['article has none of "5K", "swim"']),
        ({"all": ("marathon", "running")}, True, ['article has "marathon", "running"']),
        ({"all": ("marathon", "toronto")}, False, ['article has no "toronto"']),
        ({"none": ("horoscope",)}, True, ['article has none of "horoscope"']),
        ({"none": ("horoscope", "10K")}, False, ['article has "10K"']),
        ({"regex": r"10\w"}, True, ['article matches "10K"']),
        ({"regex": r"\d{3}"}, False, [r'article has no match of "\d{3}"']),
        ({"title": {"any": ("announcing",)}}, False, ['title has none of "announcing"']),
        ({"title": {"any": ("MONTREAL",)}}, True, ['title has "MONTREAL"']),
        ({"title": {"any": ("10K",)}}, False, ['title has none of "10K"']),
        ({"title": {"all": ("acme",), "none": ("marathons",)}}, False, ['title has "marathons"']),
        ({"text": {"regex": "chief.{0,20}resigns"}}, True,
         ['text matches "chief executive resigns"']),
        ({"text": {"regex": "sunday.{0,9}its"}}, False, ['text has no match of "sunday.{0,9}its"']),
        ({"labels": {"any": ("running",)}}, True, ['labels have "running"']),
        ({"byline": {"any": ("ada example",)}}, True, ['byline has "ada example"']),
        ({"url": {"regex": "/PRESS-release/"}}, True, ['url matches "/press-release/"']),
        ({"source": {"any": ("wire",)}}, True, ['source has "wire"']),
        ({"feed": {"regex": "/rss$"}}, True, ['feed matches "/rss"']),
        ({"excerpt": {"none": ("sunday",)}}, False, ['excerpt has "sunday"']),
        ({"language": ("fr", "en")}, True, ["its language is en"]),
        ({"language": ("fr",)}, False, ["its language is en"]),
        ({"older_than": "3d"}, False, ["not older than 3 days"]),
        ({"older_than": "2d"}, True, ["older than 2 days"]),
        ({"newer_than": "3d"}, False, ["not newer than 3 days"]),
        ({"newer_than": "4d"}, True, ["newer than 4 days"]),
        ({"words_above": 8}, True, ["text has 9 words"]),
        ({"words_above": 9}, False, ["text has 9 words"]),
        ({"words_below": 10}, True, ["text has 9 words"]),
        ({"words_below": 9}, False, ["text has 9 words"]),
        ({"has_image": True}, True, ["it has a picture"]),
        ({"has_image": False}, False, ["it has a picture"]),
        ({"not": {"any": ("swim",)}}, True, ['article has none of "swim"']),
        ({"not": {"any": ("10K",)}}, False, ['article has "10K"']),
        ({"or": ({"any": ("swim",)}, {"any": ("10K",)})}, True, ['article has "10K"']),
        ({"or": ({"any": ("swim",)}, {"words_above": 9})}, False,
         ['article has none of "swim"', "text has 9 words"]),
        ({"and": ({"any": ("swim",)}, {"any": ("10K",)})}, False, ['article has none of "swim"']),
        ({"title": {"any": ("announces",)}, "words_above": 5, "not": {"has_image": False}}, True,
         ['title has "announces"', "text has 9 words", "it has a picture"]),
    ],
)  # fmt: skip
def test_rule_tells_what_it_found(table: dict[str, Any], holds: bool, facts: list[str]) -> None:  # noqa: FBT001
    """All keys must hold; of a no, only what speaks against it is told."""
    finding = judge_rule(rule(table), view())

    assert (finding.holds, list(finding.facts)) == (holds, facts)


@pytest.mark.parametrize(
    ("table", "known", "holds"),
    [
        pytest.param({"any": ("marathon",)}, {"text": None}, True, id="found already"),
        pytest.param({"any": ("10K",)}, {"text": None}, None, id="perhaps in the text"),
        pytest.param({"none": ("marathon",)}, {"text": None}, False, id="found, and unwanted"),
        pytest.param({"none": ("swim",)}, {"text": None}, None, id="perhaps unwanted"),
        pytest.param({"all": ("acme", "10K")}, {"text": None}, None, id="half of all"),
        pytest.param({"regex": "ACME"}, {"text": None}, True, id="matched already"),
        pytest.param({"regex": "acme.{0,60}l$"}, {"title": None}, None, id="no end yet"),
        pytest.param({"language": ("en",)}, {"language": ""}, None, id="language"),
        pytest.param({"not": {"language": ("en",)}}, {"language": ""}, None, id="not a language"),
        pytest.param({"older_than": "1d"}, {"published": None}, None, id="date"),
        pytest.param({"words_below": 9}, {"words": None}, None, id="length"),
        pytest.param({"has_image": False}, {"has_image": None}, None, id="picture"),
        pytest.param({"has_image": True, "any": ("swim",)}, {"has_image": None}, False,
                     id="one no is enough"),
        pytest.param({"or": ({"has_image": True}, {"any": ("10K",)})}, {"has_image": None}, True,
                     id="one yes is enough"),
    ],
)  # fmt: skip
def test_what_is_not_known_is_neither_yes_nor_no(
    table: dict[str, Any],
    known: dict[str, Any],
    holds: bool | None,  # noqa: FBT001
) -> None:
    """Whatever a rule makes of it."""
    assert judge_rule(rule(table), view(**known)).holds is holds


def test_reasons_stay_short() -> None:
    """Neither a long match nor a long list fills a report."""
    many = tuple(f"word{n}" for n in range(9))

    listed = judge_rule(rule({"any": many}), view())
    matched = judge_rule(rule({"text": {"regex": "a{90}"}}), view(text="a" * 90))

    assert listed.facts[0].endswith('"word4" and 4 more')
    assert matched.facts == (f'text matches "{"a" * 59}…"',)


WORDS = ("acme", "marathon", "swim", "10K", "ada")
SIMPLE = st.one_of(
    st.builds(
        lambda key, words: {key: words},
        st.sampled_from(("any", "all", "none")),
        st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(tuple),
    ),
    st.sampled_from(
        [{"has_image": True}, {"words_above": 8}, {"language": ("en",)}, {"older_than": "3d"},
         {"regex": "acme|swim"}]
    ),
    st.builds(
        lambda field, word: {field: {"any": (word,)}},
        st.sampled_from(TEXT_FIELDS),
        st.sampled_from(WORDS),
    ),
)  # fmt: skip
RULES = st.recursive(
    SIMPLE,
    lambda inner: st.one_of(
        st.builds(lambda one: {"not": one}, inner),
        st.builds(lambda some: {"and": tuple(some)}, st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda some: {"or": tuple(some)}, st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda one, two: one | two, inner, inner),
    ),
    max_leaves=8,
)
KNOWN = st.fixed_dictionaries(
    {},
    optional={
        "title": st.sampled_from(["Acme", "A swim", None]),
        "text": st.sampled_from(["Ada ran 10K", "", None]),
        "labels": st.sampled_from(["marathon", None]),
        "byline": st.none(),
        "excerpt": st.none(),
        "language": st.sampled_from(["en", "fr", ""]),
        "published": st.sampled_from([None, NOW, NOW - timedelta(days=9)]),
        "words": st.sampled_from([None, 3, 30]),
        "has_image": st.sampled_from([None, True, False]),
    },
)


def consistent(table: dict[str, Any]) -> bool:
    """Leave out rules that can't be written, such as a word both wanted and not."""
    try:
        rule(table)
    except ValueError:
        return False
    return True


ANY_RULE = RULES.filter(consistent)


@given(ANY_RULE, KNOWN)
def test_not_not_is_the_rule_itself(table: dict[str, Any], known: dict[str, Any]) -> None:
    """Also where something is unknown; the facts are the same ones, too."""
    seen = view(**known)

    twice = judge_rule(rule({"not": {"not": table}}), seen)

    assert twice == judge_rule(rule(table), seen)


@given(st.lists(ANY_RULE, min_size=1, max_size=4), KNOWN)
def test_and_or_are_dual(tables: list[dict[str, Any]], known: dict[str, Any]) -> None:
    """Not all of them is the same as one of their opposites."""
    seen = view(**known)
    opposites = tuple({"not": one} for one in tables)

    not_all = judge_rule(rule({"not": {"and": tuple(tables)}}), seen)
    one_not = judge_rule(rule({"or": opposites}), seen)

    assert not_all == one_not


@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=3), KNOWN)
def test_none_is_the_opposite_of_any(words: list[str], known: dict[str, Any]) -> None:
    """In words and in facts."""
    seen = view(**known)

    assert judge_rule(rule({"none": tuple(words)}), seen) == judge_rule(
        rule({"not": {"any": tuple(words)}}), seen
    )


@given(ANY_RULE, KNOWN, st.sets(st.sampled_from(sorted({*FIELDS, "published", "words"}))))
def test_what_is_known_early_stays_true(
    table: dict[str, Any], known: dict[str, Any], hidden: set[str]
) -> None:
    """A plain answer on a part of an article is the answer on all of it."""
    whole = {name: value for name, value in known.items() if value is not None}

    early = judge_rule(rule(table), view(**whole | dict.fromkeys(hidden)))

    assert early.holds in {None, judge_rule(rule(table), view(**whole)).holds}


def test_every_key_of_a_rule_is_judged() -> None:
    """A key that is read and never asked would let everything through."""
    assert set(TESTS) == set(Rule.model_fields)
