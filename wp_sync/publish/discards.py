"""Take back terms and uploads, after the posts: only what nothing uses at that moment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wp_sync.errors import InDoubtError, RejectedError

from .upkeep import STATUSES, Uses

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from wp_sync.model import Discard

    from .journal import Journal
    from .upkeep import Upkeep

KINDS = {"categories": "category", "tags": "tag", "upload": "upload"}
_DONE = {"delete": "deleted", "hide": "made private", "show": "shown again"}


def discard(
    discards: Sequence[Discard], upkeep: Upkeep | None, journal: Journal, stop: Callable[[], bool]
) -> Iterator[str]:
    """Carry out the discards in their order, and tell each."""
    uses = Uses(upkeep)
    uses.prepare(discards)
    for one in discards:
        if stop():
            return
        name = f"{KINDS[one.kind]} {one.name}"
        if uses.is_done(one):
            journal.record_discard(one)
        elif user := uses.find_user(one):
            yield f"kept: {name}: {user}"
        elif upkeep:
            try:
                _carry_out(one, upkeep)
            except (RejectedError, InDoubtError) as error:
                yield f"kept: {name}: {error}"
                continue
            if one.kind != "upload":
                uses.forget_term(one.kind, one.wp_id)
            journal.record_discard(one)
            yield f"{_DONE[one.how]}: {name}"


def _carry_out(one: Discard, upkeep: Upkeep) -> None:
    if one.kind != "upload":
        upkeep.delete_term(one.kind, one.wp_id)
    elif one.how == "delete":
        upkeep.delete_media(one.wp_id)
    else:
        upkeep.set_media_status(one.wp_id, STATUSES[one.how])
