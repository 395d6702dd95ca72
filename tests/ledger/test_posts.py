"""Posts: intents before requests, receipts after them, and what must be taken back."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Any

import pytest

from wp_sync.errors import LedgerError
from wp_sync.model import Intent, ItemKey, Post, Receipt, Term, Upload
from wp_sync.publish.journal import Begun, Journal, Write

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from wp_sync.curate.seen import Seen
    from wp_sync.ledger import Ledger

FEED = "https://feed.example/rss"
SITE = "news.example"
KEY = ItemKey(FEED, "a")
SENT = {"title": "h1", "body": "h2"}


def post(guid: str = "a") -> Post:
    return Post(
        key=ItemKey(FEED, guid),
        source_url=f"https://source.example/{guid}/?utm_medium=rss",
        channel="local",
        title="Rain",
        body="<p>It rains.</p>",
        excerpt="It rains.",
        slug=f"rain-{guid}",
        mark="abcdef",
        status="draft",
        date=None,
    )


def created(guid: str = "a", wp_id: int = 7, channel: str = "local") -> Write:
    receipt = Receipt(
        key=ItemKey(FEED, guid),
        wp_id=wp_id,
        channel=channel,
        link=f"https://{SITE}/rain-{guid}/",
        sent=SENT,
        stored=SENT | {"body": "rewritten"},
    )
    return Write(
        action="create",
        receipt=receipt,
        source_url=post(guid).source_url,
        values={"title": "Rain", "tags": (3, 4)},
    )


@pytest.fixture
def journal(ledger: Ledger) -> Journal:
    return ledger.posts.journal(SITE, "run-1")


def test_an_intent_ends_with_its_receipt(
    ledger: Ledger, journal: Journal, clock: Callable[[], datetime]
) -> None:
    """Between the two, a start-up finds the slug to look up."""
    for guid in ("a", "b"):
        journal.begin(Begun(post=post(guid)))
    before = ledger.posts.intents(SITE)
    journal.record(created("a"))
    after = ledger.posts.intents(SITE)

    assert before[0] == Intent(key=KEY, slug="rain-a", begun=clock(), run="run-1")
    assert [intent.key.guid for intent in after] == ["b"]
    assert ledger.posts.receipts(SITE, [KEY]) == {KEY: created().receipt}


def test_an_intent_that_made_nothing_is_forgotten(ledger: Ledger, journal: Journal) -> None:
    """A refused request leaves no doubt behind."""
    journal.begin(Begun(post=post()))
    journal.forget(post())

    assert ledger.posts.intents(SITE) == ()


def test_beginning_again_keeps_the_later_time(
    ledger: Ledger, journal: Journal, clock: Callable[..., datetime]
) -> None:
    """The settle window counts from the last request."""
    journal.begin(Begun(post=post()))
    clock.go_on(minutes=5)  # type: ignore[attr-defined]
    journal.begin(Begun(post=post()))

    assert [intent.begun for intent in ledger.posts.intents(SITE)] == [clock()]


def test_intents_and_receipts_belong_to_a_site(ledger: Ledger, journal: Journal) -> None:
    """A staging site with the same feeds is another one."""
    journal.begin(Begun(post=post("b")))
    journal.record(created())
    other = "staging.example"

    assert ledger.posts.intents(other) == ()
    assert ledger.posts.receipts(other, [KEY]) == {}
    assert ledger.posts.seen(other).owner("source.example/a") is None
    assert (ledger.posts.count(SITE), ledger.posts.count(other)) == (1, 0)


def test_a_trash_keeps_what_it_does_not_tell(ledger: Ledger, journal: Journal) -> None:
    """Its receipt has no channel, no link and no hashes; the old ones stay."""
    journal.record(created())
    journal.record(Write(action="trash", receipt=Receipt(key=KEY, wp_id=7)))

    assert ledger.posts.by_wp_ids(SITE, [7, 8, 10**20]) == {7: created().receipt}
    assert ledger.posts.seen(SITE).owner("source.example/a") == KEY


def test_an_update_replaces_hashes_and_keeps_the_previous_values(
    ledger: Ledger, journal: Journal
) -> None:
    """`undo` restores field by field what the site held before."""
    journal.record(created())
    receipt = Receipt(key=KEY, wp_id=7, sent={"title": "h3"}, stored={"title": "h4"})
    values, previous = {"title": "Sun", "tags": (5,)}, {"title": "Rain", "tags": [3, 4]}
    journal.record(Write(action="update", receipt=receipt, values=values, previous=previous))
    story = ledger.story("7")

    assert story
    assert [(w.field, w.previous, w.value) for w in story.writes if w.action == "update"] == [
        ("tags", (3, 4), (5,)),
        ("title", "Rain", "Sun"),
    ]
    assert [(one.sent, one.stored) for one in story.receipts] == [({"title": "h3"}, receipt.stored)]


def test_a_record_that_fails_leaves_the_intent(
    ledger: Ledger, journal: Journal, tmp_path: Path
) -> None:
    """Receipt, previous values and the end of the intent are one commit."""
    journal.begin(Begun(post=post()))
    with sqlite3.connect(tmp_path / "wp-sync.db") as connection:
        connection.execute(
            "CREATE TRIGGER full BEFORE DELETE ON intents BEGIN SELECT raise(ABORT, 'no'); END"
        )
    connection.close()

    with pytest.raises(LedgerError, match="no"):
        journal.record(created())

    assert [intent.key for intent in ledger.posts.intents(SITE)] == [KEY]
    assert ledger.posts.receipts(SITE, [KEY]) == {}
    assert ledger.posts.touched("run-1") == 0


def test_only_changed_and_trashed_posts_count_as_touched(ledger: Ledger) -> None:
    """The limits of a run count posts, not fields, and no new ones."""
    for run, action, wp_id in (
        ("1", "create", 7),
        ("2", "create", 8),
        ("2", "update", 7),
        ("2", "adopt", 9),
        ("2", "trash", 10),
        ("2", "trash", 7),
    ):
        receipt = Receipt(key=ItemKey(FEED, str(wp_id)), wp_id=wp_id)
        write = Write(action=action, receipt=receipt, values={"title": 1, "body": 2})  # type: ignore[arg-type]
        ledger.posts.journal(SITE, run).record(write)

    assert (ledger.posts.touched("1"), ledger.posts.touched("2")) == (0, 2)


def test_the_owner_of_an_address_is_the_first_item(
    ledger: Ledger, journal: Journal, clock: Callable[..., datetime]
) -> None:
    """The same article in another feed is a duplicate of the post that is there."""
    seen: Seen = ledger.posts.seen(SITE)
    nobody = seen.owner("source.example/a")
    journal.record(created())
    clock.go_on(minutes=1)  # type: ignore[attr-defined]
    again = Receipt(key=ItemKey("https://other.example/", "0"), wp_id=9)
    journal.record(Write(action="adopt", receipt=again, source_url="http://source.example/a#top"))

    assert nobody is None
    assert seen.owner("source.example/a") == KEY
    assert seen.owner("") is None


def test_posts_are_counted_by_channel(ledger: Ledger, journal: Journal) -> None:
    """The first run on a site with other posts makes a few drafts a channel."""
    for number, channel in enumerate(("local", "local", "sports")):
        journal.record(created(str(number), wp_id=number, channel=channel))

    assert ledger.posts.by_channel(SITE) == {"local": 2, "sports": 1}


def test_a_picture_is_known_by_its_bytes(ledger: Ledger, journal: Journal) -> None:
    """The same picture is uploaded once a site."""
    upload = Upload(content=b"", mime="image/webp", name="ab.webp", sha256="ab" * 32)
    before = journal.media_id(upload.sha256)
    journal.record_media(upload, 41)
    journal.record_media(upload, 42)

    assert before is None
    assert journal.media_id(upload.sha256) == 42
    assert ledger.posts.journal("staging.example", "run-1").media_id(upload.sha256) is None


def test_a_term_may_be_remembered_twice(journal: Journal, tmp_path: Path) -> None:
    """Ids are unique in a taxonomy only."""
    for taxonomy in ("categories", "tags", "tags"):
        journal.record_term(taxonomy, Term(wp_id=3, name="Rain & more", parent=1))
    connection = sqlite3.connect(tmp_path / "wp-sync.db")
    rows = connection.execute("SELECT taxonomy, wp_id, name, parent, run FROM terms").fetchall()
    connection.close()

    assert rows == [(taxonomy, 3, "Rain & more", 1, "run-1") for taxonomy in ("categories", "tags")]


def test_a_thousand_receipts_are_read_by_their_index_in_few_statements(
    ledger: Ledger, tmp_path: Path, journal: Journal, statements: list[tuple[str, Any]]
) -> None:
    """Each looks up many of twenty thousand, and reads none of the others."""
    journal.record(created("0"))
    with sqlite3.connect(tmp_path / "wp-sync.db") as connection:
        names = [row[1] for row in connection.execute("PRAGMA table_info(receipts)")]
        columns = ", ".join("'g' || value" if name == "guid" else name for name in names)
        connection.execute(
            "CREATE TEMP TABLE n AS WITH RECURSIVE c(value) AS (SELECT 1 UNION ALL"
            " SELECT value + 1 FROM c WHERE value < 20000) SELECT value FROM c"
        )
        connection.execute(f"INSERT INTO receipts SELECT {columns} FROM receipts, n")  # noqa: S608
    connection.close()
    keys = [ItemKey(FEED, f"g{number}") for number in range(1, 20_000, 20)]
    statements.clear()

    found = ledger.posts.receipts(SITE, keys)

    asked = list(statements)
    with ledger.meta.database.read() as reading:
        plans = [
            step[3]
            for sql, given in asked
            for step in reading.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", given)
        ]
    assert len(found) == 1000
    assert 0 < len(asked) <= 10
    assert [step for step in plans if "receipts" in step and not step.startswith("SEARCH")] == []
    assert any(step.startswith("SEARCH receipts USING INDEX") for step in plans)
