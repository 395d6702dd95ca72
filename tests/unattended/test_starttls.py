"""Mail over TLS, as real servers want it: the password is said in private, or not at all."""

from __future__ import annotations

import socketserver
import ssl
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import pytest
from tls_entry import make_certificates

from wp_sync.config import load_config
from wp_sync.ledger import AlertRow
from wp_sync.pipeline.build import utc_now
from wp_sync.unattended.delivery import DeliveryError, find_channels

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ROW = AlertRow(subject="site", state="bad", message="the site refuses us", since=utc_now())
REPLIES = {
    "EHLO": "250-office.test\r\n250-STARTTLS\r\n250 AUTH PLAIN",
    "AUTH": "235 welcome",
    "DATA": "354 go on",
    "STARTTLS": "220 go on in private",
    "QUIT": "221 bye",
}


@contextmanager
def open_office(pair: Path) -> Iterator[tuple[int, list[str], list[str]]]:
    """Take mail by STARTTLS; tell the port, what is said openly, and what in private."""
    openly: list[str] = []
    privately: list[str] = []
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(pair.with_suffix(".pem"), pair.with_suffix(".key"))

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.wfile.write(b"220 office.test\r\n")
            with suppress(OSError):  # a client that does not trust us hangs up
                self.listen(openly)

        def listen(self, said: list[str]) -> None:
            while line := self.rfile.readline().decode().rstrip():
                said.append(line)
                word = line.split()[0].upper()
                self.wfile.write(f"{REPLIES.get(word, '250 ok')}\r\n".encode())
                if word == "STARTTLS":
                    with tls.wrap_socket(self.request, server_side=True) as self.request:
                        self.setup()
                        self.listen(privately)
                elif word == "DATA":
                    said += iter(lambda: self.rfile.readline().decode().rstrip(), ".")
                    self.wfile.write(b"250 taken\r\n")

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield server.server_address[1], openly, privately
        server.shutdown()


def send(room: Path, port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Send an alert; an authority of our own is trusted, and no other."""
    monkeypatch.setenv("SSL_CERT_FILE", str(room / "ours.pem"))
    (room / "config.toml").write_text(
        '[site]\nurl = "https://example.news"\nusername = "editor"\n'
        '[fetch]\ncontact = "editor@example.test"\n'
        f'[alerts]\nemail = ["a@example.test"]\nsmtp = "smtp://editor@127.0.0.1:{port}"\n'
    )
    config = load_config(room / "config.toml")
    find_channels(config, {"WP_SYNC_SMTP_PASSWORD": "canary"})["e-mail"]([ROW])


def test_mail_and_password_go_over_tls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All that is said openly is the wish for it."""
    make_certificates(tmp_path)

    with open_office(tmp_path / "good") as (port, openly, privately):
        send(tmp_path, port, monkeypatch)

    assert [line.split()[0].upper() for line in openly] == ["EHLO", "STARTTLS"]
    assert any(line.startswith("AUTH PLAIN ") for line in privately)
    assert "- the site refuses us" in privately


def test_server_that_can_t_prove_itself_gets_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever stands in between could read the password, and the alert."""
    make_certificates(tmp_path)

    for certificate in ("stranger", "elsewhere", "expired"):
        with (
            open_office(tmp_path / certificate) as (port, openly, privately),
            pytest.raises(DeliveryError, match="SSLCertVerificationError"),
        ):
            send(tmp_path, port, monkeypatch)

        assert [line.split()[0].upper() for line in openly] == ["EHLO", "STARTTLS"]
        assert privately == []
