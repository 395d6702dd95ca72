"""Alerts over real sockets, and what they never give away."""

from __future__ import annotations

from base64 import b64encode
from email import message_from_string
from typing import TYPE_CHECKING

import pytest

from wp_sync.config import load_config
from wp_sync.errors import ConfigError
from wp_sync.ledger import AlertRow
from wp_sync.pipeline.build import utc_now
from wp_sync.unattended.delivery import DeliveryError, find_channels

if TYPE_CHECKING:
    from pathlib import Path

    from night import Hook, PostOffice

    from wp_sync.config.schema import Config

ROW = AlertRow(subject="site", state="bad", message="the site refuses us", since=utc_now())


def configure(directory: Path, alerts: str) -> Config:
    (directory / "config.toml").write_text(
        '[site]\nurl = "https://example.news"\nusername = "editor"\n'
        f'[fetch]\ncontact = "editor@example.test"\n[alerts]\n{alerts}\n'
    )
    return load_config(directory / "config.toml")


def mail_by(smtp: str) -> str:
    return (
        f'email = ["a@example.test", "b@example.test"]\nsender = "n@example.test"\nsmtp = "{smtp}"'
    )


def test_a_webhook_gets_json(tmp_path: Path, hook: Hook) -> None:
    """`text` is what chat services show; the address comes from a file of mode 0600."""
    (tmp_path / "hook").write_text(hook.url)
    (tmp_path / "hook").chmod(0o600)

    find_channels(configure(tmp_path, 'webhook_file = "hook"'), {})["webhook"]([ROW])

    assert hook.texts == ["wp-sync for https://example.news:\n- the site refuses us"]
    assert hook.got[0]["alerts"][0]["subject"] == "site"


@pytest.mark.parametrize("status", [404, 500, 302])
def test_a_webhook_that_refuses_is_named_by_its_host(
    tmp_path: Path, hook: Hook, status: int
) -> None:
    """The address is a secret; a redirect is not followed with it."""
    hook.status = status
    send = find_channels(configure(tmp_path, ""), {"WP_SYNC_WEBHOOK": hook.url})["webhook"]

    with pytest.raises(DeliveryError) as told:
        send([ROW])

    assert str(told.value) == f"127.0.0.1 answered {status}"
    assert len(hook.paths) == 1


def test_a_webhook_that_is_away_is_named_by_its_host(tmp_path: Path) -> None:
    """Nor is the address in what the library says."""
    environ = {"WP_SYNC_WEBHOOK": "http://127.0.0.1:1/hook/canary"}

    with pytest.raises(DeliveryError) as told:
        find_channels(configure(tmp_path, ""), environ)["webhook"]([ROW])

    assert str(told.value) == "127.0.0.1 did not answer (ConnectionError)"
    assert told.value.__cause__ is None


def test_a_webhook_without_tls_is_refused(tmp_path: Path) -> None:
    """Except on this machine."""
    with pytest.raises(ConfigError, match="begins with https://") as told:
        find_channels(configure(tmp_path, ""), {"WP_SYNC_WEBHOOK": "http://chat.example/canary"})

    assert "canary" not in str(told.value)


def test_a_file_that_others_may_read_is_refused(tmp_path: Path) -> None:
    """As for the password."""
    (tmp_path / "hook").write_text("https://chat.example/x")
    (tmp_path / "hook").chmod(0o644)

    with pytest.raises(ConfigError, match=r"alerts\.webhook_file.*chmod 600"):
        find_channels(configure(tmp_path, 'webhook_file = "hook"'), {})


def test_a_mail_goes_to_all(tmp_path: Path, post_office: PostOffice) -> None:
    """With a subject that says it all, and the mark that stops holiday notices."""
    config = configure(tmp_path, mail_by(f"smtp://127.0.0.1:{post_office.port}"))

    find_channels(config, {})["e-mail"]([ROW])

    mail = message_from_string(post_office.messages[0])
    assert mail["Subject"] == "wp-sync for example.news: the site refuses us"
    assert mail["To"] == "a@example.test, b@example.test"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert [line for line in post_office.said if line.startswith("rcpt")] == [
        "rcpt TO:<a@example.test>",
        "rcpt TO:<b@example.test>",
    ]
    assert "- the site refuses us" in mail.get_payload()


def test_the_mail_servers_password_stays_on_this_machine(
    tmp_path: Path, post_office: PostOffice
) -> None:
    """Without TLS it goes to loopback only; written as a number it is not known as that."""
    environ = {"WP_SYNC_SMTP_PASSWORD": "canary"}
    near = configure(tmp_path, mail_by(f"smtp://n%40x@127.0.0.1:{post_office.port}"))
    find_channels(near, environ)["e-mail"]([ROW])
    login = b64encode(b"\0n@x\0canary").decode()
    assert f"AUTH PLAIN {login}" in post_office.said
    post_office.said.clear()
    far = configure(tmp_path, mail_by(f"smtp://n%40x@2130706433:{post_office.port}"))

    with pytest.raises(DeliveryError, match="offers no TLS, and the password is not sent so"):
        find_channels(far, environ)["e-mail"]([ROW])

    assert not [line for line in post_office.said if line.startswith("AUTH")]


@pytest.mark.parametrize(
    ("smtp", "message"),
    [
        ("", "is needed for e-mail"),
        ("mail.example.test", "is needed for e-mail"),
        ("smtp://user:canary@mail.example.test", "must not carry the password"),
        ("smtp://mail.example.test:x", "is needed for e-mail"),
    ],
)
def test_a_wrong_mail_server_is_refused(tmp_path: Path, smtp: str, message: str) -> None:
    """With the form that is right, and without what was in it."""
    with pytest.raises(ConfigError, match=message) as told:
        find_channels(configure(tmp_path, mail_by(smtp)), {})

    assert "canary" not in str(told.value)


def test_nobody_is_told_where_nobody_is_named(tmp_path: Path) -> None:
    """Alerts are no duty."""
    assert find_channels(configure(tmp_path, ""), {}) == {}
