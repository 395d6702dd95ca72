"""Uploads of ours that no post uses any more: listed, and deleted when a person says so."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from wp_sync.errors import SiteError
from wp_sync.ledger.history import MadeUpload
from wp_sync.model import Discard, Plan
from wp_sync.publish.upkeep import UNSEEN, Uses

from .orders import Proposal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .orders import Office

REST = timedelta(days=1)  # a younger upload may belong to a post that is yet to come
_WHY = "nothing that was looked at uses it: posts, pages, templates, logo and icon"
_NEEDED = ("edit_others_posts", "edit_pages")  # whoever lacks one is not shown all drafts


def propose_gc(office: Office) -> Proposal:
    """Propose to delete the uploads of ours that nothing on the site uses, nor its trash."""
    _check_rights(office)
    wanted = [_discard(file) for file in _list_files(office)]
    uses = Uses(office.upkeep)
    uses.prepare(wanted)
    users = {one: uses.find_user(one) for one in wanted if not uses.is_done(one)}
    orphans = tuple(one for one, user in users.items() if not user)
    notes = [f"of {len(wanted)} uploads of wp-sync's, {len(orphans)} are used by nothing"]
    if wanted and office.upkeep is None:
        notes = [UNSEEN]
    if uses.blindness:
        orphans = ()
        notes = [
            f"kept: upload {one.name}: {user or uses.blindness}" for one, user in users.items()
        ]
        notes.append("an Administrator may see more (wp-admin, Users)")
    noun = "upload" if len(orphans) == 1 else "uploads"
    return Proposal(
        plan=Plan(discards=orphans),
        question=f"Delete {len(orphans)} {noun} for good?",
        notes=tuple(notes),
        run_name="media gc",
    )


def _check_rights(office: Office) -> None:
    """Raise SiteError for a user who is not shown all posts: they would seem to use nothing."""
    who = office.identity
    if office.upkeep and (missing := [one for one in _NEEDED if one not in who.capabilities]):
        message = f"{who.login} may not see all posts and pages: the right {missing[0]} is missing"
        cure = "give the user the role Editor or Administrator (wp-admin, Users)"
        raise SiteError(message, cure=cure)


def _list_files(office: Office) -> Iterator[MadeUpload]:
    """List what we uploaded: what the ledger has, and what answers were lost of."""
    history, site = office.ledger.history, office.identity.address
    before = office.clock() - REST
    known: set[int] = set()
    for file in history.uploads(site):
        known.add(file.wp_id)
        if file.at < before:
            yield file
    names = history.begun_uploads(site, before)
    for name, wp_id in office.target.find_media(names).items() if names else ():
        if wp_id not in known:
            yield MadeUpload(wp_id=wp_id, name=name, at=before)


def _discard(file: MadeUpload) -> Discard:
    return Discard(
        kind="upload",
        wp_id=file.wp_id,
        name=file.name,
        how="delete",
        order="media gc",
        reason=_WHY,
    )
