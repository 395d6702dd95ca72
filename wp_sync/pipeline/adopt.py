"""Take over what is on the site already: into the ledger alone, nothing is written to the site."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from wp_sync.model import Adopt, Plan
from wp_sync.publish.apply import apply_plan
from wp_sync.publish.media import no_files

from .site import SiteReader

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from wp_sync.model import Change, ItemKey, Outcome

    from .orders import Office


def choose_adoptions(changes: Iterable[Change]) -> Iterator[Adopt]:
    """Choose what is merely taken over, each post once; a create in doubt is the next sync's."""
    taken: set[int] = set()
    for change in changes:
        if isinstance(change, Adopt) and not change.doubtful and change.found.wp_id not in taken:
            taken.add(change.found.wp_id)
            yield change


def take_over(
    office: Office,
    adoptions: Sequence[Adopt],
    run: str,
    states: Mapping[ItemKey, str] | None = None,
) -> tuple[Outcome, ...]:
    """Remember these posts as their articles'; what got an owner meanwhile is left out.

    `states` holds what becomes of items that are not simply published.
    """
    ledger, site = office.ledger, office.identity.address
    known = ledger.posts.wp_ids(site, owned=True)
    receipts = ledger.posts.receipts(site, [one.post.key for one in adoptions])
    free = [
        one for one in adoptions if one.found.wp_id not in known and one.post.key not in receipts
    ]
    reader = SiteReader(office.target, office.identity, ledger, office.config.site.settle)
    state = reader.read_names([one.post for one in free])
    journal = ledger.posts.journal(site, run)
    landed: list[Outcome] = []
    try:
        plan = Plan(changes=tuple(free))
        for outcome in apply_plan(plan, office.target, journal, no_files, state):
            landed.append(outcome)
            if office.stop():
                break
    finally:
        ledger.items.settle(landed, run, states)
    totals: Counter[str] = Counter(outcome.status for outcome in landed)
    ledger.runs.finish(run, "done", totals=totals, messages=())
    return tuple(landed)
