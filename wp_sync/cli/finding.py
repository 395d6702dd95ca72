"""Find a source's feed from what a person typed: the address of a site, of a feed, or a path."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

import typer

from wp_sync.errors import BlockedAddressError, FeedError, NetworkError, ParseError, WebError
from wp_sync.pipeline.build import utc_now
from wp_sync.sources import NamedFeed, fetch_feed, list_feeds, read_answer
from wp_sync.text import plain_text

from .output import counted
from .reading import check_path, place_of, read_feed, typed

if TYPE_CHECKING:
    from collections.abc import Callable

    from wp_sync.model import Pull
    from wp_sync.web import Response

    from .output import Screen
    from .reading import Bench

    Choose = Callable[[tuple[NamedFeed, ...]], NamedFeed]

# Where publishing systems put their feed; asked one after the other, until one is there.
USUAL_PLACES = ("feed/", "/feed/", "/rss.xml", "/atom.xml", "/feed.json", "/index.xml", "/feed.xml")
# A host without its scheme, with or without a path; what ends like a feed's file is a path.
_HOST = re.compile(
    r"(?!.*\.(?:xml|rss|atom|json|rdf)$)(?:[\w-]+\.)+[a-z]{2,}(?::\d+)?(?:/.*)?", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundFeed:
    """A feed that could be read."""

    address: str
    title: str
    items: int
    private: str  # "host:port" that has to be opened to it; "" for a public one
    location: str  # after redirects
    others: tuple[NamedFeed, ...] = ()  # that the page names beside it

    @property
    def told(self) -> str:
        """Say what was found."""
        return f"A source: {self.title}, {counted(self.items, 'item')}"


def find_feed(given: str, bench: Bench, choose: Choose) -> FoundFeed:
    """Read what is there once; a page leads to its feed. Raises WebError, FeedError, ParseError."""
    address = _complete(given)
    if "://" not in address:
        return _found(NamedFeed(address=address), read_feed(address, bench))
    try:
        return _find(address, bench, frozenset(), choose)
    except BlockedAddressError:
        # What the person typed is theirs to open; where it leads to is not.
        return _find(address, bench, typed(address), choose)


def chooser(screen: Screen) -> Choose:
    """Ask which of several feeds, where somebody can be asked; else take the first."""
    asking = sys.stdin.isatty() and not (screen.face.json or screen.face.quiet)

    def choose(feeds: tuple[NamedFeed, ...]) -> NamedFeed:
        if not asking or sum(feed.is_main for feed in feeds) < 2:  # noqa: PLR2004
            return feeds[0]
        for number, feed in enumerate(feeds, 1):
            screen.warn(f"  {number}  {feed.title or feed.address}  {feed.address}")
        while True:
            answer = int(typer.prompt("Which feed", default=1, type=int, err=True))
            if 1 <= answer <= len(feeds):
                return feeds[answer - 1]

    return choose


def _complete(given: str) -> str:
    """Make a whole address, or a whole path: one in the configuration is relative to that."""
    if given.lower().startswith("feed:"):  # as browsers once handed a feed over
        given = f"https:{given[5:]}" if given[5:7] == "//" else given[5:]
    if "://" in given:
        if "@" in urlsplit(given).netloc:
            message = "an address with a login in it is not taken: it would stand in every report"
            raise FeedError(message, feed="", cure="ask the publisher for a feed that is open")
        return given
    if not Path(given).exists() and _HOST.fullmatch(given):
        return f"https://{given}"
    check_path(given)
    return str(Path(given).absolute())


def _find(address: str, bench: Bench, allow: frozenset[str], choose: Choose) -> FoundFeed:
    answer = fetch_feed(address, bench.web, allow_private=allow)
    try:
        return _found(NamedFeed(address=address), _read(address, answer, bench), allow)
    except ParseError:
        feeds = bench.confinement.run(list_feeds, answer.body, answer.url)
        if feeds is None:  # neither a feed nor a page
            raise
    if feeds:
        feed = choose(feeds)
        page = fetch_feed(feed.address, bench.web, allow_private=allow)
        others = tuple(one for one in feeds if one != feed)
        return _found(feed, _read(feed.address, page, bench), allow, others)
    return _try_places(answer.url, bench, allow)


def _try_places(page: str, bench: Bench, allow: frozenset[str]) -> FoundFeed:
    places = dict.fromkeys(urljoin(page, place) for place in USUAL_PLACES)
    for place in places:
        try:
            answer = fetch_feed(place, bench.web, allow_private=allow)
            return _found(NamedFeed(address=place), _read(place, answer, bench), allow)
        except NetworkError:  # it is away, or was asked too often
            raise
        except (ParseError, WebError):
            continue
    message = f"{page} names no feed, and none is at the usual places ({', '.join(USUAL_PLACES)})"
    raise FeedError(message, feed=page, cure="look for an RSS link on the site, and give that")


def _read(address: str, answer: Response, bench: Bench) -> Pull:
    return read_answer(address, answer, known={}, confinement=bench.confinement, now=utc_now())


def _found(
    feed: NamedFeed,
    pull: Pull,
    allow: frozenset[str] = frozenset(),
    others: tuple[NamedFeed, ...] = (),
) -> FoundFeed:
    place = place_of(feed.address)
    return FoundFeed(
        address=feed.address,
        title=plain_text(pull.title) or urlsplit(feed.address).hostname or feed.address,
        items=len(pull.items),
        private=place if place in allow else "",
        location=pull.validators.url or feed.address,
        others=others,
    )
