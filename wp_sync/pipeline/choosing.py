"""Which sources and channels a run is about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wp_sync.curate.screen import reachable_channels

if TYPE_CHECKING:
    from wp_sync.config.schema import Channel, Config, Source

    from .options import SyncOptions


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
