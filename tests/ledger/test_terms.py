"""Labels that are no tags yet, and persons' words about them, in the ledger."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from wp_sync.ledger import terms
from wp_sync.model import Label

if TYPE_CHECKING:
    import pytest

    from wp_sync.ledger import Ledger


def label(ledger: Ledger, name: str, **values: object) -> Label:
    now = ledger.terms.clock()
    usual = {"spellings": {name.title(): 2}, "articles": 2, "marks": ("a", "b"), "feeds": ("f",)}
    return Label(name=name, first=now, last=now, **usual | values)  # type: ignore[arg-type]


def test_what_was_seen_is_known_again(ledger: Ledger) -> None:
    """Those that most articles have come first."""
    ones = label(ledger, "parkour", title="A \ud800title"), label(ledger, "ice", articles=9)

    ledger.terms.keep(ones)

    kept = replace(ones[0], title="A ?title")
    assert ledger.terms.all() == (ones[1], kept)
    assert ledger.terms.get(["parkour", "golf"]) == {"parkour": kept}


def test_a_persons_word_stays_when_the_label_comes_again(ledger: Ledger) -> None:
    """Whatever a run has read before the person spoke."""
    ledger.terms.keep([label(ledger, "parkour"), label(ledger, "nhl")])
    ledger.terms.decide({"nhl": ("mapped", "Hockey")})

    ledger.terms.keep([label(ledger, "nhl", articles=3)], done=["nhl", "parkour"])

    (nhl,) = ledger.terms.all()
    assert (nhl.articles, nhl.word, nhl.target) == (3, "mapped", "Hockey")
    assert ledger.terms.spoken() == {"nhl": nhl}


def test_labels_that_wait_are_counted(ledger: Ledger) -> None:
    """Not those that are decided, nor those that wait for more articles."""
    standings = {"a a": "unknown", "b b": "near", "c c": "rare", "d d": "made", "e e": "unknown"}
    ledger.terms.keep([label(ledger, name, standing=one) for name, one in standings.items()])

    ledger.terms.decide({"e e": ("ignored", "")})

    assert ledger.terms.count_open() == 2


def test_what_nobody_uses_is_forgotten(ledger: Ledger, clock: Any) -> None:  # noqa: ANN401
    """A hostile feed must not fill the disk; a person's word is kept for ever."""
    ledger.terms.keep([label(ledger, "old"), label(ledger, "said")])
    ledger.terms.decide({"said": ("ignored", "")})
    clock.go_on(days=121)

    ledger.terms.keep([label(ledger, "new")])

    assert {one.name for one in ledger.terms.all()} == {"new", "said"}


def test_there_is_an_end_of_labels(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of those that few articles have, the oldest go; none about which a person has decided."""
    monkeypatch.setattr(terms, "_MOST", 3)
    ledger.terms.keep([label(ledger, "said", articles=1)])
    ledger.terms.decide({"said": ("ignored", "")})

    few = [label(ledger, name, articles=1) for name in ("a", "b", "c", "d")]
    ledger.terms.keep([label(ledger, "used", articles=3), *few])

    assert {one.name for one in ledger.terms.all()} == {"said", "used", "c", "d"}
