"""screen_item and judge_article: an item, its source's channels, what was seen -> a Verdict."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from wp_sync.config.channels import Channel, DraftRules, PostRules, Source
from wp_sync.config.filters import DropRules, KeepRules
from wp_sync.curate import judge_article, screen_item
from wp_sync.model import Article, Item, ItemKey, Tombstone
from wp_sync.text import normalise_address

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wp_sync.model import Verdict

NOW = datetime(2025, 9, 26, 12, tzinfo=UTC)
KEY = ItemKey("https://wire.example/rss", "1")
OTHER = ItemKey("https://other.example/rss", "9")
ITEM = Item(key=KEY, url="https://wire.example/1", title="A <b>puck</b>", summary_html="<p>So</p>")
ARTICLE = Article(
    key=KEY, url=ITEM.url, title="A puck", body_html="<p>So</p>", text="So", excerpt="So"
)


class Memory(dict[str, ItemKey]):
    """The addresses that have a post."""

    def owner(self, address: str) -> ItemKey | None:
        """Return the item whose post has this address."""
        return self.get(address)

    def title_of(self, key: ItemKey) -> str:
        """Return the title of one item, of whatever feed."""
        return {"9": "A <i>Puck</i>", "8": "Another game"}.get(key.guid, "")

    def has_buried(self) -> bool:
        return True

    def buried(self, article: Tombstone) -> Tombstone | None:
        """Remember what was rejected at one address."""
        rejected = article.url == "https://wire.example/rejected"
        when = NOW - timedelta(days=3)
        return replace(article, reason="rejected: stale", at=when) if rejected else None

    def known_since(self, feed: str) -> datetime | None:
        """Remember one feed only."""
        return NOW - timedelta(days=3) if feed == KEY.feed else None


def channel(name: str, *about: str, **rules: Any) -> Channel:  # noqa: ANN401
    """Make a channel; score, max_age and words keep, drop drops."""
    drop = DropRules(words=rules.pop("drop", ()))
    post = PostRules(category=f"{name.title()} news", draft_if=DraftRules(score_below=0))
    return Channel(name=name, about=about, post=post, keep=KeepRules(**rules), drop=drop)


def make_source(*to: str, otherwise: str = "hold") -> Source:
    """Make a source that is routed to these channels."""
    return Source(name="Wire", feeds=("https://wire.example/rss",), to=to, otherwise=otherwise)


def screen(item: Item, *channels: Channel, seen: Mapping[str, ItemKey] | None = None) -> Any:  # noqa: ANN401
    """Screen with these channels and no others."""
    by_name = {one.name: one for one in channels}
    return screen_item(item, make_source(*by_name), by_name, Memory(seen or {}), NOW)


def judge(article: Article, *channels: Channel, otherwise: str = "hold") -> Verdict:
    """Judge; the channel named by `otherwise` is no goal of its own."""
    by_name = {one.name: one for one in channels}
    goals = [name for name in by_name if name != otherwise]
    return judge_article(article, make_source(*goals, otherwise=otherwise), by_name, Memory(), NOW)


HOCKEY = channel("hockey", "puck", "goalie", score=0.5)
GOLF = channel("golf", "putt", "fairway", score=0.5)


@pytest.mark.parametrize(
    ("item", "rules", "reason"),
    [
        pytest.param(ITEM, {}, None, id="nothing against it"),
        pytest.param(
            replace(ITEM, title="<b> </b>", summary_html="<p>&nbsp;</p>"),
            {},
            "no title and no text",
            id="empty",
        ),
        pytest.param(replace(ITEM, title=""), {}, None, id="no title, but text"),
        pytest.param(
            replace(ITEM, title="Sponsored: a <i>puck</i>"),
            {"drop": ("sponsored",)},
            "Hockey news drops the words sponsored",
            id="drop word in the title",
        ),
        pytest.param(
            replace(ITEM, labels=("Coupons",)),
            {"drop": ("promo", "coupon")},
            "Hockey news drops the words coupon",
            id="drop word in a label",
        ),
        pytest.param(
            replace(ITEM, summary_html="<a href='sponsored'>ours</a>"),
            {"drop": ("sponsored",)},
            None,
            id="drop word in markup",
        ),
        pytest.param(
            replace(ITEM, published=NOW - timedelta(days=15)),
            {"max_age": "14d"},
            "published 2025-09-11, older than the 14 days of Hockey news",
            id="too old",
        ),
        pytest.param(
            replace(ITEM, published=NOW - timedelta(days=14)),
            {"max_age": "14d"},
            None,
            id="just young enough",
        ),
        pytest.param(ITEM, {"max_age": "14d"}, None, id="no date"),
        pytest.param(replace(ITEM, title="Cats"), {"score": 1.0}, None, id="fit is judged later"),
    ],
)
def test_screening_drops_before_a_page_is_fetched(
    item: Item, rules: dict[str, Any], reason: str | None
) -> None:
    """Only what no page could mend; with a reason."""
    verdict = screen(item, channel("hockey", "puck", **rules))

    assert (verdict.reasons if verdict else None) == ((reason,) if reason else None)
    assert verdict is None or verdict.decision == "drop"


def test_item_is_dropped_only_when_all_its_channels_drop_it() -> None:
    """What one channel does not want, another may."""
    strict = channel("hockey", "puck", max_age="1d")
    item = replace(ITEM, published=NOW - timedelta(days=5))

    verdicts = (
        screen(item, strict, GOLF),
        screen(item, strict, channel("golf", "putt", max_age="2d")),
    )

    assert verdicts[0] is None
    assert verdicts[1].reasons == (
        "published 2025-09-21, older than the 1 day of Hockey news",
        "published 2025-09-21, older than the 2 days of Golf news",
    )


def test_repeat_of_an_address_names_what_it_repeats() -> None:
    """However its address is written; in screening, and again with the page's own address."""
    seen = Memory({normalise_address("http://www.wire.example/1?utm_source=rss"): OTHER})
    channels = {"hockey": HOCKEY}

    screened = screen_item(ITEM, make_source("hockey"), channels, seen, NOW)
    judged = judge_article(ARTICLE, make_source("hockey"), channels, seen, NOW)

    assert screened is not None
    assert screened.duplicate_of == judged.duplicate_of == OTHER
    assert screened.reasons == judged.reasons
    assert screened.reasons[0].startswith("repeat of 9 in https://other.example/rss")


@pytest.mark.parametrize(
    ("owner", "decision"),
    [
        pytest.param(ItemKey(KEY.feed, "9"), "drop", id="same feed, same title"),
        pytest.param(ItemKey(KEY.feed, "8"), "hold", id="same feed, another title"),
        pytest.param(ItemKey(KEY.feed, "7"), "drop", id="same feed, title unknown"),
        pytest.param(ItemKey(OTHER.feed, "8"), "drop", id="another feed's headline"),
    ],
)
def test_articles_that_share_a_page_are_held(owner: ItemKey, decision: str) -> None:
    """A live page's entries differ in guid and title: a person decides, nothing is dropped."""
    seen = Memory({normalise_address(ITEM.url): owner})
    channels = {"hockey": HOCKEY}

    screened = screen_item(ITEM, make_source("hockey"), channels, seen, NOW)
    judged = judge_article(ARTICLE, make_source("hockey"), channels, seen, NOW)

    assert screened is not None
    assert screened.decision == judged.decision == decision
    assert screened.duplicate_of == judged.duplicate_of == owner


def test_item_is_no_repeat_of_itself() -> None:
    """Its own post does not stop an update."""
    seen = {normalise_address(ITEM.url): KEY}

    assert screen(ITEM, HOCKEY, seen=seen) is None


def test_items_without_an_address_are_no_repeats() -> None:
    """No address is not the same address."""
    assert screen(replace(ITEM, url=""), HOCKEY, seen={"": OTHER}) is None


@pytest.mark.parametrize(
    ("title", "otherwise", "decision", "chosen", "reason"),
    [
        ("The puck", "hold", "publish", "hockey", "fits Hockey news 0.65; Golf news 0.00"),
        ("A goalie, a puck, a putt", "hold", "publish", "hockey",
         "fits Hockey news 0.85; Golf news 0.02"),
        ("A puck, a putt", "hold", "hold", "",
         "fits two channels alike: Hockey news 0.32; Golf news 0.32"),
        ("Cats", "hold", "hold", "",
         "fits no channel well enough: Hockey news 0.00; Golf news 0.00"),
        ("Cats", "drop", "drop", "",
         "fits no channel well enough: Hockey news 0.00; Golf news 0.00"),
        ("Cats", "news", "publish", "news",
         "fits no channel well enough: Hockey news 0.00; Golf news 0.00"),
    ],
)  # fmt: skip
def test_article_goes_where_it_fits_best(
    title: str, otherwise: str, decision: str, chosen: str, reason: str
) -> None:
    """With several channels the best score wins; the rest goes as `otherwise` tells."""
    channels = (HOCKEY, GOLF, *([channel("news")] if otherwise == "news" else []))

    verdict = judge(replace(ARTICLE, title=title), *channels, otherwise=otherwise)

    assert (verdict.decision, verdict.channel, verdict.reasons) == (decision, chosen, (reason,))


def test_article_that_fits_nothing_fits_nothing_alike() -> None:
    """A score of 0 wins nowhere, not even where a channel asks for none."""
    verdict = judge(replace(ARTICLE, title="Cats"), channel("a", "puck"), channel("b", "putt"))

    assert verdict.decision == "hold"
    assert verdict.reasons == ("fits no channel well enough: A news 0.00; B news 0.00",)


def test_score_below_a_channels_own_bar_does_not_win() -> None:
    """The best fit is looked for among the channels that would keep it."""
    proud = channel("hockey", "puck", "goalie", score=0.99)

    verdict = judge(replace(ARTICLE, title="puck, goalie, putt"), proud, GOLF)

    assert (verdict.decision, verdict.channel) == ("publish", "golf")
    assert verdict.scores["hockey"] > 0.8
    assert verdict.scores["golf"] < 0.1


@pytest.mark.parametrize(
    ("rules", "reason"),
    [
        pytest.param({}, None, id="no rules"),
        pytest.param({"score": 0.6}, None, id="fits well enough"),
        pytest.param(
            {"score": 0.8}, "Hockey news keeps what fits it 0.80 or better", id="fits too little"
        ),
        pytest.param({"words": ("ice", "so")}, None, id="one of the words"),
        pytest.param(
            {"words": ("ice", "snow")},
            "has none of the words that Hockey news keeps: ice, snow",
            id="none of the words",
        ),
        pytest.param(
            {"max_age": "1d"}, "published 2025-09-24, older than the 1 day of Hockey news",
            id="too old",
        ),
        pytest.param(
            {"drop": ("so",)}, "Hockey news drops the words so", id="drop word in the text"
        ),
    ],
)  # fmt: skip
def test_the_only_channel_still_has_rules(rules: dict[str, Any], reason: str | None) -> None:
    """A source of one channel goes there, if that keeps it."""
    article = replace(ARTICLE, published=NOW - timedelta(days=2))

    verdict = judge(article, channel("hockey", "puck", **rules))

    first = "Wire goes to Hockey news, fits it 0.65"
    assert verdict.reasons == ((first, reason) if reason else (first,))
    assert verdict.decision == ("drop" if reason else "publish")
    assert verdict.channel == "hockey"


def test_channel_without_rules_keeps_everything() -> None:
    """Nothing is dropped that nobody asked to drop."""
    verdict = judge(replace(ARTICLE, title="Cats"), channel("hockey"))

    assert verdict.decision == "publish"
    assert verdict.reasons == ("Wire goes to Hockey news",)


def test_what_a_person_rejected_is_dropped() -> None:
    """Whatever else speaks for it; the reason says when, and in whose words."""
    verdict = screen(replace(ITEM, url="https://wire.example/rejected"), HOCKEY)

    assert verdict.decision == "drop"
    assert verdict.reasons == ("rejected: stale on 2025-09-23: it is not made again",)


@pytest.mark.parametrize(
    ("newest", "decision"),
    [
        pytest.param("2d", "publish", id="known for long enough"),
        pytest.param("4d", "draft", id="too new"),
        pytest.param(None, "publish", id="no such rule"),
    ],
)
def test_a_new_source_makes_drafts(newest: str | None, decision: str) -> None:
    """Until its feed is known for some time, a person looks at each article."""
    rules = {"source_newer_than": newest} if newest else {}
    draft_if = {"score_below": 0.0, **rules}
    post = PostRules.model_validate({"category": "Hockey news", "draft_if": draft_if})
    hockey = HOCKEY.model_copy(update={"post": post})

    verdict = judge(ARTICLE, hockey)

    assert verdict.decision == decision
    if decision == "draft":
        assert verdict.reasons == ("its feed is known since 2025-09-23 only",)


@pytest.mark.parametrize(
    ("title", "text", "about", "decision"),
    [
        pytest.param("A puck", "The puck.", ("puck",), "publish", id="title and text"),
        pytest.param("A puck", "So.", ("puck",), "draft", id="a word in the title alone"),
        pytest.param("So", "A puck.", ("puck",), "draft", id="a word in the text alone"),
        pytest.param("So", "So.", (), "publish", id="a channel without `about` has no score"),
    ],
)
def test_what_fits_badly_is_a_draft_unless_told_otherwise(
    title: str, text: str, about: tuple[str, ...], decision: str
) -> None:
    """By default a person looks at what a single mention brought there."""
    hockey = Channel(name="hockey", about=about, post=PostRules(category="Hockey news"))

    verdict = judge(replace(ARTICLE, title=title, text=text), hockey)

    assert verdict.decision == decision
    if decision == "draft":
        assert verdict.reasons[0].startswith("fits Hockey news only 0.")


def test_a_verdict_names_the_words_that_counted() -> None:
    """For `why`: of the channel, and of those that it was chosen before."""
    article = replace(ARTICLE, title="A goalie, a puck, a putt")

    verdict = judge(article, HOCKEY, GOLF)

    assert verdict.explained == "for Hockey news 0.85: goalie, puck. for Golf news 0.02: putt"
