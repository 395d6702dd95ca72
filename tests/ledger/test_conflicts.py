"""Conflicts with editors: one a field, told once for each change of either value."""

from typing import Any

import pytest

from wp_sync.ledger import Ledger
from wp_sync.model import Conflict, ItemKey

SITE, KEY = "news.example", ItemKey("https://news.example/feed", "1")
OTHER = ItemKey("https://news.example/feed", "2")


def conflict(**values: Any) -> Conflict:  # noqa: ANN401
    usual: dict[str, Any] = {
        "key": KEY,
        "wp_id": 7,
        "field": "title",
        "ours": "Sun",
        "theirs": "Mine",
    }
    return Conflict(**usual | values)


def keep(ledger: Ledger, run: str, *found: Conflict, key: ItemKey = KEY) -> None:
    ledger.conflicts.keep(SITE, run, key, found)


def opened(ledger: Ledger) -> list[tuple[str, object, object, str]]:
    rows = ledger.conflicts.open(SITE)
    return [(row.field, row.ours, row.theirs, row.run) for row in rows]


def test_a_conflict_is_told_once(ledger: Ledger) -> None:
    """The same two values are the same conflict, whichever run meets them."""
    keep(ledger, "run-1", conflict())
    keep(ledger, "run-2", conflict())

    assert opened(ledger) == [("title", "Sun", "Mine", "run-1")]
    assert ledger.conflicts.by_run(["run-1", "run-2"]) == {"run-1": 1}
    assert ledger.conflicts.count() == 1


@pytest.mark.parametrize("change", [{"ours": "Snow"}, {"theirs": "Mine again"}])
def test_a_change_of_either_value_is_told_anew(ledger: Ledger, change: dict[str, str]) -> None:
    """It is another question to a person."""
    keep(ledger, "run-1", conflict())
    keep(ledger, "run-2", conflict(**change))

    assert [row.run for row in ledger.conflicts.open(SITE)] == ["run-2"]


def test_what_is_no_conflict_any_more_is_forgotten(ledger: Ledger) -> None:
    """Of this item; those of others stay."""
    keep(ledger, "run-1", conflict(), conflict(field="tags", ours=("a",), theirs=(9,)))
    keep(ledger, "run-1", conflict(key=OTHER, wp_id=8), key=OTHER)
    keep(ledger, "run-2", conflict())

    assert [(row.key, row.field) for row in ledger.conflicts.open(SITE)] == [
        (KEY, "title"),
        (OTHER, "title"),
    ]


def test_what_a_person_kept_stays_settled_until_the_source_changes_it(ledger: Ledger) -> None:
    """Whatever the editor makes of it."""
    keep(ledger, "run-1", conflict())
    ledger.conflicts.settle(SITE, KEY, ["title"], "site")
    keep(ledger, "run-2", conflict(theirs="Mine again"))
    quiet, kept = opened(ledger), ledger.conflicts.kept(SITE)
    keep(ledger, "run-3", conflict(ours="Snow"))

    assert quiet == []
    assert [field for field, _ in kept[KEY]] == ["title"]
    assert opened(ledger) == [("title", "Snow", "Mine", "run-3")]
    assert ledger.conflicts.kept(SITE) == {}


def test_what_was_settled_for_the_source_may_come_again(ledger: Ledger) -> None:
    """The same editor may set the same value again."""
    keep(ledger, "run-1", conflict())
    ledger.conflicts.settle(SITE, KEY, ["title"], "source")
    settled = opened(ledger)
    keep(ledger, "run-2", conflict())

    assert settled == []
    assert opened(ledger) == [("title", "Sun", "Mine", "run-2")]


def test_values_of_every_kind_come_back(ledger: Ledger) -> None:
    """Paths of categories, tags, nothing at all."""
    keep(ledger, "run-1", conflict(field="categories", ours=(("News", "Rain"),), theirs=()))

    (row,) = ledger.conflicts.open(SITE)
    assert [tuple(path) for path in row.ours] == [("News", "Rain")]
    assert row.theirs == ()
