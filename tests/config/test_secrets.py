"""find_password: environment, systemd, file, keyring -> a Secret that does not show itself."""

from __future__ import annotations

import os
import pickle
import sys
from typing import TYPE_CHECKING

import pytest

from wp_sync.config.schema import Config, FetchSection, SiteSection
from wp_sync.config.secrets import (
    Secret,
    find_password,
    name_outer,
    read_secret,
    remove_password_file,
    write_password_file,
)
from wp_sync.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PASSWORD = "abcd EFGH ijkl 1234"  # noqa: S105


def make_config(directory: Path, password_file: str = "") -> Config:
    """Make the configuration of a site."""
    site = SiteSection(url="https://a.test", username="wp", password_file=password_file)
    return Config(path=directory / "config.toml", site=site, fetch=FetchSection(contact="a@b.c"))


def write_password(path: Path, mode: int = 0o600, text: str = PASSWORD + "\n") -> Path:
    """Write a password file."""
    path.write_text(text)
    path.chmod(mode)
    return path


def forget_keyring() -> None:
    """Have it imported anew: from the library that comes first then."""
    for name in [name for name in sys.modules if name.partition(".")[0] == "keyring"]:
        del sys.modules[name]


@pytest.fixture
def keyring(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Put a keyring where the optional package would be."""
    library = tmp_path / "library"
    package = library / "keyring"
    package.mkdir(parents=True)
    (package / "errors.py").write_text("class KeyringError(Exception): pass\n")
    (package / "__init__.py").write_text(
        "from . import errors\n"
        "def get_password(service, user):\n"
        "    if user == 'locked': raise errors.KeyringError('locked')\n"
        "    return f'{service}|{user}'\n"
    )
    monkeypatch.syspath_prepend(str(library))
    forget_keyring()
    yield
    forget_keyring()


def test_secret_shows_itself_only_when_asked() -> None:
    """Neither repr, str, format nor pickle give it away."""
    secret = Secret(PASSWORD)

    shown = f"{secret} {secret!r} {[secret]}"

    assert PASSWORD not in shown
    assert secret.reveal() == PASSWORD
    with pytest.raises(TypeError):
        pickle.dumps(secret)


def test_environment_wins_over_credential_over_file(tmp_path: Path) -> None:
    """The order that config.toml tells."""
    write_password(tmp_path / "own", text="from the file")
    write_password(tmp_path / "wp-sync-password", 0o440, text="from systemd")
    config = make_config(tmp_path, "own")
    systemd = {"CREDENTIALS_DIRECTORY": str(tmp_path)}

    found = [
        find_password(config, environ).reveal()
        for environ in ({"WP_SYNC_PASSWORD": " from the variable "} | systemd, systemd, {})
    ]

    assert found == ["from the variable", "from systemd", "from the file"]


def test_credentials_of_another_service_are_passed_over(tmp_path: Path) -> None:
    """A unit may have credentials without having ours."""
    write_password(tmp_path / "own")
    environ = {"CREDENTIALS_DIRECTORY": str(tmp_path), "WP_SYNC_PASSWORD": ""}

    assert find_password(make_config(tmp_path, "own"), environ).reveal() == PASSWORD


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o622, 0o777], ids=oct)
def test_file_that_others_may_read_is_refused(tmp_path: Path, mode: int) -> None:
    """With the command that mends it."""
    write_password(tmp_path / "own", mode)

    with pytest.raises(ConfigError, match=r"others may .*chmod 600") as caught:
        find_password(make_config(tmp_path, "own"), {})

    assert PASSWORD not in str(caught.value)
    assert caught.value.problems[0].key == "site.password_file"


def test_link_is_refused(tmp_path: Path) -> None:
    """Whoever may write a link must not choose the file."""
    write_password(tmp_path / "real")
    (tmp_path / "own").symlink_to("real")

    with pytest.raises(ConfigError, match="is a symbolic link"):
        find_password(make_config(tmp_path, "own"), {})


def test_pipe_is_refused_without_waiting(tmp_path: Path) -> None:
    """Opening a pipe would wait for a writer for ever."""
    os.mkfifo(tmp_path / "own", 0o600)

    with pytest.raises(ConfigError, match="is not a file"):
        find_password(make_config(tmp_path, "own"), {})


def test_file_of_another_user_is_refused(tmp_path: Path) -> None:
    """Its owner could change it at any time."""
    path = write_password(tmp_path / "own")
    if os.geteuid() == 0:
        os.chown(path, 12345, -1)
    named = str(path) if os.geteuid() == 0 else "/etc/passwd"

    with pytest.raises(ConfigError, match="belongs to another user"):
        find_password(make_config(tmp_path, named), {})


@pytest.mark.parametrize("text", ["", " \n", "two\nlines", "x" * 2000], ids=range(4))
def test_file_without_a_password_is_refused(tmp_path: Path, text: str) -> None:
    """One line of text, or nothing goes to the site."""
    write_password(tmp_path / "own", text=text)

    with pytest.raises(ConfigError, match="holds no password"):
        find_password(make_config(tmp_path, "own"), {})


def test_named_file_must_be_there(tmp_path: Path) -> None:
    """A file that was named and is missing is a mistake, and no reason to look elsewhere."""
    with pytest.raises(ConfigError, match=r"own: No such file .*`wp-sync login`"):
        find_password(make_config(tmp_path, "own"), {})


@pytest.mark.usefixtures("keyring")
def test_keyring_is_asked_last(tmp_path: Path) -> None:
    """By the site's address and the user's name."""
    found = find_password(make_config(tmp_path), {})

    assert found.reveal() == "wp-sync https://a.test|wp"


@pytest.mark.usefixtures("keyring")
def test_locked_keyring_is_like_none(tmp_path: Path) -> None:
    """Under a timer nobody can unlock one."""
    config = make_config(tmp_path)
    site = config.site.model_copy(update={"username": "locked"})

    with pytest.raises(ConfigError, match="no application password"):
        find_password(config.model_copy(update={"site": site}), {})


def test_no_password_lists_the_ways(tmp_path: Path) -> None:
    """Each of the four, by the name under which it is set."""
    with pytest.raises(ConfigError) as caught:
        find_password(make_config(tmp_path), {})

    told = str(caught.value)
    ways = ("WP_SYNC_PASSWORD", "'wp-sync-password'", "site.password_file", "keyring")
    assert all(way in told for way in ways)


def test_a_stored_password_is_its_owners_alone(tmp_path: Path) -> None:
    """0600 whatever the umask and the older file allow; nothing else is left in the directory."""
    write_password(tmp_path / "own", 0o644, "older")
    before = os.umask(0)
    try:
        path = write_password_file(make_config(tmp_path, "own"), Secret(PASSWORD))
    finally:
        os.umask(before)

    assert path.read_text() == f"{PASSWORD}\n"
    assert path.stat().st_mode & 0o777 == 0o600
    assert [one.name for one in tmp_path.iterdir()] == ["own"]


@pytest.mark.parametrize("there", ["link", "pipe", "directory"])
def test_nothing_is_written_through_what_is_no_file(tmp_path: Path, there: str) -> None:
    """A link must not choose the file that is written."""
    path = tmp_path / "wp-sync-password"
    if there == "link":
        path.symlink_to(tmp_path / "chosen")
    elif there == "pipe":
        os.mkfifo(path)
    else:
        path.mkdir()

    with pytest.raises(ConfigError, match="nothing is written there") as caught:
        write_password_file(make_config(tmp_path), Secret(PASSWORD))

    assert PASSWORD not in str(caught.value)
    assert not (tmp_path / "chosen").exists()


def test_a_write_that_fails_leaves_the_older_password(tmp_path: Path) -> None:
    """The file is replaced at once, or not at all."""
    config = make_config(tmp_path, "own")
    path = write_password(tmp_path / "own", text="older\n")

    with pytest.raises(UnicodeEncodeError):
        write_password_file(config, Secret("\udcff"))

    assert path.read_text() == "older\n"


def test_a_removed_file_is_gone(tmp_path: Path) -> None:
    """Told apart: there was one, there was none."""
    config = make_config(tmp_path, "own")
    write_password(tmp_path / "own")

    assert [remove_password_file(config), remove_password_file(config)] == [True, False]


@pytest.mark.parametrize("raw", [b"", b" \n", b"two\nlines", b"x" * 2000, b"\xff\xfe", b"a\x1bb"])
def test_what_can_be_no_password_is_none(raw: bytes) -> None:
    """One line of printable text."""
    assert read_secret(raw) is None


def test_places_that_come_first_are_named(tmp_path: Path) -> None:
    """Whoever logs out must know what still logs in."""
    write_password(tmp_path / "wp-sync-password")
    environ = {"WP_SYNC_PASSWORD": PASSWORD, "CREDENTIALS_DIRECTORY": str(tmp_path)}

    named = name_outer(environ)

    assert named == ("the variable WP_SYNC_PASSWORD", "the systemd credential 'wp-sync-password'")
    assert name_outer({}) == ()
