"""Rules in screen_item and judge_article: of a source, of a channel, early and at last."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from unseen import Nothing

from wp_sync.clean import Traits
from wp_sync.clean.item import clean_item
from wp_sync.config.channels import Channel, DraftRules, PostRules, Source
from wp_sync.config.filters import DropRules, KeepRules, KeepWhen, Rule
from wp_sync.curate import judge_article, languages, screen_item
from wp_sync.curate.filters import judge_rule
from wp_sync.curate.views import view_article, view_item
from wp_sync.model import Article, Item, ItemKey, Picture

if TYPE_CHECKING:
    from wp_sync.model import Verdict

NOW = datetime(2025, 9, 26, 12, tzinfo=UTC)
KEY = ItemKey("https://wire.example/rss", "1")
ITEM = Item(
    key=KEY,
    url="https://wire.example/press-release/1",
    title="Acme <i>announces</i> a marathon",
    summary_html="<p>A 10K, too.</p>",
    published=NOW - timedelta(hours=1),
    labels=("Running",),
    language="en-CA",
)
ARTICLE = Article(
    key=KEY,
    url=ITEM.url,
    title="Acme announces a marathon",
    body_html="<p>A 10K, too.</p>",
    text="A 10K, too.",
    excerpt="A 10K, too.",
    published=ITEM.published,
    labels=ITEM.labels,
    language="en-CA",
    pictures=(Picture(url="https://wire.example/1.jpg"),),
)
PRESS = {
    "name": "press releases",
    "title": {"any": ("announces", "appoints")},
    "url": {"regex": "/press-release/"},
}
GERMAN = "Der Lauf ist nicht weit, und die Straße wird für den Verkehr gesperrt, auch mit dem Rad."


def channel(name: str = "golf", keep: Any = None, drop: Any = None) -> Channel:  # noqa: ANN401
    return Channel(
        name=name,
        about=("marathon",),
        post=PostRules(category=f"{name.title()} news", draft_if=DraftRules(score_below=0)),
        keep=KeepRules.model_validate(keep or {}),
        drop=DropRules.model_validate(drop or {}),
    )


def source(*to: str, keep: Any = None, drop: Any = None) -> Source:  # noqa: ANN401
    return Source(
        name="Wire",
        feeds=("https://wire.example/rss",),
        to=to or ("golf",),
        keep=KeepWhen.model_validate(keep or {}),
        drop=DropRules.model_validate(drop or {}),
    )


def both(
    *channels: Channel, of: Source | None = None, item: Item = ITEM, article: Article = ARTICLE
) -> tuple[Verdict | None, Verdict]:
    """Screen an item, and judge its article all the same."""
    known = {one.name: one for one in channels}
    goes = of or source(*known)
    return (
        screen_item(item, goes, known, Nothing(), NOW),
        judge_article(article, goes, known, Nothing(), NOW),
    )


@pytest.mark.parametrize(
    ("keep", "drop", "reason", "early"),
    [
        pytest.param(
            {}, {"when": (PRESS,)},
            'Golf news drops by rule "press releases": title has "announces"; '
            'url matches "/press-release/"', True, id="dropped by a named rule",
        ),
        pytest.param(
            {"title": {"none": ("horoscope", "announces")}}, {},
            'Golf news keeps by [keep], and here: title has "announces"', True, id="unwanted",
        ),
        pytest.param(
            {"all": ("marathon", "toronto")}, {},
            'Golf news keeps by [keep], and here: article has no "toronto"', False, id="lacking",
        ),
        pytest.param(
            {"when": ({"name": "Toronto", "labels": {"any": ("toronto",)}},)}, {},
            'Golf news keeps by rule "Toronto", and here: labels have none of "toronto"', True,
            id="kept by a named rule",
        ),
        pytest.param(
            {"language": ("fr",)}, {},
            "Golf news keeps by [keep], and here: its language is en", True, id="language",
        ),
        pytest.param(
            {"words_above": 5}, {},
            "Golf news keeps by [keep], and here: text has 3 words", False, id="length",
        ),
        pytest.param(
            {}, {"when": ({"name": "pictures", "has_image": True},)},
            'Golf news drops by rule "pictures": it has a picture', False, id="picture",
        ),
        pytest.param(
            {}, {"when": ({"name": "old", "older_than": "30m"},)},
            'Golf news drops by rule "old": older than 30 minutes', True, id="age",
        ),
        pytest.param({"any": ("10K", "5K"), "has_image": True, "language": ("en",)},
                     {"when": (PRESS | {"words_above": 3},)}, None, False, id="nothing against it"),
    ],
)  # fmt: skip
def test_reasons_name_the_rule_and_the_words(
    keep: Any,  # noqa: ANN401
    drop: Any,  # noqa: ANN401
    reason: str | None,
    early: bool,  # noqa: FBT001
) -> None:
    """A channel's; before a page is fetched where nothing could change it, else at last."""
    screened, judged = both(channel(keep=keep, drop=drop))

    assert (screened.reasons if screened else None) == ((reason,) if early else None)
    assert judged.decision == ("drop" if reason else "publish")
    assert judged.reasons[1:] == ((reason,) if reason else ())


def test_a_sources_rules_hold_in_all_its_channels() -> None:
    """They come first, and name the source."""
    wire = source("golf", "hockey", drop={"words": ("marathon",), "when": (PRESS,)})

    screened, judged = both(channel("golf"), channel("hockey"), of=wire)

    assert screened is not None
    assert screened.reasons == judged.reasons
    assert screened.reasons[0] == "Wire drops the words marathon"
    assert screened.reasons[1].startswith('Wire drops by rule "press releases": ')


def test_what_one_channel_drops_another_may_take() -> None:
    """An item is dropped early only when each of its channels would."""
    strict = channel("golf", drop={"when": (PRESS,)})

    screened, _ = both(strict, channel("hockey"))
    refused, _ = both(strict, channel("hockey", keep={"none": ("acme",)}))

    assert screened is None
    assert refused is not None
    assert [one.partition(" news ")[0] for one in refused.reasons] == ["Golf", "Hockey"]


def test_what_is_too_young_waits_and_is_not_lost() -> None:
    """Held, not dropped, and asked again without a person."""
    patient = channel(keep={"min_age": "2h"})

    screened, judged = both(patient)
    later = [both(patient, item=replace(ITEM, published=NOW - timedelta(hours=2)))[0]]

    assert screened is not None
    reason = "Golf news takes it from 2025-09-26 13:00 UTC on: its min_age is 2 hours"
    assert [(one.decision, one.reasons, one.waits) for one in (screened, judged)] == [
        ("hold", (reason,), True)
    ] * 2
    assert later == [None]


def test_a_rule_on_an_unknown_language_lets_it_pass_and_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Neither kept out nor dropped: nothing is dropped that nobody asked to drop."""
    monkeypatch.setattr(languages, "find_spec", lambda _: None)
    unknown = replace(ARTICLE, language="")
    french = channel(
        keep={"language": ("fr",)}, drop={"when": ({"name": "en", "language": ("en",)},)}
    )

    _, judged = both(french, article=unknown)

    told = 'its language is unknown (the extra "lang" recognises more)'
    assert judged.decision == "publish"
    assert judged.notes == (
        f"passed [keep] of Golf news: {told}",
        f'passed rule "en" of Golf news: {told}',
    )


@pytest.mark.parametrize(
    ("language", "text", "code"),
    [
        pytest.param("de-AT", "The end of the day.", "de", id="declared"),
        pytest.param("", GERMAN, "de", id="small words"),
        pytest.param("", "今日は東京で雨が降るでしょう", "ja", id="script"),
        pytest.param("nb", "", "no", id="another name"),
        pytest.param("German", GERMAN, "de", id="declared wrongly"),
        pytest.param("", "Acme 2025", "", id="too little"),
    ],
)
def test_language_is_as_declared_or_as_the_text_tells(
    monkeypatch: pytest.MonkeyPatch, language: str, text: str, code: str
) -> None:
    """Without the extra."""
    monkeypatch.setattr(languages, "find_spec", lambda _: None)
    article = replace(ARTICLE, title="", language=language, text=text)

    assert view_article(article, source(), NOW).language() == code


@pytest.mark.parametrize(("answer", "code"), [("da", "da"), ("und", ""), ("zxx", "")])
def test_the_extra_recognises_more(monkeypatch: pytest.MonkeyPatch, answer: str, code: str) -> None:
    """Where it is installed it is asked, and may say that it does not know."""

    class Identifier:
        @classmethod
        def from_model_file(cls, path: str, **asked: object) -> Identifier:
            assert (path, asked["norm_probs"]) == ("model", True)
            return cls()

        def classify(self, text: str) -> tuple[str, float]:
            assert "Løbet" in text
            return answer, 1.0

    package, module = ModuleType("py3langid"), ModuleType("py3langid.langid")
    module.MODEL_FILE, module.LanguageIdentifier = "model", Identifier  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "py3langid", package)
    monkeypatch.setitem(sys.modules, "py3langid.langid", module)
    monkeypatch.setattr(languages, "find_spec", lambda _: object())
    languages._identifier.cache_clear()  # noqa: SLF001

    told = languages.recognise_language("Løbet", "ord " * 20)
    languages._identifier.cache_clear()  # noqa: SLF001

    assert told == code
    assert languages.beyond_the_core(["da"]) == ()


def test_the_extra_itself_tells_languages_apart() -> None:
    """Its own model, where it is installed."""
    words = "seura kokoontuu jälleen keväällä ja kaikki voivat tulla mukaan juoksemaan puistoon "

    told = languages.recognise_language("Juoksu on peruttu", words * 3)

    assert told == "fi"


TITLES = st.lists(
    st.sampled_from(
        ["Acme", "announces", "|", "-", "Wire", "\u2014", "wire.example", "A&amp;B", "caf\xc3\xa9",
         "caf\xe9", "10K", "<b>x</b>", "WHY", "now!!!", "\u041f\u0440\u0438"]
    ),
    max_size=6,
).map(" ".join)  # fmt: skip
EARLY_RULES = st.sampled_from(
    [
        {"title": {"any": ("wire",)}},
        {"title": {"none": ("wire",)}},
        {"title": {"all": ("acme", "cafe")}},
        {"title": {"regex": "announces$"}},
        {"title": {"regex": "^.{3,9}$"}},
        {"title": {"regex": "!!!|&"}},
        {"any": ("wire", "при")},
        {"none": ("a b", "cafe")},
        {"labels": {"any": ("acme", "cafe")}},
        {"labels": {"none": ("wire",)}},
        {"url": {"regex": "press"}},
        {"byline": {"any": ("ada",)}},
        {"language": ("en",)},
        {"older_than": "30m"},
        {"words_above": 2},
        {"has_image": False},
    ]
)


@given(TITLES, st.lists(TITLES, max_size=2), EARLY_RULES, st.booleans())
@example("Acme | Wire now", [], {"title": {"any": ("wire",)}}, True)  # noqa: FBT003
@example("Acme | Wire", [], {"title": {"any": ("wire",)}}, True)  # noqa: FBT003
@example("Acme announces | 10K", [], {"title": {"regex": "announces$"}}, True)  # noqa: FBT003
@example("A&amp;amp;B", [], {"title": {"any": ("amp",)}}, True)  # noqa: FBT003
@example("A&amp;amp;B", ["A&amp;amp;B"], {"labels": {"any": ("amp",)}}, True)  # noqa: FBT003
@example("", [], {"title": {"any": ("10K",)}}, True)  # noqa: FBT003
def test_no_early_answer_is_another_one_after_cleaning(
    title: str,
    labels: list[str],
    table: dict[str, Any],
    is_dated: bool,  # noqa: FBT001
) -> None:
    """With the cleaner's own titles, labels and texts."""
    wire, rule = source(), Rule.model_validate(table)
    item = replace(
        ITEM,
        title=title,
        labels=tuple(labels),
        published=ITEM.published if is_dated else None,
        authors=("by Ada",),
    )
    article = _cleaned(item)

    early = judge_rule(rule, view_item(item, wire, NOW)).holds
    late = judge_rule(rule, view_article(article, wire, NOW)).holds

    assert early in {None, late}


def _cleaned(item: Item) -> Article:
    return clean_item(item, None, rights="excerpt", rules=_NO_RULES, traits=Traits(names=("Wire",)))


_NO_RULES = channel().clean
