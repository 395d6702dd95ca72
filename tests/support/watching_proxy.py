"""A proxy between wp-sync and WordPress that sees every request, and can act at a given write."""

from __future__ import annotations

import http.client
import json
import re
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from wp_sync.sandbox.wordpress import WordPress

READS = frozenset({"GET", "HEAD", "OPTIONS"})


# XML-RPC asks everything with POST.
READING_CALL = re.compile(rb"<methodName>(?:wp\.get|mt\.supported)\w+</methodName>")


def kind_of(method: str, body: bytes) -> str:
    """Tell a call that only reads from one that writes."""
    return "GET" if READING_CALL.search(body) else method


@dataclass(slots=True)
class Traffic:
    """What came by: method, path, and when it arrived."""

    url: str = ""
    seen: list[tuple[str, str, float]] = field(default_factory=list)
    on_write: Callable[[int], None] = lambda _: None  # gets the number of the write, from 1

    @property
    def reads(self) -> list[str]:
        return [path for method, path, _ in self.seen if method in READS]

    @property
    def writes(self) -> list[tuple[str, str]]:
        return [(method, path) for method, path, _ in self.seen if method not in READS]


@contextmanager
def watch(site: WordPress) -> Iterator[Traffic]:
    """Put a proxy before a sandbox and make the site call itself by the proxy's address."""
    traffic = Traffic()
    upstream = urlsplit(site.url)
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def forward(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            with lock:
                kind = kind_of(self.command, body)
                traffic.seen.append((kind, self.path, time.monotonic()))
                number = len(traffic.writes)
            if kind not in READS:
                traffic.on_write(number)
            wire = http.client.HTTPConnection(str(upstream.hostname), upstream.port, timeout=60)
            kept = {k: v for k, v in self.headers.items() if k.lower() != "connection"}
            wire.request(self.command, self.path, body=body or None, headers=kept)
            answer = wire.getresponse()
            content = answer.read()
            wire.close()
            try:
                self.send_response_only(answer.status)
                for name, value in answer.getheaders():
                    if name.lower() not in {"content-length", "connection", "transfer-encoding"}:
                        self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(content)
            except OSError:
                self.close_connection = (
                    True  # the client is gone; WordPress has written all the same
                )

        do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = forward  # noqa: N815

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    traffic.url = f"http://127.0.0.1:{server.server_port}{upstream.path}"
    settings = site.directory / "site.json"
    before = settings.read_text()
    settings.write_text(json.dumps(json.loads(before) | {"url": traffic.url}))
    try:
        yield traffic
    finally:
        settings.write_text(before)
        server.shutdown()
        server.server_close()
        thread.join()
