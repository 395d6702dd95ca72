"""A small publisher on loopback, and what pull_feed needs."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Protocol

import pytest

from wp_sync.model import Pull, Validators
from wp_sync.sources import pull_feed
from wp_sync.web import WebSession

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from wp_sync.confine import Confinement

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)


@dataclass
class Publisher:
    """Answers each path with the status, headers and body that a test put there."""

    answers: dict[str, tuple[int, dict[str, str], bytes]] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def put(self, path: str, body: bytes = b"", status: int = 200, **headers: str) -> str:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.answers[path] = (status, named, body)
        return self.url + path


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    """Start a publisher that ends with the test."""
    publisher = Publisher()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            publisher.asked.append((self.path, dict(self.headers)))
            status, headers, body = publisher.answers[self.path]
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:  # noqa: ANN401
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        publisher.port = server.server_port
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield publisher
        server.shutdown()


@pytest.fixture
def put(publisher: Publisher) -> Callable[..., str]:
    """Put an answer at a path; get its address."""
    return publisher.put


@pytest.fixture
def asked(publisher: Publisher) -> list[tuple[str, dict[str, str]]]:
    """List the paths and headers of the requests so far."""
    return publisher.asked


class Puller(Protocol):
    def __call__(self, location: object, **more: Any) -> Pull: ...  # noqa: ANN401


@pytest.fixture
def pull(confinement: Confinement, publisher: Publisher) -> Iterator[Puller]:
    """Pull a feed as the pipeline does, from loopback or a file."""
    with WebSession(user_agent="wp-sync/1 (+editor@example.test; feeds=1)") as web:

        def pull(location: object, **more: Any) -> Pull:  # noqa: ANN401
            usual = {"last": Validators(), "known": {}, "now": NOW}
            return pull_feed(
                "the feed",
                location=str(location),
                web=web,
                confinement=confinement,
                allow_private=frozenset({f"127.0.0.1:{publisher.port}"}),
                **{**usual, **more},
            )

        yield pull


@pytest.fixture
def read(pull: Puller, tmp_path: Path) -> Callable[..., Pull]:
    """Read a feed that is given as text or bytes, from a file."""

    def read(feed: str | bytes, **more: Any) -> Pull:  # noqa: ANN401
        path = tmp_path / "feed"
        path.write_bytes(feed.encode() if isinstance(feed, str) else feed)
        return pull(path, **more)

    return read
