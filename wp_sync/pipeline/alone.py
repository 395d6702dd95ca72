"""Write to a site only while no other machine does."""

from __future__ import annotations

import json
import secrets
import socket
import uuid
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from wp_sync.hashing import digest
from wp_sync.model import Adopt, Claim, Skip
from wp_sync.publish.apply import apply_plan
from wp_sync.publish.lock import TITLE, SiteLock

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator
    from datetime import datetime

    from wp_sync.config.schema import Config
    from wp_sync.ledger import Ledger
    from wp_sync.model import Outcome, Plan, SiteState
    from wp_sync.publish.journal import Journal
    from wp_sync.publish.media import Files
    from wp_sync.publish.target import Target

    from .stop import Stop

TOKENS = "lock tokens:"  # + the site's address, in the ledger's meta
_MOST = 20  # tokens: a marker that could not be deleted expires long before as many runs
_MACHINE = Path("/etc/machine-id")


def make_lock(
    config: Config,
    ledger: Ledger,
    target: Target,
    site: str,
    clock: Callable[[], datetime],
    stop: Stop,
) -> SiteLock:
    """Make the lock of one run with this ledger, of which the file lock lets one be at work.

    The target must be identified: which drafts serve as markers depends on the user's rights.
    """
    host, directory = socket.gethostname(), config.path.parent.resolve()
    told = directory.stat()  # what the file lock guards: a copy at the same path is another place
    place = "\n".join((_read_machine(), host, f"{told.st_dev}:{told.st_ino}", str(directory)))
    return SiteLock(
        target.markers,
        secrets.token_hex(6),
        TITLE.format(host=host, since=clock()),
        remember=partial(_remember, ledger, site, digest(place)),
        sleep=stop.wait,
    )


def _remember(ledger: Ledger, site: str, place: str, token: str) -> Collection[str]:
    """Commit a marker's token; return those that this ledger committed here before.

    A copy of the ledger elsewhere is another ledger: the run whose token it holds may be at work.
    """
    kept = json.loads(ledger.meta.get(TOKENS + site, "{}"))
    before: list[str] = kept.get("tokens", []) if kept.get("place") == place else []
    if token not in before:
        told = {"place": place, "tokens": [*before, token][-_MOST:]}
        ledger.meta.set(TOKENS + site, json.dumps(told))
    return before


def writes(plan: Plan) -> bool:
    """Tell whether a plan changes anything on the site."""
    changes = (one for one in plan.changes if not isinstance(one, Skip | Claim))
    found = any(not isinstance(one, Adopt) or one.doubtful for one in changes)
    return found or bool(plan.new_terms or plan.discards)


def apply_locked(
    plan: Plan,
    target: Target,
    journal: Journal,
    files: Files,
    site: SiteState,
    heed: Callable[[], bool],
) -> Iterator[Outcome]:
    """Apply a plan under the lock that was taken for it before the site was read.

    `heed`, made by `keeping`, keeps it: between two changes, and between the answers of a batch.
    """
    for outcome in apply_plan(plan, target, journal, files, site, heed):
        yield outcome
        heed()


def give_back(
    lock: SiteLock, ledger: Ledger, site: str, config: Config, clock: Callable[[], datetime]
) -> None:
    """Give the lock back, unless WordPress may still be at creates of ours.

    Their posts are not to be found yet by another machine: then the lock stays, and expires.
    """
    begun = ledger.posts.intents(site)
    if not any(one.begun + config.site.settle > clock() for one in begun):
        lock.drop()


def keeping(lock: SiteLock, stop: Callable[[], bool]) -> Callable[[], bool]:
    """Keep the lock whenever the wish to end is asked for: between two deeds, however long."""

    def heed() -> bool:
        lock.keep()
        return stop()

    return heed


def _read_machine() -> str:
    known = ""
    with suppress(OSError):
        known = _MACHINE.read_text("ascii").strip()
    return known or f"{uuid.getnode():x}"  # it is there, and empty, in images of machines
