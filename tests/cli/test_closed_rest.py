"""What needs the REST API says so where it is closed: the cause, the cure, and the other way."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from desk import Answer, Desk

    from wp_sync.sandbox.wordpress import WordPress

CLOSED = (
    "add_filter('rest_authentication_errors', fn() =>"
    " new WP_Error('rest_disabled', 'The REST API is disabled.', ['status' => 403]));"
)
CAUSE = "a plugin or the theme switches the REST API off"
BY_HAND = "make an application password in wp-admin > Users > Profile, and give it to"
REVOKE_BY_HAND = "revoke it in wp-admin > Users > Profile, then `wp-sync logout`"


@pytest.fixture
def closed(guest: Desk, wordpress: WordPress) -> Iterator[Desk]:
    """Sit down before the shared site, which shuts its REST API for a while."""
    plugin = wordpress.add_mu_plugin("closed", CLOSED)
    yield guest
    plugin.unlink()


def told(answer: Answer) -> str:
    """Return the one message that ends a command."""
    (line,) = answer.err.splitlines()
    assert answer.code == 3, answer.err
    return line


def test_init_says_that_it_needs_rest(closed: Desk) -> None:
    """Nothing is written; where REST stays closed, a person writes the file."""
    flags = ("--site", closed.site, "--username", "editor", "--contact", "me@example.test")

    line = told(closed.run("init", *flags))

    assert line.startswith("init needs the REST API; ")
    assert CAUSE in line
    assert 'write config.toml by hand, with api = "xmlrpc" in [site]' in line
    assert list(closed.directory.iterdir()) == []


@pytest.mark.parametrize("api", ["auto", "xmlrpc"])
def test_browser_and_revoking_say_that_they_need_rest(closed: Desk, api: str) -> None:
    """Each names how it is done by hand; what is stored here stays, so that it can be repeated."""
    desk = replace(closed, api=api)
    desk.write("")
    stored = store(desk.directory, desk.password)

    browser = told(desk.run("login", "--browser"))
    revoking = told(desk.run("logout", "--revoke"))

    cause = CAUSE if api == "auto" else 'and [site] says api = "xmlrpc"'
    assert browser.startswith("login --browser needs the REST API")
    assert revoking.startswith("logout --revoke needs the REST API")
    assert all(cause in line for line in (browser, revoking))
    assert BY_HAND in browser
    assert REVOKE_BY_HAND in revoking
    assert 'put api = "xmlrpc"' not in revoking
    assert stored.exists()


def store(directory: Path, password: str) -> Path:
    file = directory / "wp-sync-password"
    file.write_text(f"{password}\n")
    file.chmod(0o600)
    return file
