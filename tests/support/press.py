"""A small press: feeds and pictures of our own, on disk and over loopback."""

from __future__ import annotations

import hashlib
import io
import json
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

from PIL import Image

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One entry of a feed."""

    number: int
    title: str = ""
    body: str = "<p>A paragraph of some words about the weather.</p>"
    link: str = ""
    picture: str = ""
    date: str = "Mon, 04 May 2026 12:00:00 GMT"
    guid: str = ""  # else the number
    labels: tuple[str, ...] = ()
    author: str = ""

    @property
    def address(self) -> str:
        return self.link or f"https://news.example/story-{self.number}"


def rss(*stories: Story, title: str = "Example News") -> str:
    """Write an RSS 2.0 feed."""
    return (
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>'
        f"<title>{escape(title)}</title><link>https://news.example/</link>"
        f"{''.join(map(_entry, stories))}</channel></rss>"
    )


def _entry(story: Story) -> str:
    picture = ""
    if story.picture:
        picture = f'<enclosure url={quoteattr(story.picture)} type="image/jpeg" length="1"/>'
    labels = "".join(f"<category>{escape(label)}</category>" for label in story.labels)
    author = f"<dc:creator>{escape(story.author)}</dc:creator>" if story.author else ""
    return (
        f"<item><title>{escape(story.title or f'Story {story.number}')}</title>"
        f"<link>{escape(story.address)}</link><guid isPermaLink='false'>"
        f"{escape(story.guid or str(story.number))}</guid>"
        f"<pubDate>{story.date}</pubDate><description>{escape(story.body)}</description>"
        f"{picture}{labels}{author}</item>"
    )


def picture(shade: int) -> bytes:
    """Paint a picture of its own for each shade."""
    out = io.BytesIO()
    Image.new("RGB", (320, 180), (shade % 256, (shade * 7) % 256, 90)).save(out, "JPEG")
    return out.getvalue()


@dataclass(slots=True)
class Kiosk:
    """What a server on loopback gives out, by path, and what it was asked."""

    url: str = ""
    pages: dict[str, tuple[int, str, bytes]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    said: list[int] = field(default_factory=list)  # the status of each answer
    headers: dict[str, dict[str, str]] = field(default_factory=dict)  # more of them, by path
    moved: dict[str, str] = field(default_factory=dict)  # path -> where it is now, for good
    has_etags: bool = False  # who has a page already is told so: 304

    def put(self, path: str, content: str | bytes, kind: str = "", status: int = 200) -> str:
        """Give out a page; return its address."""
        body = content.encode() if isinstance(content, str) else content
        self.pages[path] = (status, kind or "application/rss+xml; charset=utf-8", body)
        return f"{self.url}{path}"

    def source(
        self, name: str = "Example News", *feeds: str, to: str = "news", more: str = ""
    ) -> str:
        """Write the table of a source of ours with these feeds; with /feed, if none is given."""
        listed = json.dumps(feeds or [f"{self.url}/feed"])
        return (
            f'[[sources]]\nname = "{name}"\nfeeds = {listed}\nto = ["{to}"]\n'
            f'rights = "feed"\nlicence = "ours"\nallow_private = ["{self.place}"]\n{more}'
        )

    @property
    def place(self) -> str:
        """Host and port, as allow_private names them."""
        return self.url.removeprefix("http://")


class _Server(ThreadingHTTPServer):
    def handle_error(self, *_: object) -> None:
        """Say nothing: a client that went away is no news."""


@contextmanager
def open_kiosk() -> Iterator[Kiosk]:
    """Serve pages on loopback."""
    kiosk = Kiosk()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            kiosk.asked.append(self.path)
            missing = (404, "text/plain", b"nothing here")
            status, kind, body = kiosk.pages.get(self.path, missing)
            etag = f'"{hashlib.sha256(body).hexdigest()}"'
            if kiosk.has_etags and self.headers.get("If-None-Match") == etag:
                status, body = 304, b""
            if self.path in kiosk.moved:
                status, body = 301, b""
            kiosk.said.append(status)
            self.send_response_only(status)
            if self.path in kiosk.moved:
                self.send_header("Location", kiosk.moved[self.path])
            if kiosk.has_etags:
                self.send_header("ETag", etag)
            for name, value in kiosk.headers.get(self.path, {}).items():
                self.send_header(name, value)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = _Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    kiosk.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield kiosk
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
