"""What topics are learned from, what came of it, and by which words articles were judged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, func, select, tuple_

from wp_sync.model import ItemKey, Learned, Lesson

from . import schema
from .database import Database, chunks, upsert

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime

    from wp_sync.model import Verdict

_LESSONS, _LEARNED, _JUDGED = schema.lessons, schema.learned, schema.judgements
_TOLD = ("channel", "against", "teaching", "weight", "words", "at")
_TAUGHT = "topics"  # meta key: how often lessons came
MOST_LESSONS = 5_000  # that are learned from: the newest


@dataclass(frozen=True, slots=True)
class Topics:
    database: Database
    clock: Callable[[], datetime]

    def teach(self, lessons: Iterable[Lesson]) -> None:
        """Keep lessons; what a person says later of the same article counts instead."""
        now = self.clock()
        rows = [
            {
                **one.key._asdict(),
                "channel": one.channel,
                "against": int(one.is_against),
                "teaching": one.teaching,
                "weight": round(one.weight * 100),
                "words": one.words,
                "at": one.at or now,
            }
            for one in lessons
        ]
        if not rows:
            return
        with self.database.write() as connection:
            upsert(connection, _LESSONS, rows, update=_TOLD)
            self._count_up(connection)

    def forget(self, keys: Sequence[ItemKey]) -> None:
        """Forget lessons: a person took their word back."""
        if not keys:
            return
        with self.database.write() as connection:
            for some in chunks(keys):
                which = tuple_(_LESSONS.c.feed, _LESSONS.c.guid).in_(some)
                connection.execute(delete(_LESSONS).where(which))
            self._count_up(connection)

    def replace_all(self, feed: str, lessons: Sequence[Lesson]) -> None:
        """Keep these lessons, and no others, of one origin."""
        with self.database.together():
            with self.database.write() as connection:
                connection.execute(delete(_LESSONS).where(_LESSONS.c.feed == feed))
                self._count_up(connection)
            self.teach(lessons)

    def lessons(self) -> tuple[Lesson, ...]:
        """List the newest lessons, the oldest of them first."""
        query = select(_LESSONS).order_by(_LESSONS.c.at.desc(), _LESSONS.c.feed, _LESSONS.c.guid)
        rows = self.database.rows(query.limit(MOST_LESSONS))
        return tuple(map(_unpack, reversed(rows)))

    def known(self, keys: Sequence[ItemKey]) -> dict[ItemKey, Lesson]:
        """Return the lessons that these items are."""
        columns = tuple_(_LESSONS.c.feed, _LESSONS.c.guid)
        found: dict[ItemKey, Lesson] = {}
        for some in chunks(keys):
            rows = self.database.rows(select(_LESSONS).where(columns.in_(some)))
            found |= {lesson.key: lesson for lesson in map(_unpack, rows)}
        return found

    def counts(self) -> dict[tuple[str, bool, str], int]:
        """Count the lessons by channel, whether they speak against it, and how they were said."""
        of = _LESSONS.c
        query = select(of.channel, of.against, of.teaching, func.count().label("count"))
        rows = self.database.rows(query.group_by(of.channel, of.against, of.teaching))
        return {
            (row["channel"], bool(row["against"]), row["teaching"]): row["count"] for row in rows
        }

    def state(self) -> str:
        """Tell how often lessons came: while it is the same there is nothing new to learn."""
        query = select(schema.meta.c.value).where(schema.meta.c.key == _TAUGHT)
        return str(self.database.value(query) or "")

    def learned(self, made_of: str) -> Learned | None:
        """Return what was learned of just this; None: it is to be learned anew."""
        query = select(_LEARNED).where(_LEARNED.c.id == _TAUGHT, _LEARNED.c.made_of == made_of)
        for row in self.database.rows(query):
            return Learned(
                channels=tuple(row["channels"]),
                weights={word: tuple(bits) for word, bits in row["weights"].items()},
                decisions=row["decisions"],
            )
        return None

    def keep(self, made_of: str, learned: Learned) -> None:
        """Keep what was learned."""
        row = {
            "id": _TAUGHT,
            "made_of": made_of,
            "weights": {
                word: [round(one, 3) for one in bits] for word, bits in learned.weights.items()
            },
            "channels": list(learned.channels),
            "decisions": learned.decisions,
        }
        with self.database.write() as connection:
            told = [name for name in row if name != "id"]
            upsert(connection, _LEARNED, [row], update=told)

    def note(self, judged: Mapping[ItemKey, Verdict]) -> None:
        """Keep by which words articles were judged."""
        now = self.clock()
        rows = [
            {
                **key._asdict(),
                "channel": one.channel,
                "scores": {name: round(score, 3) for name, score in one.scores.items()},
                "explained": one.explained,
                "at": now,
            }
            for key, one in judged.items()
        ]
        if not rows:
            return
        with self.database.write() as connection:
            upsert(connection, _JUDGED, rows, update=("channel", "scores", "explained", "at"))

    def made(self, site: str) -> frozenset[int]:
        """List the posts that we made ourselves: our own guess is no lesson."""
        of = schema.writes.c
        query = select(of.wp_id).distinct().where(of.site == site, of.action == "create")
        return frozenset(row["wp_id"] for row in self.database.rows(query))

    def _count_up(self, connection: Any) -> None:  # noqa: ANN401
        value = select(schema.meta.c.value).where(schema.meta.c.key == _TAUGHT)
        count = int(connection.scalar(value) or 0) + 1
        row = {"key": _TAUGHT, "value": str(count)}
        upsert(connection, schema.meta, [row], update=("value",))


def _unpack(row: Mapping[Any, Any]) -> Lesson:
    return Lesson(
        key=ItemKey(row["feed"], row["guid"]),
        channel=row["channel"],
        is_against=bool(row["against"]),
        teaching=row["teaching"],
        weight=row["weight"] / 100,
        words=row["words"],
        at=row["at"],
    )
