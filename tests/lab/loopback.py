"""A server on loopback, until its process is killed: it prints its address when it listens."""

from __future__ import annotations

import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


class LoopbackServer(ThreadingHTTPServer):
    """Clients that are killed are the daily bread here, and no word is lost about them."""

    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


def serve(
    handler: type[BaseHTTPRequestHandler],
    port: int,
    tell: Callable[[str], None] = lambda _: None,
) -> None:
    """Serve for ever."""
    server = LoopbackServer(("127.0.0.1", port), handler)
    url = f"http://127.0.0.1:{server.server_port}"
    tell(url)
    print(url, flush=True)  # noqa: T201 (its one word to who started it)
    server.serve_forever(poll_interval=0.05)
