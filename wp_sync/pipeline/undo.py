"""Take a run back: read what it wrote and what is there now, and propose the reverse."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from wp_sync.errors import ConfigError, Problem, SiteError
from wp_sync.model import Amend, Discard, Plan, Trash
from wp_sync.publish.discards import KINDS
from wp_sync.publish.reversal import Known, make_reversal
from wp_sync.publish.updates import find_touched
from wp_sync.publish.upkeep import Uses
from wp_sync.text import plain_text

from .gone import find_gone
from .orders import Proposal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from wp_sync.ledger import Ledger, RunRow, StoryItem
    from wp_sync.model import Change, Intent, ItemKey, SitePost

    from .orders import Office

LAST = "last"  # the newest run that wrote or rejected anything and was no undo itself
_NO_WRITERS = ("undo", "ledger")  # to take back what a ledger learned again would lose it again
_MANY = 200  # runs among which the last one is looked for
_FIELDS = {"categories": "categories", "tags": "tags", "upload": "featured"}  # Discard.kind ->
_BACK = {"hide": "show", "show": "hide"}


def find_run(ledger: Ledger, wanted: str) -> RunRow:
    """Find a run by its id, by the beginning of it, or as the last one. Raises ConfigError."""
    if wanted == LAST:
        runs = ledger.history.runs(count=_MANY)
        wrote = ledger.history.posts_written([run.id for run in runs])
        for run in runs:
            if run.command.startswith(_NO_WRITERS):
                continue
            if run.id in wrote or ledger.history.has_tombstones(run.id):
                return run
        raise unknown("RUN", "no run has written to the site yet", "`wp-sync history` lists them")
    runs = ledger.history.runs(wanted, count=2) if wanted else ()
    if len(runs) == 1 or any(run.id == wanted for run in runs):
        return next((run for run in runs if run.id == wanted), runs[0])
    message = "several runs begin with" if runs else "there is no run"
    raise unknown("RUN", f"{message} {wanted!r}", "`wp-sync history` lists them")


def unknown(what: str, message: str, cure: str) -> ConfigError:
    """Make the error for a name that nothing has."""
    return ConfigError([Problem(file=what, line=0, key="", message=f"{message} ({cure})")])


def propose_undo(office: Office, wanted: str) -> Proposal:
    """Propose what takes a run back. Raises ConfigError for an unknown run."""
    run = find_run(office.ledger, wanted)
    ledger, site = office.ledger, office.identity.address
    history = ledger.history
    writes = history.writes(site, run.id)
    keys = tuple(dict.fromkeys(row.key for row in writes))
    receipts = ledger.posts.receipts(site, keys)
    ids = {one.wp_id for one in receipts.values()} | {row.wp_id for row in writes}
    posts = {post.wp_id: post for post in office.target.read_posts(sorted(ids))}
    items = history.items(keys)
    known = Known(
        receipts=receipts,
        posts=posts,
        articles={key: (plain_text(item.title), item.url) for key, item in items.items()},
        states={key: item.state for key, item in items.items()},
        deleted=frozenset(
            (row.field, row.wp_id) for row in history.discards(site) if row.value == "delete"
        ),
        gone=find_gone(office.target, [row for row in writes if row.run == run.id]),
    )
    reversal = make_reversal(run.id, writes, known)
    doubted = _reverse_intents(office, run.id)
    states = dict.fromkeys((change.key for change in doubted), "undone")
    changes = (*reversal.changes, *doubted)
    gone = {change.wp_id for change in changes if isinstance(change, Trash)}
    made = {row.wp_id for row in writes if row.run == run.id and row.action == "create"}
    gone |= {wp_id for wp_id in made if wp_id in posts and posts[wp_id].status == "trash"}
    discards, notes = _plan_discards(office, run.id, frozenset(gone), changes)
    return Proposal(
        plan=Plan(changes=changes, discards=discards),
        states={**reversal.states, **states},
        question=f"Undo run {run.id} ({run.command})?",
        notes=(*notes, *_notes(office, run, writes)),
        run_name=f"undo {run.id}",
        first=_lifting(ledger, run.id),
    )


def _lifting(ledger: Ledger, run: str) -> Callable[[str], None] | None:
    """Forget first what a run forbade to make again: it comes back."""
    if not ledger.history.has_tombstones(run):
        return None
    return lambda _: ledger.history.lift_tombstones(run)


def _notes(office: Office, run: RunRow, writes: Sequence[object]) -> Iterator[str]:
    history, site = office.ledger.history, office.identity.address
    if run.command.startswith("takedown"):
        yield "The source stays withdrawn: `wp-sync takedown SOURCE --lift` ends that."
    for row in history.discards(site, run.id):
        if row.value == "delete":
            yield f"Deleted for good by that run: {row.previous}; a sync makes it again if needed."
    if over := office.ledger.expiries.count(site, run.id):
        yield (
            f"The time of {over} posts was over in that run: what comes back of them stays, until"
            " a person takes it back."
        )
    if not writes:
        yield f"Run {run.id} wrote no post to {site}."


def _reverse_intents(office: Office, run: str) -> tuple[Trash, ...]:
    """Trash what creates without an answer left on the site. Raises SiteError while they rest."""
    begun = office.ledger.posts.intents(office.identity.address, run)
    check_settled(office, begun, f"of run {run}", cure="undo it again after")
    return find_unanswered(office, begun, f"undo of run {run}, which made it")


def check_settled(office: Office, begun: Sequence[Intent], whose: str, *, cure: str) -> None:
    """Raise SiteError while WordPress may still be at creates without an answer."""
    ready = max((one.begun for one in begun), default=office.clock() - office.config.site.settle)
    ready += office.config.site.settle
    if ready > office.clock():
        raise SiteError(
            f"{len(begun)} creates {whose} have no answer yet: WordPress may still be at them",
            cure=f"{cure} {ready:%H:%M:%S} UTC",
        )


def find_unanswered(office: Office, begun: Sequence[Intent], reason: str) -> tuple[Trash, ...]:
    """Find the posts that creates without an answer left, in order to trash them."""
    slugs = [one.slug for one in begun]
    found = {post.slug: post for post in office.target.find_posts(slugs)} if slugs else {}
    items = office.ledger.history.items([one.key for one in begun])
    return tuple(
        change
        for one in begun
        if (there := found.get(one.slug)) and (change := _reverse_intent(one, there, items, reason))
    )


def _reverse_intent(
    begun: Intent, there: SitePost, items: Mapping[ItemKey, StoryItem], reason: str
) -> Trash | None:
    """Trash a post that holds the texts that we sent; any other is somebody's."""
    texts = {name: begun.pending[name] for name in ("title", "body") if name in begun.pending}
    item = items.get(begun.key)
    if find_touched(there, texts):
        return None
    return Trash(
        key=begun.key,
        wp_id=there.wp_id,
        reason=reason,
        expected=texts,
        title=plain_text(item.title) if item else "",
        url=item.url if item else "",
    )


def _plan_discards(
    office: Office, run: str, gone: frozenset[int], changes: Sequence[Change]
) -> tuple[tuple[Discard, ...], tuple[str, ...]]:
    """Choose the terms and uploads of a run that nothing will use; name those that stay."""
    why = f"undo of run {run}, which made it; nothing else uses it"
    wanted = list(_find_made(office, run, gone, why))
    uses = Uses(office.upkeep)
    uses.prepare(wanted)
    chosen: list[Discard] = []
    kept: dict[Discard, str] = {}
    wanted = [one for one in wanted if not uses.is_done(one)]
    for _ in range(1 + len(wanted)):  # children first: each round may free their parents
        kept = {}
        also = {
            kind: frozenset(one.wp_id for one in chosen if one.kind == kind) for kind in _FIELDS
        }
        for one in wanted:
            going = one.beside | _amended(one, changes)
            user = uses.find_user(replace(one, beside=going), also[one.kind])
            if user:
                kept[one] = user
            else:
                chosen.append(one)
        if not kept or len(kept) == len(wanted):
            break
        wanted = list(kept)
    notes = (f"kept: {KINDS[one.kind]} {one.name}: {user}" for one, user in kept.items())
    return tuple(chosen), tuple(notes)


def _find_made(office: Office, run: str, gone: frozenset[int], why: str) -> Iterator[Discard]:
    history, site = office.ledger.history, office.identity.address
    for term in history.made_terms(site, run):
        yield Discard(
            kind=term.taxonomy,
            wp_id=term.wp_id,
            name=term.name,
            how="delete",
            order="undo",
            reason=why,
            beside=gone,
        )
    for file in history.uploads(site, run):
        yield Discard(
            kind="upload",
            wp_id=file.wp_id,
            name=file.name,
            how="delete",
            order="undo",
            reason=why,
            beside=gone,
        )
    for row in history.discards(site, run):
        if row.value in _BACK:
            yield Discard(
                kind="upload",
                wp_id=row.wp_id,
                name=str(row.previous),
                how=_BACK[row.value],  # type: ignore[arg-type]
                order="undo",
                reason=f"undo of run {run}",
                beside=gone,
            )


def _amended(one: Discard, changes: Sequence[Change]) -> frozenset[int]:
    """List the posts from which a change takes this term or picture away."""
    name = _FIELDS[one.kind]
    return frozenset(
        change.receipt.wp_id
        for change in changes
        if isinstance(change, Amend)
        and name in change.values
        and not _holds(change.values[name], one.wp_id)
    )


def _holds(value: object, wp_id: int) -> bool:
    return wp_id in value if isinstance(value, (list, tuple)) else value == wp_id
