"""The ledger's care: what does not fit together is named, and a copy is whole."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from wp_sync.errors import LedgerError
from wp_sync.ledger import FOUND, Ledger, open_ledger
from wp_sync.model import ItemKey, Receipt
from wp_sync.publish.journal import Write

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from wp_sync.model import Pull

FEED, SITE = "https://feed.example/rss", "site.example"
ADDRESS = "news.example/a"
OLD_INTENT = (
    "INSERT INTO intents SELECT site, feed, guid, 'slug-1', created_at, '', '{}', '{}', 'post'"
    " FROM receipts WHERE guid = 'a'"
)


@pytest.fixture(autouse=True)
def _published(ledger: Ledger, make_pull: Callable[..., Pull]) -> None:
    ledger.feeds.record_pull(make_pull("a", "b"), source="News")
    record(ledger, "a", 7)


def record(ledger: Ledger, guid: str, wp_id: int) -> None:
    receipt = Receipt(key=ItemKey(FEED, guid), wp_id=wp_id, link=f"https://site.example/{wp_id}")
    write = Write(action="create", receipt=receipt, source_url=f"https://news.example/{guid}")
    ledger.posts.journal(SITE, "run-0").record(write)


def break_in(tmp_path: Path, statement: str) -> None:
    with sqlite3.connect(tmp_path / "wp-sync.db") as connection:
        connection.execute(statement)
    connection.close()


def test_a_sound_ledger_has_no_faults(ledger: Ledger) -> None:
    """Posts that were found on the site have no article, and that is no fault."""
    ours = Receipt(key=ItemKey(FOUND, "news.example/z"), wp_id=9)
    ledger.care.remember_found(SITE, [(ours, "news.example/z")], "run-1")

    assert ledger.care.find_faults() == ()


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("UPDATE items SET state = 'publishd'", "items with a state that means nothing: 2 (publis"),
        ("DELETE FROM items WHERE guid = 'a'", "posts without their articles: 1 (7 https://site"),
        ("UPDATE receipts SET wp_id = 8", "posts of several articles: 1 (8 https://site"),
        (
            OLD_INTENT,
            "creates that have had no answer for a day: 1 (slug-1 ",
        ),
    ],
    ids=["state", "no item", "two items", "intent"],
)
def test_what_does_not_fit_is_named(
    ledger: Ledger, tmp_path: Path, clock: Callable[..., datetime], statement: str, told: str
) -> None:
    """With how many there are, the first ones, and a cure."""
    record(ledger, "b", 8)
    break_in(tmp_path, statement)
    clock.go_on(hours=25)  # type: ignore[attr-defined]

    (fault,) = ledger.care.find_faults()

    assert told in fault.message
    assert "wp-sync" in fault.cure


def test_a_copy_is_whole_and_private(ledger: Ledger, tmp_path: Path) -> None:
    """It opens as a ledger, and holds what was committed before."""
    copy = tmp_path / "copy.db"
    ledger.care.back_up(copy)
    record(ledger, "b", 8)

    with open_ledger("sqlite:///copy.db", tmp_path, clock=ledger.care.clock) as opened:
        assert opened.posts.wp_ids(SITE) == {7}
        assert opened.care.find_faults() == ()
    assert copy.stat().st_mode & 0o777 == 0o600
    assert {file.name for file in tmp_path.iterdir()} == {"wp-sync.db", "copy.db"}


def test_a_found_post_owns_nothing(ledger: Ledger) -> None:
    """Its article is no repeat of it, and takes it over; then nothing of it is left."""
    found = Receipt(key=ItemKey(FOUND, "news.example/b"), wp_id=8, status="draft")
    ledger.care.remember_found(SITE, [(found, "news.example/b")], "run-1")

    assert ledger.posts.seen(SITE).owner("news.example/b") is None
    assert ledger.posts.seen(SITE).owner(ADDRESS) == ItemKey(FEED, "a")
    assert ledger.posts.wp_ids(SITE) == {7, 8}
    assert ledger.posts.wp_ids(SITE, owned=True) == {7}
    record(ledger, "b", 8)
    assert ledger.posts.wp_ids(SITE, owned=True) == {7, 8}
    assert ledger.posts.with_status(SITE, "draft") == ()
    assert ledger.care.find_faults() == ()


@pytest.mark.parametrize(
    "value",
    ["sent = '{\"title\": '", "link = CAST(x'ff41' AS TEXT)", "created_at = 'noon'"],
    ids=["JSON", "UTF-8", "moment"],
)
def test_a_value_that_cannot_be_read_is_damage(ledger: Ledger, tmp_path: Path, value: str) -> None:
    """No page is broken, and the message is the same."""
    break_in(tmp_path, f"UPDATE receipts SET {value}")  # noqa: S608

    with pytest.raises(LedgerError, match=r"damaged .*ledger backup.*ledger rebuild"):
        ledger.care.find_faults()
    with ledger.care.database.read() as connection:
        assert connection.scalar(text("SELECT count(*) FROM receipts")) == 1
