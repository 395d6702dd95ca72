"""Bring alerts to people, by webhook and by e-mail. At least once: a repeat is better than none."""

from __future__ import annotations

import ipaddress
import json
import smtplib
import ssl
from contextlib import suppress
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from wp_sync.config.secrets import Place, find_secret
from wp_sync.errors import ConfigError, Problem, WpSyncError

from .alerts import make_data, make_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime
    from urllib.parse import SplitResult

    from wp_sync.config.schema import Config
    from wp_sync.config.secrets import Secret
    from wp_sync.ledger import AlertRow, Ledger

    Send = Callable[[Sequence[AlertRow]], None]

WEBHOOK, SMTP_PASSWORD = "wp-sync-webhook", "wp-sync-smtp-password"
_SECONDS = 10.0  # for each exchange with a server
_PORTS = {"smtp": 587, "smtps": 465}
_PARTLY = "alerts told by:"  # meta: + a channel's name; what it delivered and another did not


class DeliveryError(WpSyncError):
    """An alert did not get through; it stays due."""


def find_channels(config: Config, environ: Mapping[str, str]) -> dict[str, Send]:
    """List the ways to people that the configuration names. Raises ConfigError."""
    channels: dict[str, Send] = {}
    if address := find_secret(webhook_place(config), config, environ):
        check_webhook(address, config)
        channels["webhook"] = lambda rows: post(address, config.site.url, rows)
    if config.alerts.email:
        server = check_smtp(config)
        password = find_secret(smtp_place(config), config, environ)
        channels["e-mail"] = lambda rows: mail(config, server, password, rows)
    return channels


def deliver(
    ledger: Ledger, site: str, channels: Mapping[str, Send], now: datetime
) -> tuple[str, ...]:
    """Send what is due as one message a channel; return what went wrong.

    What all channels took is told, and never sent again. A run that is killed between sending and
    remembering sends once more: at least once.
    """
    due = [row for row in ledger.alerts.all().values() if row.told is None]
    if not channels:  # trouble is told when there is somebody to tell
        due = [row for row in due if row.state == "well"]
    failures: list[str] = []
    for name, send in channels.items():
        done = set(json.loads(ledger.meta.get(_PARTLY + name, "[]")))
        pending = [row for row in due if _mark(row) not in done]
        if not pending:
            continue
        try:
            send(pending)
        except DeliveryError as error:
            failures.append(f"an alert for {site} did not get through by {name}: {error}")
        else:
            ledger.meta.set(_PARTLY + name, json.dumps([_mark(row) for row in due]))
    if due and not failures:
        ledger.alerts.told(due, now)
    return tuple(failures)


def _mark(row: AlertRow) -> str:
    return f"{row.subject} {row.state} {row.since.isoformat()}"


def webhook_place(config: Config) -> Place:
    """Tell where the webhook's address stands: whoever knows it can write there."""
    named = config.alerts.webhook_file
    return Place(
        variable="WP_SYNC_WEBHOOK",
        credential=WEBHOOK,
        file=config.path.parent / named if named else None,
        key="alerts.webhook_file",
    )


def smtp_place(config: Config) -> Place:
    """Tell where the mail server's password stands."""
    file = config.path.parent / SMTP_PASSWORD
    return Place(
        variable="WP_SYNC_SMTP_PASSWORD",
        credential=SMTP_PASSWORD,
        file=file if file.exists() else None,
        key="alerts.smtp",
    )


def check_webhook(address: Secret, config: Config) -> None:
    """Refuse an address over which alerts could be read on the way; it is never shown."""
    parts = _split(address.reveal())
    if not parts.hostname or not (
        parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(parts.hostname))
    ):
        raise _refusal(config, "webhook_file", "the webhook's address begins with https://")


def check_smtp(config: Config) -> SplitResult:
    """Read [alerts] smtp."""
    parts = _split(config.alerts.smtp)
    if parts.scheme not in _PORTS or not parts.hostname or parts.path.strip("/"):
        hint = 'is needed for e-mail: "smtp://user@host:587" or "smtps://user@host"'
        raise _refusal(config, "smtp", hint)
    if parts.password is not None:
        hint = f"must not carry the password: put it into the file {SMTP_PASSWORD}, mode 0600"
        raise _refusal(config, "smtp", hint)
    return parts


def post(address: Secret, site: str, rows: Sequence[AlertRow]) -> None:
    """Post an alert to a webhook. Its host is all that an error shows."""
    import requests

    url = address.reveal()
    host = urlsplit(url).hostname
    try:
        with requests.Session() as session:
            session.trust_env = False  # no proxy, no .netrc
            answer = session.post(
                url,
                json=make_data(site, rows),
                timeout=_SECONDS,
                allow_redirects=False,  # the address is a secret: it is not carried elsewhere
                stream=True,  # the answer's body is of no interest, however long
            )
            status = answer.status_code
            answer.close()
    except (requests.RequestException, OSError, ValueError) as error:
        cause = "in time" if isinstance(error, requests.Timeout) else f"({type(error).__name__})"
        raise DeliveryError(f"{host} did not answer {cause}") from None
    if not 200 <= status < 300:  # noqa: PLR2004 (HTTP)
        raise DeliveryError(f"{host} answered {status}")


def mail(
    config: Config, server: SplitResult, password: Secret | None, rows: Sequence[AlertRow]
) -> None:
    """Send an alert by e-mail. A password goes over TLS only, or stays on this machine."""
    host, port = server.hostname or "", server.port or _PORTS[server.scheme]
    tls = ssl.create_default_context()
    try:
        with _connect(server.scheme, host, port, tls) as wire:
            is_private = server.scheme == "smtps"
            wire.ehlo()
            if not is_private and wire.has_extn("starttls"):
                wire.starttls(context=tls)
                is_private = True
            if server.username and password:
                if not (is_private or _is_loopback(host)):
                    raise DeliveryError(f"{host} offers no TLS, and the password is not sent so")
                wire.login(unquote(server.username), password.reveal())
            wire.send_message(_make_mail(config, rows))
    except smtplib.SMTPAuthenticationError:  # its text may repeat what we sent
        raise DeliveryError(f"{host} refuses the user name or the password") from None
    except (smtplib.SMTPException, OSError, ValueError) as error:
        raise DeliveryError(f"{host}: no message could be sent ({type(error).__name__})") from None


def _connect(scheme: str, host: str, port: int, tls: ssl.SSLContext) -> smtplib.SMTP:
    if scheme == "smtps":
        return smtplib.SMTP_SSL(host, port, timeout=_SECONDS, context=tls)
    return smtplib.SMTP(host, port, timeout=_SECONDS)


def _make_mail(config: Config, rows: Sequence[AlertRow]) -> EmailMessage:
    """Write the message; a row's message is one printable line, so no header can be slipped in."""
    site = urlsplit(config.site.url).netloc
    words = rows[0].message if len(rows) == 1 else f"{len(rows)} changes"
    sender = config.alerts.sender or config.alerts.email[0]
    mail = EmailMessage()
    mail["Subject"] = f"wp-sync for {site}: {words}"[:150]
    mail["From"] = sender
    mail["To"] = ", ".join(config.alerts.email)
    mail["Date"] = formatdate()
    mail["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2].strip("> ") or None)
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no holiday notice comes back
    mail.set_content(f"{make_text(config.site.url, rows)}\n")
    return mail


def _split(address: str) -> SplitResult:
    with suppress(ValueError):  # a bracket in the host, a port that is no number
        parts = urlsplit(address)
        if parts.port != 0:
            return parts
    return urlsplit("")


def _is_loopback(host: str) -> bool:
    with suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return host == "localhost"


def _refusal(config: Config, key: str, message: str) -> ConfigError:
    where = str(config.path)
    return ConfigError([Problem(file=where, line=0, key=f"alerts.{key}", message=message)])
