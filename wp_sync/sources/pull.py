"""pull_feed: one request, or one file, to the items that are new in it."""

from __future__ import annotations

from dataclasses import replace
from email.message import Message
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING

from wp_sync.errors import ConfinedError, FeedError, ParseError
from wp_sync.model import Pull, Validators
from wp_sync.web import Limits

from .parse import Source, parse_feed

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from wp_sync.confine import Confinement
    from wp_sync.web import Response, WebSession

_LIMITS = Limits(max_bytes=10_000_000, seconds=30)
_CPU_SECONDS = 10  # 50,000 entries take 3
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
    allow_private: frozenset[str] = frozenset(),
) -> Pull:
    """Fetch a feed, conditionally, and parse it; unchanged items are counted and left out.

    `location` is an http address or a path; `known` maps guids to the hashes of an earlier Pull.
    Raises WebError, FeedError (no such file) and ParseError (not a feed); all name the location.
    """
    if location.lower().startswith(("http://", "https://")):
        answer = fetch_feed(location, web, validators=last, allow_private=allow_private)
        if answer.status == HTTPStatus.NOT_MODIFIED:
            return Pull(feed=feed, changed=False, validators=_renew(answer, last))
        return read_answer(feed, answer, known=known, confinement=confinement, now=now)
    source = Source(feed=feed, location=location)
    return _parse(_read_file(location, feed), source, known, confinement, now)


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
    source = Source(feed=feed, location=answer.url, charset=_charset(answer))
    pull = _parse(answer.body, source, known, confinement, now)
    # A 304 to the validators of a feed that broke off would hide its other entries for good.
    validators = _renew(answer, Validators()) if pull.is_whole else Validators()
    return replace(pull, validators=validators)


def _parse(
    body: bytes,
    source: Source,
    known: Mapping[str, str],
    confinement: Confinement,
    now: datetime,
) -> Pull:
    try:
        return confinement.run(parse_feed, body, source, dict(known), now, cpu_seconds=_CPU_SECONDS)
    except ConfinedError as error:
        message = f"{source.location}: reading this feed {error.message}"
        cure = "it is not read, for the machine's safety: ask the publisher"
        raise ParseError(message, feed=source.feed, cure=cure) from error


def _renew(answer: Response, last: Validators) -> Validators:
    """Take the validators of this answer; what a 304 does not repeat stays valid."""
    return Validators(
        url=answer.url,
        etag=answer.headers.get("etag", last.etag),
        last_modified=answer.headers.get("last-modified", last.last_modified),
    )


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
