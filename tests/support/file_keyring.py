"""A backend for the keyring package, in one file: a machine without a desktop has none.

Only commands import it, by a variable: the package takes whatever backend a process has loaded.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

from keyring.backend import KeyringBackend


class FileKeyring(KeyringBackend):
    """Keeps its entries in the file that a variable names."""

    priority = 1.0

    def get_password(self, service: str, username: str) -> str | None:
        return _entries().get(f"{service}|{username}")

    def set_password(self, service: str, username: str, password: str) -> None:
        _write(_entries() | {f"{service}|{username}": password})

    def delete_password(self, service: str, username: str) -> None:
        _write({key: one for key, one in _entries().items() if key != f"{service}|{username}"})


def _file() -> Path:
    return Path(os.environ["FILE_KEYRING"])


def _entries() -> dict[str, str]:
    return dict(json.loads(_file().read_text())) if _file().exists() else {}


def _write(kept: dict[str, str]) -> None:
    _file().write_text(json.dumps(kept))
