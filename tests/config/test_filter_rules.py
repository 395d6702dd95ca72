"""Rules in [keep] and [drop], of channels and sources: read, or refused with file, line and cure."""
# ruff: noqa: E501 (one wrong configuration a line)

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from written_site import MAIN, problems_of, write_site

from wp_sync.config import load_config
from wp_sync.config.patterns import check_pattern

REPOSITORY = Path(__file__).parents[2]
README = (REPOSITORY / "README.md").read_text("utf-8")
RULE = '[[drop.when]]\nname = "press"\n'  # more from line 3
EMPTY = "asks nothing: an empty rule would match everything"
SLOW = "could take very long on some texts: bound what repeats"
UNREAD = "which is not read here: it takes . [] () (?:) | ? * +"


def site(mapping: str, main: str = MAIN) -> dict[str, str]:
    return {"config.toml": main, "mappings/golf.toml": mapping}


WRONG = [
    ("empty rule", RULE, f"1: drop.when.0: {EMPTY}"),
    ("empty inner rule", RULE + "or = [ { has_image = true }, {} ]", f"3: drop.when.0.or.1: {EMPTY}"),
    ("empty opposite", RULE + "not = {}", f"3: drop.when.0.not: {EMPTY}"),
    ("no inner rules", RULE + "and = []", "3: drop.when.0.and: must name at least one: an empty rule would match everything"),
    ("empty field", RULE + "title = {}", "3: drop.when.0.title: asks nothing: write any, all, none or regex"),
    ("empty list", "[keep]\nany = []", "2: keep.any: must name at least one"),
    ("word of signs", '[keep]\nany = ["-"]', "2: keep.any.0: holds no word"),
    ("rule without a name", "[[drop.when]]\nhas_image = false", "1: drop.when.0.name: is missing"),
    ("same name twice", RULE + "has_image = true\n" + RULE.replace("press", "Press") + "words_above = 3", '1: drop.when: has two rules called "press"'),
    ("unknown key", RULE + "titel = { any = ['x'] }", "3: drop.when.0.titel: there is no such key, did you mean 'title'?"),
    ("unknown key of a field", RULE + "title = { al = ['x'] }", "3: drop.when.0.title.al: there is no such key, did you mean 'all'?"),
    ("unknown key far inside", RULE + "not = { or = [ { url = { regx = 'x' } } ] }", "3: drop.when.0.not.or.0.url.regx: there is no such key, did you mean 'regex'?"),
    ("key of [keep] in a rule", RULE + 'max_age = "3d"', "1: drop.when.0: `min_age` and `max_age` stand in [keep]: a rule has `older_than`"),
    ("loose key in [drop]", "[drop]\ntitle = { any = ['x'] }", "1: drop: `title` belongs to a rule with a name: write [[drop.when]]"),
    ("text for list", RULE + "title = { any = 'x' }", '3: drop.when.0.title.any: must be a list, such as ["one", "two"], not \'x\''),
    ("text for table", RULE + "title = 'x'", "3: drop.when.0.title: must be a table with keys of its own, not 'x'"),
    ("number for truth", RULE + "has_image = 1", "3: drop.when.0.has_image: must be true or false, not 1"),
    ("country", RULE + 'language = ["en-CA"]', '3: drop.when.0.language.0: is a language in two or three small letters, such as "en"'),
    ("no number of words", RULE + "words_below = 0", "3: drop.when.0.words_below: must be at least 1, not 0"),
    ("no length", RULE + "words_above = 5\nwords_below = 6", "1: drop.when.0: holds for no length: `words_above` must be below `words_below`"),
    ("no age", RULE + 'older_than = "2d"\nnewer_than = "48h"', "1: drop.when.0: holds for no age: `older_than` must be below `newer_than`"),
    ("no age kept", '[keep]\nmin_age = "2d"\nmax_age = "1d"', "1: keep: keeps no age: `min_age` must be below `max_age`"),
    ("young ones lost", '[keep]\nolder_than = "2h"', "1: keep: `older_than` would drop what is young for good: write `min_age`"),
    ("wanted and not", RULE + 'title = { any = ["x", "Golf  day"], none = ["golf day"] }', '3: drop.when.0.title: holds "Golf  day" in `any` and in `none`: never both can be'),
    ("all and none", '[keep]\nall = ["x"]\nnone = ["X"]', '1: keep: holds "x" in `all` and in `none`'),
    ("kept and dropped", '[keep]\nwords = ["golf"]\n[drop]\nwords = ["Golf"]', '1: keep: "golf" is kept by `words` and dropped by [drop] words: never kept'),
    ("kept and dropped by rule", '[keep]\nall = ["golf"]\n' + RULE + 'any = ["golf"]', '1: keep: "golf" is kept by `all` and dropped by [drop] when: "press": never kept'),
    ("broken pattern", RULE + "url = { regex = '(' }", "3: drop.when.0.url.regex: is not a regular expression: missing )"),
    ("odd pattern", RULE + "url = { regex = '[[a]' }", "3: drop.when.0.url.regex: is not a regular expression: Possible nested set"),
    ("pattern of everything", RULE + "url = { regex = '.*' }", "3: drop.when.0.url.regex: matches everything"),
    ("pattern of anything", RULE + "url = { regex = '.' }", "3: drop.when.0.url.regex: matches everything"),
    ("pattern of nothing", RULE + "url = { regex = '' }", "3: drop.when.0.url.regex: matches everything"),
    ("pattern without end", RULE + "url = { regex = '(a+)+$' }", f"3: drop.when.0.url.regex: {SLOW}"),
    ("long pattern", RULE + f"url = {{ regex = '{'a' * 301}' }}", "3: drop.when.0.url.regex: is too long: at most 300 characters"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("mapping", "expected"), [pytest.param(*case, id=name) for name, *case in WRONG]
)
def test_wrong_rule_names_line_key_and_cure(tmp_path: Path, mapping: str, expected: str) -> None:
    """One wrong rule is one problem, before any network use."""
    (told,) = problems_of(tmp_path, site(mapping))

    assert told.startswith(f"mappings/golf.toml:{expected}")


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        pytest.param('keep = { anny = ["x"] }', "12: sources.0.keep.anny: there is no such key, did you mean 'any'?", id="unknown key"),
        pytest.param("keep = { score = 0.5 }", "12: sources.0.keep.score: there is no such key", id="score of no channel"),
        pytest.param('keep = { words = ["a"] }\ndrop = { words = ["A"] }', '12: sources.0.keep: "a" is kept by `words` and dropped', id="kept and dropped"),
        pytest.param('[[sources.drop.when]]\nname = "x"', f"12: sources.0.drop.when.0: {EMPTY}", id="empty rule"),
    ],
)  # fmt: skip
def test_wrong_rule_of_a_source_is_named(tmp_path: Path, lines: str, expected: str) -> None:
    """Sources have the same rules as channels, but for the score."""
    (told,) = problems_of(tmp_path, site("", MAIN + lines + "\n"))

    assert told.startswith(f"config.toml:{expected}")


def test_rules_read_as_they_are_written(tmp_path: Path) -> None:
    """All of it together, in a channel and in a source, with defaults below."""
    mapping = """
[keep]
any = ["marathon", "10K"]
all = ["toronto"]
none = ["horoscope"]
min_age = "30m"

[[keep.when]]
name = "local"
url = { none = ["video"] }

[[drop.when]]
name = "press releases"
title = { any = ["announces", "appoints"] }
url = { regex = '/press-release/' }
words_above = 2000
not = { labels = { any = ["Investigations"] } }
or = [ { has_image = false }, { language = ["fr", "de"] } ]
"""
    source = 'keep = { max_age = "2d" }\n[[sources.drop.when]]\nname = "video"\nhas_image = false\n'
    defaults = '[defaults]\nnone = ["lottery"]\nnewer_than = "9d"\n'
    main = MAIN.replace("[[sources]]", f"{defaults}[[sources]]") + source

    config = load_config(write_site(tmp_path, site(mapping, main)))

    golf, wire = config.channels["golf"], config.sources[0]
    (press,) = golf.drop.when
    assert (golf.keep.any, golf.keep.none) == (("marathon", "10K"), ("horoscope",))
    assert (golf.keep.min_age, golf.keep.newer_than) == (timedelta(minutes=30), timedelta(days=9))
    assert [rule.name for rule in golf.keep.when] == ["local"]
    assert press.not_ is not None
    assert press.not_.labels is not None
    assert press.not_.labels.any == ("Investigations",)
    assert [one.has_image for one in press.or_] == [False, None]
    assert wire.keep.max_age == timedelta(days=2)
    assert wire.drop.when[0].name == "video"


@pytest.mark.parametrize(
    "pattern",
    [
        "press-release",
        "/press-release/",
        "^sponsored:",
        "(announces|appoints).*(ceo|president)",
        r"/\d{4}/\d+/[^/]+/press-.*\.html$",
        r"\b(?:ceo|cfo)\b.{0,60}\bresign(?:s|ed)?\b",
        "[^]a-z]{3}x*?y+?",
        r"\u20ac\d{1,3}(,\d{3}){0,3}",
        "горно.{2,}лыж",
        "ads?(?:vert|)ising",
    ],
)
def test_usual_patterns_pass(pattern: str) -> None:
    """What editors write is let through."""
    assert check_pattern(pattern) == pattern


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    ("pattern", "told"),
    [
        ("(a+)+$", SLOW),
        ("(a*)*b", SLOW),
        ("(a|a)*b", SLOW),
        ("(a|aa)+$", SLOW),
        ("(x+x+)+y", SLOW),
        ("(.*a){11}", SLOW),
        ("(?:a?){20}a{20}", SLOW),
        ("foo.*bar.*baz", SLOW),
        (r"\w+\s+\w+ing", SLOW),
        ("(a{1,20}){1,20}b", SLOW),
        ("a{0,99}a{0,99}c", SLOW),
        ("(?:a|a){11}c", SLOW),
        ("((((a+)+)+)+)+b", SLOW),
        ("(?=a)b", UNREAD),
        ("(?P<n>a)", UNREAD),
        ("(?i)a", UNREAD),
        (r"(a)\1", UNREAD),
        ("a++b", UNREAD),
        ("a{b", UNREAD),
        ("a{0,99999999999}b", "is not a regular expression"),
    ],
)
def test_patterns_that_hostile_text_could_abuse_are_refused(pattern: str, told: str) -> None:
    """Quickly: not one of them is tried."""
    with pytest.raises(ValueError, match=r"^(?:could|holds|is not)") as caught:
        check_pattern(pattern)

    assert told in str(caught.value)


def test_the_readmes_example_loads(tmp_path: Path) -> None:
    """What a person copies from it works, the part below a source in config.toml."""
    section = README.partition("### Rules\n")[2].partition("\n### ")[0]
    lines = [line[4:] for line in section.splitlines() if line.startswith("    ")]
    mapping, mark, of_source = "\n".join(lines).partition("[[sources.drop.when]]")

    config = load_config(write_site(tmp_path, site(mapping, MAIN + mark + of_source)))

    (press,) = config.channels["golf"].drop.when
    assert [rule.name for rule in config.channels["golf"].keep.when] == ["long reads"]
    assert press.model_fields_set == {"name", "title", "url", "not_", "or_"}
    assert [rule.name for rule in config.sources[0].drop.when] == ["videos"]


def test_the_commented_examples_load(tmp_path: Path) -> None:
    """In the model site's own mapping: each line that is taken out of its comment."""
    text = (REPOSITORY / "mappings" / "canadian-news.toml").read_text("utf-8")

    config = load_config(write_site(tmp_path, site(re.sub(r"(?m)^# (?=\[\[|\w+ = )", "", text))))

    golf = config.channels["golf"]
    assert golf.keep.language == ("en",)
    assert [rule.name for rule in (*golf.keep.when, *golf.drop.when)] == [
        "more than a line",
        "press releases",
    ]
