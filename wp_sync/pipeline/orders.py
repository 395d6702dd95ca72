"""Carry out what a person ordered: a plan of changes to posts that are there. No feed is asked."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from wp_sync.errors import LedgerError, PublishError
from wp_sync.ledger import Ledger, open_ledger
from wp_sync.model import Claim, Outcome, Run, SiteState, Skip
from wp_sync.publish.discards import discard
from wp_sync.publish.media import no_files
from wp_sync.review.plan_text import key_of

from .alone import apply_locked, give_back, keeping, make_lock, writes
from .build import open_site, utc_now
from .conflicts import settle_written, tell_finds
from .ending import ending
from .options import SyncResult
from .rehearse import rehearse
from .tally import finish_run, stopper_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime

    from wp_sync.config.schema import Config
    from wp_sync.errors import WpSyncError
    from wp_sync.model import Discard, ItemKey, Order, Plan
    from wp_sync.publish.lock import SiteLock
    from wp_sync.publish.media import Files
    from wp_sync.publish.target import SiteIdentity, Target
    from wp_sync.publish.upkeep import Upkeep

    from .stop import Stop


# What an order makes of posts that need their terms and uploads no more.
_GOING: dict[Order, set[str]] = {
    "undo": {"trash"},
    "takedown": {"draft", "trash"},
    "media gc": set(),
    "expiry": set(),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """What orders are carried out with: the ledger and the site."""

    config: Config
    ledger: Ledger
    target: Target
    upkeep: Upkeep | None  # None: over XML-RPC, which has none
    identity: SiteIdentity
    clock: Callable[[], datetime]
    stop: Stop
    lock: SiteLock


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What a person is shown, and asked about, before it is carried out."""

    plan: Plan
    states: Mapping[ItemKey, str] = field(default_factory=dict)  # as carry_out takes them
    question: str
    notes: tuple[str, ...] = ()  # what the plan does not say
    run_name: str = ""  # the command as the ledger keeps it; "" for the command's own name
    site: SiteState = field(default_factory=SiteState)  # for updates: terms and authors
    files: Files = no_files
    # What the ledger must hold before the first write; gets the run's id.
    first: Callable[[str], None] | None = None

    @property
    def is_idle(self) -> bool:
        """Tell whether there is nothing to do, in the ledger neither."""
        skipped = all(isinstance(change, Skip) for change in self.plan.changes)
        return skipped and not (self.plan.discards or self.states or self.first)


@contextmanager
def open_office(config: Config, environ: Mapping[str, str], stop: Stop) -> Iterator[Office]:
    """Open the ledger and log in to the site."""
    from wp_sync.config.secrets import find_password

    password = find_password(config, environ)
    with open_ledger(config.ledger.url, config.path.parent, clock=utc_now) as ledger:
        target, upkeep = open_site(config, password, ledger.posts.types(), stop)
        identity = target.identify()
        lock = make_lock(config, ledger, target, identity.address, utc_now, stop)
        with ending(lambda: give_back(lock, ledger, identity.address, config, utc_now)):
            yield Office(
                config=config,
                ledger=ledger,
                target=target,
                upkeep=upkeep,
                identity=identity,
                clock=utc_now,
                stop=stop,
                lock=lock,
            )


def rehearse_order(office: Office, plan: Plan) -> SyncResult:
    """Tell what would become of a plan."""
    run = Run(id="", started=office.clock(), outcomes=tuple(rehearse(plan)))
    return SyncResult(run=run, plan=plan)


def carry_out(  # noqa: PLR0913 (what a proposal holds, each by its name)
    office: Office,
    plan: Plan,
    command: str,
    *,
    states: Mapping[ItemKey, str] | None = None,
    first: Callable[[str], None] | None = None,
    site: SiteState | None = None,
    files: Files = no_files,
    watch: Callable[[Outcome], None] = lambda _: None,
) -> SyncResult:
    """Apply a plan of changes to posts that are there, and then its discards.

    `states` holds what becomes of items that changed, or that the plan itself leaves as they are;
    any other item keeps its state. Each is remembered as it lands: a kill loses none. Raises
    AlreadyRunningError, before anything is done, when another machine writes to the site.
    """
    if writes(plan):
        office.lock.take()  # each change reads its post just before it writes
    started, run_id = office.clock(), office.ledger.runs.start(command)
    if first:
        first(run_id)
    journal = office.ledger.posts.journal(office.identity.address, run_id)
    landed: list[Outcome] = []
    messages: list[str] = []
    error: WpSyncError | None = None
    try:
        heed = keeping(office.lock, office.stop)
        for outcome in apply_locked(plan, office.target, journal, files, site or SiteState(), heed):
            landed.append(outcome)
            _remember(office, plan, outcome, run_id, states or {})
            watch(outcome)
        if plan.discards and not heed():
            messages += discard(_spare_used(office, plan.discards), office.upkeep, journal, heed)
    except (PublishError, LedgerError) as stopper:
        error = stopper_of(stopper)
    messages += tell_finds(landed, messages)
    run = Run(id=run_id, started=started, outcomes=tuple(landed), messages=tuple(messages))
    return SyncResult(run=finish_run(office, run, error), plan=plan, error=error)


def _remember(
    office: Office, plan: Plan, outcome: Outcome, run: str, states: Mapping[ItemKey, str]
) -> None:
    """Keep how one change ended; what was planned to stay as it is may have a state, too."""
    planned = {key_of(one) for one in plan.changes if isinstance(one, Skip | Claim)}
    done = outcome.status in {"updated", "trashed"} or outcome.key in planned
    office.ledger.items.decide(outcome, run, states.get(outcome.key) if done else None)
    settle_written(office.ledger, office.identity.address, plan, outcome)


def _spare_used(office: Office, discards: Sequence[Discard]) -> list[Discard]:
    """Count again the use by posts that were to go, and stayed after all."""
    beside = sorted(frozenset[int]().union(*(one.beside for one in discards)))
    there = {post.wp_id: post.status for post in office.target.read_posts(beside)}
    return [
        replace(
            one,
            beside=frozenset(
                wp_id for wp_id in one.beside if there.get(wp_id, "trash") in _GOING[one.order]
            ),
        )
        for one in discards
    ]
