"""In how many articles of a feed a picture stands: one in many is a logo, and shows no article."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete, func, select

from wp_sync.hashing import digest

from . import schema
from .database import Database, chunks, upsert

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.engine import Connection

_ROWS = schema.pictures
_FEWEST = 4  # articles
_SHARE = 8  # of the feed's articles one in so many,
_MOST_COUNTED = 100  # of at most so many
_KEPT = timedelta(days=60)  # an agency's picture of a person comes again some day
_MARK = 16  # characters of a hash
_MOST_MARKS = 50  # articles of one picture that are kept


@dataclass(frozen=True, slots=True)
class Pictures:
    database: Database
    clock: Callable[[], datetime]

    def note(self, feed: str, sighted: Mapping[str, Collection[str]]) -> None:
        """Remember in which articles, by guid, pictures stand, by address."""
        if not sighted:
            return
        now = self.clock()
        marks = {_mark(url): {_mark(guid) for guid in guids} for url, guids in sighted.items()}
        with self.database.write() as connection:
            old = (_ROWS.c.feed == feed, _ROWS.c.seen < now - _KEPT)
            connection.execute(delete(_ROWS).where(*old))
            known = dict(_read(connection, feed, marks))
            rows = [
                {
                    "feed": feed,
                    "picture": mark,
                    "articles": sorted({*known.get(mark, ()), *guids})[:_MOST_MARKS],
                    "seen": now,
                }
                for mark, guids in marks.items()
            ]
            upsert(connection, _ROWS, rows, update=("articles", "seen"))

    def logos(self, feed: str, addresses: Collection[str]) -> frozenset[str]:
        """Name those of these pictures that stand in many of a feed's articles."""
        by_mark = {_mark(url): url for url in addresses}
        with self.database.read() as connection:
            often = {
                mark: len(articles)
                for mark, articles in _read(connection, feed, by_mark)
                if len(articles) >= _FEWEST
            }
            if not often:
                return frozenset()
            counted = select(func.count()).where(schema.items.c.feed == feed)
            total = min(int(connection.scalar(counted) or 0), _MOST_COUNTED)
        return frozenset(by_mark[mark] for mark, count in often.items() if count * _SHARE >= total)


def _read(
    connection: Connection, feed: str, marks: Collection[str]
) -> Iterator[tuple[str, Sequence[str]]]:
    """Read in which articles these pictures were seen."""
    query = select(_ROWS.c.picture, _ROWS.c.articles)
    for some in chunks(list(marks)):
        ours = query.where(_ROWS.c.feed == feed, _ROWS.c.picture.in_(some))
        yield from ((row.picture, row.articles) for row in connection.execute(ours))


def _mark(text: str) -> str:
    return digest(text)[:_MARK]
