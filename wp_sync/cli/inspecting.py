"""inspect: what wp-sync makes of a feed or a page, without a site and without a configuration."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from wp_sync.clean.batch import clean_items
from wp_sync.config.schema import CleanRules
from wp_sync.confine import Confinement
from wp_sync.errors import CleanError, FeedError, WpSyncError
from wp_sync.extract import extract_page
from wp_sync.model import Item, ItemKey, Validators
from wp_sync.pipeline.build import utc_now
from wp_sync.sources import Source, parse_feed, pull_feed
from wp_sync.web import Limits, WebSession, make_user_agent

from .output import Result, Table

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from wp_sync.model import Article, Page, Pull

    from .options import Face

_PAGE_LIMITS = Limits(max_bytes=5_000_000, seconds=20)
_PORTS = {"http": 80, "https": 443}


class _Bench:
    """A session and a confinement for one inspection."""

    def __init__(self, web: WebSession, confinement: Confinement) -> None:
        self.web, self.confinement = web, confinement


def inspect_feeds(sources: Sequence[str], face: Face) -> Result:
    """Read each feed; one envelope a source."""
    return _inspect("inspect feed", sources, lambda source, bench: _feed(source, bench, face))


def inspect_pages(sources: Sequence[str], url: str, face: Face) -> Result:
    """Read each page; one envelope a source."""
    return _inspect("inspect page", sources, lambda source, bench: _page(source, url, bench, face))


def _inspect(command: str, sources: Sequence[str], read: Callable[[str, _Bench], Result]) -> Result:
    with Confinement() as confinement, WebSession(user_agent=make_user_agent("", 0)) as web:
        bench = _Bench(web, confinement)
        results: list[Result] = []
        for source in sources:
            try:
                results.append(replace(read(source, bench), command=command))
            except WpSyncError as error:
                failed = Result(
                    command=command,
                    status="error",
                    exit_code=error.exit_code,
                    data={"source": source},
                    messages=(str(error),),
                )
                results.append(failed)
    code = max(result.exit_code for result in results)
    return replace(results[0], exit_code=code, more=tuple(results[1:]))


def _feed(source: str, bench: _Bench, face: Face) -> Result:
    if source == "-":
        origin = Source(feed="-", location="-")
        body = sys.stdin.buffer.read()
        pulled = bench.confinement.run(parse_feed, body, origin, {}, utc_now())
    else:
        pulled = pull_feed(
            source,
            location=source,
            last=Validators(),
            known={},
            web=bench.web,
            confinement=bench.confinement,
            now=utc_now(),
            allow_private=_typed(source),
        )
    rows = tuple(
        (f"{item.published:%Y-%m-%d %H:%M}" if item.published else "no date", item.title, item.url)
        for item in pulled.items
    )
    head = f"{source}: {pulled.format}, {pulled.title!r}, {len(pulled.items)} items"
    del face
    return Result(
        command="",
        data=feed_data(source, pulled),
        messages=pulled.notes,
        text=(head, Table(headings=("Date", "Title", "Address"), rows=rows)),
    )


def feed_data(source: str, pulled: Pull) -> dict[str, Any]:
    """Return a feed as --json shows it."""
    return {
        "source": source,
        "format": pulled.format,
        "title": pulled.title,
        "items": [_item_data(item) for item in pulled.items],
    }


def _item_data(item: Item) -> dict[str, Any]:
    return {
        "guid": item.key.guid,
        "url": item.url,
        "title": item.title,
        "published": item.published.isoformat() if item.published else None,
        "updated": item.updated.isoformat() if item.updated else None,
        "authors": list(item.authors),
        "labels": list(item.labels),
        "summary_html": item.summary_html,
        "body_html": item.body_html,
        "image_urls": list(item.image_urls),
        "language": item.language,
    }


def _page(source: str, url: str, bench: _Bench, face: Face) -> Result:
    key = ItemKey(source, source)
    body, address, content_type = _read(source, url, bench)
    page = bench.confinement.run(extract_page, body, address, content_type, key)
    item = Item(key=key, url=address, title=page.title, base_url=address)
    article = bench.confinement.run(clean_items, [(item, page)], "full", CleanRules())[0]
    if isinstance(article, str):
        raise CleanError(article, key=key)
    head = f"{article.title}\n{page.byline or 'no byline'}, {page.published or 'no date'}"
    removed = tuple(f"removed by {one.rule}: {one.text}" for one in article.removed)
    text = (head, "", article.text, *(removed if face.verbose else ()))
    return Result(command="", data=page_data(source, page, article), text=text)


def page_data(source: str, page: Page, article: Article) -> dict[str, Any]:
    """Return a page as --json shows it."""
    return {
        "source": source,
        "url": page.url,
        "title": article.title,
        "byline": page.byline,
        "published": page.published.isoformat() if page.published else None,
        "language": page.language,
        "lead_image": page.lead_image,
        "found_by": page.found_by,
        "body_html": article.body_html,
        "text": article.text,
        "blocks": "",
        "removed": [{"rule": one.rule, "text": one.text} for one in article.removed],
    }


def _read(source: str, url: str, bench: _Bench) -> tuple[bytes, str, str]:
    if source == "-":
        return sys.stdin.buffer.read(), url, "text/html"
    if source.startswith(("http://", "https://")):
        answer = bench.web.get(
            source, accept="text/html", limit=_PAGE_LIMITS, allow_private=_typed(source)
        )
        return answer.body, answer.url, answer.headers.get("content-type", "")
    try:
        return Path(source).read_bytes(), url, ""
    except OSError as error:
        raise FeedError(f"{source}: {error.strerror}", feed=source) from None


def _typed(source: str) -> frozenset[str]:
    """Open the host and port that the person typed, and no other, to this inspection."""
    parts = urlsplit(source)
    if not parts.hostname:
        return frozenset()
    return frozenset({f"{parts.hostname}:{parts.port or _PORTS.get(parts.scheme, 443)}"})
