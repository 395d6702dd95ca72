"""The ledger's care: whether it is sound, and a copy of it."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, func, select

from wp_sync.errors import LedgerError

from . import schema
from .database import Database, upsert
from .items import STATES
from .schema import FOUND

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from sqlalchemy import ColumnElement, Select

    from wp_sync.model import Receipt

_OLD = timedelta(days=1)  # an intent is settled by the next run that asks its feed
_SHOWN = 3  # examples of a fault

_ITEMS, _RECEIPTS, _INTENTS = schema.items, schema.receipts, schema.intents


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Something that is not as it should be."""

    message: str
    cure: str


@dataclass(frozen=True, slots=True)
class Care:
    database: Database
    clock: Callable[[], datetime]

    def find_faults(self) -> tuple[Fault, ...]:
        """Read all, and compare the tables with each other. Raises LedgerError for damage."""
        for table in schema.metadata.sorted_tables:
            self._read_whole(table.name)
        return tuple(self._compare())

    def back_up(self, file: Path) -> None:
        """Copy the ledger as it is at one moment, for its owner alone. Raises LedgerError."""
        part = file.with_name(f".{file.name}.part")
        part.unlink(missing_ok=True)
        os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        try:
            with self.database.read() as connection, closing(sqlite3.connect(part)) as copy:
                ours: Any = connection.connection.driver_connection
                if not isinstance(ours, sqlite3.Connection):
                    message = "the ledger is in PostgreSQL, which has its own way to copy it"
                    raise LedgerError(message, cure="pg_dump, and pg_restore to put it back")
                ours.backup(copy)
            part.replace(file)
        finally:
            part.unlink(missing_ok=True)

    def remember_found(self, site: str, posts: Sequence[tuple[Receipt, str]], run: str) -> None:
        """Keep posts that were found on the site, each with its article's normalised address."""
        now = self.clock()
        rows: list[dict[str, Any]] = [
            {
                "site": site,
                **receipt.key._asdict(),
                "wp_id": receipt.wp_id,
                "address": address,
                "channel": receipt.channel,
                "link": receipt.link,
                "sent": {},
                "stored": dict(receipt.stored),
                "pending": {},
                "modified": receipt.modified,
                "status": receipt.status,
                "doubt": receipt.doubt,
                "type": receipt.type,
                "first_run": run,
                "last_run": run,
                "created_at": now,
                "updated_at": now,
            }
            for receipt, address in posts
        ]
        with self.database.write() as connection:
            upsert(connection, _RECEIPTS, rows)

    def _read_whole(self, name: str) -> None:
        table = schema.metadata.tables[name]
        with self.database.read() as connection:
            for _ in connection.execute(select(table)):
                pass

    def _compare(self) -> Iterator[Fault]:
        ours, items = _RECEIPTS.c, _ITEMS.c
        states = select(items.state, items.title).where(items.state.not_in(STATES))
        if told := self._tell(states):
            message = f"items with a state that means nothing: {told}"
            yield Fault(message=message, cure="wp-sync ledger rebuild")
        same = and_(items.feed == ours.feed, items.guid == ours.guid)
        lone = select(ours.wp_id, ours.link).outerjoin(_ITEMS, same).where(items.feed.is_(None))
        if told := self._tell(lone.where(ours.feed != FOUND)):
            message = f"posts without their articles: {told}"
            yield Fault(message=message, cure="wp-sync ledger rebuild")
        twice = select(ours.wp_id, func.min(ours.link)).group_by(ours.site, ours.wp_id)
        if told := self._tell(twice.having(func.count() > 1)):
            message = f"posts of several articles: {told}"
            yield Fault(message=message, cure="see `wp-sync why POST`; `wp-sync adopt --pair`")
        old: ColumnElement[bool] = _INTENTS.c.begun < self.clock() - _OLD
        if told := self._tell(select(_INTENTS.c.slug, _INTENTS.c.begun).where(old)):
            message = f"creates that have had no answer for a day: {told}"
            yield Fault(message=message, cure="wp-sync sync, which looks them up on the site")

    def _tell(self, query: Select[Any]) -> str:
        """Count what a query finds, and show the first ones; "" for nothing."""
        with self.database.read() as connection:
            found = connection.execute(query).all()
        shown = "; ".join(" ".join(map(str, row)) for row in found[:_SHOWN])
        more = ", …" if len(found) > _SHOWN else ""
        return f"{len(found)} ({shown}{more})" if found else ""
