"""The unattended run: told to systemd as it goes, its troubles told to people, once each."""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from wp_sync.config import load_config
from wp_sync.errors import AlreadyRunningError, WpSyncError
from wp_sync.model import FeedReport
from wp_sync.pipeline.build import open_workshop, utc_now
from wp_sync.pipeline.sync import sync
from wp_sync.web import host_of

from .account import Ending, keep_account
from .lock import hold_lock
from .schedule import is_due, pace_of
from .systemd import Systemd

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from wp_sync.config.schema import Config
    from wp_sync.ledger import FeedRow
    from wp_sync.model import Outcome
    from wp_sync.pipeline.options import SyncOptions, SyncResult
    from wp_sync.pipeline.stop import Stop

    Watch = Callable[[FeedReport | Outcome], None]


def run_unattended(
    path: Path,
    options: SyncOptions,
    stop: Stop,
    environ: Mapping[str, str],
    warn: Callable[[str], None],
) -> SyncResult:
    """Sync the feeds that are due. Raises what a sync raises, after it was accounted for."""
    config = load_config(path)
    with _locked(config, environ), _told(environ, stop, config) as watch:
        started = utc_now()

        def account(
            error: WpSyncError | None = None, bug: str = "", *, site_asked: bool = True
        ) -> None:
            if not stop():  # what was cut short says nothing; the next run does
                ending = Ending(started=started, error=error, site_asked=site_asked, bug=bug)
                for warning in keep_account(config, ending, environ):
                    warn(warning)

        try:
            result = _run(config, options, stop, environ, watch)
        except WpSyncError as error:
            account(error)
            raise
        except Exception as mistake:
            account(bug=type(mistake).__name__)  # its text may hold anything
            raise
        account(result.error, site_asked=result.site_asked)
        return result


@contextmanager
def _locked(config: Config, environ: Mapping[str, str]) -> Iterator[None]:
    """Hold the lock. Who finds it taken is done: to systemd, an end before READY is a failure."""
    try:
        with hold_lock(config.path.parent):
            yield
    except AlreadyRunningError as error:
        Systemd(environ).ready(error.message)
        raise


def _run(
    config: Config, options: SyncOptions, stop: Stop, environ: Mapping[str, str], watch: Watch
) -> SyncResult:
    now, pace = utc_now(), pace_of(config.fetch)
    with open_workshop(config, environ, stop) as shop:
        resting = {one.host for one in shop.ledger.hosts.all() if one.until and one.until > now}

        def is_asked(feed: FeedRow) -> bool:
            return host_of(feed.location) not in resting and is_due(feed, pace, now)

        return sync(shop, replace(options, is_watched=False, is_due=is_asked), watch=watch)


@contextmanager
def _told(environ: Mapping[str, str], stop: Stop, config: Config) -> Iterator[Watch]:
    """Tell systemd how the run goes, in counts: what feeds wrote is no business of its log."""
    systemd = Systemd(environ)
    feeds: Counter[str] = Counter()
    totals: Counter[str] = Counter()

    def watch(event: FeedReport | Outcome) -> None:
        stop.step()
        (feeds if isinstance(event, FeedReport) else totals)[event.status] += 1
        posts = ", ".join(f"{count} {status}" for status, count in sorted(totals.items()))
        failed = f" ({feeds['failed']} failed)" if feeds["failed"] else ""
        systemd.status(f"feeds asked: {feeds.total()}{failed}; {posts or 'no posts yet'}")

    stop.watched_by(systemd.alive)
    systemd.ready(f"syncing {config.site.url}")
    try:
        yield watch
    finally:
        systemd.stopping()
