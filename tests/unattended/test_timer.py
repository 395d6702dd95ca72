"""timer install, status and remove, in a home of its own; systemd is not running there."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from terminal import open_terminal

from wp_sync.config import load_config
from wp_sync.config.values import parse_duration
from wp_sync.errors import ConfigError
from wp_sync.unattended.timer import compare, find_installed, make_setting, write

if TYPE_CHECKING:
    from desk import Answer, Desk

MAKING = ("timer", "install", "--user")


@pytest.fixture
def guest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Sit down at a desk without a site, in a home without systemd."""
    from desk import Desk

    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "nowhere"))
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    (tmp_path / "site").mkdir()
    desk = Desk(directory=tmp_path / "site", site="https://example.news")
    desk.write("")
    config = desk.directory / "config.toml"
    config.write_text(config.read_text().replace("[fetch]", 'password_file = "secret"\n[fetch]'))
    (desk.directory / "secret").write_text("canary canary")
    (desk.directory / "secret").chmod(0o600)
    return desk


def units(desk: Desk) -> dict[str, str]:
    directory = desk.directory.parent / "home" / "systemd" / "user"
    return {path.name: path.read_text() for path in sorted(directory.glob("*"))}


def install(desk: Desk, *more: str) -> Answer:
    return desk.run(*MAKING, "--yes", *more)


def test_the_units_are_shown_and_written(guest: Desk) -> None:
    """Whole, before anything is written; what remains where systemd is not there is said."""
    answer = install(guest)

    assert answer.code == 0
    assert list(units(guest)) == [
        "wp-sync-example.news-failure.service",
        "wp-sync-example.news-watch.service",
        "wp-sync-example.news-watch.timer",
        "wp-sync-example.news.service",
        "wp-sync-example.news.timer",
    ]
    assert all(text.rstrip() in answer.out for text in units(guest).values())
    assert "systemctl --user daemon-reload" in answer.out
    assert "systemctl --user enable --now wp-sync-example.news.timer" in answer.out
    assert "canary" not in answer.out + answer.err + "".join(units(guest).values())


def test_the_key_of_a_model_is_a_credential_of_the_run_alone(guest: Desk) -> None:
    """Named by its file; the units that only tell people do not get it."""
    config = guest.directory / "config.toml"
    section = '[assistant]\nurl = "https://m.example/v1"\nmodel = "m"\nkey_file = "key"\n'
    config.write_text(section + config.read_text())
    missing = install(guest)
    (guest.directory / "key").write_text("canary-of-the-model")
    (guest.directory / "key").chmod(0o600)

    install(guest)

    line = f"LoadCredential=wp-sync-assistant-key:{guest.directory / 'key'}\n"
    holding = [name for name, text in units(guest).items() if line in text]
    assert missing.code == 2
    assert "assistant.key_file: there is no file" in missing.err
    assert holding == ["wp-sync-example.news.service"]
    assert "canary-of-the-model" not in "".join(units(guest).values())


def test_nothing_is_written_without_a_yes(guest: Desk) -> None:
    """A script without --yes is refused; --dry-run shows."""
    refused, shown = guest.run(*MAKING), guest.run(*MAKING, "--dry-run")

    assert refused.code == 2
    assert "--yes" in refused.err
    assert shown.code == 0
    assert "Type=notify" in shown.out
    assert units(guest) == {}


@pytest.mark.parametrize(("word", "count"), [("y", 5), ("n", 0)])
def test_a_person_is_asked(guest: Desk, word: str, count: int) -> None:
    """And believed."""
    terminal = open_terminal(guest.directory, *MAKING, more={})
    terminal.answer("Install these?", word)

    assert terminal.end() == 0
    assert len(units(guest)) == count


def test_what_changes_is_shown_as_a_difference(guest: Desk) -> None:
    """The same again is no change; another period is two lines."""
    install(guest)

    same, other = install(guest), install(guest, "--every", "1h")

    assert "Type=notify" not in same.out
    assert same.out.count(": unchanged") == 5
    assert other.out.count(": unchanged") == 4
    assert "-OnCalendar=*:0/15" in other.out
    assert "+OnCalendar=0/1:0" in other.out


def test_only_our_own_files_are_touched(guest: Desk, tmp_path: Path) -> None:
    """Another's unit of the same name is refused, and stays when ours are removed."""
    install(guest)
    place = tmp_path / "home" / "systemd" / "user"
    (place / "wp-sync-other.service").write_text("[Service]\nExecStart=/bin/true\n")
    second = place / "wp-sync-example.news.timer"
    ours = second.read_text()
    second.write_text(ours.replace("/site/", "/another/"))

    refused, removed = install(guest), guest.run("timer", "remove", "--user")

    assert refused.code == 2
    assert "was not made for this configuration" in refused.err
    assert removed.out == "4 units removed.\n"
    assert sorted(units(guest)) == ["wp-sync-example.news.timer", "wp-sync-other.service"]


def test_a_timer_that_could_not_work_is_refused(guest: Desk) -> None:
    """A keyring does not open at night; a password that all may read; a crooked period."""
    config = guest.directory / "config.toml"
    crooked = install(guest, "--every", "7m")
    (guest.directory / "secret").chmod(0o644)
    readable = install(guest)
    config.write_text(config.read_text().replace('password_file = "secret"', ""))
    keyless = install(guest)

    assert [one.code for one in (crooked, readable, keyless)] == [2, 2, 2]
    assert "--every divides an hour or a day" in crooked.err
    assert "others may read it" in readable.err
    assert "at night nobody unlocks a keyring" in keyless.err
    assert units(guest) == {}


def test_the_status_tells_units_and_the_last_run(guest: Desk) -> None:
    """Before and after; without systemd it says so."""
    before = guest.run("timer", "status")
    install(guest)

    after = guest.run("timer", "status")

    assert before.out == (
        "No timer is installed: `wp-sync timer install`\n"
        "The last run that came to its end: never.\n"
    )
    assert "wp-sync-example.news.timer  systemd is not running" in after.out


def test_the_machines_units_run_as_the_owner_of_the_directory(guest: Desk, tmp_path: Path) -> None:
    """With all credentials that are named, in a place that is written as a whole."""
    (guest.directory / "hook").write_text("https://chat.example/canary")
    (guest.directory / "hook").chmod(0o600)
    config = guest.directory / "config.toml"
    config.write_text(f'{config.read_text()}[alerts]\nwebhook_file = "hook"\n')
    setting = make_setting(load_config(config), parse_duration("15m"), is_user=False)
    place = tmp_path / "etc"

    write(compare(setting, place))

    texts = {path.name: path.read_text() for path in find_installed(config, place)}
    service = texts["wp-sync-example.news.service"].splitlines()
    failure = texts["wp-sync-example.news-failure.service"].splitlines()
    assert f"User={Path(config).owner()}" in service
    assert f"LoadCredential=wp-sync-password:{guest.directory}/secret" in service
    assert f"LoadCredential=wp-sync-webhook:{guest.directory}/hook" in failure
    assert not [line for line in failure if "wp-sync-password" in line]
    assert "canary" not in "".join(texts.values())


def test_a_missing_webhook_file_is_refused(guest: Desk) -> None:
    """Systemd would not start the run at all."""
    config = guest.directory / "config.toml"
    config.write_text(f'{config.read_text()}[alerts]\nwebhook_file = "hook"\n')

    with pytest.raises(ConfigError, match=r"alerts\.webhook_file: there is no file"):
        make_setting(load_config(config), parse_duration("15m"), is_user=False)


def test_a_test_alert_names_who_is_told(guest: Desk) -> None:
    """Nobody, as long as [alerts] names nobody."""
    answer = guest.run("timer", "test-alert")

    assert answer.code == 2
    assert "set email or webhook_file" in answer.err
