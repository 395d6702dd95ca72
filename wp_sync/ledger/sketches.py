"""The sketches of articles, looked up by their bands: what may be the same story."""

from __future__ import annotations

import struct
from base64 import b64decode, b64encode
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, bindparam, delete, exists, func, insert, select, tuple_

from wp_sync.model import ItemKey, Piece, Sketch

from . import schema
from .database import Database, chunks

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection, Table

_SKETCHES, _BANDS = schema.sketches, schema.sketch_bands
_RECEIPTS, _INTENTS, _TWINS = schema.receipts, schema.intents, schema.twins
BEGUN = "begun"  # the status of a post whose create has no answer yet
_MOST = 12  # candidates that are compared: those with the most bands in common
# Sketches that one band may lead to. A run of words that stands in more of them tells nothing, and
# would make every look-up of one that has it slow.
_CROWD = 40
_CODES = 1 << 31  # from here on a number is a code of a word (curate.telling), below a name's hash
_PRUNED = 2_000  # old sketches that one call takes out


def _same_item(table: Table) -> ColumnElement[bool]:
    return and_(*(table.c[name] == _SKETCHES.c[name] for name in ("site", "feed", "guid")))


# Made once: to make them costs more than to carry them out.
_LED_TO = select(_BANDS.c.band, _BANDS.c.sketch).where(
    _BANDS.c.band.in_(bindparam("bands", expanding=True))
)
_WITH_POSTS = (
    select(
        _SKETCHES,
        _RECEIPTS.c.wp_id.label("post"),
        _RECEIPTS.c.status,
        _INTENTS.c.slug.label("begun"),
    )
    .select_from(
        _SKETCHES.outerjoin(_RECEIPTS, _same_item(_RECEIPTS)).outerjoin(
            _INTENTS, _same_item(_INTENTS)
        )
    )
    # By the id alone: with the site beside it, SQLite would walk through all of the site's.
    .where(_SKETCHES.c.id.in_(bindparam("ids", expanding=True)))
)
_CROWDS = (
    select(_BANDS.c.band, func.count())
    .where(_BANDS.c.band.in_(bindparam("bands", expanding=True)))
    .group_by(_BANDS.c.band)
)
_GONE = delete(_BANDS).where(
    _BANDS.c.band == bindparam("of_band"), _BANDS.c.sketch == bindparam("of_sketch")
)
_LEADS = exists().where(
    _TWINS.c.site == _SKETCHES.c.site,
    _TWINS.c.lead_feed == _SKETCHES.c.feed,
    _TWINS.c.lead_guid == _SKETCHES.c.guid,
    _TWINS.c.parted == 0,
)


@dataclass(frozen=True, slots=True)
class Sketches:
    database: Database

    def near(self, site: str, sketch: Sketch) -> tuple[Piece, ...]:
        """Find the few pieces with a post on this site, or one begun, that share most with it."""
        return self.near_each(site, [sketch])[0]

    def near_each(self, site: str, sketches: Sequence[Sketch]) -> list[tuple[Piece, ...]]:
        """Find for each sketch what is near it: a few questions for all of them."""
        if not any(one.bands for one in sketches):
            return [() for _ in sketches]
        with self.database.read() as connection:
            ids = _find_common(connection, sketches)
            pieces: dict[int, Piece] = {}
            for some in chunks(sorted({one for few in ids for one in few})):
                rows = connection.execute(_WITH_POSTS, {"ids": some}).mappings()
                pieces |= {row["id"]: _unpack(row) for row in rows if _is_there(row, site)}
        return [tuple(pieces[one] for one in sorted(few) if one in pieces) for few in ids]

    def put(self, site: str, pieces: Sequence[Piece], now: datetime) -> None:
        """Keep pieces; one whose text has changed is looked up by its new text."""
        with self.database.write() as connection:
            known = dict(_find(connection, site, pieces))
            fresh = [
                one
                for one in {piece.key: piece for piece in pieces}.values()
                if one.sketch.runs
                and (one.key not in known or known[one.key]["runs"] != _pack(one.sketch.runs))
            ]
            if not fresh:
                return
            _forget(connection, [known[one.key] for one in fresh if one.key in known])
            first = 1 + (connection.scalar(select(func.max(_SKETCHES.c.id))) or 0)
            rows = []
            for number, one in enumerate(fresh, first):
                before = known.get(one.key, {"id": number, "seen": one.seen or now})
                rows.append(_row(one, site) | {"id": before["id"], "seen": before["seen"]})
            connection.execute(insert(_SKETCHES), rows)
            ids = [row["id"] for row in rows]
            if bands := list(_bands(connection, zip(ids, fresh, strict=True))):
                connection.execute(insert(_BANDS), bands)

    def prune(self, before: datetime) -> None:
        """Forget what was seen earlier, unless it leads others."""
        old = select(_SKETCHES).where(_SKETCHES.c.seen < before, ~_LEADS).limit(_PRUNED)
        with self.database.write() as connection:
            _forget(connection, connection.execute(old).mappings().all())

    def has_any(self, site: str) -> bool:
        """Tell whether any text of this site's posts is known."""
        any_of_it = select(_SKETCHES.c.id).where(_SKETCHES.c.site == site).limit(1)
        return self.database.value(any_of_it) is not None


def _find_common(connection: Connection, sketches: Sequence[Sketch]) -> list[list[int]]:
    """List for each of these the sketches that have most bands in common with it."""
    led_to: defaultdict[int, list[int]] = defaultdict(list)
    for some in chunks(sorted({band for one in sketches for band in one.bands})):
        for band, sketch in connection.execute(_LED_TO, {"bands": some}):
            led_to[band].append(sketch)
    found: list[list[int]] = []
    for one in sketches:
        shared = Counter(sketch for band in {*one.bands} for sketch in led_to.get(band, ()))
        found.append(sorted(shared, key=lambda sketch: (-shared[sketch], -sketch))[:_MOST])
    return found


def _is_there(row: Mapping[Any, Any], site: str) -> bool:
    """Tell whether a piece has a post on this site, or one begun."""
    return row["site"] == site and bool(row["post"] or row["wp_id"] or row["begun"] is not None)


def _find(
    connection: Connection, site: str, pieces: Sequence[Piece]
) -> Iterator[tuple[ItemKey, Mapping[Any, Any]]]:
    """Find which of these are kept already."""
    columns = tuple_(_SKETCHES.c.feed, _SKETCHES.c.guid)
    for some in chunks([piece.key for piece in pieces]):
        query = select(_SKETCHES).where(_SKETCHES.c.site == site, columns.in_(some))
        for row in connection.execute(query).mappings():
            yield ItemKey(row["feed"], row["guid"]), row


def _bands(connection: Connection, pieces: Iterator[tuple[int, Piece]]) -> Iterator[dict[str, int]]:
    """List the bands by which these are looked up, but for those that lead to a crowd."""
    kept = list(pieces)
    wanted = sorted({band for _, piece in kept for band in piece.sketch.bands})
    crowds: Counter[int] = Counter()
    for some in chunks(wanted):
        for band, count in connection.execute(_CROWDS, {"bands": some}):
            crowds[band] = count
    for number, piece in kept:
        for band in piece.sketch.bands:
            if crowds[band] < _CROWD:
                crowds[band] += 1
                yield {"band": band, "sketch": number}


def _forget(connection: Connection, rows: Sequence[Mapping[Any, Any]]) -> None:
    bands = [
        {"of_band": band, "of_sketch": row["id"]}
        for row in rows
        for band in Sketch(runs=_unpack_hashes(row["runs"])).bands
    ]
    if bands:
        connection.execute(_GONE, bands)
    for some in chunks([row["id"] for row in rows]):
        connection.execute(delete(_SKETCHES).where(_SKETCHES.c.id.in_(some)))


def _row(piece: Piece, site: str) -> dict[str, Any]:
    return {
        "site": site,
        **piece.key._asdict(),
        "title": piece.title,
        "source": piece.source,
        "url": piece.url,
        "published": piece.published,
        "words": piece.sketch.words,
        "runs": _pack(piece.sketch.runs),
        "numbers": _pack(piece.sketch.numbers),
        "names": _pack((*piece.sketch.names, *piece.sketch.codes)),
        "marks": " ".join(sorted(piece.marks)),
        "wp_id": piece.wp_id if piece.marks else 0,
    }


def _unpack(row: Mapping[Any, Any]) -> Piece:
    names = _unpack_hashes(row["names"])
    return Piece(
        key=ItemKey(row["feed"], row["guid"]),
        sketch=Sketch(
            words=row["words"],
            runs=_unpack_hashes(row["runs"]),
            numbers=_unpack_hashes(row["numbers"]),
            names=tuple(one for one in names if one < _CODES),
            codes=tuple(one for one in names if one >= _CODES),
        ),
        title=row["title"],
        source=row["source"],
        url=row["url"],
        published=row["published"],
        seen=row["seen"],
        marks=frozenset(row["marks"].split()),
        wp_id=row["post"] or row["wp_id"],
        status=row["status"] or (BEGUN if row["begun"] is not None and not row["post"] else ""),
    )


def _pack(hashes: Sequence[int]) -> str:
    return b64encode(struct.pack(f"<{len(hashes)}I", *hashes)).decode("ascii")


def _unpack_hashes(packed: str) -> tuple[int, ...]:
    raw = b64decode(packed)
    return struct.unpack(f"<{len(raw) // 4}I", raw)
