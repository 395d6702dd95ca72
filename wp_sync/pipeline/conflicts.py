"""Fields that the source and an editor both changed: remembered, told, and settled by a person."""

from __future__ import annotations

import html
from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from wp_sync.config.presets import CATEGORY_FIELDS
from wp_sync.hashing import digest, short_mark
from wp_sync.model import Amend, Claim, Skip
from wp_sync.publish.bodies import find_images
from wp_sync.publish.custom import is_taxonomy, value_name
from wp_sync.publish.merge import TEXTS, held_hash, pending_hashes, stored_hashes
from wp_sync.publish.reversal import forget_sent
from wp_sync.publish.terms import find_term
from wp_sync.review.plan_text import key_of
from wp_sync.review.waiting import CONFLICT, Waiting, conflict_handle
from wp_sync.text import limit_text, plain_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from wp_sync.ledger import ConflictRow, Ledger
    from wp_sync.model import Change, ItemKey, Outcome, Plan, Receipt, SitePost, Taxonomy, Term
    from wp_sync.publish.target import SiteIdentity, Target

_LONGEST_VALUE = 60  # characters of a value in a list
_TERMS: tuple[Taxonomy, ...] = ("categories", "tags")
_OF_CATEGORIES = frozenset(map(value_name, CATEGORY_FIELDS))
_UNSEEN = (
    "the site keeps no revisions, or does not show them: a save of an editor's at the same moment"
    " as an update of ours could not be seen"
)


def remember_finds(ledger: Ledger, site: str, run: str, landed: Sequence[Outcome]) -> None:
    """Keep the conflicts of what landed; those that an item had before are over."""
    for one in landed:
        if one.conflicts is not None and one.status != "failed":
            ledger.conflicts.keep(site, run, one.key, one.conflicts)


def tell_finds(landed: Iterable[Outcome], told: Sequence[str]) -> list[str]:
    """Say what a person must hear of, each once."""
    found: dict[str, None] = {}
    for one in landed:
        if one.warning:
            found[f"{one.title or one.key.guid} (post {one.wp_id}): {one.warning}"] = None
        if one.unverified:
            found[_UNSEEN] = None
    return [message for message in found if message not in told]


def settle_written(ledger: Ledger, site: str, plan: Plan, outcome: Outcome) -> None:
    """End the conflicts whose field an order has set to the source's value, or left to a sync."""
    changes = (one for one in plan.changes if key_of(one) == outcome.key)
    if outcome.status == "failed" or not any(_settles(one) for one in changes):
        return
    now = ledger.posts.receipts(site, [outcome.key]).get(outcome.key)
    rows = [row for row in ledger.conflicts.open(site) if row.key == outcome.key and now]
    sent = now.sent if now else {}
    done = [row.field for row in rows if sent.get(row.field) in {None, digest(row.ours)}]
    ledger.conflicts.settle(site, outcome.key, done, "source")
    if any(name not in sent for name in done):  # made stale: with a term or a picture to be made
        ledger.items.make_due(outcome.key)


def _settles(change: Change) -> bool:
    is_claim = isinstance(change, Claim) and change.order == "approve"
    return is_claim or (isinstance(change, Amend) and bool(change.sent))


def look_again(ledger: Ledger, site: str, there: Mapping[int, SitePost]) -> None:
    """Follow what became of conflicts on the site since: these posts were changed.

    A field that holds what we wrote again, or what the source wants, follows the source: its item
    is due. One that holds another value of the editor's goes on as a conflict.
    """
    rows = [row for row in ledger.conflicts.all(site) if row.wp_id in there]
    receipts = ledger.posts.receipts(site, [row.key for row in rows])
    for row in rows:
        ours, post = receipts.get(row.key), there[row.wp_id]
        current = stored_hashes(post).get(row.field)
        if ours is None or current is None:
            continue
        if post.status == "trash":
            ledger.conflicts.keep(site, row.run, row.key, ())
        elif current in {ours.stored.get(row.field), _wanted_hash(row)}:
            ledger.items.make_due(row.key)
        elif current != held_hash(row.field, row.theirs) and not row.settled:
            ledger.conflicts.move(site, row.key, row.field, post.values[row.field])


def _wanted_hash(row: ConflictRow) -> str:
    value = _value(row, {}) if row.field in TEXTS else None
    return pending_hashes({row.field: value}).get(row.field, ("",))[0]


def list_conflicts(
    ledger: Ledger, target: Target, identity: SiteIdentity, edit: str
) -> tuple[Waiting, ...]:
    """List the conflicts that wait for a person's word; none of posts in the trash."""
    rows = ledger.conflicts.open(identity.address)
    items = ledger.decisions.items([row.key for row in rows])
    receipts = ledger.posts.receipts(identity.address, [row.key for row in rows])
    terms = _read_terms(target, rows)
    found: list[Waiting] = []
    for row in rows:
        ours, item = receipts.get(row.key), items.get(row.key)
        if ours is None or ours.status == "trash":
            continue
        source, site = shown_values(row, terms)
        found.append(
            Waiting(
                key=row.key,
                kind="conflict",
                handle=handle_of(row),
                source=item.source if item else "",
                channel=ours.channel,
                title=plain_text(item.title) if item else "",
                url=item.url if item else "",
                reason=f"{CONFLICT} {row.field}: the source has {_short(source)}, "
                f"the site {_short(site)}",
                since=row.at,
                wp_id=row.wp_id,
                link=ours.link,
                edit=edit.format(row.wp_id),
                field=row.field,
                ours=source,
                theirs=site,
            )
        )
    return tuple(found)


def handle_of(row: ConflictRow) -> str:
    """Name one field of one post."""
    return conflict_handle(short_mark(f"{row.key.feed}\n{row.key.guid}\n{row.field}"))


def shown_values(row: ConflictRow, terms: Mapping[Taxonomy, Sequence[Term]]) -> tuple[str, str]:
    """Write both values for people: names of terms, not ids."""
    if _is_of_terms(row):
        names = {one.wp_id: one.name for one in terms.get(row.field, ())}
        wanted = (" > ".join(one) if isinstance(one, (list, tuple)) else one for one in row.ours)
        theirs = (names.get(wp_id, f"term {wp_id}") for wp_id in row.theirs)
        return ", ".join(wanted) or "none", ", ".join(theirs) or "none"
    if row.field == "featured":
        return row.ours or "none", f"upload {row.theirs}" if row.theirs else "none"
    if row.field == "excerpt":
        return str(row.ours), html.unescape(str(row.theirs))
    return str(row.ours), str(row.theirs)


def plan_settling(
    ledger: Ledger, target: Target, site: str, chosen: Sequence[Waiting]
) -> tuple[Change, ...]:
    """Write the source's values, where the site still holds what the person has seen."""
    handles = {one.handle for one in chosen}
    rows = [row for row in ledger.conflicts.open(site) if handle_of(row) in handles]
    receipts = ledger.posts.receipts(site, [row.key for row in rows])
    titles = {one.key: (one.title, one.url) for one in chosen}
    terms = _read_terms(target, rows)
    by_key: dict[ItemKey, list[ConflictRow]] = defaultdict(list)
    for row in rows:
        by_key[row.key].append(row)
    there = {one.wp_id: one for one in target.read_posts(sorted({row.wp_id for row in rows}))}
    return tuple(
        _settle(receipts[key], some, there.get(receipts[key].wp_id), terms, titles[key])
        for key, some in by_key.items()
    )


def _settle(
    ours: Receipt,
    rows: Sequence[ConflictRow],
    there: SitePost | None,
    terms: Mapping[Taxonomy, Sequence[Term]],
    about: tuple[str, str],
) -> Change:
    title, url = about
    fields = ", ".join(row.field for row in rows)
    if there is None or there.status == "trash":
        return Skip(key=ours.key, reason="not on the site any more", wp_id=ours.wp_id, title=title)
    values = {row.field: _value(row, terms) for row in rows}
    # What comes later is nobody's edit by then: let it be what the person has seen.
    moved = tuple(row.field for row in rows if values[row.field] is None and _has_moved(row, there))
    later = tuple(name for name, value in values.items() if value is None and name not in moved)
    values = {name: value for name, value in values.items() if value is not None}
    written = [row for row in rows if row.field in values]
    expected = {row.field: (held_hash(row.field, row.theirs),) for row in written}
    sent = {row.field: digest(row.ours) for row in written}
    reason = f"a conflict, settled by a person for the source: {fields}"
    if moved:
        reason += f"; changed on the site since, and kept: {', '.join(moved)}"
    if later:
        reason += f"; comes with the next sync: {', '.join(later)}"
        ours = replace(forget_sent(ours, there, later), kept=_without(ours.kept, later))
    if not (values or later):
        return Skip(key=ours.key, reason=reason, wp_id=ours.wp_id, title=title, url=url)
    if not values:
        return Claim(receipt=ours, ours=True, order="approve", reason=reason, title=title, url=url)
    return Amend(
        receipt=ours,
        values=values,
        expected=expected,
        sent=sent,
        order="approve",
        reason=reason,
        title=title,
        url=url,
    )


def _has_moved(row: ConflictRow, there: SitePost) -> bool:
    return stored_hashes(there).get(row.field) != held_hash(row.field, row.theirs)


def _without(names: Iterable[str], gone: Sequence[str]) -> tuple[str, ...]:
    return tuple(name for name in names if name not in gone)


def _value(row: ConflictRow, terms: Mapping[Taxonomy, Sequence[Term]]) -> Any:  # noqa: ANN401
    """Return the source's value as the site takes it; None where it has to be made first."""
    if row.field == "featured" or (row.field == "body" and find_images(row.ours)):
        return None
    if row.field in _OF_CATEGORIES:  # an id, and the source's value is a name
        return None
    if _is_of_terms(row):
        known: Sequence[Term] = terms.get(row.field, ())
        paths = (tuple(one) if isinstance(one, (list, tuple)) else (one,) for one in row.ours)
        found = [find_term(known, path) for path in paths]
        return tuple(one.wp_id for one in found if one) if all(found) else None
    return html.escape(row.ours, quote=False) if row.field == "excerpt" else row.ours


def keep_editors(ledger: Ledger, site: str, chosen: Sequence[Waiting]) -> None:
    """Keep the editor's values for good: told again only when the source changes the field."""
    for one in chosen:
        ledger.conflicts.settle(site, one.key, [one.field], "site")


def _read_terms(target: Target, rows: Sequence[ConflictRow]) -> dict[Taxonomy, tuple[Term, ...]]:
    needed = {row.field for row in rows}
    own = filter(is_taxonomy, sorted(needed))
    return {name: target.read_terms(name) for name in (*_TERMS, *own) if name in needed}


def _is_of_terms(row: ConflictRow) -> bool:
    return row.field in _TERMS or is_taxonomy(row.field)


def _short(text: str) -> str:
    words = plain_text(text)
    return f'"{limit_text(words, _LONGEST_VALUE)}"'
