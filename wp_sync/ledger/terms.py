"""The labels of feeds that are no tags yet, and what persons said of them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, func, select, update

from wp_sync.model import Label

from . import schema
from .database import Database, chunks, from_row, upsert

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from datetime import datetime

    from wp_sync.model import Word

_LABELS = schema.labels
# A person's word stays.
_SEEN = ("spellings", "articles", "marks", "feeds", "last", "title", "url", "near", "standing")
_OPEN = ("unknown", "near")  # which wait for a person; what is rare waits for more articles
_KEPT = timedelta(days=120)  # a label that nobody decided about and no feed brought since
_MOST = 20_000  # labels that nobody decided about: a hostile feed must not fill the disk


@dataclass(frozen=True, slots=True)
class Terms:
    database: Database
    clock: Callable[[], datetime]

    def spoken(self) -> dict[str, Label]:
        """Return, by folded name, the labels about which a person has decided."""
        rows = self.database.rows(select(_LABELS).where(_LABELS.c.word != ""))
        return {row["name"]: _unpack(row) for row in rows}

    def get(self, names: Collection[str]) -> dict[str, Label]:
        """Return what is known of these labels, by folded name."""
        found: dict[str, Label] = {}
        for some in chunks(sorted(names)):
            rows = self.database.rows(select(_LABELS).where(_LABELS.c.name.in_(some)))
            found |= {row["name"]: _unpack(row) for row in rows}
        return found

    def all(self) -> tuple[Label, ...]:
        """Return all labels: those that most articles have come first."""
        order = (_LABELS.c.articles.desc(), _LABELS.c.name)
        return tuple(map(_unpack, self.database.rows(select(_LABELS).order_by(*order))))

    def count_open(self) -> int:
        """Count the labels that wait for a person's word."""
        waits = (_LABELS.c.word == "", _LABELS.c.standing.in_(_OPEN))
        return int(self.database.value(select(func.count()).select_from(_LABELS).where(*waits)))

    def keep(self, labels: Sequence[Label], done: Collection[str] = ()) -> None:
        """Keep what was seen of labels; of the `done` ones nobody need be asked any more."""
        if not (labels or done):
            return
        unspoken = _LABELS.c.word == ""
        with self.database.write() as connection:
            upsert(connection, _LABELS, [asdict(one) for one in labels], update=_SEEN)
            for some in chunks(sorted(done)):
                connection.execute(delete(_LABELS).where(unspoken, _LABELS.c.name.in_(some)))
            old = self.clock() - _KEPT
            connection.execute(delete(_LABELS).where(unspoken, _LABELS.c.last < old))
            count = select(func.count()).select_from(_LABELS).where(unspoken)
            if (more := (connection.scalar(count) or 0) - _MOST) > 0:
                order = (_LABELS.c.articles, _LABELS.c.last, _LABELS.c.name)
                spare = select(_LABELS.c.name).where(unspoken).order_by(*order).limit(more)
                connection.execute(delete(_LABELS).where(_LABELS.c.name.in_(spare)))

    def decide(self, words: Mapping[str, tuple[Word, str]]) -> None:
        """Keep a person's words: by folded name the word, and the name that is meant."""
        now = self.clock()
        with self.database.write() as connection:
            for name, (word, target) in words.items():
                told = {"word": word, "target": target, "decided": now}
                connection.execute(update(_LABELS).where(_LABELS.c.name == name).values(told))


def _unpack(row: Mapping[Any, Any]) -> Label:
    return from_row(Label, row)
