"""feeds remove: a feed, or a whole source, out of the configuration; its posts stay."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import typer

from wp_sync.config import load_config
from wp_sync.config.edit import find_places, remove_feeds
from wp_sync.ledger import open_ledger
from wp_sync.pipeline.build import utc_now

from .feeds import find_feeds
from .output import Result, counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from wp_sync.config.channels import Source
    from wp_sync.config.schema import Config

    from .output import Screen


def remove(path: Path, wanted: str, screen: Screen, *, yes: bool, dry_run: bool) -> Result:
    """Show what would go and what would stay, ask, and take it out of its file."""
    config = load_config(path)
    chosen = find_feeds(config, wanted)
    counts = [*_count(config, chosen)]
    data: dict[str, Any] = {"feeds": counts, "removed": False}
    lines = (*_told(counts, _whole(chosen)), _POSTS)
    if dry_run:
        return Result(command="feeds remove", data=data, text=(*lines, "Nothing was written."))
    if not yes:
        for line in lines:
            screen.say(line)
        if not sys.stdin.isatty() or screen.face.json or screen.face.quiet:
            message = "nothing was done: there is nobody to ask (--yes does it without a question)"
            return Result(
                command="feeds remove", status="error", exit_code=2, data=data, messages=(message,)
            )
        if not typer.confirm("Remove this?", default=False, err=True):
            return Result(command="feeds remove", data=data, text=("Nothing was done.",))
    remove_feeds(path, _places(config, chosen))
    told = f"Removed {counted(len(chosen), 'feed')} from the configuration."
    return Result(
        command="feeds remove",
        data=data | {"removed": True},
        text=(*(lines if yes else ()), told),
    )


_POSTS = (
    "Posts stay on the site as they are, and what is known of them: `wp-sync add` takes the feed up"
    " again without repeating any. To withdraw posts too: `wp-sync takedown` first."
)


def _count(config: Config, chosen: Sequence[tuple[Source, str]]) -> Iterator[dict[str, Any]]:
    with open_ledger(config.ledger.url, config.path.parent, clock=utc_now, create=False) as ledger:
        for source, address in chosen:
            counts = ledger.items.counts(ledger.feeds.find(address))
            yield {
                "source": source.name,
                "feed": address,
                "waiting": sum(counts.get(one, 0) for one in ("new", "held", "failed", "approved")),
                "posts": sum(counts.get(one, 0) for one in ("published", "unfinished")),
            }


def _told(feeds: Sequence[dict[str, Any]], whole: frozenset[str]) -> Iterator[str]:
    for one in feeds:
        waits = f"{counted(one['waiting'], 'item')} that wait would not be published"
        posts = f"{counted(one['posts'], 'post')} stay"
        last = "; the source goes with its last feed" if one["source"] in whole else ""
        yield f"remove  {one['source']}: {one['feed']} ({waits}, {posts}{last})"


def _whole(chosen: Sequence[tuple[Source, str]]) -> frozenset[str]:
    """Name the sources that are left without a feed."""
    return frozenset(
        source.name
        for source, _ in chosen
        if len(source.feeds) == sum(other is source for other, _ in chosen)
    )


def _places(
    config: Config, chosen: Sequence[tuple[Source, str]]
) -> dict[Path, dict[int, set[int]]]:
    """Tell where in which file the feeds stand."""
    places: dict[Path, dict[int, set[int]]] = {}
    for source, (file, number) in zip(config.sources, find_places(config), strict=True):
        gone = {source.feeds.index(feed) for other, feed in chosen if other is source}
        if gone:
            places.setdefault(file, {})[number] = gone
    return places
