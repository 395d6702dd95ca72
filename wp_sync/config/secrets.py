"""Find, keep and forget the application password; find what alerts need.

None of it is kept in the configuration, printed or logged.
"""

from __future__ import annotations

import importlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wp_sync.errors import ConfigError, Problem

from .files import replace_file

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .schema import Config

VARIABLE = "WP_SYNC_PASSWORD"
CREDENTIAL = "wp-sync-password"
PASSWORD_FILE = "wp-sync-password"  # noqa: S105 (its name)
KEY = "site.password_file"
LONGEST = 1024  # bytes; WordPress's own are 24 letters and blanks
KEYRING_CURE = "pip install 'wp-sync[keyring]'"


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
        if os.path.lexists(credential):
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
        # lexists is False, and no error, where the directory may not be looked into.
        if os.path.lexists(credential):
            return Secret(_read(credential, config, private=False))
    if config.site.password_file:
        return read_password_file(config)
    if found := _ask_keyring(config):
        return Secret(found)
    message = (
        "no application password: `wp-sync login` stores one in a file of mode 0600, or with"
        f" --keyring in the system keyring; or set {VARIABLE}, or the systemd credential"
        f" {CREDENTIAL!r}"
    )
    raise _refusal(config, message)


def place_of_file(config: Config) -> Path:
    """Return the file that holds the password, or would hold it."""
    return config.path.parent / (config.site.password_file or PASSWORD_FILE)


def read_password_file(config: Config) -> Secret:
    """Read the file, and refuse one that others may read."""
    return Secret(_read(place_of_file(config), config, private=True))


def read_secret(raw: bytes) -> Secret | None:
    """Take one line of text; None for what can't be a password."""
    text = raw.decode("utf-8", "replace").strip()
    usable = text.isprintable() and "\ufffd" not in text and len(raw) <= LONGEST
    return Secret(text) if text and usable else None


def write_password_file(config: Config, secret: Secret) -> Path:
    """Keep the password in a file that only its owner can read; an older one is replaced whole."""
    path = place_of_file(config)
    if path.is_symlink() or (path.exists() and not path.is_file()):
        raise _refusal(config, f"{path}: is a link or no file: nothing is written there")
    try:
        replace_file(path, f"{secret.reveal()}\n".encode())
    except OSError as error:
        raise _refusal(config, f"{path}: cannot be written: {error.strerror}") from None
    return path


def remove_password_file(config: Config) -> bool:
    """Remove the file; tell whether there was one."""
    path = place_of_file(config)
    try:
        path.unlink()
    except FileNotFoundError:
        return False
    except OSError as error:
        raise _refusal(config, f"{path}: cannot be removed: {error.strerror}") from None
    return True


def check_keyring(config: Config) -> None:
    """Refuse to go on without a keyring that can keep something."""
    keyring = _load_keyring()
    if keyring is None:
        message = f"the system keyring needs a package that is not installed: `{KEYRING_CURE}`"
        raise _refusal(config, message)
    if keyring.get_keyring().priority <= 0:  # its own "fail" and "null" backends
        message = "there is no keyring service on this machine: without --keyring a file is used"
        raise _refusal(config, message)


def write_keyring(config: Config, secret: Secret) -> None:
    """Keep the password in the system keyring."""
    check_keyring(config)
    keyring: Any = _load_keyring()
    try:
        keyring.set_password(_service(config), config.site.username, secret.reveal())
    except keyring.errors.KeyringError as error:
        message = f"the keyring did not take it ({type(error).__name__}): unlock it and repeat"
        raise _refusal(config, message) from None


def read_keyring(config: Config) -> Secret | None:
    """Return what the keyring holds for this site and user."""
    found = _ask_keyring(config)
    return Secret(found) if found else None


def remove_keyring(config: Config) -> bool:
    """Remove the keyring's entry; tell whether there was one."""
    if not _ask_keyring(config):
        return False
    keyring: Any = _load_keyring()
    try:
        keyring.delete_password(_service(config), config.site.username)
    except keyring.errors.KeyringError as error:
        message = f"the keyring did not give it up ({type(error).__name__}): unlock it and repeat"
        raise _refusal(config, message) from None
    return True


def name_outer(environ: Mapping[str, str]) -> tuple[str, ...]:
    """Name the places that come before file and keyring, and that are not ours to empty."""
    directory = environ.get("CREDENTIALS_DIRECTORY")
    places = {
        f"the variable {VARIABLE}": bool(environ.get(VARIABLE, "").strip()),
        f"the systemd credential {CREDENTIAL!r}": bool(
            directory and os.path.lexists(Path(directory) / CREDENTIAL)
        ),
    }
    return tuple(name for name, holds in places.items() if holds)


def _read(path: Path, config: Config, *, private: bool, key: str = KEY) -> str:
    # No waiting on a pipe, and no link: the file that is checked is the file that is read.
    flags = os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | (os.O_NOFOLLOW if private else 0)
    try:
        handle = os.open(path, flags)
    except OSError as error:
        reason = "is a symbolic link" if path.is_symlink() else error.strerror
        is_missing = isinstance(error, FileNotFoundError) and key == KEY
        cure = "; `wp-sync login` stores a password" if is_missing else ""
        raise _refusal(config, f"{path}: {reason}{cure}", key) from None
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
        raw = os.read(handle, LONGEST + 1)
    finally:
        os.close(handle)
    secret = read_secret(raw)
    if secret is None:
        message = f"{path}: holds no password or address: one line of text is expected"
        raise _refusal(config, message, key)
    return secret.reveal()


def _ask_keyring(config: Config) -> str:
    """Ask the system keyring, where the optional package is installed and has a backend."""
    keyring = _load_keyring()
    if keyring is None:
        return ""
    try:
        found = keyring.get_password(_service(config), config.site.username)
    except keyring.errors.KeyringError:  # locked, or no backend, as under a timer
        return ""
    return str(found or "").strip()


def _load_keyring() -> Any:  # noqa: ANN401 (an extra)
    try:
        importlib.import_module("keyring.errors")  # which the package does not load itself
        return importlib.import_module("keyring")
    except ModuleNotFoundError:
        return None


def _service(config: Config) -> str:
    return f"wp-sync {config.site.url}"


def _refusal(config: Config, message: str, key: str = KEY) -> ConfigError:
    return ConfigError([Problem(file=str(config.path), line=0, key=key, message=message)])
