"""A desk whose feeds, mail server, webhook and notify socket are real, and all on this machine."""

from __future__ import annotations

import json
import socket
import socketserver
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest
from desk import Desk
from night import Ear, Hook, PostOffice

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from wp_sync.sandbox.wordpress import WordPress


REPLIES = {
    "EHLO": ("250-office.test", "250 AUTH PLAIN"),
    "AUTH": ("235 welcome",),
    "DATA": ("354 go on",),
    "QUIT": ("221 bye",),
}


@pytest.fixture
def desk(fresh_wordpress: WordPress, tmp_path: Path) -> Desk:
    """Sit down before a fresh site."""
    password = fresh_wordpress.users["editor"].application_password
    return Desk(directory=tmp_path, site=fresh_wordpress.url, password=password)


@pytest.fixture
def hook() -> Iterator[Hook]:
    """Take alerts by HTTP."""
    hook = Hook()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            hook.paths.append(self.path)
            if hook.status == 200:
                hook.got.append(json.loads(body))
            self.send_response_only(hook.status)
            self.send_header("Location", "http://127.0.0.1:1/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    hook.url = f"http://127.0.0.1:{server.server_port}/hook/canary-of-the-hook"
    with _serving(server):
        yield hook


@pytest.fixture
def post_office() -> Iterator[PostOffice]:
    """Take alerts by SMTP, without TLS."""
    office = PostOffice()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self._say("220 office.test")
            while line := self.rfile.readline().decode().strip():
                office.said.append(line)
                word = line.split()[0].upper()
                self._say(*REPLIES.get(word, ("250 ok",)))
                if word == "DATA":
                    office.messages.append(self._read_message())
                    self._say("250 taken")

        def _say(self, *lines: str) -> None:
            self.wfile.write("".join(f"{line}\r\n" for line in lines).encode())

        def _read_message(self) -> str:
            lines: list[str] = []
            while (line := self.rfile.readline().decode().rstrip("\r\n")) != ".":
                lines.append(line)
            return "\n".join(lines)

    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
    office.port = server.server_address[1]
    with _serving(server):
        yield office


@contextmanager
def _serving(server: socketserver.BaseServer) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def ear(tmp_path: Path) -> Iterator[Ear]:
    """Listen on a notify socket, as systemd does."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as wire:
        address = str(tmp_path / "notify")
        wire.bind(address)
        ear = Ear(address)
        thread = threading.Thread(target=ear.listen, args=(wire,), daemon=True)
        thread.start()
        yield ear
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as last:
            last.sendto(b"", address)
        thread.join()
