"""An entry with TLS before a proxy: with a good certificate, and with bad ones for a while."""

from __future__ import annotations

import shlex
import shutil
import socket
import ssl
import subprocess
import threading
import warnings
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import pytest
import requests

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from chaos_proxy import ChaosProxy

OPENSSL = "openssl"
KEY = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes"
HERE, ELSEWHERE = "IP:127.0.0.1", "DNS:other.example"
FILES = {
    "": "good",
    "expired": "expired",
    "wrong host": "elsewhere",
    "self-signed": "selfsigned",
    "of a stranger's authority": "stranger",
    "of an old version": "good",
}
CLOSED, PLAIN = "closed in the handshake", "no TLS at all"
KINDS = (*(kind for kind in FILES if kind), CLOSED, PLAIN)


class TlsEntry:
    """Takes TLS connections and passes what comes by them to a proxy."""

    def __init__(self, proxy: ChaosProxy, room: Path) -> None:
        self._place = ("127.0.0.1", int(proxy.place.rpartition(":")[2]))
        self._path = proxy.url.partition(proxy.place)[2]
        self._kind = ""
        self._contexts = {kind: _context(room, name) for kind, name in FILES.items()}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # that it is old is the point
            self._contexts["of an old version"].maximum_version = ssl.TLSVersion.TLSv1_1
        self._listener = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self._listener.getsockname()[1]}{self._path}"

    @contextmanager
    def broken(self, kind: str) -> Iterator[str]:
        """Be one of KINDS for a while."""
        self._kind = kind
        yield f"TLS: {kind}"
        self._kind = ""

    def close(self) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, plain: socket.socket) -> None:
        with plain, suppress(OSError):
            if self._kind == CLOSED:
                plain.recv(100)
            elif self._kind == PLAIN:
                plain.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
            else:
                with self._contexts[self._kind].wrap_socket(plain, server_side=True) as line:
                    self._relay(line)

    def _relay(self, line: ssl.SSLSocket) -> None:
        with socket.create_connection(self._place) as onward:
            back = threading.Thread(target=_pump, args=(onward, line), daemon=True)
            back.start()
            _pump(line, onward)
            back.join()


def _pump(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError, ValueError):
        while part := source.recv(65_536):
            target.sendall(part)
    for one in (source, target):
        with suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)


def _context(room: Path, name: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(room / f"{name}.pem", room / f"{name}.key")
    return context


@contextmanager
def open_entry(proxy: ChaosProxy, room: Path) -> Iterator[TlsEntry]:
    """Open an entry whose good certificate is trusted, as no other is."""
    trusted = make_certificates(room)
    entry = TlsEntry(proxy, room)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(requests.adapters, "DEFAULT_CA_BUNDLE_PATH", str(trusted))
        try:
            yield entry
        finally:
            entry.close()


def make_certificates(room: Path) -> Path:
    """Make an authority of our own and its certificates; return what is to be trusted."""
    if not shutil.which(OPENSSL):
        pytest.fail("openssl is missing: apt-get install openssl", pytrace=False)
    for authority in ("ours", "theirs"):
        files = f"-keyout {authority}.key -out {authority}.pem"
        _run(room, f"req -x509 {KEY} -days 2 -subj /CN={authority} {files}")
    _sign(room, "good", HERE, "ours")
    _sign(room, "elsewhere", ELSEWHERE, "ours")
    _sign(room, "stranger", HERE, "theirs")
    _sign(room, "expired", HERE, "ours", "-days -1")
    alone = f"-addext subjectAltName={HERE} -keyout selfsigned.key -out selfsigned.pem"
    _run(room, f"req -x509 {KEY} -days 2 -subj /CN=self {alone}")
    return room / "ours.pem"


def _sign(room: Path, name: str, host: str, authority: str, days: str = "-days 2") -> None:
    _run(room, f"req {KEY} -subj /CN={name} -keyout {name}.key -out {name}.csr")
    (room / f"{name}.ext").write_text(f"subjectAltName={host}\n")
    by = f"-CA {authority}.pem -CAkey {authority}.key -CAcreateserial"
    _run(room, f"x509 -req -in {name}.csr {by} {days} -extfile {name}.ext -out {name}.pem")


def _run(room: Path, words: str) -> None:
    command = [OPENSSL, *shlex.split(words)]
    subprocess.run(command, cwd=room, check=True, capture_output=True)  # noqa: S603 (openssl)
