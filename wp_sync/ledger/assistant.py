"""What a language model answered about articles, and what it was asked in a day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select, update

from . import schema
from .database import Database, chunks, upsert

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date, datetime

_ANSWERS, _SPENT = schema.assistant_answers, schema.assistant_spending
_RESTS = schema.assistant_rests


@dataclass(frozen=True, slots=True)
class AssistantMemory:
    """Fits curate.consult's Answers and Purse."""

    database: Database
    clock: Callable[[], datetime]

    def recall(self, article: str, model: str, parts: Sequence[str]) -> Mapping[str, str]:
        """Return the answers to those of these parts that were asked."""
        columns = _ANSWERS.c
        found: dict[str, str] = {}
        for some in chunks(list(parts)):
            query = select(columns.part, columns.answer).where(
                columns.article == article, columns.model == model, columns.part.in_(some)
            )
            found |= {row["part"]: row["answer"] for row in self.database.rows(query)}
        return found

    def keep(self, article: str, model: str, parts: Mapping[str, str]) -> None:
        """Remember answers. The first one counts: two runs at once come to the same."""
        now = self.clock()
        rows = [
            {"article": article, "model": model, "part": part, "answer": answer, "at": now}
            for part, answer in parts.items()
        ]
        with self.database.write() as connection:
            upsert(connection, _ANSWERS, rows)

    def take(self, day: date, tokens: int, most: tuple[int, int]) -> bool:
        """Count one request with so many tokens, if both stay within the most; tell whether."""
        name, spent = day.isoformat(), _SPENT.c
        with self.database.write() as connection:
            upsert(connection, _SPENT, [{"day": name, "requests": 0, "tokens": 0}])
            # In one statement: two runs at once can't take the same last one.
            taken = connection.execute(
                update(_SPENT)
                .where(
                    spent.day == name,
                    spent.requests < most[0],
                    spent.tokens + tokens <= most[1],
                )
                .values(requests=spent.requests + 1, tokens=spent.tokens + tokens)
            )
        return taken.rowcount == 1

    def settle(self, day: date, more: int) -> None:
        """Count more tokens, or fewer, once it is known."""
        spent = _SPENT.c
        with self.database.write() as connection:
            connection.execute(
                update(_SPENT)
                .where(spent.day == day.isoformat())
                .values(tokens=spent.tokens + more)
            )

    def spent(self, day: date) -> tuple[int, int]:
        """Return the requests and the tokens of a day."""
        query = select(_SPENT).where(_SPENT.c.day == day.isoformat())
        row = next(iter(self.database.rows(query)), None)
        return (int(row["requests"]), int(row["tokens"])) if row else (0, 0)

    def rests(self, address: str) -> datetime | None:
        """Tell until when an address is to be left alone."""
        found: datetime | None = self.database.value(
            select(_RESTS.c.until).where(_RESTS.c.address == address)
        )
        return found

    def rest(self, address: str, until: datetime) -> None:
        """Leave an address alone."""
        with self.database.write() as connection:
            upsert(connection, _RESTS, [{"address": address, "until": until}], update=("until",))
