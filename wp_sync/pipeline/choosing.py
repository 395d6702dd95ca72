"""Which sources and channels a run is about."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from wp_sync.curate.screen import reachable_channels
from wp_sync.errors import ConfigError, Problem

if TYPE_CHECKING:
    from wp_sync.config.schema import Channel, Config, Source

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


def check_allowed(config: Config, options: SyncOptions) -> None:
    """Refuse an --allow that lets nothing pass: ConfigError with the known words."""
    words = ["first-run", "changes", "all", NEW_SITE]
    words += [f"{kind}:{source.name}" for kind in ("flood", "rekey") for source in config.sources]
    for word in sorted(options.allowed.difference(words)):
        known = ", ".join(map(shlex.quote, words))
        message = f"there is no limit {word!r} to let pass: known are {known}"
        raise ConfigError([Problem(file="--allow", line=0, key="", message=message)])
