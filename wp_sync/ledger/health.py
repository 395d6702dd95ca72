"""What was learned of the feeds: kept with the pull that taught it, or it would be forgotten."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import delete, select

from wp_sync.model import FeedHealth, Habit, Identity

from . import schema
from .database import Database, upsert

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from sqlalchemy import Connection

_T = TypeVar("_T")
_HEALTH = schema.feed_health
_TIMES = ("pulled", "last_item", "flooded")
_HABITS = ("words", "pictures", "pages")
_COLUMNS = ("held", "held_since")


@dataclass(frozen=True, slots=True)
class Health:
    database: Database

    def get(self, feed: str) -> FeedHealth:
        """Return what is known of a feed: nothing, of a new one."""
        rows = self.database.rows(select(_HEALTH).where(_HEALTH.c.feed == feed))
        return next(map(_unpack, rows), FeedHealth(feed=feed))

    def all(self) -> dict[str, FeedHealth]:
        """Return what is known of each feed."""
        return {row["feed"]: _unpack(row) for row in self.database.rows(select(_HEALTH))}

    def held(self, feed: str) -> str:
        """Return why nothing of a feed is published; "" when it may be."""
        query = select(_HEALTH.c.held).where(_HEALTH.c.feed == feed)
        return str(self.database.value(query) or "")

    def put(self, health: FeedHealth) -> None:
        """Keep what was learned of a feed."""
        with self.database.write() as connection:
            put_health(connection, health)

    def forget(self, feeds: Collection[str]) -> None:
        """Forget feeds: what they were says nothing of what comes there some other day."""
        with self.database.write() as connection:
            connection.execute(delete(_HEALTH).where(_HEALTH.c.feed.in_(feeds)))


def put_health(connection: Connection, health: FeedHealth) -> None:
    """Keep what was learned of a feed, in the transaction of its items."""
    record = asdict(health)
    row = {name: record.pop(name) for name in ("feed", *_COLUMNS)}
    for name in _TIMES:
        record[name] = record[name] and record[name].isoformat()
    columns = (*_COLUMNS, "record")
    upsert(connection, _HEALTH, [row | {"record": record}], update=columns, when_changed=columns)


def _unpack(row: Mapping[Any, Any]) -> FeedHealth:
    record = dict(row["record"])
    values: dict[str, Any] = {name: row[name] for name in ("feed", *_COLUMNS)}
    for name in _TIMES:
        moment = record.pop(name, None)
        values[name] = moment and datetime.fromisoformat(moment).astimezone(UTC)
    for name in _HABITS:
        values[name] = _make(Habit, record.pop(name, {}))
    values["identity"] = _make(Identity, record.pop("identity", {}))
    candidate = record.pop("candidate", None)
    values["candidate"] = _make(Identity, candidate) if candidate else None
    return _make(FeedHealth, record | values)


def _make(kind: type[_T], values: Mapping[str, Any]) -> _T:
    """Make a value of what was kept; what another version kept beside it is left out."""
    names = {field.name for field in fields(kind)}  # type: ignore[arg-type]
    known = {k: tuple(v) if isinstance(v, list) else v for k, v in values.items() if k in names}
    return kind(**known)
