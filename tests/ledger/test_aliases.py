"""Which new entries of a feed are articles that are known: only what is certain."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from wp_sync.ledger.aliases import match_items, signs_of
from wp_sync.model import Item, ItemKey, Pull

if TYPE_CHECKING:
    from wp_sync.ledger import Ledger

FEED = "https://news.example/feed"
NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
TEXT = "<p>" + " ".join(f"word{number}" for number in range(60)) + "</p>"
OLD = Item(
    key=ItemKey(FEED, "old"),
    url="https://news.example/rain",
    title="Rain &amp; wind",
    summary_html="",
    body_html=TEXT,
    published=NOON,
)
NEW = replace(OLD, key=ItemKey(FEED, "new"))
ELSEWHERE = {"url": "https://moved.example/1"}
LATER = {"published": NOON + timedelta(minutes=1)}
NEXT_DAY = {"published": NOON + timedelta(days=1)}
OTHER_WORDS = {"body_html": f"{TEXT}<p>And more.</p>"}


@pytest.mark.parametrize(
    ("changed", "is_same"),
    [
        pytest.param({}, True, id="the guid alone is new"),
        pytest.param({"title": "Storm"}, True, id="another title at the same place and time"),
        pytest.param({**LATER, **OTHER_WORDS}, True, id="another time and text at the same place"),
        pytest.param({"url": "http://WWW.news.example/rain/?utm_source=x"}, True, id="same place"),
        pytest.param({**ELSEWHERE, **OTHER_WORDS}, True, id="another place, same title and time"),
        pytest.param({**ELSEWHERE, **LATER}, True, id="another place and time, same text"),
        pytest.param({**ELSEWHERE, **LATER, **OTHER_WORDS}, False, id="a column of one title"),
        pytest.param({**ELSEWHERE, **NEXT_DAY}, True, id="a whole text on another day"),
        pytest.param(
            {"title": "Snow", **LATER, **OTHER_WORDS}, False, id="a page with another article"
        ),
    ],
)
def test_certain_signs_tell(changed: dict[str, object], *, is_same: bool) -> None:
    """Address with one more sign; title and time; a whole text."""
    fresh = replace(NEW, **changed)  # type: ignore[arg-type]

    assert match_items([signs_of(fresh)], [signs_of(OLD)]) == ({"new": "old"} if is_same else {})


@pytest.mark.parametrize("changed", [LATER, NEXT_DAY])
def test_the_same_few_words_are_another_article_on_another_day(changed: dict[str, object]) -> None:
    """A crossword's text is the same each day, at another place; within a day it is one."""
    words = "<p>Play the crossword of today, with twenty words across and nineteen down, alone or"
    old = replace(OLD, body_html=f"{words} together with all who are at home.</p>")
    fresh = replace(old, key=ItemKey(FEED, "new"), **ELSEWHERE, **changed)  # type: ignore[arg-type]
    expected = {"new": "old"} if changed is LATER else {}

    assert match_items([signs_of(fresh)], [signs_of(old)]) == expected


@pytest.mark.parametrize("side", ["fresh", "gone"])
def test_what_several_have_tells_nothing(side: str) -> None:
    """Two that look alike: which is which is nobody's to guess."""
    twin = replace(NEW, key=ItemKey(FEED, "twin"))
    fresh, gone = [signs_of(NEW)], [signs_of(OLD)]
    (fresh if side == "fresh" else gone).append(signs_of(twin))

    assert match_items(fresh, gone) == {}


def pull(*items: Item, present: tuple[str, ...] = ()) -> Pull:
    guids = frozenset(item.key.guid for item in items) | set(present)
    hashes = {item.key.guid: f"{item.key.guid}{item.title}" for item in items}
    return Pull(feed=FEED, items=items, hashes=hashes, present=guids)


def record(ledger: Ledger, brought: Pull) -> list[str]:
    kept = ledger.feeds.record_pull(ledger.feeds.recognise(brought), source="News")
    return [item.key.guid for item in kept.items]


def test_a_known_alias_stays_one_whatever_changes(ledger: Ledger) -> None:
    """By its new guid the article is followed, as by the old one."""
    ledger.feeds.identify(FEED, "News")
    record(ledger, pull(OLD))
    other = replace(NEW, body_html="<p>Short.</p>", published=None, **ELSEWHERE)  # type: ignore[arg-type]

    assert record(ledger, pull(NEW)) == ["old"]
    assert record(ledger, pull(other)) == ["old"]
    assert len(ledger.feeds.known(FEED)) == 1


def test_entries_that_stand_side_by_side_are_two(ledger: Ledger) -> None:
    """What is still in the feed under its own guid is not what is new there; nothing is lost."""
    ledger.feeds.identify(FEED, "News")
    record(ledger, pull(OLD))

    assert record(ledger, pull(NEW, present=("old",))) == ["new"]
    assert record(ledger, pull(NEW, replace(OLD, title="Hail"))) == ["new", "old"]


def test_an_alias_that_comes_back_beside_its_item_is_another(ledger: Ledger) -> None:
    """Two entries never share one key: the second would be lost."""
    ledger.feeds.identify(FEED, "News")
    record(ledger, pull(OLD))
    record(ledger, pull(NEW))
    changed = replace(OLD, title="Hail"), replace(NEW, title="Snow", **ELSEWHERE)  # type: ignore[arg-type]

    assert sorted(record(ledger, pull(*changed))) == ["new", "old"]
