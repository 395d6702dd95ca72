"""Find the application password, and what alerts need. Never kept in the configuration or shown."""

from __future__ import annotations

import importlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from wp_sync.errors import ConfigError, Problem

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .schema import Config

VARIABLE = "WP_SYNC_PASSWORD"
CREDENTIAL = "wp-sync-password"
KEY = "site.password_file"
_LONGEST = 1024  # bytes; WordPress's own are 24 letters and blanks


class Secret:
    """A text that shows itself only when asked by name."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """Return the text itself."""
        return self._text

    def __repr__(self) -> str:
        return "Secret(…)"

    def __reduce__(self) -> str:
        raise TypeError("a secret is not written anywhere")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a secret may stand that not every site has: the first of these wins."""

    variable: str  # of the environment
    credential: str  # of systemd
    file: Path | None  # mode 0600
    key: str  # of the configuration, for messages


def find_secret(place: Place, config: Config, environ: Mapping[str, str]) -> Secret | None:
    """Look for a secret; None when there is none. Raises ConfigError when others may read it."""
    if found := environ.get(place.variable, "").strip():
        return Secret(found)
    if directory := environ.get("CREDENTIALS_DIRECTORY"):
        credential = Path(directory) / place.credential
        if os.path.lexists(credential):  # which is also False where it may not be looked for
            return Secret(_read(credential, config, private=False, key=place.key))
    return Secret(_read(place.file, config, private=True, key=place.key)) if place.file else None


def find_password(config: Config, environ: Mapping[str, str]) -> Secret:
    """Look in the environment, systemd's credentials, password_file, the keyring: first one wins.

    Raises ConfigError when there is none, or when a file may be read by others.
    """
    if found := environ.get(VARIABLE, "").strip():
        return Secret(found)
    if directory := environ.get("CREDENTIALS_DIRECTORY"):
        credential = Path(directory) / CREDENTIAL
        # systemd answers for who may read it: by owner, or by an access list that the mode shows.
        if credential.exists() and (found := _read(credential, config, private=False)):
            return Secret(found)
    if config.site.password_file:
        path = config.path.parent / config.site.password_file
        return Secret(_read(path, config, private=True))
    if found := _ask_keyring(config):
        return Secret(found)
    message = (
        f"no application password: set {VARIABLE}, or the systemd credential {CREDENTIAL!r}, or"
        " name a file of mode 0600 here, or store it in the system keyring"
    )
    raise _refusal(config, message)


def _read(path: Path, config: Config, *, private: bool, key: str = KEY) -> str:
    # No waiting on a pipe, and no link: the file that is checked is the file that is read.
    flags = os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | (os.O_NOFOLLOW if private else 0)
    try:
        handle = os.open(path, flags)
    except OSError as error:
        reason = "is a symbolic link" if path.is_symlink() else error.strerror
        raise _refusal(config, f"{path}: {reason}", key) from None
    try:
        state = os.fstat(handle)
        if not stat.S_ISREG(state.st_mode):
            raise _refusal(config, f"{path}: is not a file", key)
        if private and state.st_uid != os.geteuid():
            raise _refusal(config, f"{path}: belongs to another user", key)
        if private and state.st_mode & 0o077:
            mode = stat.S_IMODE(state.st_mode)
            message = f"{path}: others may read it (mode {mode:04o}): `chmod 600 {path}`"
            raise _refusal(config, message, key)
        raw = os.read(handle, _LONGEST + 1)
    finally:
        os.close(handle)
    text = raw.decode("utf-8", "replace").strip()
    if not text or "\ufffd" in text or "\n" in text or len(raw) > _LONGEST:
        message = f"{path}: holds no password or address: one line of text is expected"
        raise _refusal(config, message, key)
    return text


def _ask_keyring(config: Config) -> str:
    """Ask the system keyring, where the optional package is installed and has a backend."""
    try:
        keyring = importlib.import_module("keyring")
    except ModuleNotFoundError:
        return ""
    try:
        found = keyring.get_password(f"wp-sync {config.site.url}", config.site.username)
    except keyring.errors.KeyringError:  # locked, or no backend, as under a timer
        return ""
    return str(found or "").strip()


def _refusal(config: Config, message: str, key: str = KEY) -> ConfigError:
    return ConfigError([Problem(file=str(config.path), line=0, key=key, message=message)])
