"""A real systemd: the manager of a user without rights starts the timer, and the timer the run."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING

import pytest
from desk import Desk
from manager import Manager, start_manager
from night import Hook, put_feed, write_desk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from press import Kiosk

    from wp_sync.sandbox.wordpress import WordPress

SOON = "[Timer]\nOnCalendar=\nOnActiveSec=1s\nRandomizedDelaySec=0\nAccuracySec=1s\n"


@pytest.fixture(scope="module")
def manager() -> Iterator[Manager]:
    """Share one manager."""
    with start_manager() as manager:
        yield manager


@pytest.fixture
def site(manager: Manager, fresh_wordpress: WordPress, kiosk: Kiosk, hook: Hook) -> Iterator[Desk]:
    """Give the manager's user a site's directory, with an odd name."""
    directory = manager.home / "my site 100% $HOME"
    directory.mkdir()
    desk = Desk(directory=directory, site=fresh_wordpress.url)
    alerts = '[alerts]\nwebhook_file = "hook"\n'
    write_desk(desk, kiosk, {"Paper": put_feed(kiosk, "/feed", 1, 2)}, alerts)
    config = directory / "config.toml"
    config.write_text(config.read_text().replace("[fetch]", 'password_file = "secret"\n[fetch]'))
    (directory / "secret").write_text(fresh_wordpress.users["editor"].application_password)
    (directory / "hook").write_text(hook.url)
    for place in (directory, *directory.rglob("*")):
        shutil.chown(place, "nobody", "nogroup")
        place.chmod(0o700 if place.is_dir() else 0o600)
    yield desk
    manager.wp_sync("timer", "remove", "--user", directory=directory)
    shutil.rmtree(directory)


def installed(manager: Manager, desk: Desk) -> str:
    """Install the timer and return the name of its service."""
    answer = manager.wp_sync("timer", "install", "--user", "--yes", directory=desk.directory)
    assert answer.code == 0, answer.err
    assert "Installed." in answer.out
    found = re.search(r"(wp-sync-[\d.-]+)\.service: new", answer.out)
    assert found
    return found[1]


def test_a_timer_runs_a_real_sync(manager: Manager, site: Desk, fresh_wordpress: WordPress) -> None:
    """Installed, started by its timer, posts on the site; then status, then removed."""
    name = installed(manager, site)
    soon = manager.home / ".config" / "systemd" / "user" / f"{name}.timer.d"
    soon.mkdir()
    (soon / "soon.conf").write_text(SOON)
    manager.systemctl("daemon-reload")
    manager.systemctl("restart", f"{name}.timer")

    state = manager.await_run(f"{name}.service")

    shutil.rmtree(soon)
    status = manager.wp_sync("timer", "status", directory=site.directory)
    posts = fresh_wordpress.sql("SELECT ID FROM wp_posts WHERE post_title LIKE 'Story %'")
    assert (state["Result"], state["ExecMainStatus"]) == ("success", "0")
    assert state["NotifyAccess"] == "main"
    assert state["WatchdogUSec"] == "10min"
    assert len(posts) >= 2
    assert re.search(rf"{name}\.timer  active  enabled", status.out)
    assert "came to its end: 20" in status.out
    removed = manager.wp_sync("timer", "remove", "--user", directory=site.directory)
    assert removed.out == "5 units removed.\n"
    assert name not in manager.systemctl("list-timers", "--all")


def test_a_run_that_dies_is_reported_by_systemd(manager: Manager, site: Desk, hook: Hook) -> None:
    """OnFailure= starts the report, with what systemd knows; the next run is well again."""
    name = installed(manager, site)
    mapping = site.directory / "mappings" / "news.toml"
    mapping.write_text("nonsense")

    manager.systemctl("start", f"{name}.service")
    manager.await_run(f"{name}-failure.service")
    mapping.write_text("")
    manager.systemctl("start", f"{name}.service")
    manager.await_run(f"{name}.service")

    assert [text.splitlines()[1].split(" (")[0] for text in hook.texts] == [
        f"- {name}.service ended with exit code 2: see its journal",
        "- well again: runs can do their work",
    ]
