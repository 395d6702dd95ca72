"""The posts whose time was over, each once: what a person makes of one afterwards stays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from sqlalchemy import exists, func, select, tuple_

from wp_sync.model import ItemKey, Receipt

from . import schema
from .database import Database, chunks, from_row, upsert

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable
    from datetime import datetime

How = Literal["draft", "excerpt", "trash", "told"]  # told: an editor's work was in it

_SHOWN = ("future", "private", "publish")
_ROWS, _RECEIPTS = schema.expiries, schema.receipts


@dataclass(frozen=True, slots=True)
class Expiries:
    database: Database
    clock: Callable[[], datetime]

    def due(
        self, site: str, feed: str, moment: datetime, *, shown_only: bool
    ) -> tuple[Receipt, ...]:
        """List our posts of a feed that were made before a moment, and have not expired yet.

        With `shown_only` those alone that visitors see, or will.
        """
        ours, over = _RECEIPTS.c, _ROWS.c
        same = (over.site == ours.site, over.feed == ours.feed, over.guid == ours.guid)
        which = (ours.site == site, ours.feed == feed, ours.created_at < moment)
        status = ours.status.in_(_SHOWN) if shown_only else ours.status != "trash"
        query = select(_RECEIPTS).where(*which, status, ~exists().where(*same))
        rows = self.database.rows(query.order_by(ours.created_at))
        return tuple(from_row(Receipt, row) for row in rows)

    def keep(self, site: str, keys: Iterable[ItemKey], how: How, run: str) -> None:
        """Remember that the time of these is over."""
        row = {"site": site, "how": how, "run": run, "at": self.clock()}
        rows = [{**row, **key._asdict()} for key in keys]
        if rows:
            with self.database.write() as connection:
                upsert(connection, _ROWS, rows, update=("how", "run", "at"))

    def over(self, keys: Collection[ItemKey]) -> frozenset[ItemKey]:
        """Choose those whose time is over, on whatever site."""
        columns = tuple_(_ROWS.c.feed, _ROWS.c.guid)
        found: set[ItemKey] = set()
        for some in chunks(sorted(keys)):
            query = select(_ROWS.c.feed, _ROWS.c.guid).where(columns.in_(some))
            found |= {ItemKey(row["feed"], row["guid"]) for row in self.database.rows(query)}
        return frozenset(found)

    def count(self, site: str, run: str) -> int:
        """Count the posts that a run took back."""
        which = (_ROWS.c.site == site, _ROWS.c.run == run, _ROWS.c.how != "told")
        return int(self.database.value(select(func.count()).where(*which)) or 0)

    def cut(self, feed: str) -> frozenset[ItemKey]:
        """Name the items of a feed whose posts are cut to an excerpt, on whatever site."""
        query = select(_ROWS.c.guid).where(_ROWS.c.feed == feed, _ROWS.c.how == "excerpt")
        return frozenset(ItemKey(feed, row["guid"]) for row in self.database.rows(query))
