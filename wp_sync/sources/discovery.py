"""What is not a feed: say what it is instead, and where a web page names its feeds."""

from __future__ import annotations

import re
from dataclasses import dataclass

from wp_sync.text import clean_text

from .entry import make_absolute

_HEAD = 200_000  # bytes in which a page names its feeds
_SNIFF = 4_096
_FEED_TYPES = (
    "application/atom+xml",
    "application/feed+json",
    "application/json",
    "application/rdf+xml",
    "application/rss+xml",
)
_PREAMBLE = re.compile(r"\s+|<\?[^>]*>|<!--.*?-->|<!(?!doctype\s+html|--)[^>]*>", re.DOTALL)
_DOCTYPE_HTML = re.compile(r"<!doctype\s+html[^>]*>")
_FEED_ROOTS = ("rss", "feed", "rdf:rdf")
_ROOT = re.compile(r"<(!doctype\s+html|[\w:.-]+)")
_PAGE = ("a web page, not a feed", "give the address of its feed")
# The first tag, in lower case: what it is, and what to do.
_ROOTS = {
    "!doctype html": _PAGE,
    "html": _PAGE,
    "head": _PAGE,
    "body": _PAGE,
    "opml": ("a list of feeds (OPML), not a feed", "give the addresses that stand in it"),
    "sitemapindex": ("a sitemap, not a feed", "give the address of the site's feed"),
    "urlset": ("a sitemap, not a feed", "give the address of the site's feed"),
}
_STARTS = {
    "": ("empty", "ask the publisher, or open the address in a browser"),
    "{": ("JSON, but no JSON Feed", "give the address of a feed"),
    "[": ("JSON, but no JSON Feed", "give the address of a feed"),
    "%pdf": ("a PDF file, not a feed", "give the address of a feed"),
}
_UNKNOWN = ("neither RSS, Atom nor JSON Feed", "open the address in a browser: is it a feed?")


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedFeed:
    """A feed that a web page names, or that was tried."""

    address: str
    title: str = ""  # as the page calls it

    @property
    def is_main(self) -> bool:
        """Tell a site's feed from one of comments, as WordPress names beside it."""
        return "comment" not in f"{self.address} {self.title}".casefold()


def find_feeds(html: str, base: str) -> tuple[str, ...]:
    """List the feeds that a web page names in its head, as absolute addresses."""
    return tuple(feed.address for feed in _named_feeds(html, base))


def list_feeds(body: bytes, location: str) -> tuple[NamedFeed, ...] | None:
    """List the feeds that a web page names, those of comments last; None for what is no page."""
    root = _ROOT.match(_start(body))
    if root is None or _ROOTS.get(re.sub(r"\s+", " ", root[1])) is not _PAGE:
        return None
    feeds = _named_feeds(body[:_HEAD].decode("utf-8", "replace"), location)
    return tuple(sorted(feeds, key=lambda feed: not feed.is_main))


def _named_feeds(html: str, base: str) -> tuple[NamedFeed, ...]:
    from bs4 import BeautifulSoup

    # bs4 warns of a text that is nothing but an address or a file's name; not of two lines.
    soup = BeautifulSoup(f"\n{html[:_HEAD]}", "lxml")
    origin = soup.find("base", href=True)
    base = make_absolute(origin["href"], base) or base if origin else base
    links = soup.select("link[rel~=alternate i][type][href]")
    named: dict[str, NamedFeed] = {}
    for link in links:
        address = make_absolute(link["href"], base)
        if address and _is_feed_type(str(link["type"])):
            title = clean_text(str(link.get("title", "")))
            named.setdefault(address, NamedFeed(address=address, title=title))
    return tuple(named.values())


def _is_feed_type(mime: str) -> bool:
    return mime.partition(";")[0].strip().lower() in _FEED_TYPES


def describe_stranger(body: bytes, location: str) -> tuple[str, str] | None:
    """Say what a body is that is certainly no feed, and the cure; None when it may be one."""
    start = _start(body)
    root = _ROOT.match(start)
    if declared := _DOCTYPE_HTML.match(start):  # some feeds say that they are pages
        inner = _ROOT.match(_skip_preamble(start[declared.end() :]))
        root = inner if inner and inner[1] in _FEED_ROOTS else root
    known = _ROOTS.get(re.sub(r"\s+", " ", root[1])) if root else None
    if known is _PAGE and (feeds := find_feeds(body[:_HEAD].decode("utf-8", "replace"), location)):
        return _PAGE[0], f"its own feeds are: {', '.join(feeds[:5])}"
    return known or (None if start else _STARTS[""])


def describe_unknown(body: bytes) -> tuple[str, str]:
    """Say what a body is in which no parser found a feed, and the cure."""
    start = _start(body)
    return next(
        (told for mark, told in _STARTS.items() if mark and start.startswith(mark)), _UNKNOWN
    )


def _start(body: bytes) -> str:
    """Give the beginning in lower case, without what may stand before the first tag."""
    # Without its NULs, UTF-16 reads like ASCII here.
    return _skip_preamble(body[:_SNIFF].replace(b"\0", b"").decode("utf-8-sig", "ignore").lower())


def _skip_preamble(text: str) -> str:
    while match := _PREAMBLE.match(text):
        text = text[match.end() :]
    return text
