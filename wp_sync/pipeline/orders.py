"""Carry out what a person ordered: a plan of changes to posts that are there. No feed is asked."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wp_sync.errors import InDoubtError, LedgerError, PublishError, RejectedError, SiteError
from wp_sync.ledger import Ledger, open_ledger
from wp_sync.model import Outcome, Run, SiteState
from wp_sync.publish.apply import apply_plan

from .build import open_target, utc_now
from .sync import SyncResult, rehearse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime

    from wp_sync.config.schema import Config
    from wp_sync.errors import WpSyncError
    from wp_sync.model import ItemKey, Plan, Post, Upload
    from wp_sync.publish.target import SiteIdentity, Target

    from .stop import Stop


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """What orders are carried out with: the ledger and the site."""

    config: Config
    ledger: Ledger
    target: Target
    identity: SiteIdentity
    clock: Callable[[], datetime]
    stop: Stop


@contextmanager
def open_office(config: Config, environ: Mapping[str, str], stop: Stop) -> Iterator[Office]:
    """Open the ledger and log in to the site."""
    from wp_sync.config.secrets import find_password

    password = find_password(config, environ)
    with open_ledger(config.ledger.url, config.path.parent, clock=utc_now) as ledger:
        target = open_target(config, password, stop)
        yield Office(
            config=config,
            ledger=ledger,
            target=target,
            identity=target.identify(),
            clock=utc_now,
            stop=stop,
        )


def carry_out(
    office: Office,
    plan: Plan,
    command: str,
    *,
    states: Mapping[ItemKey, str] | None = None,
    dry_run: bool = False,
    watch: Callable[[Outcome], None] = lambda _: None,
) -> SyncResult:
    """Apply a plan of Amend, Trash and Skip; `states` holds what becomes of items that changed."""
    started = office.clock()
    if dry_run:
        run = Run(id="", started=started, outcomes=tuple(rehearse(plan)))
        return SyncResult(run=run, plan=plan)
    ledger, run_id = office.ledger, office.ledger.runs.start(command)
    journal = ledger.posts.journal(office.identity.address, run_id)
    landed: list[Outcome] = []
    error: WpSyncError | None = None
    try:
        for outcome in apply_plan(plan, office.target, journal, no_files, SiteState()):
            landed.append(outcome)
            watch(outcome)
            if office.stop():
                break
    except (PublishError, LedgerError) as stopper:
        alone = isinstance(stopper, RejectedError | InDoubtError)
        error = SiteError(stopper.message, cure=stopper.cure) if alone else stopper
    finally:
        done = {one.key for one in landed if one.status in {"updated", "trashed"}}
        decided = {key: state for key, state in (states or {}).items() if key in done}
        ledger.items.settle(landed, run_id, decided)
    stopped = str(error) if error else ("interrupted" if office.stop() else "")
    run = Run(id=run_id, started=started, outcomes=tuple(landed), stopped=stopped)
    ledger.runs.finish(run_id, "stopped" if stopped else "done", totals=run.totals, messages=())
    return SyncResult(run=run, plan=plan, error=error)


def no_files(posts: Sequence[Post]) -> dict[ItemKey, tuple[Upload | None, str]]:
    """Fetch no picture: these changes need none."""
    return {post.key: (None, "") for post in posts}
