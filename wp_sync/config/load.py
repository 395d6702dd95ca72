"""Read config.toml and the mappings beside it. No file is written, no address is asked."""

from __future__ import annotations

import re
import tomllib
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, ValidationError

from wp_sync.errors import ConfigError, Problem

from .channels import Channel, ChannelFile, Source
from .problems import TomlFile, explain, find_line, keys_of, unknown_key
from .rules import PlacedSource, find_conflicts
from .schema import AlertsSection, Config, ConfigFile, LedgerSection, SiteSection

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from .problems import KeyPath

_M = TypeVar("_M", bound=BaseModel)
_Table = dict[str, Any]

_SECTIONS: dict[str, type[BaseModel]] = {
    name: field.annotation
    for name, field in ChannelFile.model_fields.items()
    if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel)
}


def load_config(path: Path, instead: Mapping[Path, str] | None = None) -> Config:
    """Read a site's configuration. Raises ConfigError with all that is wrong in all its files.

    `instead` holds texts that are to be read instead of files: an edit that is not made yet.
    """
    if not path.is_file():
        message = "there is no such file: `wp-sync init` writes one, --config names another"
        raise ConfigError([Problem(file=str(path), line=0, key="", message=message)])
    loader = _Loader(instead)
    main = loader.read(path)
    mappings = {
        one.stem: loader.read(one)
        for one in sorted(path.parent.glob("mappings/*.toml"))
        if not one.name.startswith(".")  # an editor's lock file
    }
    raw: _Table = {"site": {}, "fetch": {}} | dict(main.data if main else {})
    defaults = loader.defaults(raw.pop("defaults", {}), main)
    loader.sources(raw.pop("sources", []), main)
    others = ("defaults", "sources")
    settings = loader.check(ConfigFile, raw, main, others=others)[0] if main else None
    channels = {stem: loader.channel(stem, file, defaults) for stem, file in mappings.items()}
    loader.problems += find_conflicts(loader.placed, channels, mappings)
    if loader.problems or settings is None:
        raise ConfigError(
            sorted(loader.problems, key=lambda p: (loader.files.index(p.file), p.line))
        )
    sources = tuple(_anchor(one.source, path.parent) for one in loader.placed)
    known = {stem: channel for stem, channel in channels.items() if channel}
    return Config(path=path, sources=sources, channels=known, **dict(settings))


def load_some(path: Path) -> Config:
    """Read what alerts need, even where something else is wrong: then the rest is left out.

    Raises ConfigError when that, too, cannot be read.
    """
    try:
        return load_config(path)
    except ConfigError:
        loader = _Loader()
        main = loader.read(path) if path.is_file() else None
        if main is None:
            raise
        wanted = (("site", SiteSection), ("ledger", LedgerSection), ("alerts", AlertsSection))
        sections: dict[str, Any] = {
            name: loader.check(model, main.data.get(name, {}), main)[0] for name, model in wanted
        }
        if loader.problems:
            raise
        return Config.model_construct(path=path, **sections)


class _Loader:
    """Reads one part after the other and keeps the problems of all."""

    def __init__(self, instead: Mapping[Path, str] | None = None) -> None:
        self._instead = instead or {}
        self.files: list[str] = []
        self.problems: list[Problem] = []
        self.placed: list[PlacedSource] = []

    def read(self, path: Path) -> TomlFile | None:
        """Parse one file; None when it is not TOML, which is a problem of its own."""
        line = 0
        self.files.append(str(path))
        try:
            text = self._instead[path] if path in self._instead else path.read_text("utf-8")
            return TomlFile(name=str(path), text=text, data=tomllib.loads(text))
        except tomllib.TOMLDecodeError as error:
            message, _, place = str(error).partition(" (at ")
            number = re.match(r"line (\d+)", place)
            line = int(number[1]) if number else text.rstrip("\n").count("\n") + 1
            message = f"is not TOML: {message[:1].lower()}{message[1:]}"
        except UnicodeDecodeError:
            message = "is not UTF-8 text"
        except OSError as error:
            message = f"cannot be read: {error.strerror}"
        self.problems.append(Problem(file=str(path), line=line, key="", message=message))
        return None

    def check(
        self,
        model: type[_M],
        raw: _Table,
        file: TomlFile,
        *,
        others: tuple[str, ...] = (),
        place: Callable[[KeyPath], KeyPath] = lambda loc: loc,
    ) -> tuple[_M | None, list[KeyPath]]:
        """Make a model of a table, and list the keys that are wrong.

        `place` tells where in the file a key of the table stands.
        """
        try:
            return model.model_validate(_freeze(raw)), []
        except ValidationError as refused:
            errors = refused.errors(include_url=False)
        for error in errors:
            path = place(error["loc"])
            problem = file.problem(path, explain(error, model, others))
            if error["type"] == "missing":  # its table is there, perhaps
                problem = replace(problem, line=find_line(file.text, path[:-1]))
            self.problems.append(problem)
        return None, [error["loc"] for error in errors]

    def defaults(self, raw: object, file: TomlFile | None) -> dict[str, _Table]:
        """Sort [defaults] into a channel's sections. What is wrong is told once, and left out."""
        sections: dict[str, _Table] = {name: {} for name in _SECTIONS}
        if file is None:
            return sections
        if not isinstance(raw, dict):
            self.problems.append(file.problem(("defaults",), "must be a table: [defaults]"))
            return sections
        places: dict[KeyPath, KeyPath] = {}
        for key, value in raw.items():
            homes = [name for name, model in _SECTIONS.items() if key in keys_of(model)]
            if key in sections and isinstance(value, dict):
                sections[key].update(value)
            elif len(homes) == 1:
                sections[homes[0]][key] = value
                places[homes[0], key] = ("defaults", key)
            else:
                message = _explain_default(key, homes)
                self.problems.append(file.problem(("defaults", key), message))

        def place(loc: KeyPath) -> KeyPath:
            return (*places.get(loc[:2], ("defaults", *loc[:2])), *loc[2:])

        for loc in self.check(ChannelFile, sections, file, place=place)[1]:
            sections[str(loc[0])].pop(str(loc[1]), None)
        return sections

    def channel(
        self, stem: str, file: TomlFile | None, defaults: Mapping[str, _Table]
    ) -> Channel | None:
        """Lay a mapping over the defaults; its own sources are placed."""
        if file is None:
            return None
        raw = dict(file.data)
        self.sources(raw.pop("sources", []), file, channel=stem)
        for name, section in defaults.items():
            own = raw.get(name, {})
            raw[name] = section | own if isinstance(own, dict) else own
        checked, _ = self.check(ChannelFile, raw, file, others=("sources",))
        return Channel(name=stem, **dict(checked)) if checked else None

    def sources(self, raw: object, file: TomlFile | None, *, channel: str = "") -> None:
        """Place the [[sources]] of a file. Of a wrong one, what is right is checked further."""
        if file is None:
            return
        if not isinstance(raw, list) or not all(isinstance(one, dict) for one in raw):
            message = "is a list of tables: write [[sources]] above each source"
            self.problems.append(file.problem(("sources",), message))
            return
        for number, table in enumerate(raw):
            at = ("sources", number)
            if channel and table.get("to", [channel]) not in ([channel], []):
                message = f"a source in a mapping goes to its channel, {channel!r}: leave `to` out"
                self.problems.append(file.problem((*at, "to"), message))
            whole = table | ({"to": [channel]} if channel else {})
            source, wrong = self.check(Source, whole, file, place=partial(_below, at))
            if source is None:
                bad = {loc[0] for loc in wrong}
                right = {key: _freeze(value) for key, value in whole.items() if key not in bad}
                source = Source.model_construct(**{"name": "", "feeds": ()} | right)
            self.placed.append(PlacedSource(source=source, file=file, at=at))


def _below(at: KeyPath, loc: KeyPath) -> KeyPath:
    return (*at, *loc)


def _explain_default(key: str, homes: list[str]) -> str:
    if homes:
        tables = " or ".join(f"[defaults.{home}]" for home in homes)
        return f"more than one table of a channel has this key: write it under {tables}"
    if key in _SECTIONS:
        return f"must be a table: [defaults.{key}]"
    keys = [name for model in _SECTIONS.values() for name in keys_of(model)]
    return unknown_key(key, [*dict.fromkeys(keys), *_SECTIONS])


def _freeze(value: Any) -> Any:  # noqa: ANN401
    """Make tuples of lists: the models are strict, and hold tuples."""
    if isinstance(value, dict):
        return {key: _freeze(item) for key, item in value.items()}
    return tuple(map(_freeze, value)) if isinstance(value, list) else value


def _anchor(source: Source, directory: Path) -> Source:
    """Make the paths among the feeds absolute: they are relative to config.toml."""
    feeds = (feed if "://" in feed else str((directory / feed).absolute()) for feed in source.feeds)
    return source.model_copy(update={"feeds": tuple(feeds)})
