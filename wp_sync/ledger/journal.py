"""What publishing writes down: intents before requests, receipts after them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Protocol

from sqlalchemy import delete, insert, select, tuple_, update

from wp_sync.hashing import digest
from wp_sync.model import ItemKey
from wp_sync.text import normalise_address

from . import schema
from .database import Database, chunks, upsert
from .pacing import found_live, live_at
from .schema import FOUND

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from datetime import datetime, timedelta

    from sqlalchemy import Connection

    from wp_sync.model import Claim, Discard, Post, Receipt, Taxonomy, Term, Upload

_RECEIPTS, _INTENTS, _WRITES = schema.receipts, schema.intents, schema.writes
REFUSED_TYPE = "refused type:"  # + the MIME type, ":" and the site, in the ledger's meta
_MEDIA, _UPLOADS = schema.media, schema.upload_intents


class Written(Protocol):
    """publish.journal.Write: siblings do not import each other."""

    @property
    def action(self) -> str: ...
    @property
    def receipt(self) -> Receipt: ...
    @property
    def source_url(self) -> str: ...
    @property
    def values(self) -> Mapping[str, Any]: ...
    @property
    def previous(self) -> Mapping[str, Any]: ...


class Begun(Protocol):
    """publish.journal.Begun."""

    @property
    def post(self) -> Post: ...
    @property
    def sent(self) -> Mapping[str, str]: ...
    @property
    def pending(self) -> Mapping[str, Sequence[str]]: ...


@dataclass(frozen=True, slots=True)
class PostJournal:
    """Fits publish.journal.Journal: every call is one commit."""

    database: Database
    clock: Callable[[], datetime]
    site: str
    run: str

    def begin(self, *begun: Begun) -> None:
        same = {"begun": self.clock(), "run": self.run}
        rows = [
            self._key(one.post.key)
            | {"slug": one.post.slug, "sent": dict(one.sent), "pending": dict(one.pending)}
            | {"type": one.post.type}
            | same
            for one in begun
        ]
        told = ("slug", "begun", "run", "sent", "pending", "type")
        with self.database.write() as connection:
            upsert(connection, _INTENTS, rows, update=told)

    def forget(self, *posts: Post) -> None:
        with self.database.write() as connection:
            self._end_intents(connection, [post.key for post in posts])

    def keep_pending(self, receipt: Receipt) -> None:
        ours = update(_RECEIPTS).filter_by(**self._key(receipt.key))
        with self.database.write() as connection:
            connection.execute(ours.values(pending=dict(receipt.pending)))

    def keep(self, receipt: Receipt) -> None:
        ours = update(_RECEIPTS).filter_by(**self._key(receipt.key))
        now = {"sent": dict(receipt.sent), "stored": dict(receipt.stored), "link": receipt.link}
        now |= {"pending": dict(receipt.pending), "status": receipt.status}
        with self.database.write() as connection:
            connection.execute(ours.values(now | _place_of(receipt)))

    def expect(self, key: ItemKey, status: str) -> None:
        ours = _RECEIPTS.c
        which = (ours.site == self.site, ours.feed == key.feed, ours.guid == key.guid)
        with self.database.write() as connection:
            pending = dict(connection.scalar(select(ours.pending).where(*which)) or {})
            pending["status"] = [*pending.get("status", ()), digest(status)]
            connection.execute(update(_RECEIPTS).where(*which).values(pending=pending))

    def record(self, *writes: Written) -> None:
        now = self.clock()
        alike: dict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)
        for write in writes:
            row, known = self._receipt_row(write, now)
            alike[known].append(row)
        fields = [row for write in writes for row in self._field_rows(write, now)]
        with self.database.write() as connection:
            for known, rows in alike.items():
                upsert(connection, _RECEIPTS, rows, update=known)
            connection.execute(insert(_WRITES), fields)
            self._end_intents(connection, [write.receipt.key for write in writes])
            self._end_found(connection, [write.receipt for write in writes])
            addresses = {row["address"] for rows in alike.values() for row in rows} - {""}
            if addresses:
                self._end_twins(connection, addresses)

    def _receipt_row(self, write: Written, now: datetime) -> tuple[dict[str, Any], tuple[str, ...]]:
        """Make a receipt's row, and name what of it replaces what was there."""
        ours = write.receipt
        told: dict[str, Any] = {
            "address": normalise_address(write.source_url),
            "channel": ours.channel,
            "link": ours.link,
            "sent": dict(ours.sent),
            "stored": dict(ours.stored),
            "status": ours.status,
            "doubt": ours.doubt,
            "live": live_at(write, now, self._begun(write)),
            "type": ours.type,
        }
        row: dict[str, Any] = {"wp_id": ours.wp_id, "last_run": self.run, "updated_at": now}
        row |= {"pending": dict(ours.pending)}
        first = self._key(ours.key) | {"first_run": self.run, "created_at": now}
        # What a write does not tell, such as a trash its channel, stays as it was.
        known = [*row, *(name for name in told if told[name])]
        told |= _place_of(ours)
        known += _place_of(ours) if ours.stored else ()
        return first | row | told, tuple(known)

    def _begun(self, write: Written) -> datetime | None:
        """Tell when the create was begun whose post was found."""
        if write.action != "adopt":
            return None
        ours = select(_INTENTS.c.begun).filter_by(**self._key(write.receipt.key))
        begun: datetime | None = self.database.value(ours)
        return begun

    def media_id(self, sha256: str) -> int | None:
        ours = (_MEDIA.c.site == self.site, _MEDIA.c.sha256 == sha256)
        wp_id: int | None = self.database.value(select(_MEDIA.c.wp_id).where(*ours))
        return wp_id

    def forget_media(self, sha256: str) -> None:
        with self.database.write() as connection:
            connection.execute(delete(_MEDIA).filter_by(site=self.site, sha256=sha256))

    def begin_upload(self, upload: Upload) -> None:
        told = {"name": upload.name, "begun": self.clock(), "run": self.run}
        with self.database.write() as connection:
            upsert(connection, _UPLOADS, [self._file(upload) | told], update=told)

    def upload_age(self, upload: Upload) -> timedelta | None:
        ours = (_UPLOADS.c.site == self.site, _UPLOADS.c.sha256 == upload.sha256)
        begun: datetime | None = self.database.value(select(_UPLOADS.c.begun).where(*ours))
        return self.clock() - begun if begun else None

    def forget_upload(self, upload: Upload) -> None:
        with self.database.write() as connection:
            connection.execute(delete(_UPLOADS).filter_by(**self._file(upload)))

    def record_media(self, upload: Upload, wp_id: int) -> None:
        told = {"wp_id": wp_id, "name": upload.name, "at": self.clock(), "run": self.run}
        ours = self._file(upload)
        with self.database.write() as connection:
            upsert(connection, _MEDIA, [ours | told], update=told)
            connection.execute(delete(_UPLOADS).filter_by(**ours))

    def refuse_type(self, mime: str) -> None:
        row = {"key": f"{REFUSED_TYPE}{mime}:{self.site}", "value": self.run}
        with self.database.write() as connection:
            upsert(connection, schema.meta, [row], update=("value",))

    def record_term(self, taxonomy: Taxonomy, term: Term) -> None:
        told = {"name": term.name, "parent": term.parent, "run": self.run, "at": self.clock()}
        row = {"site": self.site, "taxonomy": taxonomy, "wp_id": term.wp_id}
        with self.database.write() as connection:
            upsert(connection, schema.terms, [row | told], update=told)

    def claim(self, change: Claim) -> None:
        ours, now = change.receipt, self.clock()
        kept = {name: value for name, value in asdict(ours).items() if name != "key"}
        with self.database.write() as connection:
            if change.ours:
                row = kept | {"address": normalise_address(change.url)}
                row |= {"last_run": self.run, "updated_at": now, "live": found_live(ours, now)}
                first = self._key(ours.key) | {"first_run": self.run, "created_at": now}
                upsert(connection, _RECEIPTS, [first | row], update=row)
            else:
                connection.execute(delete(_RECEIPTS).filter_by(**self._key(ours.key)))
            told = {"previous": None, "value": kept} if change.ours else {"previous": kept}
            self._add_write(connection, ours.key, change.order, ours.wp_id, "receipt", told)

    def record_discard(self, one: Discard) -> None:
        table = _MEDIA if one.kind == "upload" else schema.terms
        same: dict[str, Any] = {"site": self.site, "wp_id": one.wp_id}
        same |= {} if one.kind == "upload" else {"taxonomy": one.kind}
        told = {"previous": one.name, "value": one.how}
        with self.database.write() as connection:
            if one.how == "delete":
                connection.execute(delete(table).filter_by(**same))
            nobody = ItemKey("", "")
            self._add_write(connection, nobody, one.order, one.wp_id, one.kind, told)

    def _add_write(
        self,
        connection: Connection,
        key: ItemKey,
        action: str,
        wp_id: int,
        field: str,
        told: Mapping[str, Any],
    ) -> None:
        row = {"run": self.run, "at": self.clock(), "wp_id": wp_id, "action": action}
        row |= {"field": field, "previous": None, "value": None, **told}
        connection.execute(insert(_WRITES), self._key(key) | row)

    def _file(self, upload: Upload) -> dict[str, Any]:
        return {"site": self.site, "sha256": upload.sha256}

    def _key(self, key: ItemKey) -> dict[str, Any]:
        return {"site": self.site, **key._asdict()}

    def _end_intents(self, connection: Connection, keys: Sequence[ItemKey]) -> None:
        ours = tuple_(_INTENTS.c.feed, _INTENTS.c.guid)
        for some in chunks(keys):
            which = (_INTENTS.c.site == self.site, ours.in_(some))
            connection.execute(delete(_INTENTS).where(*which))

    def _end_found(self, connection: Connection, receipts: Sequence[Receipt]) -> None:
        """End the receipts of posts whose items were not known: they are by now."""
        wp_ids = [one.wp_id for one in receipts if one.key.feed != FOUND]
        for some in chunks(wp_ids):
            which = (_RECEIPTS.c.site == self.site, _RECEIPTS.c.feed == FOUND)
            connection.execute(delete(_RECEIPTS).where(*which, _RECEIPTS.c.wp_id.in_(some)))

    def _end_twins(self, connection: Connection, addresses: Collection[str]) -> None:
        """End the intents of the same articles' other items: their posts are known now."""
        items, key = schema.items, tuple_(_INTENTS.c.feed, _INTENTS.c.guid)
        twins = select(items.c.feed, items.c.guid).where(items.c.address.in_(addresses))
        connection.execute(delete(_INTENTS).where(_INTENTS.c.site == self.site, key.in_(twins)))

    def _field_rows(self, write: Written, now: datetime) -> list[dict[str, Any]]:
        same = {"run": self.run, "at": now, "wp_id": write.receipt.wp_id, "action": write.action}
        return [
            {
                **self._key(write.receipt.key),
                **same,
                "field": name,
                "previous": write.previous.get(name),
                "value": write.values.get(name),
            }
            for name in sorted({*write.values, *write.previous}) or [""]
        ]


def _place_of(ours: Receipt) -> dict[str, Any]:
    """Tell where in the post's own history our last write stands."""
    return {"modified": ours.modified, "revision": ours.revision, "kept": list(ours.kept)}
