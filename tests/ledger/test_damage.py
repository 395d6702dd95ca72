"""Damaged ledgers: told at once with the way out, or harmless; never a wrong write."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
from contextlib import closing
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from office import NOON, MoodySite, Office, changed, make_post

from wp_sync.errors import LedgerError
from wp_sync.ledger import open_ledger
from wp_sync.model import Item, ItemKey, Pull, Tombstone, Validators

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from wp_sync.model import Post

SEED = 20_261_125
DAMAGES = int(os.environ.get("WP_SYNC_DAMAGES", "60"))
POSTS = tuple(make_post(number) for number in range(12))
CHANGED = replace(changed(POSTS[3], "title", "body"), mark=POSTS[3].mark)
NEW = make_post(20)
PAGE = 4096


@dataclass(frozen=True, slots=True)
class Before:
    """A ledger after some runs, and its site."""

    office: Office
    file: Path
    site: MoodySite


def put_items(office: Office, *posts: Post) -> None:
    items = tuple(Item(key=post.key, url=post.source_url, title=post.title) for post in posts)
    feed = posts[0].key.feed
    pull = Pull(
        feed=feed,
        format="rss20",
        title="News",
        items=items,
        hashes={item.key.guid: item.title for item in items},
        validators=Validators(url=feed, etag='"a"'),
    )
    office.ledger.feeds.record_pull(pull, source="News")


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Before:
    office = Office(tmp_path_factory.mktemp("ledger"))
    put_items(office, *POSTS)
    for start in range(0, len(POSTS), 4):
        office.ledger.items.settle(office.run(*POSTS[start : start + 4]), "run-1")
    office.ledger.runs.start("sync")
    stone = Tombstone(key=ItemKey("", "gone"), url="https://news.example/gone", reason="no")
    office.ledger.decisions.bury(office.address, [stone], "run-1")
    office.ledger.close()
    return Before(office, office.folder / "ledger-0.db", office.site)


def flip(content: bytearray, draw: random.Random) -> None:
    content[draw.randrange(len(content))] ^= 1 << draw.randrange(8)


def cut(content: bytearray, draw: random.Random) -> None:
    del content[draw.randrange(len(content)) :]


def blank(content: bytearray, draw: random.Random) -> None:
    start = draw.randrange(len(content) // PAGE) * PAGE
    content[start : start + PAGE] = bytes(PAGE)


def scramble(content: bytearray, draw: random.Random) -> None:
    start = draw.randrange(len(content))
    content[start : start + 64] = draw.randbytes(min(64, len(content) - start))


KINDS: tuple[Callable[[bytearray, random.Random], None], ...] = (flip, cut, blank, scramble)


def publish(before: Before, folder: Path) -> tuple[Mapping[int, Any], str]:
    """Open a ledger and publish with it; return what the site has then, and the error."""
    office, error = before.office, ""
    site = office.site = deepcopy(before.site)
    try:
        with open_ledger(
            "sqlite:///damaged.db", folder, clock=lambda: NOON + timedelta(hours=1)
        ) as ledger:
            office.ledger = ledger
            put_items(office, *POSTS[:3], CHANGED, *POSTS[4:], NEW)
            ledger.items.due(POSTS[0].key.feed, dropped_too=True, site=office.address)
            outcomes = office.run(*POSTS[:3], CHANGED, *POSTS[4:], NEW)
            ledger.items.settle(outcomes, "run-2")
            ledger.posts.intents(office.address)
            ledger.care.find_faults()
    except LedgerError as stopped:
        error = str(stopped)
    return site.posts, error


def wrongs(before: Before, after: Mapping[int, Any]) -> list[str]:
    """Compare the site with what a sound ledger would have made, or left to the next run."""
    found = [f"post {wp_id} is gone" for wp_id in before.site.posts if wp_id not in after]
    titles = [post.values["title"] for post in after.values()]
    found += [f"doubled: {title}" for title in sorted(set(titles)) if titles.count(title) > 1]
    for wp_id, post in after.items():
        old = before.site.posts.get(wp_id)
        if old is None:
            found += [] if post.values["title"] == NEW.title else ["a stranger"]
            continue
        for name, value in post.values.items():
            if value not in {old.values[name], *_allowed(old.values["title"], name)}:
                found.append(f"post {wp_id}: {name} is {value!r}")
    return found


def _allowed(title: str, name: str) -> tuple[object, ...]:
    return (
        (getattr(CHANGED, name),) if title == POSTS[3].title and name in {"title", "body"} else ()
    )


def test_a_sound_ledger_does_what_is_due(before: Before, tmp_path: Path) -> None:
    """The measure for the damaged ones: one changed, one new, no error."""
    shutil.copy(before.file, tmp_path / "damaged.db")
    after, error = publish(before, tmp_path)

    assert error == ""
    assert len(after) == len(POSTS) + 1
    assert CHANGED.title in {post.values["title"] for post in after.values()}
    assert wrongs(before, after) == []


def test_damage_is_told_or_harmless(before: Before, tmp_path: Path) -> None:
    """Bits, pages and ends of the file: no post is doubled, changed or made for nobody."""
    draw = random.Random(SEED)  # noqa: S311 (damages, not secrets)
    found: dict[str, object] = {}
    told = 0
    for number in range(DAMAGES):
        content = bytearray(before.file.read_bytes())
        damage = KINDS[number % len(KINDS)]
        damage(content, draw)
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / "damaged.db").write_bytes(content)
        name = f"{number} {damage.__name__}"
        try:
            after, error = publish(before, folder)
        except Exception as mistake:  # noqa: BLE001 (each is a finding)
            found[name] = repr(mistake)
            continue
        told += bool(error)
        if bad := wrongs(before, after):
            found[name] = bad
        if error and not ("wp-sync ledger rebuild" in error and "wp-sync ledger backup" in error):
            found[name] = error

    assert found == {}
    assert told > DAMAGES / 3


def test_a_journal_that_was_deleted_is_told_or_harmless(before: Before, tmp_path: Path) -> None:
    """A run was killed in the midst of a commit, and somebody tidied up its -journal."""
    told = 0
    for number, pages in enumerate((1, 2, 3, 5, 8, 13, 21)):
        folder = tmp_path / str(number)
        folder.mkdir()
        ours = folder / "killed.db"
        shutil.copy(before.file, ours)
        with closing(sqlite3.connect(ours, isolation_level=None)) as connection:
            connection.execute(f"PRAGMA cache_size = {pages}")  # the others go to the file at once
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("UPDATE receipts SET channel = channel || hex(randomblob(200))")
            connection.execute("UPDATE items SET title = title || hex(randomblob(300))")
            shutil.copy(ours, folder / "damaged.db")
        after, error = publish(before, folder)
        told += bool(error)

        assert wrongs(before, after) == []
        assert not error or "wp-sync ledger rebuild" in error
    assert told > 0
