"""inspect: what wp-sync makes of a feed or a page, without a site and without a configuration."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from wp_sync.clean.batch import clean_items
from wp_sync.config import load_config
from wp_sync.config.channels import CleanRules, ExtractRules
from wp_sync.errors import CleanError, WpSyncError
from wp_sync.extract.page import NO_RULES
from wp_sync.markup import write_blocks
from wp_sync.model import Item
from wp_sync.text import plain_text

from .feeds import find_feeds
from .options import STANDARD_INPUT
from .output import Result, Table, counted
from .reading import check_path, open_bench, read_feed, read_page, typed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from wp_sync.model import Article, Page, Pull

    from .options import Face
    from .reading import Bench


def inspect_feeds(sources: Sequence[str]) -> Result:
    """Read each feed; one envelope a source."""
    return _inspect("inspect feed", sources, _feed)


def inspect_pages(
    sources: Sequence[str], url: str, face: Face, rules: ExtractRules = NO_RULES
) -> Result:
    """Read each page; one envelope a source."""
    return _inspect(
        "inspect page", sources, lambda source, bench: _page(source, url, bench, face, rules)
    )


def rules_of(source: str, path: Path) -> ExtractRules:
    """Return the [sources.extract] of a source, by its name or a feed's address; "" has none.

    Raises ConfigError.
    """
    return find_feeds(load_config(path), source)[0][0].extract if source else NO_RULES


def _inspect(command: str, sources: Sequence[str], read: Callable[[str, Bench], Result]) -> Result:
    results: list[Result] = []
    with open_bench() as bench:
        for source in sources:
            try:
                results.append(replace(read(source, bench), command=command))
            except WpSyncError as error:
                failed = Result(
                    command=command,
                    status="error",
                    exit_code=error.exit_code,
                    data={"source": source},
                    messages=(_naming(source, str(error)),),
                )
                results.append(failed)
    code = max(result.exit_code for result in results)
    return replace(results[0], exit_code=code, more=tuple(results[1:]))


def _naming(source: str, message: str) -> str:
    """Say which source is meant, where the message does not."""
    name = "standard input" if source == STANDARD_INPUT else source
    return message if name in message else f"{name}: {message}"


def _feed(source: str, bench: Bench) -> Result:
    check_path(source)
    pulled = read_feed(source, bench, typed(source))
    rows = tuple(
        (
            f"{item.published:%Y-%m-%d %H:%M}" if item.published else "no date",
            plain_text(item.title) or "no title",
            item.url or "no address",
        )
        for item in pulled.items
    )
    title = plain_text(pulled.title) or "without a title"
    head = f"{source}: {title} ({pulled.format}), {counted(len(pulled.items), 'item')}"
    return Result(
        command="",
        data=feed_data(source, pulled),
        messages=tuple(_naming(source, note) for note in pulled.notes),
        text=(head, *_table(rows)),
    )


def _table(rows: tuple[tuple[str, ...], ...]) -> tuple[Table, ...]:
    return (Table(headings=("Date (UTC)", "Title", "Address"), rows=rows),) if rows else ()


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


def _page(source: str, url: str, bench: Bench, face: Face, rules: ExtractRules) -> Result:
    page = read_page(source, url, bench, rules)
    item = Item(key=page.key, url=page.url, title=page.title, base_url=page.url)
    article = bench.confinement.run(clean_items, [(item, page)], "full", CleanRules())[0]
    if isinstance(article, str):
        raise CleanError(article, key=page.key)
    date = f"{page.published:%Y-%m-%d %H:%M} UTC" if page.published else "no date"
    head = f"{article.title or 'no title'}\n{article.byline or 'no byline'}, {date}"
    removed = tuple(f"removed by {one.rule}: {one.text}" for one in article.removed)
    text = (head, "", article.text or "no text", *(removed if face.verbose else ()))
    missed = tuple(_naming(source, f"[sources.extract] {one} finds nothing") for one in page.missed)
    told = (*missed, *([_naming(source, article.damage)] if article.damage else []))
    return Result(command="", data=page_data(source, page, article), messages=told, text=text)


def page_data(source: str, page: Page, article: Article) -> dict[str, Any]:
    """Return a page as --json shows it."""
    return {
        "source": source,
        "url": page.url,
        "title": article.title,
        "byline": article.byline,
        "published": page.published.isoformat() if page.published else None,
        "language": page.language,
        "lead_image": page.lead_image,
        "found_by": page.found_by,
        "body_html": article.body_html,
        "text": article.text,
        "blocks": write_blocks(article.body_html),
        "removed": [{"rule": one.rule, "text": one.text} for one in article.removed],
    }
