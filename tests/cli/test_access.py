"""login and logout by hand and by pipe, against a real WordPress."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import requests
from desk import make_password
from terminal import open_terminal

from wp_sync.config import load_config
from wp_sync.config.secrets import VARIABLE

if TYPE_CHECKING:
    from desk import Desk
    from press import Kiosk

    from wp_sync.sandbox.wordpress import WordPress

FILE = "wp-sync-password"
SUPPORT = Path(__file__).parents[1] / "support"


def file_of(desk: Desk) -> Path:
    return desk.directory / FILE


def config_of(desk: Desk) -> Path:
    return desk.directory / "config.toml"


def works(site: WordPress, password: str) -> bool:
    """Ask the site itself whether a password still logs in."""
    me = f"{site.url}/wp-json/wp/v2/users/me"
    return requests.get(me, auth=("editor", password), timeout=30).ok


def test_a_proven_password_is_stored_and_used(newcomer: Desk, spare: str) -> None:
    """Where, for whom and what next are told; the file is private; doctor finds it."""
    answer = newcomer.run("login", piped=f"{spare}\n")

    assert answer.code == 0, answer.err
    assert "as editor (editor)" in answer.out
    assert FILE in answer.out
    assert "Next: wp-sync add URL" in answer.out
    assert file_of(newcomer).read_text() == f"{spare}\n"
    assert stat.S_IMODE(file_of(newcomer).stat().st_mode) == 0o600
    assert load_config(config_of(newcomer)).site.password_file == FILE
    assert newcomer.run("doctor").code == 0


def test_a_wrong_password_changes_nothing(newcomer: Desk, spare: str) -> None:
    """Exit 3, cause and cure; the one that works stays, and the configuration too."""
    newcomer.run("login", piped=spare)
    before = config_of(newcomer).read_text()

    answer = newcomer.run("login", "--stdin", piped="abcd efgh ijkl")

    assert answer.code == 3
    assert "wrong user name or password" in answer.err
    assert "wp-admin > Users > Profile" in answer.err
    assert "abcd" not in answer.out + answer.err
    assert file_of(newcomer).read_text() == f"{spare}\n"
    assert config_of(newcomer).read_text() == before


def test_a_better_password_replaces_the_older(newcomer: Desk, spare: str) -> None:
    """One file, with the name that the configuration has for it."""
    newcomer.run("login", piped=spare)
    text = config_of(newcomer).read_text().replace(f'"{FILE}"', '"mine"  # ours')
    config_of(newcomer).write_text(text)
    (newcomer.directory / "mine").write_text("older")

    answer = newcomer.run("login", piped=spare)

    assert answer.code == 0
    assert (newcomer.directory / "mine").read_text() == f"{spare}\n"
    assert config_of(newcomer).read_text() == text


def test_on_a_terminal_it_is_asked_unseen(newcomer: Desk, spare: str) -> None:
    """What is typed is not shown."""
    terminal = open_terminal(newcomer.directory, "login", more={"WP_SYNC_PASSWORD": ""})
    terminal.answer("The application password of editor", spare, hidden=True)

    code = terminal.end()

    assert code == 0
    assert spare not in terminal.shown
    assert file_of(newcomer).read_text() == f"{spare}\n"


@pytest.mark.parametrize("piped", ["", "\n", "two\nlines", "x" * 5000], ids=range(4))
def test_what_is_no_password_is_not_tried(piped: str, newcomer: Desk) -> None:
    """Exit 2 and one clear message."""
    answer = newcomer.run("login", piped=piped)

    assert answer.code == 2
    assert "one line of text" in answer.err
    assert not file_of(newcomer).exists()


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(("hush hush hush",), id="alone"),
        pytest.param(("--password", "hush hush"), id="an option"),
        pytest.param(("--password=hush",), id="an option with ="),
        pytest.param(("-phush",), id="a short option"),
    ],
)
def test_a_password_in_the_arguments_is_refused(arguments: tuple[str, ...], newcomer: Desk) -> None:
    """Exit 2 with the reason, and without the password."""
    answer = newcomer.run("login", *arguments)

    told = " ".join(answer.err.replace("│", " ").split())
    assert answer.code == 2
    assert "every user of this machine can read it" in told
    assert "hush" not in answer.out + answer.err


def test_a_link_is_not_written_through(newcomer: Desk, spare: str) -> None:
    """What it points to stays as it is; exit 2."""
    chosen = newcomer.directory / "chosen"
    chosen.write_text("mine")
    file_of(newcomer).symlink_to(chosen)

    answer = newcomer.run("login", piped=spare)

    assert answer.code == 2
    assert "nothing is written there" in answer.err
    assert chosen.read_text() == "mine"


def test_a_variable_that_wins_is_told(newcomer: Desk, spare: str) -> None:
    """Else the person wonders which password is used."""
    newcomer.environ[VARIABLE] = "another"

    answer = newcomer.run("login", piped=spare)

    assert answer.code == 0
    assert "WP_SYNC_PASSWORD comes before what was stored" in answer.err


def test_a_site_that_is_none_gets_no_password(newcomer: Desk, kiosk: Kiosk) -> None:
    """Exit 3; nothing is stored, and nothing was sent but reads without a login."""
    kiosk.put("/", "<html><title>My shop</title></html>", "text/html")
    config_of(newcomer).write_text(
        config_of(newcomer).read_text().replace(newcomer.site, kiosk.url)
    )

    answer = newcomer.run("login", piped="abcd efgh")

    assert answer.code == 3
    assert "My shop" in answer.err
    assert not file_of(newcomer).exists()


def test_the_keyring_takes_the_place_of_the_file(newcomer: Desk, spare: str) -> None:
    """There and back: what is stored is used, and each place is emptied by logout."""
    kept = newcomer.directory / "keyring.json"
    newcomer.run("login", piped=spare)
    newcomer.environ.update(
        {
            "FILE_KEYRING": str(kept),
            "PYTHON_KEYRING_BACKEND": "file_keyring.FileKeyring",
            "PYTHONPATH": str(SUPPORT),
        }
    )

    stored = newcomer.run("login", "--keyring", piped=spare)

    in_keyring = json.loads(kept.read_text())
    used = newcomer.run("doctor")
    removed = newcomer.run("logout", "--json")
    assert stored.code == 0, stored.err
    assert "the system keyring" in stored.out
    assert in_keyring == {f"wp-sync {newcomer.site}|editor": spare}
    assert not file_of(newcomer).exists()
    assert load_config(config_of(newcomer)).site.password_file == ""
    assert used.code == 0
    assert removed.envelope["data"]["removed"] == ["the system keyring"]
    assert kept.read_text() == "{}"


def test_without_a_keyring_service_a_word_says_so(newcomer: Desk) -> None:
    """Before the password is asked for: the package is there, its service is not."""
    newcomer.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"

    answer = newcomer.run("login", "--keyring", piped="abcd")

    assert answer.code == 2
    assert "no keyring service" in answer.err


def test_without_the_package_its_command_is_told(newcomer: Desk) -> None:
    """The extra is named."""
    (newcomer.directory / "keyring.py").write_text("raise ModuleNotFoundError('keyring')\n")
    newcomer.environ["PYTHONPATH"] = str(newcomer.directory)

    answer = newcomer.run("login", "--keyring", piped="abcd")

    assert answer.code == 2
    assert "pip install 'wp-sync[keyring]'" in answer.err


def test_logout_removes_the_file(newcomer: Desk, spare: str, wordpress: WordPress) -> None:
    """The site still knows the password; the next run says how to store one."""
    newcomer.run("login", piped=spare)

    answer = newcomer.run("logout")

    assert answer.code == 0
    assert f"Removed: the application password in {FILE}." in answer.out
    assert not file_of(newcomer).exists()
    assert works(wordpress, spare)
    assert "`wp-sync login`" in newcomer.run("sync").err


def test_logout_revokes_on_the_site(newcomer: Desk, wordpress: WordPress) -> None:
    """That password alone is dead; its name is told; a second time there is nothing to do."""
    password, other = make_password(wordpress, name="Mine"), make_password(wordpress)
    newcomer.run("login", piped=password)

    answer = newcomer.run("logout", "--revoke")

    again = newcomer.run("logout", "--revoke")
    assert answer.code == 0, answer.err
    assert "the application password 'Mine'" in answer.out
    assert not works(wordpress, password)
    assert works(wordpress, other)
    assert again.code == 0
    assert "No application password was stored here." in again.out


def test_a_password_that_is_dead_already_is_removed(newcomer: Desk, spare: str) -> None:
    """An admin may have revoked it before."""
    file_of(newcomer).write_text("abcd efgh")
    file_of(newcomer).chmod(0o600)

    answer = newcomer.run("logout", "--revoke")

    assert answer.code == 0
    assert "does not accept the password any more" in answer.out
    assert not file_of(newcomer).exists()
    assert spare


def test_what_cannot_be_revoked_is_kept(newcomer: Desk, spare: str) -> None:
    """The site is away: with the file gone, nobody could revoke it later. Exit 3."""
    newcomer.run("login", piped=spare)
    text = config_of(newcomer).read_text().replace(newcomer.site, "http://127.0.0.1:9")
    config_of(newcomer).write_text(text)

    answer = newcomer.run("logout", "--revoke")

    assert answer.code == 3
    assert file_of(newcomer).exists()


def test_logout_names_what_still_holds_one(newcomer: Desk) -> None:
    """A variable is not ours to unset."""
    newcomer.environ[VARIABLE] = "abcd"

    answer = newcomer.run("logout")

    assert answer.code == 0
    assert "WP_SYNC_PASSWORD still holds an application password" in answer.err
