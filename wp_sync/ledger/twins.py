"""Which articles repeat which, what persons said of it, and what a lead's text is to name."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, exists, or_, select, tuple_, update

from wp_sync.model import ItemKey

from . import schema
from .database import Database, chunks, upsert
from .items import ON_SITE

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement

    from wp_sync.model import Twin

_TWINS, _ITEMS = schema.twins, schema.items
_LEAD = ("lead_feed", "lead_guid")
_WANTED, _WRITTEN = 1, 2  # that the lead names it; that its text does


@dataclass(frozen=True, slots=True)
class Twins:
    database: Database

    def put(self, site: str, twins: Sequence[Twin], now: datetime) -> None:
        """Keep what repeats what. What is known stays: a person's word, and what the lead names."""
        rows: list[dict[str, Any]] = [
            {
                "site": site,
                **one.piece.key._asdict(),
                "lead_feed": one.lead.key.feed,
                "lead_guid": one.lead.key.guid,
                "likeness": round(one.likeness * 100),
                "source": one.piece.source,
                "url": one.piece.url,
                "seen": now,
                "listed": _WANTED if one.listed else 0,
                "parted": 0,
            }
            for one in twins
        ]
        with self.database.write() as connection:
            upsert(connection, _TWINS, rows)
            for one, row in zip(twins, rows, strict=True):
                ours = update(_TWINS).filter_by(site=site, **one.piece.key._asdict())
                # Another leads by now, as when no post came of the first one.
                has_moved = or_(*(_TWINS.c[name] != row[name] for name in _LEAD))
                loose = (_TWINS.c.parted == 0, _TWINS.c.listed != _WRITTEN, has_moved)
                told = {name: row[name] for name in (*_LEAD, "likeness", "seen", "listed")}
                connection.execute(ours.where(*loose).values(told))
                if one.listed:
                    same = ours.filter_by(lead_feed=row["lead_feed"], lead_guid=row["lead_guid"])
                    connection.execute(same.where(_TWINS.c.listed == 0).values(listed=_WANTED))

    def leads_of(self, site: str, keys: Sequence[ItemKey]) -> dict[ItemKey, tuple[ItemKey, bool]]:
        """Tell of which lead these are repeats, and whether a person said that they are not."""
        columns = tuple_(_TWINS.c.feed, _TWINS.c.guid)
        found: dict[ItemKey, tuple[ItemKey, bool]] = {}
        for some in chunks(keys):
            query = select(_TWINS).where(_TWINS.c.site == site, columns.in_(some))
            for row in self.database.rows(query):
                lead = ItemKey(row["lead_feed"], row["lead_guid"])
                found[ItemKey(row["feed"], row["guid"])] = lead, bool(row["parted"])
        return found

    def to_list(self, site: str, twins: Sequence[Twin]) -> list[Twin]:
        """Choose those that their leads would name if these were put: nothing is kept."""
        ours = tuple_(_TWINS.c.feed, _TWINS.c.guid)
        bound: dict[ItemKey, ItemKey | None] = {}  # None: to nobody, for a person parted it
        for some in chunks([one.piece.key for one in twins]):
            stays = or_(_TWINS.c.parted == 1, _TWINS.c.listed == _WRITTEN)
            query = select(_TWINS).where(_TWINS.c.site == site, ours.in_(some), stays)
            for row in self.database.rows(query):
                lead = None if row["parted"] else ItemKey(row["lead_feed"], row["lead_guid"])
                bound[ItemKey(row["feed"], row["guid"])] = lead
        return [one for one in twins if one.listed and self._may_list(one, bound)]

    @staticmethod
    def _may_list(one: Twin, bound: Mapping[ItemKey, ItemKey | None]) -> bool:
        return bound.get(one.piece.key, one.lead.key) == one.lead.key

    def part(self, site: str, keys: Collection[ItemKey]) -> None:
        """Keep a person's word that these are no repeats: no lead names them from now on."""
        with self.database.write() as connection:
            for key in keys:
                ours = update(_TWINS).filter_by(site=site, **key._asdict())
                connection.execute(ours.values(parted=1))

    def free(
        self, site: str, lost: Collection[ItemKey], owners: Collection[ItemKey], told: Sequence[str]
    ) -> set[ItemKey]:
        """Have what waits for these, or was dropped for them, judged anew: no post comes of them.

        Else nobody would tell the story. It is known by what it repeats, or by the address that
        the `owners` among them had; and, so that nothing is freed twice, by how its reason begins.
        """
        freed = self.repeats_to_free(site, lost, owners, told)
        pairs = [*self.repeats_of(site, lost)]
        with self.database.write() as connection:
            for key in freed:
                connection.execute(update(_ITEMS).filter_by(**key._asdict()).values(state="new"))
            for lead in {lead for _, lead in pairs}:
                theirs = delete(_TWINS).filter_by(
                    site=site, lead_feed=lead.feed, lead_guid=lead.guid, parted=0
                )
                connection.execute(theirs)
        return freed

    def repeats_to_free(
        self, site: str, lost: Collection[ItemKey], owners: Collection[ItemKey], told: Sequence[str]
    ) -> set[ItemKey]:
        """Choose what `free` has judged anew; nothing is written."""
        begins = or_(*(_ITEMS.c.reason.startswith(one, autoescape=True) for one in told))
        waits = (_ITEMS.c.state.in_(("held", "dropped")), _ITEMS.c.stage == "curate", begins)
        query = select(_ITEMS.c.feed, _ITEMS.c.guid).where(*waits)
        repeats = sorted({key for key, _ in self.repeats_of(site, lost)})
        ours = tuple_(_ITEMS.c.feed, _ITEMS.c.guid)
        which = [ours.in_(some) for some in chunks(repeats)]
        addresses = sorted({*self._addresses_of(owners)} - {""})
        which += [_ITEMS.c.address.in_(some) for some in chunks(addresses)]
        rows = (row for one in which for row in self.database.rows(query.where(one)))
        return {ItemKey(row["feed"], row["guid"]) for row in rows}.difference(lost)

    def repeats_of(
        self, site: str, leads: Collection[ItemKey]
    ) -> Iterator[tuple[ItemKey, ItemKey]]:
        """List what repeats these, each with its lead, but for what a person has parted."""
        columns = tuple_(_TWINS.c.lead_feed, _TWINS.c.lead_guid)
        for some in chunks(sorted(leads)):
            ours = (_TWINS.c.site == site, _TWINS.c.parted == 0, columns.in_(some))
            for row in self.database.rows(select(_TWINS).where(*ours)):
                lead = ItemKey(row["lead_feed"], row["lead_guid"])
                yield ItemKey(row["feed"], row["guid"]), lead

    def _addresses_of(self, keys: Collection[ItemKey]) -> Iterator[str]:
        columns = tuple_(_ITEMS.c.feed, _ITEMS.c.guid)
        for some in chunks(sorted(keys)):
            query = select(_ITEMS.c.address).where(columns.in_(some))
            yield from (row["address"] for row in self.database.rows(query))

    def listed(
        self, site: str, leads: Sequence[ItemKey]
    ) -> dict[ItemKey, tuple[tuple[str, str], ...]]:
        """Name, by lead, the sources that its text is to name, with their addresses: first seen."""
        columns = tuple_(_TWINS.c.lead_feed, _TWINS.c.lead_guid)
        ours = (_TWINS.c.site == site, _TWINS.c.parted == 0, _TWINS.c.listed > 0)
        order = (_TWINS.c.seen, _TWINS.c.feed, _TWINS.c.guid)
        found: dict[ItemKey, dict[str, str]] = defaultdict(dict)
        for some in chunks(leads):
            query = select(_TWINS).where(*ours, columns.in_(some)).order_by(*order)
            for row in self.database.rows(query):
                lead = ItemKey(row["lead_feed"], row["lead_guid"])
                found[lead].setdefault(row["source"], row["url"])
        return {lead: tuple(named.items()) for lead, named in found.items()}

    def has_unwritten(self, site: str) -> bool:
        """Tell whether any lead does not name all yet: one question instead of one a feed."""
        query = select(_TWINS.c.lead_guid).where(*_unwritten(site)).limit(1)
        return self.database.value(query) is not None

    def unwritten(self, site: str, feed: str) -> tuple[ItemKey, ...]:
        """List the leads in this feed whose texts do not name all yet."""
        query = select(_TWINS.c.lead_guid).where(*_unwritten(site), _TWINS.c.lead_feed == feed)
        rows = self.database.rows(query.distinct().order_by(_TWINS.c.lead_guid))
        return tuple(ItemKey(feed, row["lead_guid"]) for row in rows)

    def unlist(self, site: str, leads: Collection[ItemKey]) -> None:
        """Keep that the texts of these need name nobody: they are not to be seen."""
        with self.database.write() as connection:
            for key in leads:
                ours = update(_TWINS).filter_by(site=site, lead_feed=key.feed, lead_guid=key.guid)
                connection.execute(ours.where(_TWINS.c.listed == _WANTED).values(listed=0))

    def wrote(self, site: str, leads: Collection[ItemKey]) -> None:
        """Keep that the texts of these name all that they are to name."""
        with self.database.write() as connection:
            for key in leads:
                ours = update(_TWINS).filter_by(site=site, lead_feed=key.feed, lead_guid=key.guid)
                connection.execute(ours.where(_TWINS.c.listed == _WANTED).values(listed=_WRITTEN))


def _unwritten(site: str) -> tuple[ColumnElement[bool], ...]:
    """Choose what a lead is to name; one that never came has no text to name it in."""
    ours, lead = _TWINS.c, _ITEMS.c
    same = (lead.feed == ours.lead_feed, lead.guid == ours.lead_guid, lead.state.in_(ON_SITE))
    return ours.site == site, ours.listed == _WANTED, ours.parted == 0, exists().where(*same)
