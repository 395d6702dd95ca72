"""ledger check, backup, rebuild: look after what wp-sync remembers."""

from __future__ import annotations

import os
import shlex
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import typer
from sqlalchemy import make_url

from wp_sync.config import load_config
from wp_sync.errors import ConfigError, DamagedLedgerError, LedgerError, Problem
from wp_sync.ledger import open_ledger
from wp_sync.pipeline.adopt import choose_adoptions
from wp_sync.pipeline.build import utc_now
from wp_sync.pipeline.options import SyncOptions
from wp_sync.pipeline.orders import open_office
from wp_sync.pipeline.rebuild import find_ours, remember
from wp_sync.pipeline.stop import Stop
from wp_sync.text import plain_text
from wp_sync.unattended.lock import hold_lock

from .output import Result, Table, counted
from .running import exit_code_of, heed_signals, messages_of, run_pipeline, status_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from wp_sync.config.schema import Config
    from wp_sync.ledger import Fault
    from wp_sync.model import Adopt, Outcome
    from wp_sync.pipeline.options import SyncResult
    from wp_sync.pipeline.rebuild import Found

    from .output import Screen

_REBUILD = "ledger rebuild"
_PROMISE = "Nothing is written to the site; what a person made of these posts stays."


def check(path: Path) -> Result:
    """Tell what is damaged, or does not fit together."""
    config = load_config(path)
    file = _file_of(config)
    with open_ledger(config.ledger.url, config.path.parent, clock=utc_now, create=False) as ledger:
        faults, items = ledger.care.find_faults(), sum(ledger.items.counts().values())
    there = file is None or file.exists()
    told = f"The ledger is sound: {counted(items, 'item')}." if there else "There is no ledger yet."
    rows = tuple((one.message, one.cure) for one in faults)
    return Result(
        command="ledger check",
        status="error" if faults else "success",
        exit_code=LedgerError.exit_code if faults else 0,
        data={"faults": [{"message": one.message, "cure": one.cure} for one in faults]},
        messages=tuple(map(_told, faults)),
        text=(Table(headings=("Fault", "Cure"), rows=rows),) if faults else (told,),
    )


def back_up(path: Path, wanted: Path | None, *, force: bool) -> Result:
    """Copy the ledger, and tell how to put the copy back."""
    config = load_config(path)
    ours = _file_of(config)
    if ours is not None and not ours.exists():
        raise LedgerError(f"{ours}: there is no ledger yet", cure="the first run makes it")
    stem = ours.stem if ours else "wp-sync"
    folder = ours.parent if ours else config.path.parent
    file = wanted or folder / f"{stem}-{utc_now():%Y%m%dT%H%M%S}.backup.db"
    if file.exists() and (not force or (ours is not None and file.samefile(ours))):
        raise _wrong("backup", f"{file} is there already (give another name, or --force)")
    if not file.parent.is_dir():
        raise _wrong("backup", f"{file.parent} is no directory")
    with open_ledger(config.ledger.url, config.path.parent, clock=utc_now, create=False) as ledger:
        ledger.care.back_up(file)
    restore = shlex.join(("cp", str(file), str(ours))) if ours else ""
    return Result(
        command="ledger backup",
        data={"file": str(file), "restore": restore},
        text=(
            f"Copied to {file}.",
            f"To put it back while no run is under way: {restore}",
            "The next sync finds on the site what the copy does not know.",
        ),
    )


def rebuild(path: Path, screen: Screen, yes: bool, rehearsal: bool) -> Result:  # noqa: FBT001
    """Find our posts, show them, ask, and remember them."""
    if not (yes or rehearsal or sys.stdin.isatty()):
        message = "it asks before it writes the ledger, and there is nobody to ask (give --yes)"
        raise _wrong("rebuild", message)
    aside = _set_aside(path, yes=yes, rehearsal=rehearsal)
    options = SyncOptions(command=_REBUILD, allowed=frozenset({"all"}), dry_run=True)
    result, signalled = run_pipeline(path, options, screen)
    adoptions = tuple(choose_adoptions(result.plan.changes))
    ended = signalled or result.error or result.run.stopped
    found = () if ended else _find(path, adoptions)
    tables = _tables(adoptions, found)
    wanted = bool(adoptions or found) and not (rehearsal or ended)
    if wanted and not yes:
        screen.show(Result(command=_REBUILD, text=(*tables, _PROMISE)))
        tables = ()
        question = f"Remember {counted(len(adoptions) + len(found), 'post')}?"
        wanted = typer.confirm(question, default=False, err=True)
    if wanted:
        _remember(path, adoptions, found, result.run.id)
    return Result(
        command=_REBUILD,
        status=status_of(result),
        exit_code=exit_code_of(result, signalled),
        data=_data(adoptions, found, result, done=wanted, aside=aside),
        messages=(*aside, *messages_of(result, screen.face)),
        text=(*tables, _summary(adoptions, found, result, done=wanted)),
    )


def _set_aside(path: Path, *, yes: bool, rehearsal: bool) -> tuple[str, ...]:
    """Make room for a new ledger when the one that is there is damaged."""
    config = load_config(path)
    file = _file_of(config)
    try:
        open_ledger(config.ledger.url, config.path.parent, clock=utc_now, create=False).close()
    except DamagedLedgerError as error:
        if file is None or rehearsal:
            raise
        if not yes:
            typer.echo(error.message, err=True)
            if not typer.confirm("Set it aside, and begin a new one?", default=False, err=True):
                raise
        kept = file.with_name(f"{file.name}.damaged-{utc_now():%Y%m%dT%H%M%S}")
        with hold_lock(config.path.parent):
            file.replace(kept)
            # Without it the copy could not be rolled back, nor a new ledger begin.
            with suppress(FileNotFoundError):
                file.with_name(f"{file.name}-journal").replace(f"{kept}-journal")
        return (f"the damaged ledger is kept as {kept.name}",)
    return ()


def _find(path: Path, adoptions: Sequence[Adopt]) -> tuple[Found, ...]:
    with open_office(load_config(path), os.environ, Stop()) as office:
        return find_ours(office, {one.found.wp_id for one in adoptions})


def _remember(
    path: Path, adoptions: Sequence[Adopt], found: Sequence[Found], run: str
) -> tuple[Outcome, ...]:
    config = load_config(path)
    with (
        hold_lock(config.path.parent),
        heed_signals() as (stop, _),
        open_office(config, os.environ, stop) as office,
    ):
        return remember(office, adoptions, found, run)


def _tables(adoptions: Sequence[Adopt], found: Sequence[Found]) -> tuple[Table, ...]:
    rows = [
        (str(one.found.wp_id), one.found.status, plain_text(one.post.title), one.reason)
        for one in adoptions
    ]
    rows += [
        (
            str(one.post.wp_id),
            one.post.status,
            plain_text(str(one.post.values.get("title", ""))),
            f"it bears our mark and credits {one.address}, which no feed has now",
        )
        for one in found
    ]
    headings = ("Post", "Status", "Title", "Why")
    return (Table(headings=headings, rows=tuple(rows)),) if rows else ()


def _summary(
    adoptions: Sequence[Adopt], found: Sequence[Found], result: SyncResult, *, done: bool
) -> str:
    known = sum(one.status == "unchanged" for one in result.run.outcomes) - len(adoptions)
    what = "Remembered" if done else "It would remember"
    return (
        f"{what} {counted(len(adoptions), 'post')} of articles in the feeds and {len(found)} of"
        f" articles that have left them; {max(known, 0)} were known."
    )


def _data(
    adoptions: Sequence[Adopt],
    found: Sequence[Found],
    result: SyncResult,
    *,
    done: bool,
    aside: Sequence[str],
) -> dict[str, Any]:
    articles = [
        (one.post.key.feed, one.post.key.guid, one.post.source_url, one.found) for one in adoptions
    ]
    articles += [("", "", one.address, one.post) for one in found]
    return {
        "run": result.run.id,
        "remembered": done,
        "posts": [
            {
                "wp_id": post.wp_id,
                "status": post.status,
                "title": str(post.values.get("title", "")),
                "link": post.link,
                "feed": feed,
                "guid": guid,
                "url": url,
            }
            for feed, guid, url, post in articles
        ],
        "notes": list(aside),
    }


def _file_of(config: Config) -> Path | None:
    """Return the ledger's file; None when it is in another kind of database."""
    url = make_url(config.ledger.url)
    is_file = url.get_backend_name() == "sqlite" and url.database not in {None, ":memory:"}
    return config.path.parent / str(url.database) if is_file else None


def _told(fault: Fault) -> str:
    return f"{fault.message} ({fault.cure})"


def _wrong(what: str, message: str) -> ConfigError:
    return ConfigError([Problem(file=f"ledger {what}", line=0, key="", message=message)])
