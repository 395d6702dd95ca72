"""An open ledger in a real SQLite file, and a clock that stands until it is told to go on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import event

from wp_sync.ledger import Ledger, open_ledger
from wp_sync.model import Item, ItemKey, Pull, Validators

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

FEED = "https://feed.example/rss"
URL = "sqlite:///wp-sync.db"


@dataclass(slots=True)
class Clock:
    now: datetime = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def go_on(self, **time: float) -> None:
        self.now += timedelta(**time)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def ledger(tmp_path: Path, clock: Clock) -> Iterator[Ledger]:
    with open_ledger(URL, tmp_path, clock=clock) as opened:
        yield opened


@pytest.fixture
def statements(ledger: Ledger) -> Iterator[list[tuple[str, Any]]]:
    """List the SQL that the ledger gives its database from now on, each with its parameters."""
    asked: list[tuple[str, Any]] = []

    def note(_: object, __: object, statement: str, parameters: Any, *___: object) -> None:  # noqa: ANN401
        asked.append((statement, parameters))

    with ledger.meta.database.read() as connection:
        engine = connection.engine
    event.listen(engine, "before_cursor_execute", note)
    yield asked
    event.remove(engine, "before_cursor_execute", note)


@pytest.fixture
def make_pull() -> Callable[..., Pull]:
    """Make a pull of items with these guids, each at the address of its guid."""

    def make(*guids: str, feed: str = FEED, version: str = "1", etag: str = '"a"') -> Pull:
        items = tuple(
            Item(
                key=ItemKey(feed, guid),
                url=f"https://news.example/{guid}/?utm_source=rss",
                title=f"{guid}, version {version}",
            )
            for guid in guids
        )
        return Pull(
            feed=feed,
            format="rss20",
            title="News",
            items=items,
            hashes={guid: f"{guid}-{version}" for guid in guids},
            validators=Validators(url=feed, etag=etag),
        )

    return make
