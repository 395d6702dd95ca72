"""Serve the sample sources on the loopback interface, and write the configuration of their site."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass
from email.utils import format_datetime
from functools import partial
from hashlib import sha256
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from mimetypes import guess_type
from threading import Thread
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from .layouts import load_layouts, write_feed, write_page
from .library import SampleSource, load_sources
from .pictures import PIXEL, draw_picture

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleRequest:
    """A request that the server answered."""

    method: str
    path: str
    status: int
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleSources:
    """The sources while they are being served."""

    url: str  # without a slash at the end
    feeds: Mapping[str, tuple[str, ...]]  # source name -> addresses
    sources: tuple[SampleSource, ...]
    requests: list[SampleRequest]  # grows as they come


@contextmanager
def serve_samples(now: datetime, port: int = 0) -> Iterator[SampleSources]:
    """Serve every source on 127.0.0.1 until the block ends; articles are dated back from `now`."""
    with _Server(now, port) as server:
        thread = Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield server.samples
        finally:
            server.shutdown()
            thread.join()


def sample_config(sources: SampleSources, site_url: str, username: str) -> str:
    """Write the config.toml of a site that takes all the sample sources."""
    tables: list[tuple[str, Mapping[str, object]]] = [
        ("[site]", {"url": site_url, "username": username, "settle": "10s"}),
        ("[ledger]", {"url": "sqlite:///wp-sync.db"}),
        ("[fetch]", {"contact": "demo@example.test"}),
    ]
    tables += [
        (
            "[[sources]]",
            {
                "name": source.name,
                "feeds": sources.feeds[source.name],
                "to": source.to,
                "rights": source.rights,
                "licence": source.licence,
                "otherwise": source.otherwise,
                "allow_private": [urlsplit(sources.url).netloc],
            },
        )
        for source in sources.sources
    ]
    # A string or a list of strings is written in TOML as in JSON.
    return "\n".join(
        "\n".join([head, *(f"{key} = {json.dumps(value)}" for key, value in keys.items()), ""])
        for head, keys in tables
    )


class _Server(ThreadingHTTPServer):
    def __init__(self, now: datetime, port: int) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        root = f"http://127.0.0.1:{self.server_port}"
        sources = load_sources()
        self.modified = format_datetime(now.replace(microsecond=0), usegmt=True)
        self.samples = SampleSources(
            url=root,
            feeds={
                source.name: tuple(f"{root}/{source.slug}/{file}" for file in source.feeds)
                for source in sources
            },
            sources=sources,
            requests=[],
        )
        self._texts = dict(_list_texts(sources, root, now))

    def find(self, path: str) -> tuple[str, bytes] | None:
        """Return the content type and the bytes at this path."""
        path = path.rstrip("/")
        name = path.rpartition("/")[2]
        if path in self._texts:
            mime, write = self._texts[path]
            return mime, write().encode()
        if name == "pixel.gif":
            return "image/gif", PIXEL
        picture = draw_picture(name) if "/img/" in path else b""
        return (guess_type(name)[0] or "", picture) if picture else None


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    timeout = 20  # seconds

    def do_GET(self) -> None:
        found = self.server.find(urlsplit(self.path).path)
        if found is None:
            self._answer(HTTPStatus.NOT_FOUND, {"Content-Type": "text/plain"}, b"not here\n")
            return
        mime, content = found
        tag = f'"{sha256(content).hexdigest()[:20]}"'
        headers = {"ETag": tag, "Last-Modified": self.server.modified, "Content-Type": mime}
        known = self._knows(tag)
        self._answer(HTTPStatus.NOT_MODIFIED if known else HTTPStatus.OK, headers, content)

    do_HEAD = do_GET  # noqa: N815

    def log_request(self, code: int | str = "-", _size: int | str = "-") -> None:
        """Keep the request, for tests of what was asked; write nothing."""
        headers = dict(self.headers.items())
        self.server.samples.requests.append(
            SampleRequest(method=self.command, path=self.path, status=int(code), headers=headers)
        )

    def _knows(self, tag: str) -> bool:
        tags = self.headers.get("If-None-Match")
        if tags is None:
            return self.headers.get("If-Modified-Since") == self.server.modified
        return tag in tags  # RFC 9110, 13.1.3: then the date does not count

    def _answer(self, status: HTTPStatus, headers: Mapping[str, str], content: bytes) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        body = b"" if status is HTTPStatus.NOT_MODIFIED else content
        if body:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)


def _list_texts(
    sources: tuple[SampleSource, ...], root: str, now: datetime
) -> Iterator[tuple[str, tuple[str, Callable[[], str]]]]:
    layouts = load_layouts()
    for source in sources:
        first = next(iter(source.feeds))
        lists = [("", first, "home"), *((f"/{file}", file, source.layout) for file in source.feeds)]
        for path, file, layout in lists:
            write = partial(write_feed, source, file, layout, root, now)
            yield f"/{source.slug}{path}", (layouts[layout]["type"], write)
        for article in source.articles:
            if not article.suffix:
                write = partial(write_page, source, article, root, now)
                yield article.path, (layouts["page"]["type"], write)
