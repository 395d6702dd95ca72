"""What was learned of recurring paragraphs, in the ledger."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from wp_sync.model import Recurrence, Recurrences

if TYPE_CHECKING:
    from wp_sync.ledger import Ledger

FEED = "https://feed.example/rss"
NOON = datetime(2031, 5, 4, 12, tzinfo=UTC)
ONE = Recurrence(
    mark="0123456789ab",
    place="end",
    sign="plea",
    text="Subscribe \ud800to us.",
    articles=5,
    since=0,
    latest=5,
    first=NOON,
    last=NOON,
    learned=NOON,
)
KNOWN = Recurrences(feed=FEED, articles=5, recent=("a", "b"), found={ONE.mark: ONE})


def test_what_was_learned_is_known_again(ledger: Ledger) -> None:
    """Also with a text that no database takes as it is."""
    ledger.recurring.put(Recurrences(feed=FEED), KNOWN)

    kept = replace(ONE, text="Subscribe ?to us.")
    assert ledger.recurring.get(FEED) == replace(KNOWN, found={ONE.mark: kept})
    assert ledger.recurring.get("another") == Recurrences(feed="another")


def test_what_a_person_said_stays_when_more_is_learned(ledger: Ledger) -> None:
    """A run that began before must not take an editor's word back."""
    ledger.recurring.put(Recurrences(feed=FEED), KNOWN)
    ledger.recurring.decide(FEED, [ONE.mark], "keep")
    more = replace(ONE, articles=6, latest=6)

    ledger.recurring.put(KNOWN, replace(KNOWN, articles=6, found={ONE.mark: more}))

    found = ledger.recurring.get(FEED).found[ONE.mark]
    assert (found.verdict, found.articles) == ("keep", 6)


def test_what_is_forgotten_goes(ledger: Ledger) -> None:
    """Paragraphs that came once leave nothing behind."""
    ledger.recurring.put(Recurrences(feed=FEED), KNOWN)

    ledger.recurring.put(KNOWN, replace(KNOWN, found={}))

    assert ledger.recurring.get(FEED).found == {}
