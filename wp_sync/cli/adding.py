"""add: one more source in config.toml, found from a site's or a feed's address."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from wp_sync.config import load_config
from wp_sync.config.edit import add_source
from wp_sync.config.problems import did_you_mean
from wp_sync.errors import ConfigError, Problem
from wp_sync.text import normalise_address

from .finding import chooser, find_feed
from .output import Result
from .reading import open_bench

if TYPE_CHECKING:
    from pathlib import Path

    from wp_sync.config.channels import Source
    from wp_sync.config.schema import Config

    from .finding import FoundFeed
    from .output import Screen


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSource:
    """What the flags said of it."""

    address: str
    to: tuple[str, ...] = ()
    name: str = ""
    rights: str = ""
    licence: str = ""


def add(path: Path, wanted: NewSource, screen: Screen) -> Result:
    """Find the feed first, then write; what the configuration refuses is undone."""
    config = load_config(path)
    channels = _settle_channels(config, wanted.to)
    _refuse_known(config, wanted.address)
    feeds = sum(len(source.feeds) for source in config.sources) + 1
    with open_bench(config.fetch.contact, feeds) as bench:
        found = find_feed(wanted.address, bench, chooser(screen))
    _refuse_known(config, found.address)
    _refuse_known(config, found.location, f", where {found.address} leads to,")
    source = _table(config, wanted, channels, found)
    add_source(path, source)
    notes = _notes(found)
    return Result(
        command="add",
        data={
            "config": str(path),
            "source": source["name"],
            "feed": found.address,
            "to": list(channels),
            "items": found.items,
            "others": [feed.address for feed in found.others],
        },
        messages=notes if screen.face.json else (),
        text=(
            f"{found.told}, at {found.address}",
            *notes,
            f"Added to {path} as {source['name']!r}, for {', '.join(channels)}.",
            f"Next: wp-sync plan --source {shlex.quote(source['name'])}",
        ),
    )


def _notes(found: FoundFeed) -> tuple[str, ...]:
    """Say what else a person may want to know: there is more, and a wall has a door now."""
    others = ", ".join(f"{one.address} ({one.title})" for one in found.others if one.is_main)
    beside = f"The site has other feeds too: {others}" if others else ""
    opened = f"Its host is private, and is open to it: {found.private}" if found.private else ""
    return tuple(filter(None, (beside, opened)))


def _settle_channels(config: Config, given: tuple[str, ...]) -> tuple[str, ...]:
    names = tuple(config.channels)
    for name in given:
        if name not in names:
            message = f"there is no channel {name!r}{did_you_mean(name, names)}"
            raise _refused(config.path, f"{message}; there are: {', '.join(names) or 'none'}")
    if not given and len(names) != 1:
        message = f"name a channel with --to: {', '.join(names) or 'mappings/ has none yet'}"
        raise _refused(config.path, message)
    return given or names


def _refuse_known(config: Config, address: str, told: str = "") -> None:
    for source in config.sources:
        if any(_same(feed, address) for feed in source.feeds):
            raise _refused(config.path, f"{address}{told} is a feed of {source.name!r} already")


def _same(one: str, other: str) -> bool:
    addresses = normalise_address(one), normalise_address(other)
    return one == other or (bool(addresses[0]) and addresses[0] == addresses[1])


def _table(
    config: Config, wanted: NewSource, channels: tuple[str, ...], found: FoundFeed
) -> dict[str, Any]:
    """Write down what is not the default."""
    table = {
        "name": wanted.name or _name(found, config.sources),
        "feeds": [found.address],
        "to": [*channels],
        "rights": wanted.rights,
        "licence": wanted.licence,
        "allow_private": [found.private] if found.private else [],
    }
    return {key: value for key, value in table.items() if value}


def _name(found: FoundFeed, sources: tuple[Source, ...]) -> str:
    taken = {source.name.casefold() for source in sources}
    title = "".join(filter(str.isprintable, found.title))
    return title if title.casefold() not in taken else f"{title} ({found.address})"


def _refused(path: Path, message: str) -> ConfigError:
    return ConfigError([Problem(file=str(path), line=0, key="", message=message)])
