"""Read one feed or one page that a person named: an address, a path, or standard input."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from wp_sync.confine import Confinement
from wp_sync.errors import ExtractError, FeedError
from wp_sync.extract.full_text import ACCEPT, LIMITS, PAGE_TYPES
from wp_sync.model import ItemKey, Pull, Validators
from wp_sync.pipeline.build import utc_now
from wp_sync.sources import Source, parse_feed, pull_feed
from wp_sync.web import WebSession, make_user_agent

from .options import STANDARD_INPUT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wp_sync.config.channels import ExtractRules
    from wp_sync.model import Page
    from wp_sync.web import Politeness

_PORTS = {"http": 80, "https": 443}
# Byte order marks of UTF-16, where NULs are no sign of a binary file.
_WIDE = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """What reading works with, when there is no run."""

    web: WebSession
    confinement: Confinement


@contextmanager
def open_bench(
    contact: str = "", feeds: int = 0, polite: Politeness | None = None
) -> Iterator[Bench]:
    """Open a session that says who asks, and the child that parses."""
    agent = make_user_agent(contact, feeds)
    with Confinement() as confinement, WebSession(user_agent=agent, polite=polite) as web:
        yield Bench(web=web, confinement=confinement)


def place_of(location: str) -> str:
    """Name host and port of an address, as allow_private does; "" for what has none."""
    try:
        parts = urlsplit(location)
        port = parts.port or _PORTS.get(parts.scheme.lower())
    except ValueError:  # a bracket in the host, a port that is no number
        return ""
    if not parts.hostname or port is None:
        return ""
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{host}:{port}"


def typed(location: str) -> frozenset[str]:
    """Open the host and port that the person typed, and no other."""
    return frozenset(filter(None, (place_of(location),)))


def read_feed(location: str, bench: Bench, allow_private: frozenset[str] = frozenset()) -> Pull:
    """Read a feed as if for the first time. Raises WebError, FeedError and ParseError."""
    if location == STANDARD_INPUT:
        origin = Source(feed=location, location="standard input")
        body = sys.stdin.buffer.read()
        return bench.confinement.run(parse_feed, body, origin, {}, utc_now())
    return pull_feed(
        location,
        location=location,
        last=Validators(),
        known={},
        web=bench.web,
        confinement=bench.confinement,
        now=utc_now(),
        allow_private=allow_private,
    )


def read_page(source: str, url: str, bench: Bench, rules: ExtractRules) -> Page:
    """Find the article in a page; `url` is the address of what has none of its own."""
    from wp_sync.extract import extract_page

    key = ItemKey(source, source)
    body, address, content_type = _read_body(source, url, bench)
    name = address or ("standard input" if source == STANDARD_INPUT else source)
    if wrong := _describe(body, content_type):
        raise ExtractError(f"{name} {wrong}", key=key, cure="give the address of an article")
    return bench.confinement.run(extract_page, body, address, content_type, key, rules)


def _describe(body: bytes, content_type: str) -> str:
    """Say what a body is that is no web page; "" when it may be one."""
    kind = content_type.partition(";")[0].strip().lower()
    if not body.strip():
        return "is empty"
    if kind not in PAGE_TYPES:
        return f"is not a web page but {kind}"
    binary = b"\0" in body and not body.startswith(_WIDE)
    return "is not a web page but binary data" if binary else ""


def _read_body(source: str, url: str, bench: Bench) -> tuple[bytes, str, str]:
    if source == STANDARD_INPUT:
        return sys.stdin.buffer.read(), url, ""
    if "://" in source:
        answer = bench.web.get(source, accept=ACCEPT, limit=LIMITS, allow_private=typed(source))
        return answer.body, answer.url, answer.headers.get("content-type", "")
    check_path(source)
    return Path(source).read_bytes(), url, ""


def check_path(source: str) -> None:
    """Refuse a path that can't be read; addresses and standard input pass. Raises FeedError."""
    if source == STANDARD_INPUT or "://" in source:
        return
    try:
        with Path(source).open("rb"):
            return
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        reason = getattr(error, "strerror", None) or str(error)
        cure = "give a path, a whole address with https://, or - for standard input"
        raise FeedError(f"{source}: {reason}", feed=source, cure=cure) from None
