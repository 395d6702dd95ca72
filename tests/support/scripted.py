"""A server that says exactly the bytes a test gives it, and what such servers say."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from wp_sync.web import Limits

if TYPE_CHECKING:
    import ssl

    from wp_sync.web import WebSession

AMPLE = Limits(max_bytes=2_000_000, seconds=60)  # for a server that answers, on a busy machine
SHORT = Limits(max_bytes=2_000_000, seconds=1)


Script = Callable[[socket.socket, bytes], None]  # the connection, the head of the request


@dataclass
class Server:
    """One listening socket; each connection gets a thread that answers requests by the script."""

    script: Script
    tls: ssl.SSLContext | None = None
    heads: list[bytes] = field(default_factory=list)
    connections: int = 0
    ended: threading.Event = field(default_factory=threading.Event)  # a connection is over

    def __post_init__(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self.port}/"

    @property
    def allowed(self) -> frozenset[str]:
        return frozenset({f"127.0.0.1:{self.port}"})

    def close(self) -> None:
        with suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self.listener.accept()
                self.connections += 1
                threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, plain: socket.socket) -> None:
        with plain, suppress(OSError), ExitStack() as stack:
            connection = plain
            if self.tls:
                connection = stack.enter_context(self.tls.wrap_socket(plain, server_side=True))
            stack.callback(self.ended.set)
            while head := self._head(connection):
                self.heads.append(head)
                self.script(connection, head)

    @staticmethod
    def _head(connection: socket.socket) -> bytes:
        head = b""
        while b"\r\n\r\n" not in head:
            part = connection.recv(4096)
            if not part:
                return b""
            head += part
        return head


def answer(body: bytes = b"", *, status: str = "200 OK", headers: str = "") -> Callable[..., None]:
    """Make a script that sends one well-formed answer."""
    head = f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n{headers}\r\n"

    def script(connection: socket.socket, _head: bytes) -> None:
        connection.sendall(head.encode() + body)

    return script


def fetch(web: WebSession, server: Any, limit: Limits = AMPLE, **more: Any) -> Any:  # noqa: ANN401
    return web.get(server.url, allow_private=server.allowed, limit=limit, **more)


def silent(connection: socket.socket, _head: bytes) -> None:
    """Say nothing until the other side has hung up."""
    connection.recv(1)
