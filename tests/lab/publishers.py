"""Two hundred publishers on loopback, each with habits of its own, and a log of what they saw.

Time is a laboratory's: it runs faster than the wall's, and can be put on. All processes share it.
"""

from __future__ import annotations

import itertools
import json
import multiprocessing
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from press import Story, rss

if TYPE_CHECKING:
    from pathlib import Path

HOUR, DAY = 3_600.0, 86_400.0
BEGIN = datetime(2026, 3, 2, tzinfo=UTC).timestamp()
SHARED = 25  # names at one address
ADDRESSES = ("127.0.0.1", "127.0.0.2")
KINDS = (
    *(
        "both",
        "etag",
        "modified",
        "none",
        "max-age",
        "expires",
        "touch",
        "drops",
        "429",
        "429-bare",
    ),
    *("503", "503-bare", "500", "404", "410", "403", "301", "302", "ttl", "skip", "stuck", "html"),
    *("daily", "cookies"),
)


class LabClock:
    """Seconds since 1970, in the laboratory."""

    def __init__(self, factor: float) -> None:
        self.factor = factor
        self._base = multiprocessing.Value("d", BEGIN)
        self._began = multiprocessing.Value("d", time.monotonic())

    def now(self) -> float:
        return float(self._base.value + (time.monotonic() - self._began.value) * self.factor)

    def read(self) -> datetime:
        return datetime.fromtimestamp(self.now(), UTC)

    def put_on(self, until: float) -> None:
        """Let time pass; it never goes back."""
        self._base.value = max(until, self.now())
        self._began.value = time.monotonic()


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """One publisher's feed."""

    number: int
    hosts: int

    @property
    def kind(self) -> str:
        return KINDS[self.number % len(KINDS)]

    @property
    def host(self) -> str:
        return f"h{self.number % self.hosts}.test"

    @property
    def path(self) -> str:
        return f"/feed/{self.number}"

    @property
    def url(self) -> str:
        return f"http://{self.host}{self.path}"

    @property
    def new_url(self) -> str:
        """Where the moved ones are."""
        return f"http://h{(self.number + 7) % self.hosts}.test/moved/{self.number}"


def address_of(host: str, hosts: int) -> str:
    """Return where a name is: the last ones share one address, if there are enough."""
    number = int(host.partition(".")[0].removeprefix("h"))
    return ADDRESSES[hosts > 2 * SHARED and number >= hosts - SHARED]


def answer(
    feed: Feed, path: str, asked: dict[str, str], at: float
) -> tuple[int, dict[str, str], bytes]:
    """Answer a request for a feed as its kind does at this time."""
    day, kind = (at - BEGIN) / DAY, feed.kind
    if path == feed.path and (moved := _elsewhere(feed, day)):
        return moved, {"Location": feed.new_url}, b""
    if trouble := _trouble(feed, day, at):
        return trouble
    edition = int((at - BEGIN + feed.number * 600) / ((4 + feed.number % 9) * HOUR))
    body = rss(*(_story(feed, n) for n in range(max(edition - 4, 0), edition + 1)))
    given = _validators(feed, edition, at)
    head = {**given, **_hints(kind, at)}
    wanted = asked.get("if-none-match"), asked.get("if-modified-since")
    offered = given.get("ETag"), given.get("Last-Modified")
    fits = wanted[0] == offered[0] if wanted[0] else wanted[1] == offered[1]
    if any(wanted) and (fits or kind == "stuck"):
        silent = kind == "both"  # what a 304 does not repeat stays valid
        return 304, {} if silent else head, b""
    extra = {"ttl": "<ttl>180</ttl>", "daily": "<sy:updatePeriod>daily</sy:updatePeriod>"}.get(
        kind, ""
    )
    if kind == "skip":
        hours = "".join(f"<hour>{hour}</hour>" for hour in range(6))
        extra = f"<skipHours>{hours}</skipHours>"
    return 200, head, body.replace("<channel>", f"<channel>{extra}", 1).encode()


def _story(feed: Feed, number: int) -> Story:
    date = datetime.fromtimestamp(BEGIN + number * (4 + feed.number % 9) * HOUR, UTC)
    link = f"http://{feed.host}/page/{feed.number}-{number}"
    return Story(number=number, link=link, date=format_datetime(date, usegmt=True))


def _elsewhere(feed: Feed, day: float) -> int:
    if feed.kind == "301" and day >= 1:
        return 301
    return 302 if feed.kind == "302" else 0


def _trouble(feed: Feed, day: float, at: float) -> tuple[int, dict[str, str], bytes] | None:
    shift = feed.number % 5
    in_window = shift + 1 <= day < shift + 1.6 or shift + 7 <= day < shift + 7.4
    later = format_datetime(datetime.fromtimestamp(at + 5 * HOUR, UTC), usegmt=True)
    found: dict[str, tuple[int, dict[str, str], bytes]] = {
        "429": (429, {"Retry-After": "18000"}, b""),
        "429-bare": (429, {}, b""),
        "503": (503, {"Retry-After": later}, b""),
        "503-bare": (503, {}, b""),
        "500": (500, {}, b""),
        "404": (404, {}, b""),
        "403": (403, {}, b""),
        "html": (200, {"Content-Type": "text/html"}, b"<html><body>We are moving</body></html>"),
    }
    if feed.kind == "410" and day >= 3:
        return 410, {}, b""
    return found.get(feed.kind) if in_window else None


def _validators(feed: Feed, edition: int, at: float) -> dict[str, str]:
    kind = feed.kind
    since = datetime.fromtimestamp(BEGIN + edition * HOUR, UTC)
    both = {
        "ETag": f'W/"{feed.number} {edition} "',
        "Last-Modified": format_datetime(since, usegmt=True).replace("GMT", "gmt"),
    }
    if kind == "touch":  # the same bytes, saved again and again
        both["ETag"] = f'"{int(at / (3 * HOUR))}"'
    if kind == "drops" and edition % 2:
        return {}
    kept = {"etag": ("ETag",), "modified": ("Last-Modified",), "none": ()}.get(kind, tuple(both))
    return {name: both[name] for name in kept}


def _hints(kind: str, at: float) -> dict[str, str]:
    if kind == "max-age":
        never = "Thu, 01 Jan 2032 00:00:00 GMT"  # max-age beats it
        return {
            "Cache-Control": "public, max-age=10800, s-maxage=999999",
            "Age": "600",
            "Expires": never,
        }
    if kind == "expires":
        return {"Expires": format_datetime(datetime.fromtimestamp(at + 4 * HOUR, UTC), usegmt=True)}
    return {"Set-Cookie": "id=1; Path=/"} if kind == "cookies" else {}


ROBOTS = "User-agent: *\nDisallow: /private/\nAllow: /page/\n"


def answer_other(path: str, host: str) -> tuple[int, dict[str, str], bytes]:
    """Answer for what is no feed: robots.txt, pages, pictures."""
    number = int(host.partition(".")[0].removeprefix("h"))
    if path == "/robots.txt":
        if number % 3 == 0:
            return 404, {}, b""
        return 200, {}, (ROBOTS + ("Crawl-delay: 5\n" if number % 3 == 1 else "")).encode()
    if path.startswith(("/page/", "/picture/")):
        return 200, {"Content-Type": "text/html", "ETag": '"page"'}, b"<p>A page.</p>"
    return 404, {}, b"made up"


@dataclass(slots=True)
class Log:
    """One line a request."""

    place: Path
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, told: dict[str, Any]) -> None:
        with self.lock, self.place.open("a", encoding="utf-8") as file:
            file.write(json.dumps(told) + "\n")


def make_handler(feeds: dict[str, Feed], log: Log, clock: LabClock) -> type[BaseHTTPRequestHandler]:
    """Make the handler of all publishers."""
    numbers = itertools.count()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1
        disable_nagle_algorithm = True

        def setup(self) -> None:
            super().setup()
            self.serial = next(numbers)

        def do_GET(self) -> None:
            at = clock.now()
            asked = {name.lower(): value for name, value in self.headers.items()}
            host = asked["host"].partition(":")[0]
            feed = feeds.get(f"http://{host}{self.path}")
            found = answer(feed, self.path, asked, at) if feed else answer_other(self.path, host)
            status, head, body = found
            told = {
                "at": at,
                "method": self.command,
                "host": host,
                "address": self.connection.getsockname()[0],
                "connection": self.serial,
                "path": self.path,
                "feed": feed.number if feed else None,
                "asked": asked,
                "status": status,
                "given": head,
                "valid": status != 200 or b"<rss" in body,
            }
            try:
                self._send(status, head, body, at)
            finally:
                log.note(told | {"done": clock.now()})

        do_HEAD = do_POST = do_GET  # noqa: N815 (http.server's names)

        def _send(self, status: int, head: dict[str, str], body: bytes, at: float) -> None:
            try:
                self.send_response_only(status)
                date = format_datetime(datetime.fromtimestamp(at, UTC), usegmt=True)
                for name, value in {"Date": date, **head}.items():
                    self.send_header(name, value)
                if status != 304:
                    self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
                self.wfile.flush()
            except OSError:
                self.close_connection = True

        def log_message(self, *_: object) -> None:
            pass

    return Handler


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of clients that were killed."""


def publish(feeds: list[Feed], log: Path, clock: LabClock, ports: Any) -> None:  # noqa: ANN401 (a queue)
    """Serve for ever; tell the ports, one an address."""
    by_url = {url: one for one in feeds for url in (one.url, one.new_url)}
    handler = make_handler(by_url, Log(log), clock)
    servers = [_Server((address, 0), handler) for address in ADDRESSES]
    for server in servers:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    ports.put({server.server_address[0]: server.server_port for server in servers})
    threading.Event().wait()
