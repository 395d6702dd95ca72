"""plan --out and sync --plan: a plan is kept, and carried out as it was seen."""

from __future__ import annotations

import shlex
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

from wp_sync.config import load_config
from wp_sync.config.files import replace_file
from wp_sync.errors import PlanFileError
from wp_sync.model import SavedPlan, Skip
from wp_sync.pipeline.build import utc_now
from wp_sync.pipeline.saved import rules_of
from wp_sync.pipeline.saved_ends import ends_of
from wp_sync.review.plan_file import read_plan, write_plan
from wp_sync.review.plan_text import change_data, plan_lines

from .options import DEFAULT_CONFIG
from .output import Result, counted
from .paging import check_directory, keep_pages
from .running import (
    exit_code_of,
    messages_of,
    run_data,
    run_pipeline,
    status_of,
    summary,
    told,
    unplanned,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from wp_sync.pipeline.options import SyncOptions, SyncResult

    from .output import Screen

_LARGEST = 200_000_000  # bytes: 10,000 posts of 5 KB take 60 MB


def run_plan(
    path: Path,
    options: SyncOptions,
    screen: Screen,
    out: Path | None = None,
    pages: Path | None = None,
) -> Result:
    """Run without writing to the site, tell the plan, keep it in a file, show it as pages."""
    if out and not out.resolve().parent.is_dir():
        raise PlanFileError(f"{out.resolve().parent} is no directory")
    if pages:
        check_directory(pages)
        options = replace(options, exhibits=True)
    result, signalled = run_pipeline(path, options, screen)
    run, plan = result.run, result.plan
    whole = not (result.run.stopped or signalled)
    if out and whole:
        _keep(out, write_plan(_saved(path, result)))
    index = keep_pages(load_config(path), pages, result) if pages and whole else None
    data = run_data(run) | {
        "changes": [change_data(change) for change in plan.changes],
        "new_terms": [
            {"taxonomy": new.taxonomy, "path": " > ".join(new.path), "near": new.near}
            for new in plan.new_terms
        ],
        "file": str(out) if out and whole else "",
        "pages": str(index or ""),
    }
    return Result(
        command=options.command,
        status=status_of(result),
        exit_code=exit_code_of(result, signalled),
        data=data,
        messages=messages_of(result, screen.face),
        text=(
            *plan_lines(plan),
            *unplanned(result, verbose=screen.face.verbose),
            summary(run, rehearsal=True),
            *((pages_line(index),) if index else ()),
            *(_after_plan(path, out, result) if whole else ()),
        ),
    )


def run_saved(path: Path, file: Path, options: SyncOptions, screen: Screen) -> Result:
    """Carry out a saved plan, and nothing else. Raises PlanFileError."""
    asked = replace(options, command="sync --plan", saved=_read(file))
    result, signalled = run_pipeline(path, asked, screen)
    shown = told("sync", result, signalled, screen.face, rehearsal=options.dry_run)
    more = () if options.dry_run else tuple(_after_sync(path, result))
    return replace(shown, text=(*shown.text, *more))


def _saved(path: Path, result: SyncResult) -> SavedPlan:
    return SavedPlan(
        site=result.site,
        made=utc_now(),
        rules=rules_of(load_config(path)),
        entries=result.entries,
        new_terms=result.plan.new_terms,
        ended=ends_of(result.plan),
    )


def _read(file: Path) -> SavedPlan:
    try:
        if file.stat().st_size > _LARGEST:
            raise PlanFileError(f"{file}: too large to be a plan of wp-sync")
        text = file.read_text("utf-8")
    except OSError as error:
        raise PlanFileError(f"{file}: {error.strerror or error}") from error
    except UnicodeDecodeError:
        text = ""
    try:
        return read_plan(text)
    except PlanFileError as error:
        raise PlanFileError(f"{file}: {error.message}", cure=error.cure) from error


def _keep(path: Path, text: str) -> None:
    try:
        replace_file(path, text.encode())  # a link is replaced, never followed
    except OSError as error:
        raise PlanFileError(f"{path}: {error.strerror or error}") from error


def pages_line(index: Path) -> str:
    """Say where the pages are."""
    return f"The pages are in {index.parent}: {index.as_uri()}"


def _after_plan(path: Path, out: Path | None, result: SyncResult) -> Iterator[str]:
    """Say what to do next."""
    apply = f"to carry out exactly this: {_command(path, 'sync', '--plan', str(out))}"
    if out:
        yield f"The plan is in {out}; {apply}"
    elif sys.stdout.isatty() and _writes(result):
        keep, now = _command(path, "plan", "--out", "plan.json"), _command(path, "sync")
        yield f"To carry it out: {now}; to keep it, and carry out exactly it later: {keep}"


def _after_sync(path: Path, result: SyncResult) -> Iterator[str]:
    refused = sum(one.status == "failed" for one in result.run.outcomes)
    if not sys.stdout.isatty():
        return
    if refused:
        again = _command(path, "plan")
        yield f"{counted(refused, 'change')} not made; to see what would be done today: {again}"
    if result.run.totals.keys() & {"created", "updated"}:
        yield f"To take this run back: {_command(path, 'undo', result.run.id)}"


def _writes(result: SyncResult) -> bool:
    return any(not isinstance(change, Skip) for change in result.plan.changes)


def _command(path: Path, *words: str) -> str:
    config = () if path == DEFAULT_CONFIG else ("-c", str(path))
    return shlex.join(("wp-sync", *words, *config))
