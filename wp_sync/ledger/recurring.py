"""What was learned of the paragraphs that recur in feeds, and what people said of them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import bindparam, delete, or_, select, update

from wp_sync.model import Recurrence, Recurrences

from . import schema
from .database import Database, from_row, upsert

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_FEEDS, _FOUND = schema.recurring_feeds, schema.recurring
_LEARNED = ("sign", "articles", "latest", "first", "last", "learned")  # a person's word stays
_GONE = delete(_FOUND).where(
    _FOUND.c.feed == bindparam("of_feed"), _FOUND.c.mark == bindparam("of_mark")
)


@dataclass(frozen=True, slots=True)
class Recurring:
    database: Database

    def get(self, feed: str) -> Recurrences:
        """Return what is known of a feed: nothing, of a new one."""
        with self.database.together():
            rows = self.database.rows(select(_FEEDS).where(_FEEDS.c.feed == feed))
            known = next(map(_unpack_feed, rows), Recurrences(feed=feed))
            found = self.database.rows(select(_FOUND).where(_FOUND.c.feed == feed))
            return replace(known, found={row["mark"]: _unpack(row) for row in found})

    def telling(self, fewest: int) -> dict[str, Recurrences]:
        """Return of all feeds, at once, what came in so many articles, was learned or decided."""
        telling = or_(
            _FOUND.c.articles >= fewest, _FOUND.c.learned.is_not(None), _FOUND.c.verdict != ""
        )
        found: dict[str, dict[str, Recurrence]] = defaultdict(dict)
        with self.database.together():
            for row in self.database.rows(select(_FOUND).where(telling)):
                found[row["feed"]][row["mark"]] = _unpack(row)
            feeds = map(_unpack_feed, self.database.rows(select(_FEEDS)))
            return {one.feed: replace(one, found=found[one.feed]) for one in feeds}

    def put(self, before: Recurrences, after: Recurrences) -> None:
        """Keep what was learned since."""
        if before == after:
            return
        told = {"articles": after.articles, "recent": list(after.recent)}
        fresh = [
            {"feed": after.feed, **asdict(one)}
            for mark, one in after.found.items()
            if before.found.get(mark) != one
        ]
        gone = [
            {"of_feed": after.feed, "of_mark": mark}
            for mark in before.found
            if mark not in after.found
        ]
        with self.database.write() as connection:
            upsert(connection, _FEEDS, [{"feed": after.feed, **told}], update=tuple(told))
            upsert(connection, _FOUND, fresh, update=_LEARNED)
            if gone:
                connection.execute(_GONE, gone)

    def decide(self, feed: str, marks: Sequence[str], verdict: Literal["keep", "remove"]) -> None:
        """Keep a person's word about paragraphs of a feed."""
        named = (_FOUND.c.feed == feed, _FOUND.c.mark.in_(marks))
        with self.database.write() as connection:
            connection.execute(update(_FOUND).where(*named).values(verdict=verdict))


def _unpack_feed(row: Mapping[Any, Any]) -> Recurrences:
    return Recurrences(feed=row["feed"], articles=row["articles"], recent=tuple(row["recent"]))


def _unpack(row: Mapping[Any, Any]) -> Recurrence:
    return from_row(Recurrence, row)
