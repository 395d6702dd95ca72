"""feeds import, export: sources from a list of feeds, and a list of the sources."""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from pydantic import ValidationError

from wp_sync.config import load_config
from wp_sync.config.channels import Source
from wp_sync.config.edit import add_sources
from wp_sync.config.files import replace_file
from wp_sync.config.problems import did_you_mean
from wp_sync.errors import ConfigError, FeedError, Problem
from wp_sync.sources.domains import domain_of
from wp_sync.sources.opml import LARGEST, Outline, read_opml, write_opml
from wp_sync.text import normalise_address

from .options import STANDARD_INPUT
from .output import Result, counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from wp_sync.config.schema import Config


def import_feeds(path: Path, file: Path, to: str, *, dry_run: bool = False) -> Result:
    """Add the feeds of an OPML file as sources, each into its folder's channel, or into `to`.

    None is asked: `feeds check` does that, or the next sync.
    """
    config = load_config(path)
    if to and to not in config.channels:
        known = ", ".join(config.channels) or "none"
        message = f"there is no channel {to!r}{did_you_mean(to, tuple(config.channels))}"
        raise ConfigError([_problem("--to", f"{message}; there are: {known}")])
    if not to and len(config.channels) == 1:
        to = next(iter(config.channels))
    intake = _Intake(config=config, file=file, to=to)
    for outline in read_opml(_read(file), str(file)):
        intake.take(outline)
    tables = intake.tables()
    if tables and not dry_run:
        add_sources(path, tables)
    feeds = sum(len(one["feeds"]) for one in tables)
    verb = "Would add" if dry_run else "Added"
    sources = f"{counted(len(tables), 'source')} with {counted(feeds, 'feed')}"
    told = [f"{verb} {sources} to {path}." if tables else "Nothing to add."]
    told += [f"{name}: {counted(count, 'source')}" for name, count in intake.by_channel.items()]
    if intake.known:
        told.append(f"{counted(len(intake.known), 'feed')} skipped: known already, or named twice.")
    if tables and not dry_run:
        told.append("Next: wp-sync feeds check")
    return Result(
        command="feeds import",
        status="partial" if intake.problems else "success",
        exit_code=1 if intake.problems else 0,
        data={
            "file": str(file),
            "sources": tables,
            "known": intake.known,
            "problems": intake.problems,
            "dry_run": dry_run,
        },
        messages=tuple(intake.problems),
        text=tuple(told),
    )


def export_feeds(path: Path, out: Path | None) -> Result:
    """Write the sources as OPML, to a file or to standard output."""
    config = load_config(path)
    outlines = [*_outlines(config)]
    paths = sum("://" not in feed for source in config.sources for feed in source.feeds)
    notes = (f"{counted(paths, 'local file')} left out: OPML holds addresses",) if paths else ()
    text = write_opml(outlines, f"Sources of {urlsplit(config.site.url).hostname}")
    data: dict[str, Any] = {"feeds": len(outlines), "file": str(out or ""), "opml": text}
    if out is None or str(out) == STANDARD_INPUT:
        return Result(command="feeds export", data=data, messages=notes, text=(text.rstrip("\n"),))
    try:
        replace_file(out, text.encode(), keep_mode=out.exists())
    except OSError as error:
        raise FeedError(f"{out}: {error.strerror or error}", feed=str(out)) from error
    told = f"Wrote {counted(len(outlines), 'feed')} to {out}."
    return Result(command="feeds export", data=data, messages=notes, text=(told,))


def _outlines(config: Config) -> Iterator[Outline]:
    for source in config.sources:
        folders = source.folder or source.to[:1]
        addresses = [feed for feed in source.feeds if "://" in feed]
        for feed in addresses:
            name = source.name if len(addresses) > 1 else ""
            yield Outline(address=feed, title=source.name, folders=folders, source=name)


@dataclass(slots=True)
class _Intake:
    """Sorts the feeds of a list into sources."""

    config: Config
    file: Path
    to: str
    known: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    by_channel: Counter[str] = field(default_factory=Counter)
    _sources: list[dict[str, Any]] = field(default_factory=list)
    _addresses: dict[str, str] = field(default_factory=dict)
    _names: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        for source in self.config.sources:
            self._names.add(source.name.casefold())
            self._addresses |= {_identity(feed): source.name for feed in source.feeds}

    def take(self, one: Outline) -> None:
        """Make a source of a feed, or tell why not."""
        where = f"{self.file}, line {one.line}"
        address = one.address
        if address.lower().startswith("feed:"):
            address = f"https:{address[5:]}" if address[5:7] == "//" else address[5:]
        if _identity(address) in self._addresses:
            owner = self._addresses[_identity(address)]
            self.known.append(f"{where}: {address} is a feed of {owner!r} already")
            return
        channel = self._channel(one.folders)
        if not channel:
            folder = f"the folder {'/'.join(one.folders)!r}" if one.folders else "no folder"
            told = f"{address} is in {folder}, and no channel is called so: name one with --to"
            self.problems.append(f"{where}: {told}")
            return
        if wrong := _refusal(address):
            self.problems.append(f"{where}: {address} {wrong}")
            return
        title = one.source or one.title or urlsplit(address).hostname or address
        self._add(address, title, one, channel)

    def tables(self) -> list[dict[str, Any]]:
        """Return the sources, as config.toml has them."""
        self.by_channel = Counter(one["to"][0] for one in self._sources)
        return [{key: value for key, value in one.items() if value} for one in self._sources]

    def _add(self, address: str, title: str, one: Outline, channel: str) -> None:
        folder = [] if one.folders == (channel,) else [*one.folders]
        for source in self._sources:
            same = (source["name"], source["folder"], source["to"]) == (title, folder, [channel])
            if same and (one.source or domain_of(source["feeds"][0]) == domain_of(address)):
                source["feeds"].append(address)
                break
        else:
            if title.casefold() in self._names:
                title = f"{title} ({address})"
            self._sources.append(
                {"name": title, "feeds": [address], "to": [channel], "folder": folder}
            )
        self._names.add(title.casefold())
        self._addresses[_identity(address)] = title

    def _channel(self, folders: Sequence[str]) -> str:
        """Choose the channel that the innermost folder names; else the one that was given."""
        names = {name.casefold(): name for name in self.config.channels}
        found = (names[one.casefold()] for one in reversed(folders) if one.casefold() in names)
        return next(found, self.to)


def _refusal(address: str) -> str:
    """Say why an address can't be a source's; "" when it can."""
    if "://" not in address:
        return "is no address: https://…"
    if "@" in urlsplit(address).netloc:
        return "has a login in it, which would stand in every report"
    try:
        Source.model_validate({"name": "a", "feeds": (address,)})
    except ValidationError as refused:
        return "; ".join(str(error["msg"]) for error in refused.errors(include_url=False))
    return ""


def _identity(address: str) -> str:
    return normalise_address(address) or address


def _read(file: Path) -> bytes:
    if str(file) == STANDARD_INPUT:
        return sys.stdin.buffer.read(LARGEST + 1)
    try:
        with file.open("rb") as handle:
            return handle.read(LARGEST + 1)
    except OSError as error:
        raise FeedError(f"{file}: {error.strerror or error}", feed=str(file)) from error


def _problem(file: str, message: str) -> Problem:
    return Problem(file=file, line=0, key="", message=message)
