"""Feeds of twenty items on loopback addresses of their own; one in ten is broken, slow or hostile.

    python tests/support/bench_farm.py COUNT

It prints its port when it listens. Of the good ones, three in five answer 304 to who has them, one
sends the same bytes each time, and one names the time of the answer.
"""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import itertools
import sys
from email.utils import formatdate

ITEMS = 20
BAD = (
    *("gone", "failing", "page", "empty", "cut", "entity bomb", "zip bomb"),
    *("dripping", "silent", "closing"),
)
_WORDS = (
    *("rain", "wind", "hail", "harbour", "ferry", "crane", "north"),
    *("valley", "evening", "hills", "late", "ever", "again"),
)
_SLOW = 20.0  # seconds


def address_of(number: int, port: int) -> str:
    """Name a feed's own address."""
    return f"http://127.1.{number // 200}.{number % 200 + 1}:{port}/{number}.xml"


def kind_of(number: int) -> str:
    """Tell what is wrong with a feed; "" for a good one."""
    return BAD[number // 10 % len(BAD)] if number % 10 == 9 else ""


def write_feed(number: int) -> str:
    """Write a feed of forty kilobytes; STAMP stands where it names a time."""
    site = f"http://news-{number}.example"
    words = itertools.islice(itertools.cycle(_WORDS), number % 7, None)
    items = []
    for one in range(ITEMS):
        text = " ".join(itertools.islice(words, 280))
        items.append(
            f"<item><title>Story {one} of {number}</title><link>{site}/story-{one}</link>"
            f'<guid isPermaLink="false">{number}-{one}</guid>'
            f"<pubDate>Mon, 04 May 2026 {one:02}:00:00 GMT</pubDate><dc:creator>Ann Bo</dc:creator>"
            f"<category>News</category><description>{text[:200]}</description>"
            f"<content:encoded><![CDATA[<p>{text}</p>]]></content:encoded>"
            f'<media:content url="{site}/{one}.jpg" width="1200" height="800"/></item>'
        )
    return (
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0" '
        'xmlns:content="http://purl.org/rss/1.0/modules/content/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/">'
        f"<channel><title>News {number}</title><link>{site}/</link><language>en</language>"
        f"<lastBuildDate>STAMP</lastBuildDate>{''.join(items)}</channel></rss>"
    )


def write_bomb() -> bytes:
    """Write a feed whose one entity would become a gigabyte."""
    head = f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "{"x" * 50_000}">]>'
    return f"{head}<rss><channel><title>{'&a;' * 20_000}</title></channel></rss>".encode()


BODIES = {
    "page": b"<!DOCTYPE html><html><body><p>Please log in.</p></body></html>",
    "empty": b"",
    "cut": write_feed(0)[:300].encode(),
    "entity bomb": write_bomb(),
}


class Farm:
    """What is given out."""

    def __init__(self, count: int) -> None:
        self._bodies = {**BODIES, "zip bomb": gzip.compress(b" " * 50_000_000, 9)}
        self._stamped = [write_feed(number) for number in range(count)]
        self._whole = [text.replace("STAMP", "today").encode() for text in self._stamped]

    def answer(self, number: int, asked: bytes) -> bytes:
        """Write an answer, with its head."""
        kind, body = kind_of(number), self._whole[number]
        if kind in self._bodies:
            coding = "Content-Encoding: gzip\r\n" if kind == "zip bomb" else ""
            return head(200, self._bodies[kind], coding) + self._bodies[kind]
        if kind in {"gone", "failing"}:
            return head(404 if kind == "gone" else 500, b"")
        style = number % 5
        if style == 3:
            return head(200, body) + body
        if style == 4:
            body = self._stamped[number].replace("STAMP", formatdate()).encode()
            return head(200, body) + body
        etag = f'"{hashlib.md5(body).hexdigest()}"'  # noqa: S324 (no secret)
        if etag.encode() in asked:
            return head(304, b"", f"ETag: {etag}\r\n")
        return head(200, body, f"ETag: {etag}\r\n") + body

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the requests of one connection."""
        try:
            while asked := await reader.readuntil(b"\r\n\r\n"):
                number = int(asked.split(b" ", 2)[1].strip(b"/").removesuffix(b".xml"))
                kind = kind_of(number)
                if kind == "closing":
                    break
                if kind == "silent":
                    await asyncio.sleep(_SLOW)
                    break
                if kind == "dripping":
                    writer.write(head(200, self._whole[number]))
                    await drip(writer, self._whole[number])
                    break
                writer.write(self.answer(number, asked))
                await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


async def drip(writer: asyncio.StreamWriter, body: bytes) -> None:
    for start in range(int(_SLOW)):
        writer.write(body[start : start + 1])
        await writer.drain()
        await asyncio.sleep(1)


def head(status: int, body: bytes, more: str = "") -> bytes:
    return (
        f"HTTP/1.1 {status} As it is\r\nContent-Type: application/rss+xml\r\n"
        f"Content-Length: {len(body)}\r\n{more}\r\n"
    ).encode()


async def main() -> None:
    farm = Farm(int(sys.argv[1]))
    server = await asyncio.start_server(farm.serve, "0.0.0.0", 0, backlog=1000)  # noqa: S104
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
