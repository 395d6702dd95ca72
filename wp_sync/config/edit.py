"""Change config.toml as a person would: comments and order stay, and what is refused is undone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import AoT

from wp_sync.errors import ConfigError, Problem

from .files import replace_file
from .load import load_config

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from tomlkit import TOMLDocument

    from .schema import Config


def add_source(path: Path, source: Mapping[str, Any]) -> Config:
    """Add a [[sources]] table behind all others. Raises ConfigError, and leaves the file alone."""

    def change(text: str) -> str:
        if not isinstance(tomlkit.parse(text).get("sources", AoT([])), AoT):  # sources = [{…}]
            document = _read(path, text)
            inline: Any = document["sources"]
            inline.append(_filled(tomlkit.inline_table(), source))
            return tomlkit.dumps(document)
        # At the end, and not by tomlkit: it would bring scattered sources together.
        added = tomlkit.document()
        added.add("sources", AoT([_filled(tomlkit.table(), source)]))
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


def _edit(path: Path, change: Callable[[str], str]) -> Config:
    before = path.read_bytes()
    try:
        after = change(before.decode())
    except TOMLKitError as error:
        raise _refused(path, f"cannot be edited: {error}; change it by hand") from None
    _write(path, after.encode())
    try:
        return load_config(path)
    except ConfigError:
        _write(path, before)
        raise


def _write(path: Path, content: bytes) -> None:
    """Replace the file at once, with its mode; a link stays a link."""
    try:
        replace_file(path.resolve(), content, keep_mode=True)
    except OSError as error:
        raise _refused(path, f"cannot be written: {error.strerror}") from None


def _refused(path: Path, message: str) -> ConfigError:
    return ConfigError([Problem(file=str(path), line=0, key="", message=message)])
