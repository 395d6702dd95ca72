"""All that the ledger knows of one post or article."""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Table, func, or_, select, tuple_

from wp_sync.model import Intent, ItemKey, Outcome, Receipt
from wp_sync.text import normalise_address

from . import schema
from .database import from_row

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from sqlalchemy import Connection, RowMapping

MOST = 2**31  # PostgreSQL refuses a larger number for an INTEGER column


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryItem:
    key: ItemKey
    url: str
    title: str
    state: str
    channel: str
    reason: str
    first_seen: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryOutcome:
    run: str
    at: datetime
    outcome: Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryWrite:
    """One field of one write; a write without fields is one of these, its field ""."""

    key: ItemKey
    run: str
    at: datetime
    wp_id: int
    action: str
    field: str
    previous: Any
    value: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """By which words an article was judged when it was judged last."""

    key: ItemKey
    channel: str
    scores: Mapping[str, float]
    explained: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Taught:
    """What a person's decision about the article taught."""

    key: ItemKey
    channel: str
    against: int
    teaching: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """Oldest first. Several items may be about one article."""

    items: tuple[StoryItem, ...]
    receipts: tuple[Receipt, ...]
    outcomes: tuple[StoryOutcome, ...]
    writes: tuple[StoryWrite, ...]
    intents: tuple[Intent, ...]
    judgements: tuple[Judgement, ...]
    lessons: tuple[Taught, ...]


def tell_story(connection: Connection, target: str) -> Story | None:
    """Tell what happened to a post (id or address) or to an article (address)."""
    keys = _find_keys(connection, target.strip())

    def rows(table: Table, order: str) -> Iterable[RowMapping]:
        ours = tuple_(table.c.feed, table.c.guid).in_(keys)
        return connection.execute(select(table).where(ours).order_by(table.c[order])).mappings()

    if not keys:
        return None
    return Story(
        items=tuple(from_row(StoryItem, row) for row in rows(schema.items, "first_seen")),
        receipts=tuple(from_row(Receipt, row) for row in rows(schema.receipts, "created_at")),
        outcomes=tuple(
            StoryOutcome(run=row["run"], at=row["at"], outcome=from_row(Outcome, row))
            for row in rows(schema.outcomes, "id")
        ),
        writes=tuple(from_row(StoryWrite, row) for row in rows(schema.writes, "id")),
        intents=tuple(from_row(Intent, row) for row in rows(schema.intents, "begun")),
        judgements=tuple(from_row(Judgement, row) for row in rows(schema.judgements, "at")),
        lessons=tuple(from_row(Taught, row) for row in rows(schema.lessons, "at")),
    )


def find_titled(connection: Connection, words: str, most: int) -> tuple[StoryItem, ...]:
    """List the articles whose titles hold these words, whatever their capitals; newest first."""
    items, wanted = schema.items.c, words.strip().lower()
    if not wanted:
        return ()
    # A title is kept as its feed wrote it: "&" is often "&amp;".
    forms = {wanted, html.escape(wanted, quote=False)}
    title = func.lower(items.title)
    which = or_(*(title.contains(form, autoescape=True) for form in sorted(forms)))
    query = select(schema.items).where(which).order_by(items.first_seen.desc(), items.guid)
    rows = connection.execute(query.limit(most)).mappings()
    return tuple(from_row(StoryItem, row) for row in rows)


def _find_keys(connection: Connection, target: str) -> set[ItemKey]:
    """Find the items that a person may mean."""
    items, receipts, outcomes = schema.items.c, schema.receipts.c, schema.outcomes.c
    if target.isdecimal() and int(target) < MOST:
        wanted = [
            (receipts, receipts.wp_id == int(target)),
            (outcomes, outcomes.wp_id == int(target)),
        ]
    else:
        address = normalise_address(target) or None  # without one, "" would find all linkless items
        bare = target.rstrip("/") or "/"  # "" is the link of what has none
        wanted = [(of, of.link.in_((bare, f"{bare}/"))) for of in (receipts, outcomes)]
        wanted += [(of, or_(of.address == address, of.guid == target)) for of in (items, receipts)]
    keys: set[ItemKey] = set()
    for columns, which in wanted:
        found = connection.execute(select(columns.feed, columns.guid).where(which).distinct())
        keys |= {ItemKey(*row) for row in found}
    return keys
