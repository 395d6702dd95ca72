"""feeds list, check, approve: how the feeds are, and what is wrong with them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from wp_sync.config import load_config
from wp_sync.config.problems import did_you_mean
from wp_sync.config.rights import describe_rights
from wp_sync.errors import ConfigError, Problem
from wp_sync.ledger import open_ledger
from wp_sync.pipeline.build import utc_now
from wp_sync.review.health import WELL, find_troubles, measures, rhythm_text
from wp_sync.text import normalise_address
from wp_sync.unattended.lock import hold_lock
from wp_sync.unattended.schedule import next_pull, pace_of
from wp_sync.web import Politeness

from .output import Result, Table, counted

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from wp_sync.config.channels import Source
    from wp_sync.config.schema import Config
    from wp_sync.ledger import FeedRow, Ledger
    from wp_sync.model import FeedHealth
    from wp_sync.pipeline.checking import FeedCheck

    from .output import Screen

_HEADINGS = (
    "Source",
    "Feed",
    "State",
    "Rights",
    "Rhythm",
    "Last item (UTC)",
    "Words",
    "Pictures",
    "Full text",
    "Next poll (UTC)",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A feed of the configuration, with all that is known of it."""

    source: Source
    address: str
    row: FeedRow | None
    health: FeedHealth
    withdrawn: str
    next_poll: datetime | None

    @property
    def state(self) -> str:
        """Say in a word how it is."""
        if self.withdrawn:
            return "withdrawn"
        troubles = [one.state for one in self.troubles]
        if "changed hands" in troubles:
            return "changed hands"
        if self.row is None or self.row.last_pulled is None:
            return "not read yet"
        if self.row.failures:
            return "failing"
        return troubles[0] if troubles else WELL

    @property
    def troubles(self) -> tuple[Any, ...]:
        """List what is amiss, beside failures."""
        return find_troubles(self.health, self.row.last_ok if self.row else None)

    @property
    def complaints(self) -> Iterator[str]:
        """Say what is wrong, and what to do."""
        who = f"{self.source.name}: {self.address}"
        if self.withdrawn:
            yield f"{who} is {self.withdrawn}"
        if self.row and self.row.failures:
            times = counted(self.row.failures, "time")
            yield f"{who} failed {times}: {_without(self.address, self.row.last_error)}"
        yield from (f"{who} {one.message} ({one.cure})" for one in self.troubles)


def list_feeds(path: Path) -> Result:
    """Show the feeds of the configuration; asks nobody."""
    from .recurring import summary_lines

    config = load_config(path)
    with open_ledger(config.ledger.url, path.parent, clock=utc_now, create=False) as ledger:
        feeds = [*_gather(config, ledger)]
        repeated = [*summary_lines(config, ledger)]
    rows = tuple(map(_row, feeds))
    text: list[str | Table] = [Table(headings=_HEADINGS, rows=rows)] if rows else []
    text += [line for one in feeds for line in one.complaints]
    text += repeated
    if not feeds:
        text.append("No feeds yet: `wp-sync add URL`, or `wp-sync feeds import FILE`.")
    data = {"feeds": [_data(one) for one in feeds]}
    return Result(command="feeds list", data=data, text=tuple(text))


def check_feeds(path: Path, wanted: str, screen: Screen) -> Result:
    """Ask feeds now, conditionally, and say what is wrong; what they bring waits for a sync."""
    from wp_sync.pipeline.checking import check

    from .reading import open_bench

    config = load_config(path)
    chosen = find_feeds(config, wanted)
    count = sum(len(source.feeds) for source in config.sources)
    with (
        hold_lock(path.parent),
        open_ledger(config.ledger.url, path.parent, clock=utc_now) as ledger,
        open_bench(config.fetch.contact, count, polite=Politeness()) as bench,
        screen.progress("asking the feeds", total=len(chosen)) as tell,
    ):
        checks: list[FeedCheck] = []
        for one in check(ledger, config, chosen, bench.web, bench.confinement, utc_now):
            checks.append(one)
            tell(one.address, 1)
        listed = {one.address: one for one in _gather(config, ledger)}
    failed = [one for one in checks if one.error]
    told = [*(line for one in checks for line in _told(one, listed[one.address]))]
    well = sum(not (one.error or [*listed[one.address].complaints]) for one in checks)
    told.append(f"{well} of {counted(len(checks), 'feed')} well.")
    return Result(
        command="feeds check",
        status=("error" if len(failed) == len(checks) else "partial") if failed else "success",
        exit_code=1 if failed else 0,
        data={"feeds": [_data(listed[one.address]) | _check_data(one) for one in checks]},
        text=tuple(told),
    )


def approve_feeds(path: Path, wanted: str, *, dry_run: bool = False) -> Result:
    """Take feeds as they are now: what changed hands is published again, what is thin is usual."""
    from wp_sync.pipeline.keeping import approve_feed

    config = load_config(path)
    chosen = find_feeds(config, wanted)
    with (
        hold_lock(path.parent),
        open_ledger(config.ledger.url, path.parent, clock=utc_now, create=not dry_run) as ledger,
    ):
        told: list[str] = []
        approved: list[dict[str, Any]] = []
        for source, address in chosen:
            feed = ledger.feeds.find(address)
            health = ledger.health.get(feed)
            is_odd = health.held or find_troubles(health, None) or health.flooded
            if not is_odd:
                continue
            waiting = len(ledger.items.due(feed))
            if not dry_run:
                approve_feed(ledger, feed)
            approved.append({"feed": address, "source": source.name, "held": health.held})
            verb = "would be taken" if dry_run else "is taken"
            told.append(
                f"{source.name}: {address} {verb} as it is now; {counted(waiting, 'item')} due"
            )
    if not approved:
        told = [f"{wanted}: nothing is held back, and nothing is amiss that a word could settle."]
    elif not dry_run:
        told.append("Next: wp-sync plan")
    return Result(command="feeds approve", data={"approved": approved}, text=tuple(told))


def find_feeds(config: Config, wanted: str) -> tuple[tuple[Source, str], ...]:
    """Find the feeds that a person means by a source's name or a feed's address; "" is all.

    Raises ConfigError.
    """
    every = tuple((source, feed) for source in config.sources for feed in source.feeds)
    same = normalise_address(wanted) or wanted
    found = tuple(
        (source, feed)
        for source, feed in every
        if not wanted
        or wanted.casefold() == source.name.casefold()
        or same == (normalise_address(feed) or feed)
        or wanted == feed
    )
    if found or not wanted:
        return found
    names = tuple(source.name for source in config.sources)
    message = f"there is no source and no feed {wanted!r}{did_you_mean(wanted, names)}"
    raise ConfigError([Problem(file=str(config.path), line=0, key="", message=message)])


def _gather(config: Config, ledger: Ledger) -> Iterator[Listed]:
    rows = {row.id: row for row in ledger.feeds.all()}
    healths = ledger.health.all()
    withdrawn = {one.feed: str(one) for one in ledger.withdrawals.all()}
    for source, address in find_feeds(config, ""):
        feed = ledger.feeds.find(address)
        row, health = rows.get(feed), healths.get(feed)
        yield Listed(
            source=source,
            address=address,
            row=row,
            health=health or _unknown(feed),
            withdrawn=withdrawn.get(feed, ""),
            next_poll=_next_poll(config, row) if feed not in withdrawn else None,
        )


def _unknown(feed: str) -> FeedHealth:
    from wp_sync.model import FeedHealth

    return FeedHealth(feed=feed)


def _next_poll(config: Config, row: FeedRow | None) -> datetime | None:
    """Return before when an unattended run leaves a feed alone."""
    if row is None or row.last_pulled is None or row.is_over:
        return None
    return next_pull(row, row.last_pulled, pace_of(config.fetch))


def _row(one: Listed) -> tuple[str, ...]:
    told = measures(one.health)
    return (
        one.source.name,
        one.address,
        one.state,
        describe_rights(one.source),
        rhythm_text(one.health) or "-",
        _time(one.health.last_item),
        _number(told["words"]),
        _number(told["pictures"], " %"),
        _number(told["extracted"], " %"),
        _time(one.next_poll),
    )


def _data(one: Listed) -> dict[str, Any]:
    row = one.row
    return {
        "source": one.source.name,
        "feed": one.address,
        "state": one.state,
        "rights": describe_rights(one.source),
        "licence": one.source.licence,
        "troubles": [
            {"state": trouble.state, "message": trouble.message, "cure": trouble.cure}
            for trouble in one.troubles
        ],
        "withdrawn": one.withdrawn,
        "title": row.title if row else "",
        "format": row.format if row else "",
        "rhythm": rhythm_text(one.health),
        "last_item": _iso(one.health.last_item),
        **measures(one.health),
        "failures": row.failures if row else 0,
        "last_error": row.last_error if row else "",
        "last_pulled": _iso(row.last_pulled if row else None),
        "last_ok": _iso(row.last_ok if row else None),
        "next_poll": _iso(one.next_poll),
    }


def _check_data(one: FeedCheck) -> dict[str, Any]:
    return {
        "answer": one.answer,
        "error": one.error,
        "items": one.items,
        "new": one.new,
        "moved_to": one.moved_to,
        "notes": list(one.notes),
    }


def _told(check: FeedCheck, listed: Listed) -> Iterator[str]:
    who = f"{listed.source.name}: {check.address}"
    if check.error:
        yield f"{who}: {_without(check.address, check.error)}"
        return
    counts = f"{counted(check.items, 'item')}, {check.new} new" if check.items else "nothing new"
    yield f"{who}: {check.answer}, {counts}"
    if check.moved_to:
        yield f"  it is at {check.moved_to} now: if that lasts, write it into the configuration"
    yield from (f"  {note}" for note in check.notes)
    for trouble in listed.troubles:
        yield f"  {trouble.message} ({trouble.cure})"


def _without(address: str, error: str) -> str:
    """Take out of an error the address that is before it in its line."""
    return error.removeprefix(address).lstrip(": ")


def _number(value: int | None, unit: str = "") -> str:
    return "-" if value is None else f"{value}{unit}"


def _time(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M}" if moment else "-"


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
