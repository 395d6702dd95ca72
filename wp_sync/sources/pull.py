"""pull_feed: one request, or one file, to the items that are new in it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from email.message import Message
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING

from wp_sync.errors import ConfinedError, FeedError, ParseError
from wp_sync.hashing import digest
from wp_sync.model import Pull, Traces, Validators
from wp_sync.web import Limits

from .entry import READING, make_absolute
from .hints import read_manners, without_stamps
from .parse import Source, parse_feed

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from wp_sync.confine import Confinement
    from wp_sync.web import Response, WebSession

_LIMITS = Limits(max_bytes=10_000_000, seconds=30)
_CPU_SECONDS = 10  # 50,000 entries take 3
_SMALL = 400_000  # bytes: a larger feed has a child of its own
_ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml;q=0.9, "
    "application/xml;q=0.8, text/xml;q=0.8, */*;q=0.1"
)


def pull_feed(  # noqa: PLR0913 (what a feed needs, each by its name)
    feed: str,
    *,
    location: str,
    last: Validators,
    known: Mapping[str, str],
    web: WebSession,
    confinement: Confinement,
    now: datetime,
    traces: Traces = Traces(),  # noqa: B008 (frozen)
    allow_private: frozenset[str] = frozenset(),
) -> Pull:
    """Fetch a feed, conditionally, and parse it; unchanged items are counted and left out.

    `location` is an http address or a path; `known` maps guids to the hashes of an earlier Pull,
    and `traces` is what that left behind: by it most is known without being read.
    Raises WebError, FeedError (no such file) and ParseError (not a feed); all name the location.
    """
    if location.lower().startswith(("http://", "https://")):
        answer = fetch_feed(location, web, validators=last, allow_private=allow_private)
        if answer.status == HTTPStatus.NOT_MODIFIED:
            given, manners = _renew(answer, last), read_manners(answer)
            return Pull(feed=feed, changed=False, validators=given, manners=manners)
        desk = _Desk(known=known, traces=traces, confinement=confinement, now=now)
        return _read_answer(feed, answer, desk)
    source = Source(feed=feed, location=location)
    desk = _Desk(known=known, traces=traces, confinement=confinement, now=now)
    return desk.read(_read_file(location, feed), source)


def fetch_feed(
    location: str,
    web: WebSession,
    *,
    validators: Validators = Validators(),  # noqa: B008 (frozen)
    allow_private: frozenset[str] = frozenset(),
) -> Response:
    """Ask for a feed, within a feed's limits. Raises WebError."""
    return web.get(
        location,
        accept=_ACCEPT,
        purpose="feed",
        validators=validators,
        limit=_LIMITS,
        allow_private=allow_private,
    )


def read_answer(
    feed: str,
    answer: Response,
    *,
    known: Mapping[str, str],
    confinement: Confinement,
    now: datetime,
) -> Pull:
    """Parse what was fetched. Raises ParseError when it is no feed."""
    desk = _Desk(known=known, traces=Traces(), confinement=confinement, now=now)
    return _read_answer(feed, answer, desk)


def _read_answer(feed: str, answer: Response, desk: _Desk) -> Pull:
    source = Source(feed=feed, location=answer.url, charset=_charset(answer), base=_base(answer))
    pull = desk.read(answer.body, source)
    # A 304 to the validators of a feed that broke off would hide its other entries for good.
    validators = _renew(answer, Validators()) if pull.is_whole else Validators()
    return replace(pull, validators=validators, manners=read_manners(answer))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Desk:
    """What reading a feed needs beside its bytes."""

    known: Mapping[str, str]
    traces: Traces
    confinement: Confinement
    now: datetime

    def read(self, body: bytes, source: Source) -> Pull:
        """Read a feed, unless it is the one that was read before, but for the time it was made."""
        whole = hashlib.sha256(without_stamps(body)).hexdigest()
        body_hash = digest((READING, replace(source, feed=""), whole))
        if body_hash == self.traces.body:
            return Pull(feed=source.feed, changed=False, body_hash=body_hash)
        job = (body, source, dict(self.known), self.now, dict(self.traces.entries))
        try:
            run = self.confinement.share if len(body) < _SMALL else self.confinement.run
            pull = run(parse_feed, *job, cpu_seconds=_CPU_SECONDS)
        except ConfinedError as error:
            message = f"{source.location}: reading this feed {error.message}"
            cure = "it is not read, for the machine's safety: ask the publisher"
            raise ParseError(message, feed=source.feed, cure=cure) from error
        return replace(pull, body_hash=body_hash if pull.is_whole else "")


def _renew(answer: Response, last: Validators) -> Validators:
    """Take the validators of this answer; what a 304 does not repeat stays valid."""
    return Validators(
        url=answer.url,
        etag=answer.headers.get("etag", last.etag),
        last_modified=answer.headers.get("last-modified", last.last_modified),
    )


def _base(answer: Response) -> str:
    """Give the address that the server says this is, which relative ones are relative to."""
    told = make_absolute(answer.headers.get("content-location"), answer.url)
    return "" if told == answer.url else told


def _charset(answer: Response) -> str:
    message = Message()
    message["content-type"] = answer.headers.get("content-type", "")
    return str(message.get_content_charset(""))


def _read_file(path: str, feed: str) -> bytes:
    try:
        with Path(path).open("rb") as file:
            body = file.read(_LIMITS.max_bytes + 1)
    except OSError as error:
        cure = "check the path in the configuration"
        raise FeedError(f"{path}: {error.strerror or error}", feed=feed, cure=cure) from error
    if len(body) > _LIMITS.max_bytes:
        raise FeedError(f"{path}: larger than {_LIMITS.max_bytes:,} bytes", feed=feed)
    return body
