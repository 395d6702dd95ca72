"""adopt: show which posts of the site are articles of the feeds, and take them over."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

import typer

from wp_sync.config import load_config
from wp_sync.errors import ConfigError, Problem
from wp_sync.model import Create, Skip
from wp_sync.pipeline.adopt import choose_adoptions, take_over
from wp_sync.pipeline.orders import open_office
from wp_sync.pipeline.recognise import check_pairs
from wp_sync.pipeline.stop import Stop
from wp_sync.text import normalise_address, plain_text
from wp_sync.unattended.lock import hold_lock

from .output import Result, Table, counted
from .running import exit_code_of, heed_signals, messages_of, run_pipeline, status_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from wp_sync.model import Adopt, ItemKey, Outcome
    from wp_sync.pipeline.options import SyncOptions, SyncResult

    from .output import Screen

_PROMISE = "Nothing is written to the site; what a person made of these posts stays."


def read_pairs(given: Sequence[str]) -> dict[str, int]:
    """Read ARTICLE=POST: an address, which may hold "=" itself, or a guid; and a post's id."""
    pairs: dict[str, int] = {}
    for one in given:
        article, _, post = one.rpartition("=")
        if not (article and post.isdecimal()):
            message = f"{one!r} is not of the form ARTICLE=POST, such as https://a.example/rain=12"
            raise ConfigError([Problem(file="--pair", line=0, key="", message=message)])
        pairs[normalise_address(article) or article] = int(post)
    return pairs


def run_adopt(
    path: Path, options: SyncOptions, screen: Screen, *, yes: bool, rehearsal: bool
) -> Result:
    """Find, show, ask, and take over."""
    if not (yes or rehearsal or sys.stdin.isatty()):
        message = "adopt asks before it takes anything over, and there is nobody to ask"
        raise ConfigError(
            [Problem(file="adopt", line=0, key="", message=f"{message} (give --yes)")]
        )
    if options.pairs:
        _check(path, options.pairs)
    result, signalled = run_pipeline(path, options, screen)
    adoptions = tuple(choose_adoptions(result.plan.changes))
    found = _found_tables(adoptions, result)
    ended = signalled or result.error or result.run.stopped
    wanted = bool(adoptions) and not (rehearsal or ended)
    if wanted and not yes:
        screen.show(Result(command="adopt", text=(*found, _PROMISE)))
        found = ()
        question = f"Take over {counted(len(adoptions), 'post')}?"
        wanted = typer.confirm(question, default=False, err=True)
    landed = _take_over(path, adoptions, result.run.id) if wanted else ()
    unmatched = _unmatched(options.pairs, adoptions)
    return Result(
        command="adopt",
        status="partial" if unmatched and status_of(result) == "success" else status_of(result),
        exit_code=exit_code_of(result, signalled) or (1 if unmatched else 0),
        data=_data(adoptions, landed, result),
        messages=(*messages_of(result, screen.face), *unmatched),
        text=(*found, _summary(adoptions, landed, result)),
    )


def _check(path: Path, pairs: Mapping[str, int]) -> None:
    with open_office(load_config(path), os.environ, Stop()) as office:
        check_pairs(office.target, office.ledger, office.identity.address, pairs)


def _take_over(path: Path, adoptions: Sequence[Adopt], run: str) -> tuple[Outcome, ...]:
    config = load_config(path)
    with (
        hold_lock(config.path.parent),
        heed_signals() as (stop, _),
        open_office(config, os.environ, stop) as office,
    ):
        return take_over(office, adoptions, run)


def _unmatched(pairs: Mapping[str, int], adoptions: Sequence[Adopt]) -> tuple[str, ...]:
    matched = {
        name
        for one in adoptions
        for name in (normalise_address(one.post.source_url), one.post.key.guid)
    }
    return tuple(
        f"--pair {name}={wp_id}: no article that waits has this address or guid"
        for name, wp_id in pairs.items()
        if name not in matched
    )


def _undecided(result: SyncResult) -> list[Skip]:
    return [one for one in result.plan.changes if isinstance(one, Skip) and one.status == "held"]


def _found_tables(adoptions: Sequence[Adopt], result: SyncResult) -> tuple[Table, ...]:
    titles = {one.key: one.title for one in result.run.outcomes}
    rows = [
        (str(one.found.wp_id), plain_text(one.post.title), one.found.link, one.reason)
        for one in adoptions
    ]
    rows += [("?", _name(one.key, titles), "", one.reason) for one in _undecided(result)]
    headings = ("Post", "Article", "Link", "Why")
    return (Table(headings=headings, rows=tuple(rows)),) if rows else ()


def _name(key: ItemKey, titles: Mapping[ItemKey, str]) -> str:
    return plain_text(titles.get(key, "")) or key.guid


def _summary(adoptions: Sequence[Adopt], landed: Sequence[Outcome], result: SyncResult) -> str:
    new = sum(isinstance(change, Create) for change in result.plan.changes)
    return (
        f"{counted(len(adoptions), 'post')} recognised, {len(landed)} taken over;"
        f" {len(_undecided(result))} to be decided; a sync would make"
        f" {counted(new, 'new post')} of the rest."
    )


def _data(
    adoptions: Sequence[Adopt], landed: Sequence[Outcome], result: SyncResult
) -> dict[str, Any]:
    done = {one.key for one in landed}
    titles = {one.key: one.title for one in result.run.outcomes}
    return {
        "run": result.run.id,
        "adoptions": [
            {
                "feed": one.post.key.feed,
                "guid": one.post.key.guid,
                "url": one.post.source_url,
                "title": one.post.title,
                "wp_id": one.found.wp_id,
                "link": one.found.link,
                "reason": one.reason,
                "adopted": one.post.key in done,
            }
            for one in adoptions
        ],
        "undecided": [
            {
                "feed": one.key.feed,
                "guid": one.key.guid,
                "title": titles.get(one.key, ""),
                "reason": one.reason,
            }
            for one in _undecided(result)
        ],
        "new": sum(isinstance(change, Create) for change in result.plan.changes),
    }
