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
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from urllib.parse import SplitResult

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
    lost: frozenset[int] = frozenset()  # writes that are carried out, and whose answers are cut
    longest: int = 0  # bytes; what is longer is refused with 413, unless this is 0
    at_once: int = 0  # the most requests that were under way together
    under_way: int = 0

    open_now: int = 0  # connections

    def await_quiet(self) -> None:
        """Wait until WordPress has ended with all that was sent by now, by whom is gone, too.

        A connection that nobody has open any more ends with its last answer. Ours is taken after
        all that came before it.
        """
        place, end = urlsplit(self.url), time.monotonic() + 60
        wire = http.client.HTTPConnection(str(place.hostname), place.port, timeout=60)
        wire.request("PING", "/")
        wire.getresponse().read()
        while self.under_way or self.open_now > 1:
            assert time.monotonic() < end, f"{self.under_way} requests are still under way"
            time.sleep(0.005)
        wire.close()

    @property
    def reads(self) -> list[str]:
        return [path for method, path, _ in self.seen if method in READS]

    @property
    def writes(self) -> list[tuple[str, str]]:
        return [(method, path) for method, path, _ in self.seen if method not in READS]


class Passing(BaseHTTPRequestHandler):
    """Passes requests on, and answers back, unless its traffic tells otherwise."""

    protocol_version = "HTTP/1.1"
    traffic: ClassVar[Traffic]
    lock: ClassVar[threading.Lock]
    upstream: ClassVar[SplitResult]

    def forward(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        traffic = self.traffic
        with self.lock:
            kind = kind_of(self.command, body)
            traffic.seen.append((kind, self.path, time.monotonic()))
            number = 0 if kind in READS else len(traffic.writes)
            traffic.under_way += 1
            traffic.at_once = max(traffic.at_once, traffic.under_way)
        try:
            if number:
                traffic.on_write(number)
            is_refused = number and 0 < traffic.longest < len(body)
            found = None if is_refused else self.pass_on(body)
        finally:
            with self.lock:  # before the answer, after which the client may ask again
                traffic.under_way -= 1
        if found is None:
            self.answer(413, [("Content-Type", "text/html")], b"")
        elif number in traffic.lost:
            self.close_connection = True
        else:
            self.answer(*found)

    def pass_on(self, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
        wire = http.client.HTTPConnection(
            str(self.upstream.hostname), self.upstream.port, timeout=60
        )
        kept = {k: v for k, v in self.headers.items() if k.lower() != "connection"}
        wire.request(self.command, self.path, body=body or None, headers=kept)
        answer = wire.getresponse()
        content = answer.read()
        wire.close()
        hops = {"content-length", "connection", "transfer-encoding"}
        headers = [pair for pair in answer.getheaders() if pair[0].lower() not in hops]
        return answer.status, headers, content

    def answer(self, status: int, headers: Sequence[tuple[str, str]], content: bytes) -> None:
        try:
            self.send_response_only(status)
            for name, value in headers:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(content)
        except OSError:
            # The client is gone; WordPress has written all the same.
            self.close_connection = True

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = forward  # noqa: N815

    def do_PING(self) -> None:
        """Tell that this connection was taken."""
        self.answer(204, [], b"")

    def log_message(self, *_: object) -> None:
        pass


class _Server(ThreadingHTTPServer):
    """Counts its connections, each from when it was taken to its end."""

    daemon_threads = True
    traffic: Traffic
    lock: threading.Lock

    def process_request(self, request: Any, client_address: Any) -> None:  # noqa: ANN401
        with self.lock:
            self.traffic.open_now += 1
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:  # noqa: ANN401
        with self.lock:
            self.traffic.open_now -= 1
        super().shutdown_request(request)


@contextmanager
def watch(site: WordPress) -> Iterator[Traffic]:
    """Put a proxy before a sandbox and make the site call itself by the proxy's address."""
    traffic = Traffic()
    upstream = urlsplit(site.url)
    told: dict[str, Any] = {"traffic": traffic, "lock": threading.Lock(), "upstream": upstream}
    server = _Server(("127.0.0.1", 0), type("Handler", (Passing,), told))
    server.traffic, server.lock = traffic, told["lock"]
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
