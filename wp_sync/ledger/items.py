"""The items of the feeds, and how each of them ended."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, case, exists, func, or_, select, update

from wp_sync.hashing import digest
from wp_sync.model import ItemKey
from wp_sync.text import normalise_address

from . import schema
from .database import Database, chunks, upsert
from .packing import pack_item, unpack_item
from .runs import add_outcome, is_told

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection, RowMapping

    from wp_sync.model import Item, Outcome, Pull

_ITEMS, _RECEIPTS = schema.items, schema.receipts
_STATES = {  # of an item, by the status of its outcome
    "created": "published",
    "updated": "published",
    "unchanged": "published",
    "trashed": "published",
    "held": "held",
    "dropped": "dropped",
    "failed": "failed",
}
_JUDGED = ("held", "dropped")
_DUE: dict[str, Any] = {"state": "new", "stage": "", "reason": "", "tries": 0, "due_at": None}
_DECIDED = ("approved", "rejected", "undone")  # by a person: what the source changes is kept only
_TAKEN_BACK = ("rejected", "undone")
_CHANGED = "sources"  # the stage of a decided item whose source has changed since
# Made once: with a thousand feeds, to make them costs more than to carry them out.
OURS = _ITEMS.c.feed == bindparam("this_feed")
BY_GUID = (OURS, _ITEMS.c.guid.in_(bindparam("guids", expanding=True)))
_ANY = select(_ITEMS.c.guid).where(OURS).limit(1)
_KNOWN = select(_ITEMS.c.guid).where(*BY_GUID)
_DECIDED_BY_GUID = select(*(_ITEMS.c[name] for name in ("guid", *_DUE))).where(
    *BY_GUID, _ITEMS.c.state.in_(_DECIDED)
)
_WAITING = (
    "new",
    "failed",
    "held",
    "approved",
    "deferred",
)  # what the source brought is not on the site yet
_RIGHT = "right"  # the stage of an unfinished item that waits for a right of the site's user
UNFINISHED = "unfinished"  # published, but for something that another run may bring
PUBLISHED = "published"
ON_SITE = (PUBLISHED, UNFINISHED)
_MOST_ARTICLES = 2_000  # that a feed is recognised by: as many as one pull can bring
EARLY = timedelta(minutes=5)  # by which a timer may come early: its run waits for such a turn
DEFERRED = "deferred"  # it waits for its turn, not for a person
STATES = frozenset({"new", *_STATES.values(), UNFINISHED, DEFERRED, *_DECIDED})
# How long an unfinished post rests before its next try, by the tries that it has had: the next run
# is early enough for an answer that was lost, a broken picture server takes days.
_RESTS = (
    timedelta(0),
    timedelta(0),
    timedelta(minutes=30),
    timedelta(hours=6),
    timedelta(days=1),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DueItem:
    """An item that waits for its first, or another, try."""

    item: Item
    first_seen: datetime
    state: str  # new, failed, held, dropped, published, unfinished, approved, deferred
    channel: str  # "" while none was found
    stage: str = ""  # at which it was held, dropped or failed
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Items:
    database: Database
    clock: Callable[[], datetime]

    def due(
        self, feed: str, *, dropped_too: bool = False, site: str = "", may_upload: bool = False
    ) -> tuple[DueItem, ...]:
        """List what a run must decide: oldest first, then as the feed had them; held ones last.

        What curation held or dropped is judged again with other rules only (`dropped_too`); what a
        limit held may pass now. With `site`: also what only other sites have, and the unfinished;
        those that want for the right to upload when there is one.
        """
        ours = _ITEMS.c
        last = case((ours.state.in_(_JUDGED), 1), else_=0)
        query = select(_ITEMS).where(ours.feed == feed, self._waits(dropped_too, site, may_upload))
        return tuple(
            _due_item(feed, row)
            for row in self.database.rows(query.order_by(last, ours.first_seen, ours.position))
        )

    def feeds_due(
        self, *, dropped_too: bool = False, site: str = "", may_upload: bool = False
    ) -> frozenset[str]:
        """Name the feeds of which `due` lists anything: one question instead of one a feed."""
        waits = self._waits(dropped_too, site, may_upload)
        query = select(_ITEMS.c.feed).where(waits).distinct()
        return frozenset(row["feed"] for row in self.database.rows(query))

    def want_right(self) -> bool:
        """Tell whether any post lacks what the site's user had no right to bring."""
        which = (_ITEMS.c.state == UNFINISHED, _ITEMS.c.stage == _RIGHT)
        return self.database.value(select(_ITEMS.c.guid).where(*which).limit(1)) is not None

    def _waits(self, dropped_too: bool, site: str, may_upload: bool) -> ColumnElement[bool]:  # noqa: FBT001
        """Choose what a run must decide."""
        ours = _ITEMS.c
        waits: list[ColumnElement[bool]] = [ours.state.in_(("new", "failed", "approved"))]
        waits.append((ours.state == "held") & (ours.stage != "curate"))
        waits.append((ours.state == DEFERRED) & self._has_come())
        if dropped_too:
            waits.append(ours.state.in_(_JUDGED))
        if site:
            theirs = _RECEIPTS.c
            same = (theirs.site == site, theirs.feed == ours.feed, theirs.guid == ours.guid)
            waits.append(ours.state.in_(ON_SITE) & ~exists().where(*same))
            unfinished = (ours.state == UNFINISHED) & self._has_rested()
            waits.append(unfinished if may_upload else unfinished & (ours.stage != _RIGHT))
        return or_(*waits)

    def _has_rested(self) -> ColumnElement[bool]:
        """Choose the unfinished posts whose next try has come."""
        ours, now = _ITEMS.c, self.clock()
        rested = [
            (ours.tries == tries) & (ours.updated_at <= now - rest)
            for tries, rest in enumerate(_RESTS)
        ]
        return or_(*rested)

    def _has_come(self) -> ColumnElement[bool]:
        """Choose the deferred items whose turn has come; a clock that was put back delays none."""
        ours, now = _ITEMS.c, self.clock()
        return or_(ours.due_at.is_(None), ours.due_at <= now + EARLY, ours.updated_at > now)

    def published(self, feed: str) -> tuple[DueItem, ...]:
        """List the items of a feed that have a post, or wait with one: oldest first."""
        ours = (_ITEMS.c.feed == feed, _ITEMS.c.state.not_in(_TAKEN_BACK))
        query = select(_ITEMS).where(*ours).order_by(_ITEMS.c.first_seen, _ITEMS.c.position)
        return tuple(_due_item(feed, row) for row in self.database.rows(query))

    def title(self, key: ItemKey) -> str:
        """Return an item's title as its feed gave it."""
        ours = (_ITEMS.c.feed == key.feed, _ITEMS.c.guid == key.guid)
        return str(self.database.value(select(_ITEMS.c.title).where(*ours)) or "")

    def names(self, feed: str) -> tuple[tuple[str, str], ...]:
        """Return title and normalised address of each item of a feed."""
        query = select(_ITEMS.c.title, _ITEMS.c.address).where(_ITEMS.c.feed == feed)
        return tuple((row["title"], row["address"]) for row in self.database.rows(query))

    def articles(self, feed: str) -> dict[str, tuple[str, str]]:
        """Return guid -> title and normalised address of a feed's items, those seen last."""
        query = select(_ITEMS.c.guid, _ITEMS.c.title, _ITEMS.c.address)
        latest = query.where(_ITEMS.c.feed == feed).order_by(_ITEMS.c.last_seen.desc())
        rows = self.database.rows(latest.limit(_MOST_ARTICLES))
        return {row["guid"]: (row["title"], row["address"]) for row in rows}

    def counts(self, feed: str = "") -> dict[str, int]:
        """Count the items by state, of one feed or of all."""
        query = select(_ITEMS.c.state, func.count().label("count")).group_by(_ITEMS.c.state)
        rows = self.database.rows(query.where(_ITEMS.c.feed == feed) if feed else query)
        return {row["state"]: row["count"] for row in rows}

    def settle(
        self, outcomes: Sequence[Outcome], run: str, states: Mapping[ItemKey, str] | None = None
    ) -> None:
        """Keep how items ended, in one commit; `states` holds what a person made of them."""
        now = self.clock()
        with self.database.write() as connection:
            for ended in outcomes:
                ours = (_ITEMS.c.feed == ended.key.feed, _ITEMS.c.guid == ended.key.guid)
                word = (states or {}).get(ended.key) or _state_of(ended)
                one, tries = ended, 0
                if ended.again and word == "published":
                    if not ended.right:  # while that is missing nothing is tried
                        one, tries = _count_try(connection, ended, ours)
                    word = UNFINISHED if one.again else word
                stage = _RIGHT if one.right and word == UNFINISHED else one.stage
                state: dict[str, Any] = {"state": word, "stage": stage, "tries": tries}
                state |= {"reason": one.reason, "updated_at": now, "due_at": one.due}
                if one.channel:  # a failure may not know the channel that was found before
                    state["channel"] = one.channel
                same = (_ITEMS.c.state == word, _ITEMS.c.reason == one.reason)
                waits_on = word in {"held", DEFERRED} and connection.scalar(
                    select(_ITEMS.c.guid).where(*ours, *same)
                )
                if not waits_on or word == DEFERRED:
                    connection.execute(update(_ITEMS).where(*ours).values(state))
                if not waits_on:  # told once: a month of nights would fill the ledger with it
                    add_outcome(connection, one, run, now)

    def make_due(self, key: ItemKey) -> None:
        """Have an item whose post is on the site planned anew."""
        ours = update(_ITEMS).filter_by(**key._asdict(), state="published")
        with self.database.write() as connection:
            connection.execute(ours.values(state="new"))

    def decide(self, outcome: Outcome, run: str, state: str | None) -> None:
        """Keep how an order for an item ended; without a state the item stays what it was.

        What its post is now says nothing of what the source has changed: that stays due.
        """
        now, key = self.clock(), outcome.key
        ours = (_ITEMS.c.feed == key.feed, _ITEMS.c.guid == key.guid)
        with self.database.write() as connection:
            row: dict[str, Any] = {"channel": outcome.channel} if outcome.channel else {}
            if state == "published":
                state = _published(connection, ours)
            if state:
                row |= {"state": state, "stage": outcome.stage}
                row |= {"reason": outcome.reason, "updated_at": now}
            if row:
                connection.execute(update(_ITEMS).where(*ours).values(row))
            if state or not is_told(connection, outcome):
                add_outcome(connection, outcome, run, now)


def _state_of(ended: Outcome) -> str:
    return DEFERRED if ended.status == "held" and ended.due else _STATES[ended.status]


def _due_item(feed: str, row: RowMapping) -> DueItem:
    return DueItem(
        item=unpack_item(ItemKey(feed, row["guid"]), row["raw"]),
        first_seen=row["first_seen"],
        state=row["state"],
        channel=row["channel"],
        stage=row["stage"],
        reason=row["reason"],
    )


def _published(connection: Connection, ours: Sequence[ColumnElement[bool]]) -> str | None:
    """Tell the state of an item whose post a person wants: due when its source has changed."""
    query = select(_ITEMS.c.state, _ITEMS.c.stage).where(*ours)
    before = connection.execute(query).mappings().first()
    if before and before["state"] in (*_WAITING, UNFINISHED):
        return None
    changed = before and before["state"] in _DECIDED and before["stage"] == _CHANGED
    return "new" if changed else "published"


def _count_try(
    connection: Connection, one: Outcome, ours: Sequence[ColumnElement[bool]]
) -> tuple[Outcome, int]:
    """Count the tries at an unfinished post; after the last it is left so, and says it."""
    before = select(_ITEMS.c.state, _ITEMS.c.tries).where(*ours)
    row = connection.execute(before).mappings().first()
    tries = row["tries"] + 1 if row and row["state"] == UNFINISHED else 0
    if tries < len(_RESTS):
        return one, tries
    told = f"{one.reason}; given up after {tries} more tries, until the source changes it"
    return replace(one, reason=told, again=False), 0


def has_items(connection: Connection, feed: str) -> bool:
    """Tell whether any item of a feed is known."""
    return connection.scalar(_ANY, {"this_feed": feed}) is not None


def find_known(connection: Connection, feed: str, guids: Iterable[str]) -> set[str]:
    """Choose the guids under which items of a feed are kept."""
    return {
        guid
        for some in chunks(sorted(guids))
        for guid in connection.scalars(_KNOWN, {"this_feed": feed, "guids": some})
    }


def put_items(connection: Connection, pull: Pull, now: datetime, *, is_new: bool) -> None:
    """Keep a pull's items: new and changed ones become due, but for what a person decided.

    `is_new`: no item of the feed is known.
    """
    if not (pull.items or pull.traces):
        return
    decided = {} if is_new else _find_decided(connection, pull)
    rows = [
        {
            "feed": pull.feed,
            "guid": item.key.guid,
            "address": normalise_address(item.url),
            "url": item.url,
            "title": item.title,
            "raw": pack_item(item),
            "hash": pull.hashes.get(item.key.guid) or digest(item),
            "trace": pull.traces.get(pull.hashes.get(item.key.guid, ""), ""),
            "position": position,
            "first_seen": now,
            "last_seen": now,
            **decided.get(item.key.guid, _DUE),
            "updated_at": now,
        }
        for position, item in enumerate(pull.items)
    ]
    fresh = ("address", "url", "title", "raw", "hash", "trace", *_DUE, "updated_at")
    upsert(connection, _ITEMS, rows, update=fresh, when_changed=("hash",))
    if is_new:
        return
    _put_traces(connection, pull)
    for guids in chunks(tuple(pull.hashes)):
        there = (_ITEMS.c.feed == pull.feed, _ITEMS.c.guid.in_(guids))
        connection.execute(update(_ITEMS).where(*there).values(last_seen=now))


def _put_traces(connection: Connection, pull: Pull) -> None:
    """Keep the traces of known items that stand otherwise in their feed now, and say the same."""
    fresh = set(pull.hashes.values())
    known = {mark: trace for mark, trace in pull.traces.items() if mark not in fresh}
    for mark, trace in known.items():
        same = (_ITEMS.c.feed == pull.feed, _ITEMS.c.hash == mark, _ITEMS.c.trace != trace)
        connection.execute(update(_ITEMS).where(*same).values(trace=trace))


def _find_decided(connection: Connection, pull: Pull) -> dict[str, dict[str, Any]]:
    """Find the items about which a person has decided: by guid, what stays of them."""
    found: dict[str, dict[str, Any]] = {}
    for guids in chunks(tuple(item.key.guid for item in pull.items)):
        told = {"this_feed": pull.feed, "guids": guids}
        for row in connection.execute(_DECIDED_BY_GUID, told).mappings():
            found[row["guid"]] = {name: row[name] for name in _DUE} | {"stage": _CHANGED}
    return found
