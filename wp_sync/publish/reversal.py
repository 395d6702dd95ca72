"""Decide how to take back what a run wrote. Values in, values out: no session, no ledger."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Protocol

from wp_sync.hashing import digest
from wp_sync.model import Amend, Claim, Receipt, Skip, Trash

from .merge import pending_hashes, rewritten_fields, stored_hashes
from .target import FORBIDDEN
from .updates import find_touched

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from wp_sync.model import Change, ItemKey, SitePost

# Taking these back brings something back.
_REDOING = frozenset({"undo", "takedown", "trash", "expiry"})
_FLOATING = frozenset({"draft", "pending"})  # WordPress dates them anew with each change
MADE = {"categories": "categories", "tags": "tags", "featured": "upload"}  # field -> Discard.kind
_CLAIM = "receipt"  # the field of a Claim


class Wrote(Protocol):
    """ledger.WriteRow: siblings do not import each other."""

    @property
    def id(self) -> int: ...
    @property
    def run(self) -> str: ...
    @property
    def key(self) -> ItemKey: ...
    @property
    def action(self) -> str: ...
    @property
    def field(self) -> str: ...
    @property
    def previous(self) -> Any: ...  # noqa: ANN401
    @property
    def value(self) -> Any: ...  # noqa: ANN401


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the ledger and the site know of the posts that a run touched."""

    receipts: Mapping[ItemKey, Receipt]
    posts: Mapping[int, SitePost]
    articles: Mapping[ItemKey, tuple[str, str]] = field(default_factory=dict)  # title, address
    states: Mapping[ItemKey, str] = field(default_factory=dict)  # of the items
    deleted: frozenset[tuple[str, int]] = frozenset()  # terms and uploads that we deleted for good
    gone: frozenset[tuple[str, int]] = frozenset()  # (field, id): terms, pictures, whoever did it


@dataclass(frozen=True, slots=True, kw_only=True)
class Reversal:
    """What takes a run back: a change an item, and what becomes of the items."""

    changes: tuple[Change, ...] = ()
    states: Mapping[ItemKey, str] = field(default_factory=dict)


def make_reversal(run: str, writes: Iterable[Wrote], known: Known) -> Reversal:
    """Take back what `run` wrote; `writes` holds all writes to its items, oldest first."""
    by_key: dict[ItemKey, list[Wrote]] = defaultdict(list)
    for row in writes:
        by_key[row.key].append(row)
    changes: list[Change] = []
    states: dict[ItemKey, str] = {}
    for key, rows in by_key.items():
        change, state = _Item(run, key, rows, known).reverse()
        changes.append(change)
        # What somebody rejected is not theirs to decide again, only because it is gone.
        gone = isinstance(change, Skip) and known.states.get(key) == "rejected"
        if state and known.states.get(key) != state and not (gone and state == "undone"):
            states[key] = state
    return Reversal(changes=tuple(changes), states=states)


class _Item:
    """One item's writes, and what is there now."""

    def __init__(self, run: str, key: ItemKey, rows: Sequence[Wrote], known: Known) -> None:
        self._key, self._known = key, known
        self._rows = rows
        self._mine = [row for row in rows if row.run == run]
        self._title, self._url = known.articles.get(key, ("", ""))
        redone = any(row.action in _REDOING for row in self._mine)
        self._state = "published" if redone else "undone"
        self._why = f"undo of run {run}"

    def reverse(self) -> tuple[Change, str]:
        """Return the change, and the item's state once it has landed; "" when it is left."""
        claims = [row for row in self._mine if row.field == _CLAIM]
        ours = self._known.receipts.get(self._key)
        if claims and claims[0].previous and ours is None:
            ours = Receipt(key=self._key, **claims[0].previous)
            return self._claim(ours, mine=True, reason=f"{self._why}: remembered as ours again")
        if ours is None:
            return self._leave("no post of ours any more")
        there = self._known.posts.get(ours.wp_id)
        if there is None or there.status == FORBIDDEN:
            gone = "deleted on the site: stays deleted"
            return self._leave("left: given to another author" if there else gone, ours.wp_id)
        if any(row.action == "create" for row in self._mine):
            return self._remove(ours, there)
        fields = dict.fromkeys(row.field for row in self._mine if row.field not in {"", _CLAIM})
        return self._restore(ours, there, tuple(fields)) if fields else self._disown(ours)

    def _remove(self, ours: Receipt, there: SitePost) -> tuple[Change, str]:
        """Trash what the run made, if nobody has touched it since."""
        if there.status == "trash":
            return self._leave("in the trash already", ours.wp_id, self._state)
        if later := self._later():
            told = ", ".join(f"{name} (run {run})" for name, run in later.items())
            reason = f"left: changed by later runs, which must be undone first: {told}"
            return self._leave(reason, ours.wp_id)
        expected = _expected(ours, there)
        if touched := find_touched(there, expected):
            reason = f"left: changed on the site since: {', '.join(touched)}"
            return self._leave(reason, ours.wp_id)
        return self._trash(ours, expected, f"{self._why}, which made it"), self._state

    def _trash(self, ours: Receipt, expected: Mapping[str, Sequence[str]], reason: str) -> Trash:
        return Trash(
            key=self._key,
            wp_id=ours.wp_id,
            reason=reason,
            expected=expected,
            title=self._title,
            url=self._url,
        )

    def _restore(self, ours: Receipt, there: SitePost, fields: Sequence[str]) -> tuple[Change, str]:
        """Set back the fields that still hold what we wrote."""
        values, kept = self._sort(ours, there, fields)
        if there.status == "trash" and "status" not in values:
            return self._leave("left: in the trash of the site", ours.wp_id)
        lost = self._find_lost(there, values)
        values = {name: value for name, value in values.items() if name not in lost}
        values, gone = self._part_gone(values)
        kept += [f"{name} (what it held before is gone from the site)" for name in gone]
        if not (values or lost):
            if kept:
                return self._leave(f"left: {', '.join(kept)}", ours.wp_id)
            return self._leave("as it was before already", ours.wp_id, self._state)
        reason = f"{self._why}; left: {', '.join(kept)}" if kept else self._why
        if lost:  # it went for good with the run that is taken back: let the next sync make it
            reason += f"; comes with the next sync: {', '.join(lost)}"
            self._state = "new" if self._state == "published" else self._state
            ours = forget_sent(ours, there, lost)
        if not values:
            return self._claim(ours, mine=True, reason=reason)
        if values.get("status") == "trash":  # which no post can be set to
            expected = {"status": self._held(ours, "status")}
            return self._trash(
                ours, expected, f"{reason}, which took it out of the trash"
            ), "undone"
        change = Amend(
            receipt=ours,
            values=values,
            expected={name: self._held(ours, name) for name in values},
            order="undo",
            reason=reason,
            title=self._title,
            url=self._url,
        )
        return change, self._state

    def _sort(
        self, ours: Receipt, there: SitePost, fields: Sequence[str]
    ) -> tuple[dict[str, Any], list[str]]:
        """Part what can be set back from what is kept; what is as it was is neither."""
        current, later = stored_hashes(there), self._later()
        rewritten = rewritten_fields(ours, there)  # by a plugin or an upgrade: by nobody
        values: dict[str, Any] = {}
        kept: list[str] = []
        for name in fields:
            before = self._before(name)
            if before is None or current.get(name) == _mark(name, before):
                continue
            if name in later:
                kept.append(f"{name} (changed by run {later[name]}, which must be undone first)")
            elif current.get(name) not in self._held(ours, name) and name not in rewritten:
                kept.append(f"{name} (changed on the site since)")
            else:
                values[name] = before
        return values, kept

    def _part_gone(self, values: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
        """Take out what a person deleted since; name the fields of which nothing is left.

        WordPress leaves unknown ids out without a word, and the post without a category.
        """
        there: dict[str, Any] = {}
        gone: list[str] = []
        for name, value in values.items():
            ids = value if isinstance(value, tuple) else (value,)
            left = tuple(one for one in ids if (name, one) not in self._known.gone)
            if left or not ids:
                there[name] = left if isinstance(value, tuple) else value
            else:
                gone.append(name)
        return there, gone

    def _disown(self, ours: Receipt) -> tuple[Change, str]:
        """Forget a post that the run only took over."""
        if self._later():
            reason = "left: changed by later runs, which must be undone first"
            return self._leave(reason, ours.wp_id)
        reason = f"{self._why}, which took it over: no longer ours, and left as it is"
        return self._claim(ours, mine=False, reason=reason)

    def _claim(self, ours: Receipt, *, mine: bool, reason: str) -> tuple[Change, str]:
        change = Claim(
            receipt=ours,
            ours=mine,
            order="undo",
            reason=reason,
            title=self._title,
            url=self._url,
        )
        return change, self._state

    def _leave(self, reason: str, wp_id: int | None = None, state: str = "") -> tuple[Change, str]:
        change = Skip(key=self._key, reason=reason, wp_id=wp_id, title=self._title, url=self._url)
        return change, state

    def _before(self, name: str) -> Any:  # noqa: ANN401
        """Return what the site held before the run; JSON has no tuples."""
        value = next(row.previous for row in self._mine if row.field == name)
        return tuple(value) if isinstance(value, list) else value

    def _held(self, ours: Receipt, name: str) -> tuple[str, ...]:
        """Return the hashes that say that nobody has changed a field since."""
        if name == "status" and self._mine[-1].action == "trash":
            return (digest("trash"),)
        return (ours.stored.get(name, ""), *ours.pending.get(name, ()))

    def _later(self) -> dict[str, str]:
        """Name the fields that later runs changed for good, each with the last of them."""
        by_field: dict[str, list[Wrote]] = defaultdict(list)
        for row in self._rows:
            if row.id > self._mine[-1].id and row.field:
                by_field[row.field].append(row)
        return {
            name: rows[-1].run
            for name, rows in by_field.items()
            if _mark(name, rows[0].previous) != _mark(name, rows[-1].value)
        }

    def _find_lost(self, there: SitePost, values: Mapping[str, Any]) -> tuple[str, ...]:
        """Name the fields whose term or upload we deleted since."""
        returns = there.status == "trash"  # and lost then what it had
        written = {row.field: row.value for row in self._rows if row.value} if returns else {}
        return tuple(name for name in MADE if self._is_lost(name, {**written, **values}.get(name)))

    def _is_lost(self, name: str, value: Any) -> bool:  # noqa: ANN401
        ids = value if isinstance(value, (list, tuple)) else (value,)
        return any((MADE[name], wp_id) in self._known.deleted for wp_id in ids)


def forget_sent(ours: Receipt, there: SitePost, lost: Iterable[str]) -> Receipt:
    """Forget what was sent of some fields: they are stale, and nobody's edit."""
    current, names = stored_hashes(there), frozenset(lost)
    return replace(
        ours,
        sent={name: value for name, value in ours.sent.items() if name not in names},
        stored=dict(ours.stored) | {name: current[name] for name in names if name in current},
    )


def _expected(ours: Receipt, there: SitePost) -> dict[str, tuple[str, ...]]:
    """Return what a post holds that nobody has touched."""
    expected = {
        name: (stored, *ours.pending.get(name, ()))
        for name, stored in ours.stored.items()
        if not (name == "date" and there.status in _FLOATING)
    }
    current = stored_hashes(there)
    for name in rewritten_fields(ours, there):
        expected[name] = (*expected[name], current[name])
    if digest("future") in expected.get("status", ()):  # its time has come: nobody did it
        expected["status"] = (*expected["status"], digest("publish"))
    return expected


def _mark(name: str, value: Any) -> str:  # noqa: ANN401
    """Hash a value as it stands on the site."""
    return pending_hashes({name: value}).get(name, ("",))[0]
