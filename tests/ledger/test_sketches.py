"""Sketches and twins in the ledger: what is found again, what is forgotten, what is kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from rewording import Writer, pairs_of
from sqlalchemy import func, insert, select

from wp_sync.curate.duplicates import find_lead, sketch_text
from wp_sync.ledger import FOUND, schema
from wp_sync.ledger.sketches import BEGUN
from wp_sync.model import Item, ItemKey, Outcome, Piece, Pull, Twin

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wp_sync.ledger import Ledger

    from .conftest import Clock

SITE = "example.news"
STRANGERS, PAIRS = 5_000, 300
RECALL, PRECISION = 0.99, 0.995  # floors; 1.0 and 1.0 when they were set
WRITER = Writer(7)
FIRST = WRITER.article()
PIECE = FIRST.piece(1)
LEAD = replace(WRITER.article().piece(2, "https://lead.example/rss"), source="Lead")


def publish(ledger: Ledger, clock: Clock, pieces: Sequence[Piece], site: str = SITE) -> None:
    """Give each a receipt: a post on the site."""
    rows = [
        {
            "site": site,
            **one.key._asdict(),
            "wp_id": at,
            "created_at": clock(),
            "updated_at": clock(),
        }
        for at, one in enumerate(pieces, 10)
    ]
    with ledger.meta.database.write() as connection:
        connection.execute(insert(schema.receipts), rows)


def bring(ledger: Ledger, key: ItemKey) -> None:
    """Let a feed bring an item, and a run publish it."""
    ledger.feeds.identify(key.feed, "Lead")
    pull = Pull(feed=key.feed, items=(Item(key=key, url="", title="A title"),))
    ledger.feeds.record_pull(pull, source="Lead")
    ledger.items.settle([Outcome(key=key, status="created", stage="publish", reason="")], "r")


def count(ledger: Ledger, table: Any) -> int:  # noqa: ANN401
    return int(ledger.meta.database.value(select(func.count()).select_from(table)))


def test_a_short_text_comes_back_with_what_tells_it_apart(ledger: Ledger, clock: Clock) -> None:
    """Its names, and the codes of its words, which are kept beside them."""
    text = "Leafs beat Canadiens 3-2 in Truro on Friday."
    short = replace(PIECE, sketch=sketch_text(text))
    ledger.sketches.put(SITE, [short], clock())
    publish(ledger, clock, [short])

    (found,) = ledger.sketches.near(SITE, short.sketch)

    assert found.sketch == short.sketch
    assert found.sketch.codes
    assert len(found.sketch.names) == 3


def test_rewritten_stories_are_found_among_strangers(ledger: Ledger, clock: Clock) -> None:
    """300 of 200 words with 10 to 30 % of them changed, among 5,000: found, and nothing else."""
    writer = Writer(2)
    pairs = pairs_of(writer, PAIRS)
    strangers = [writer.article().piece(9_000 + at, "https://s.example") for at in range(STRANGERS)]
    known = [*(first for first, _ in pairs), *strangers]
    ledger.sketches.put(SITE, known, clock())
    publish(ledger, clock, known)
    asked = [second for _, second in pairs]
    asked += [writer.article().piece(at, "https://t.example") for at in range(PAIRS)]

    leads = [find_lead(one, ledger.sketches.near(SITE, one.sketch)) for one in asked]

    found = [lead and lead[0].key for lead in leads]
    right = sum(key == first.key for key, (first, _) in zip(found, pairs, strict=False))
    told = sum(key is not None for key in found)
    assert right / PAIRS >= RECALL
    assert right / told >= PRECISION


def test_only_what_has_a_post_or_gets_one_is_found(ledger: Ledger, clock: Clock) -> None:
    """A create without an answer may have made one; another site's post is none."""
    ledger.sketches.put(SITE, [PIECE], clock())

    bare = ledger.sketches.near(SITE, PIECE.sketch)
    with ledger.meta.database.write() as connection:
        begun = {"site": SITE, **PIECE.key._asdict(), "slug": "a", "begun": clock(), "run": "r"}
        connection.execute(insert(schema.intents), [begun])
    begun_too = ledger.sketches.near(SITE, PIECE.sketch)
    publish(ledger, clock, [PIECE])
    (published,) = ledger.sketches.near(SITE, PIECE.sketch)

    assert bare == ()
    assert [(one.wp_id, one.status) for one in begun_too] == [(0, BEGUN)]
    assert published == replace(PIECE, wp_id=10, seen=clock())
    assert ledger.sketches.near("other.news", PIECE.sketch) == ()


def test_a_post_that_was_read_on_the_site_is_found_by_itself(ledger: Ledger, clock: Clock) -> None:
    """No item of ours is known for it: it has the marks of its article."""
    found = replace(PIECE, key=ItemKey(FOUND, "12"), marks=frozenset({"abc234"}), wp_id=12)
    ledger.sketches.put(SITE, [found], clock())

    assert ledger.sketches.near(SITE, PIECE.sketch) == (replace(found, seen=clock()),)


def test_many_are_looked_up_by_the_questions_of_one(
    ledger: Ledger, clock: Clock, statements: list[tuple[str, Any]]
) -> None:
    """Each gets what it gets alone, in its place; one without words gets nothing."""
    writer = Writer(5)
    pairs = pairs_of(writer, 20)
    known = [first for first, _ in pairs]
    ledger.sketches.put(SITE, known, clock())
    publish(ledger, clock, known)
    asked = [second.sketch for _, second in pairs]
    asked.insert(1, sketch_text(""))
    alone = [ledger.sketches.near(SITE, one) for one in asked]
    statements.clear()

    ledger.sketches.near(SITE, asked[0])
    one_by_one = len(statements)
    statements.clear()
    at_once = ledger.sketches.near_each(SITE, asked)

    assert at_once == alone
    assert all(at_once[:1] + at_once[2:])
    assert at_once[1] == ()
    assert len(statements) == one_by_one


def test_a_changed_text_is_found_by_its_new_words_alone(ledger: Ledger, clock: Clock) -> None:
    """It keeps the time at which it was first seen; the same text again writes nothing."""
    other = replace(PIECE, sketch=WRITER.article().piece(1).sketch)
    ledger.sketches.put(SITE, [PIECE], clock())
    publish(ledger, clock, [PIECE])
    first_seen = clock()
    clock.go_on(hours=1)
    ledger.sketches.put(SITE, [PIECE], clock())
    ledger.sketches.put(SITE, [other], clock())

    assert ledger.sketches.near(SITE, PIECE.sketch) == ()
    assert [one.seen for one in ledger.sketches.near(SITE, other.sketch)] == [first_seen]
    assert count(ledger, schema.sketch_bands) == 24


def test_old_texts_are_forgotten_unless_they_lead(ledger: Ledger, clock: Clock) -> None:
    """What repeats a lead is compared with it for as long as it waits."""
    twin = Twin(piece=WRITER.article().piece(3), lead=LEAD, likeness=0.9)
    ledger.sketches.put(SITE, [PIECE, LEAD], clock())
    ledger.twins.put(SITE, [twin], clock())
    clock.go_on(days=4)

    ledger.sketches.prune(clock() - timedelta(days=3))
    led = count(ledger, schema.sketches), count(ledger, schema.sketch_bands)
    ledger.twins.part(SITE, [twin.piece.key])
    ledger.sketches.prune(clock() - timedelta(days=3))

    assert led == (1, 24)
    assert (count(ledger, schema.sketches), count(ledger, schema.sketch_bands)) == (0, 0)


def test_words_that_stand_in_a_crowd_of_texts_lead_to_few(ledger: Ledger, clock: Clock) -> None:
    """One template filled a thousand times makes no look-up slow."""
    crowd = [replace(PIECE, key=ItemKey("f", str(at))) for at in range(1_000)]
    ledger.sketches.put(SITE, crowd, clock())
    publish(ledger, clock, crowd)

    near = ledger.sketches.near(SITE, PIECE.sketch)

    assert 0 < len(near) <= 12
    assert count(ledger, schema.sketch_bands) == 24 * 40


def test_a_lead_names_each_source_once_in_the_order_of_their_coming(
    ledger: Ledger, clock: Clock
) -> None:
    """What came again changes nothing; whom a person parted is no more among them."""
    pieces = [
        replace(WRITER.article().piece(at), source=name, url=f"https://{name}.example/{at}")
        for at, name in enumerate(("Wire", "Herald", "Wire", "Times"))
    ]
    for one in pieces:
        twin = Twin(piece=one, lead=LEAD, likeness=0.9, listed=True)
        ledger.twins.put(SITE, [twin], clock())
        clock.go_on(minutes=1)
    again = replace(pieces[1], url="https://elsewhere.example/")
    ledger.twins.put(SITE, [Twin(piece=again, lead=LEAD, likeness=0.5, listed=True)], clock())

    named = ledger.twins.listed(SITE, [LEAD.key])[LEAD.key]
    ledger.twins.part(SITE, [pieces[1].key])
    left = ledger.twins.listed(SITE, [LEAD.key])[LEAD.key]

    assert named == (
        ("Wire", "https://Wire.example/0"),
        ("Herald", "https://Herald.example/1"),
        ("Times", "https://Times.example/3"),
    )
    assert [name for name, _ in left] == ["Wire", "Times"]


@pytest.mark.parametrize("listed", [True, False], ids=["listed", "held"])
def test_a_lead_is_written_until_it_names_all(
    ledger: Ledger, clock: Clock, *, listed: bool
) -> None:
    """Once for each who comes; a repeat that is only held is named nowhere."""
    feed = LEAD.key.feed
    ledger.twins.put(SITE, [Twin(piece=PIECE, lead=LEAD, likeness=1, listed=listed)], clock())

    never_came = ledger.twins.unwritten(SITE, feed), ledger.twins.has_unwritten(SITE)
    bring(ledger, LEAD.key)

    before = ledger.twins.unwritten(SITE, feed)
    ledger.twins.wrote(SITE, [LEAD.key])
    ledger.twins.put(SITE, [Twin(piece=PIECE, lead=LEAD, likeness=1, listed=listed)], clock())

    assert before == ((LEAD.key,) if listed else ())
    assert never_came == ((), False), "without a post it has no text to name anybody in"
    assert ledger.twins.unwritten(SITE, feed) == ()


def test_a_persons_word_that_two_are_no_repeats_stays(ledger: Ledger, clock: Clock) -> None:
    """Whatever is found about them later."""
    twin = Twin(piece=PIECE, lead=LEAD, likeness=0.9)
    ledger.twins.put(SITE, [twin], clock())
    ledger.twins.part(SITE, [PIECE.key])

    ledger.twins.put(SITE, [twin], clock())

    assert ledger.twins.leads_of(SITE, [PIECE.key]) == {PIECE.key: (LEAD.key, True)}


def test_a_repeat_follows_its_lead_until_a_text_names_it(ledger: Ledger, clock: Clock) -> None:
    """No post came of the first lead, so another leads; what stands in a text stays there."""
    other = replace(WRITER.article().piece(3, "https://other.example/rss"), source="Other")
    first, second = (Twin(piece=PIECE, lead=one, likeness=1, listed=True) for one in (LEAD, other))
    ledger.twins.put(SITE, [first], clock())

    ledger.twins.put(SITE, [second], clock())
    moved = ledger.twins.listed(SITE, [LEAD.key, other.key])
    ledger.twins.wrote(SITE, [other.key])
    ledger.twins.put(SITE, [first], clock())

    assert list(moved) == [other.key]
    assert list(ledger.twins.listed(SITE, [LEAD.key, other.key])) == [other.key]
