"""Change config.toml as a person would: comments and order stay; what is wrong is not written."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, Any

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import AoT

from wp_sync.errors import ConfigError, Problem

from .files import replace_file
from .load import load_config

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
    from pathlib import Path

    from tomlkit import TOMLDocument

    from .schema import Config

    Places = Mapping[int, Collection[int]]  # number of a source -> those of its feeds

# But those of tables below a source, such as [sources.extract], which go with it.
_ANY_HEADER = re.compile(r"^[ \t]*\[(?!\[?[ \t]*sources[ \t]*\.).*$", re.MULTILINE)
_HEADER = re.compile(r"^[ \t]*\[\[[ \t]*sources[ \t]*\]\]", re.MULTILINE)
# Blank lines and comments at the end of a table.
_ABOVE_NEXT = re.compile(r"(?:^[ \t]*(?:#.*)?\r?\n)*\Z", re.MULTILINE)


def add_source(path: Path, source: Mapping[str, Any]) -> Config:
    """Add a [[sources]] table behind all others. Raises ConfigError, and leaves the file alone."""
    return add_sources(path, [source])


def add_sources(path: Path, sources: Sequence[Mapping[str, Any]]) -> Config:
    """Add [[sources]] tables behind all others. Raises ConfigError, and leaves the file alone."""

    def change(text: str) -> str:
        if not isinstance(tomlkit.parse(text).get("sources", AoT([])), AoT):  # sources = [{…}]
            document = _read(path, text)
            inline: Any = document["sources"]
            inline.extend(_filled(tomlkit.inline_table(), source) for source in sources)
            return tomlkit.dumps(document)
        # At the end, and not by tomlkit: it would bring scattered sources together.
        added = tomlkit.document()
        tables = [_filled(tomlkit.table(), source) for source in sources]
        added.add("sources", AoT(tables))
        return f"{text.rstrip()}\n\n{tomlkit.dumps(added)}"

    return _edit(path, change)


def name_password_file(path: Path, name: str) -> Config:
    """Set [site] password_file; "" removes it."""

    def change(text: str) -> str:
        document = _read(path, text)
        site: Any = document["site"]
        if name:
            site["password_file"] = name
        else:
            site.pop("password_file", None)
        return tomlkit.dumps(document)

    return _edit(path, change)


def _read(path: Path, text: str) -> TOMLDocument:
    document = tomlkit.parse(text)
    # It brings [[sources]] together that stand apart, and moves tables and comments by that.
    if tomlkit.dumps(document) != text:
        message = "cannot be edited without moving its parts: put all [[sources]] side by side"
        raise _refused(path, f"{message}, or change it by hand")
    return document


def _filled(table: Any, values: Mapping[str, Any]) -> Any:  # noqa: ANN401 (tomlkit's tables)
    table.update(values)
    return table


def find_places(config: Config) -> tuple[tuple[Path, int], ...]:
    """Tell of each source in which file it stands, and as which of its [[sources]]."""
    mappings = sorted(config.path.parent.glob("mappings/*.toml"))
    files = (config.path, *(one for one in mappings if not one.name.startswith(".")))
    return tuple(
        (file, number)
        for file in files
        for number, _ in enumerate(tomllib.loads(_read_text(file)).get("sources", ()))
    )


def remove_feeds(path: Path, places: Mapping[Path, Places]) -> Config:
    """Take feeds, or whole sources, out of the files of a configuration.

    Raises ConfigError, and leaves all files alone.
    """
    before = {file: _read_text(file) for file in places}
    after = {file: _without(file, before[file], gone) for file, gone in places.items()}
    load_config(path, after)
    for file, text in after.items():
        _write(file, text.encode())
    return load_config(path)


def _without(file: Path, text: str, gone: Places) -> str:
    """Leave sources, and feeds of others, out of a file's text; the rest stays to the byte."""
    wanted = tomllib.loads(text)
    tables = wanted["sources"]
    for number in gone:
        tables[number]["feeds"] = [
            feed for place, feed in enumerate(tables[number]["feeds"]) if place not in gone[number]
        ]
    wanted["sources"] = [one for one in tables if one["feeds"]]
    try:
        edited = _cut(text, tables, gone) if _HEADER.search(text) else _cut_inline(text, gone)
        is_right = tomllib.loads(edited) == {k: v for k, v in wanted.items() if v or k != "sources"}
    except (TOMLKitError, tomllib.TOMLDecodeError, IndexError):
        is_right = False
    if not is_right:
        raise _refused(file, "cannot be edited without moving its parts: change it by hand")
    return edited


def _cut(text: str, tables: Sequence[Mapping[str, Any]], gone: Places) -> str:
    """Cut [[sources]] out as lines: tomlkit would bring scattered ones together."""
    blocks = [*_find_blocks(text)]
    for number in sorted(gone, reverse=True):
        start, end = blocks[number]
        block = ""
        if tables[number]["feeds"]:
            document = tomlkit.parse(text[start:end])
            table: Any = document["sources"]
            for place in sorted(gone[number], reverse=True):
                del table[0]["feeds"][place]
            block = tomlkit.dumps(document)
        text = text[:start] + block + text[end:]
    return text


def _cut_inline(text: str, gone: Places) -> str:
    document = tomlkit.parse(text)
    sources: Any = document["sources"]
    for number in sorted(gone, reverse=True):
        for place in sorted(gone[number], reverse=True):
            del sources[number]["feeds"][place]
        if not sources[number]["feeds"]:
            del sources[number]
    if not sources:
        del document["sources"]
    return tomlkit.dumps(document)


def _find_blocks(text: str) -> Iterator[tuple[int, int]]:
    """Find where each [[sources]] begins and ends; what stands above the next table is that's."""
    headers = [*_ANY_HEADER.finditer(text)]
    for number, header in enumerate(headers):
        if not _HEADER.match(header[0]):
            continue
        end = headers[number + 1].start() if number + 1 < len(headers) else len(text)
        block = text[header.start() : end]
        if number + 1 < len(headers):
            block = block[: _ABOVE_NEXT.search(block).start()]  # type: ignore[union-attr]
        yield header.start(), header.start() + len(block)


def _edit(path: Path, change: Callable[[str], str]) -> Config:
    before = _read_text(path)
    try:
        after = change(before)
    except TOMLKitError as error:
        raise _refused(path, f"cannot be edited: {error}; change it by hand") from None
    load_config(path, {path: after})
    _write(path, after.encode())
    return load_config(path)


def _read_text(path: Path) -> str:
    return path.read_bytes().decode()  # with the line ends that it has


def _write(path: Path, content: bytes) -> None:
    """Replace the file at once, with its mode; a link stays a link."""
    try:
        replace_file(path.resolve(), content, keep_mode=True)
    except OSError as error:
        raise _refused(path, f"cannot be written: {error.strerror}") from None


def _refused(path: Path, message: str) -> ConfigError:
    return ConfigError([Problem(file=str(path), line=0, key="", message=message)])
