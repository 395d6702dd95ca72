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
    from collections.abc import Callable, Collection, Mapping
    from datetime import datetime

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
            known: dict[str, set[str]] = {}
            for some in chunks(list(marks)):
                query = select(_ROWS.c.picture, _ROWS.c.articles)
                ours = query.where(_ROWS.c.feed == feed, _ROWS.c.picture.in_(some))
                known |= {row.picture: set(row.articles) for row in connection.execute(ours)}
            rows = [
                {
                    "feed": feed,
                    "picture": mark,
                    "articles": sorted(known.get(mark, set()) | guids)[:_MOST_MARKS],
                    "seen": now,
                }
                for mark, guids in marks.items()
            ]
            upsert(connection, _ROWS, rows, update=("articles", "seen"))

    def logos(self, feed: str, addresses: Collection[str]) -> frozenset[str]:
        """Name those of these pictures that stand in many of a feed's articles."""
        by_mark = {_mark(url): url for url in addresses}
        found: set[str] = set()
        for some in chunks(list(by_mark)):
            query = select(_ROWS.c.picture, _ROWS.c.articles)
            ours = query.where(_ROWS.c.feed == feed, _ROWS.c.picture.in_(some))
            for row in self.database.rows(ours):
                if len(row["articles"]) >= _FEWEST and self._is_many(feed, len(row["articles"])):
                    found.add(by_mark[row["picture"]])
        return frozenset(found)

    def _is_many(self, feed: str, count: int) -> bool:
        items = schema.items
        total = self.database.value(select(func.count()).where(items.c.feed == feed))
        return count * _SHARE >= min(int(total), _MOST_COUNTED)


def _mark(text: str) -> str:
    return digest(text)[:_MARK]
