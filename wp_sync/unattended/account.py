"""Keep account of how runs end, and tell people what changed: after a run, and when none came."""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from filelock import FileLock

from wp_sync.config.load import load_some
from wp_sync.errors import ConfigError, LedgerError, UnsafePlanError, WpSyncError
from wp_sync.ledger import AlertRow, open_ledger
from wp_sync.pipeline.build import utc_now

from .alerts import (
    LIMITS,
    SERVICE,
    SITE,
    Finding,
    find_changes,
    find_gone,
    is_away,
    is_refusal,
    judge_feeds,
    judge_health,
    judge_silence,
    judge_site,
)
from .delivery import DeliveryError, deliver, find_channels

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from wp_sync.config.schema import Config
    from wp_sync.ledger import Ledger

_COMMAND = "sync"
_SITE_FAILURES = "site failures"  # meta: runs in a row that could not use the site
# Meta: since when the runs are watched, and the last look. After a pause in looking the machine
# was off, perhaps: then the runs get their chance first, and tell of the silence themselves.
_SINCE, _LOOKED = "watched since", "watched last"
_PAUSE = timedelta(hours=3)
_ACCOUNTED = "accounted for"  # meta: the last run, by systemd's name, that told of its own end
_RAN = "runs can do their work"
_TURN = 60.0  # seconds to wait for another process that is telling
_REMINDER = 86_400.0  # seconds between two words about a ledger that can't be used
# $SERVICE_RESULT (systemd.exec(5)), in words.
_RESULTS = {
    "core-dump": "crashed",
    "exit-code": "ended with exit code {status}",
    "oom-kill": "was killed, as the machine is short of memory",
    "protocol": "ended before it began its work",
    "resources": "could not be started: the machine lacks something",
    "signal": "was killed by signal {status}",
    "start-limit-hit": "was started too often",
    "timeout": "did not start, or not end, in time",
    "watchdog": "hung, and was killed",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How a run ended: well, by an error, or by a mistake in wp-sync."""

    started: datetime
    error: WpSyncError | None = None
    site_asked: bool = True  # an idle night says nothing of the site
    bug: str = ""  # the exception's type


def keep_account(config: Config, ending: Ending, environ: Mapping[str, str]) -> tuple[str, ...]:
    """Remember how a run ended, and tell what changed by it; return what could not be told."""
    with _open(config) as ledger:
        addresses = {feed for source in config.sources for feed in source.feeds}
        feeds = [row for row in ledger.feeds.all() if row.address in addresses]
        findings = [*judge_feeds(feeds, config.alerts.failures), *_judge_end(ledger, ending)]
        findings += judge_health(feeds, ledger.health.all())
        gone = find_gone(ledger.alerts.all(), (feed.id for feed in feeds))
        ledger.alerts.change((), gone)
        if last := _last_run(ledger, ending.started):
            # The machine was off, perhaps, and nobody was there to notice.
            _change(ledger, [judge_silence(last, ending.started, config.alerts.silence)])
        if ending.error is None or isinstance(ending.error, UnsafePlanError):
            findings.append(judge_silence(ending.started, ending.started, config.alerts.silence))
        _change(ledger, findings)
        ledger.meta.set(_ACCOUNTED, environ.get("INVOCATION_ID", ""))
        return _deliver(ledger, config, environ)


def _judge_end(ledger: Ledger, ending: Ending) -> Iterator[Finding]:
    error = ending.error
    message = f"a mistake in wp-sync stopped the run ({ending.bug}): the journal tells more"
    yield Finding(subject=SERVICE, is_bad=bool(ending.bug), message=message if ending.bug else _RAN)
    if ending.bug:
        return
    is_unsafe = isinstance(error, UnsafePlanError)
    if is_away(error) or is_refusal(error) or error is None or is_unsafe:
        failures = int(ledger.meta.get(_SITE_FAILURES, "0")) + 1 if is_away(error) else 0
        if error or ending.site_asked:
            ledger.meta.set(_SITE_FAILURES, str(failures))
            yield from judge_site(None if is_unsafe else error, failures)
    if error is None or is_unsafe:
        message = f"changes are held: {error}" if error else "changes pass the limits"
        yield Finding(subject=LIMITS, is_bad=is_unsafe, message=message)


def watch(path: Path, environ: Mapping[str, str]) -> tuple[str, tuple[str, ...]]:
    """Tell people when no run has come to its end for too long; return how it is."""
    config, now = load_some(path), utc_now()
    with _open(config) as ledger:
        since, last = _watched_since(ledger, now), _last_run(ledger, now)
        finding = judge_silence(max(last or since, since), now, config.alerts.silence)
        site = ledger.alerts.all().get(SITE)
        if site is None or site.state == "well":  # else people know already why no run ends well
            _change(ledger, [finding])
        return finding.message, _deliver(ledger, config, environ)


def _watched_since(ledger: Ledger, now: datetime) -> datetime:
    looked = ledger.meta.get(_LOOKED)
    ledger.meta.set(_LOOKED, now.isoformat())
    if not looked or now - datetime.fromisoformat(looked) > _PAUSE:
        ledger.meta.set(_SINCE, now.isoformat())
    return datetime.fromisoformat(ledger.meta.get(_SINCE))


def report_failure(path: Path, environ: Mapping[str, str]) -> tuple[str, tuple[str, ...]]:
    """Tell people that the service failed, unless the run could tell of it itself."""
    config = load_some(path)
    result = environ.get("MONITOR_SERVICE_RESULT", "")
    ended = _RESULTS.get(result, "failed").format(status=environ.get("MONITOR_EXIT_STATUS", "?"))
    unit = environ.get("MONITOR_UNIT", "the service")
    finding = Finding(subject=SERVICE, is_bad=True, message=f"{unit} {ended}: see its journal")
    try:
        with _open(config) as ledger:
            ours = environ.get("MONITOR_INVOCATION_ID")
            if ours and ledger.meta.get(_ACCOUNTED) == ours:
                return "the run itself has told what happened", ()
            _change(ledger, [finding])
            return finding.message, _deliver(ledger, config, environ)
    except LedgerError as error:
        message = f"{finding.message}; {error}"
        return message, _tell_without_ledger(config, message, environ)


def send_test(config: Config, environ: Mapping[str, str]) -> dict[str, str]:
    """Send a test message by every channel; return the channels, with what went wrong."""
    row = AlertRow(subject="test", state="well", message="this is a test", since=utc_now())
    found: dict[str, str] = {}
    for name, send in find_channels(config, environ).items():
        try:
            send([row])
            found[name] = ""
        except DeliveryError as error:
            found[name] = str(error)
    return found


def last_run(config: Config) -> datetime | None:
    """Return when the last run came to its end; makes no ledger."""
    place = config.path.parent
    with open_ledger(config.ledger.url, place, clock=utc_now, create=False) as ledger:
        return _last_run(ledger, utc_now())


def _last_run(ledger: Ledger, before: datetime) -> datetime | None:
    run = ledger.runs.last_whole(_COMMAND, before)
    return run.finished if run else None


def _change(ledger: Ledger, findings: Iterable[Finding]) -> None:
    ledger.alerts.change(tuple(find_changes(ledger.alerts.all(), findings, utc_now())))


def _deliver(ledger: Ledger, config: Config, environ: Mapping[str, str]) -> tuple[str, ...]:
    """Send what is due. Wrong settings of the alerts are told, and stop nothing."""
    try:
        channels = find_channels(config, environ)
    except ConfigError as error:
        return (f"no alert can be sent: {error}",)
    return deliver(ledger, config.site.url, channels, utc_now())


def _tell_without_ledger(
    config: Config, message: str, environ: Mapping[str, str]
) -> tuple[str, ...]:
    """Tell of a ledger that can't be used, once a day: it can't keep that it was told."""
    told = config.path.parent / ".wp-sync.told"
    if told.exists() and time.time() - told.stat().st_mtime < _REMINDER:
        return ()
    row = AlertRow(subject=SERVICE, state="bad", message=message, since=utc_now())
    warnings: list[str] = []
    for send in find_channels(config, environ).values():
        try:
            send([row])
            told.touch()
        except (DeliveryError, OSError) as error:
            warnings.append(str(error))
    return tuple(warnings)


@contextmanager
def _open(config: Config) -> Iterator[Ledger]:
    """Open the ledger, and keep other processes from telling the same at the same time."""
    directory = config.path.parent
    with (
        FileLock(directory / ".wp-sync.alerts.lock", timeout=_TURN),
        open_ledger(config.ledger.url, directory, clock=utc_now) as ledger,
    ):
        yield ledger
