"""Which sources and channels a run is about."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from wp_sync.curate.screen import reachable_channels
from wp_sync.errors import ConfigError, Problem

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from wp_sync.config.channels import Channel, Source
    from wp_sync.config.schema import Config
    from wp_sync.ledger import FeedRow

    from .options import SyncOptions

NEW_SITE = "new-site"  # --allow: another site than the ledger knows


def choose_sources(config: Config, options: SyncOptions) -> tuple[Source, ...]:
    """Choose the sources that a run asks: all, or those of one name or of one channel."""
    return tuple(
        source
        for source in config.sources
        if options.source in {"", source.name}
        and (not options.channel or options.channel in reachable_channels(source))
    )


def choose_channels(config: Config, options: SyncOptions) -> tuple[Channel, ...]:
    """Choose the channels that posts of a run may go to."""
    sources = choose_sources(config, options)
    reached = {name for source in sources for name in reachable_channels(source)}
    return tuple(
        channel
        for name, channel in config.channels.items()
        if name in reached and options.channel in {"", name}
    )


def is_refetched(location: str, source: Source, options: SyncOptions) -> bool:
    """Tell whether a person wants a feed afresh, whatever its server gave us before."""
    return bool(options.refetch) and options.refetch in {location, source.name}


def is_stuck(row: FeedRow | None, limit: timedelta, now: datetime) -> bool:
    """Tell whether a feed said "not modified" for so long that it may be its server's error."""
    since = row.unmodified_since if row else None
    return since is not None and now - since >= limit


def may_ask(row: FeedRow, options: SyncOptions, now: datetime, messages: list[str]) -> bool:
    """Tell whether a feed is asked: by hand, too, not before the time that its server named."""
    if not options.is_due(row):
        return False
    if row.rest_until is None or row.rest_until <= now:
        return True
    if options.is_watched:
        until = f"{row.rest_until:%Y-%m-%d %H:%M} UTC"
        messages.append(
            f"{row.source}: {row.address} is not asked: its server wants to be left alone"
            f" until {until}"
        )
    return False


def check_refetch(config: Config, options: SyncOptions) -> None:
    """Refuse a --refetch that names no feed: ConfigError."""
    sources = choose_sources(config, options)
    found = any(is_refetched(feed, one, options) for one in sources for feed in one.feeds)
    if options.refetch and not found:
        message = f"no source is called {options.refetch!r}, and none has such a feed"
        raise ConfigError([Problem(file="--refetch", line=0, key="", message=message)])


def check_allowed(config: Config, options: SyncOptions) -> None:
    """Refuse an --allow that lets nothing pass: ConfigError with the known words."""
    words = ["first-run", "changes", "all", NEW_SITE]
    kinds = ("flood", "rekey", "changed-hands")
    words += [f"{kind}:{source.name}" for kind in kinds for source in config.sources]
    for word in sorted(options.allowed.difference(words)):
        known = ", ".join(map(shlex.quote, words))
        message = f"there is no limit {word!r} to let pass: known are {known}"
        raise ConfigError([Problem(file="--allow", line=0, key="", message=message)])
