"""The sample sources as a reader gets them."""

from __future__ import annotations

import urllib.error
import urllib.request
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from wp_sync.sandbox.samples import load_manifest
from wp_sync.sources import parse

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wp_sync.model import Item


NOW = datetime(2025, 11, 24, 9, 30, 15, 250, tzinfo=UTC)


MANIFEST = load_manifest()


ENTRIES = {
    "cadenza-weekly/feed": 8,
    "curb-and-coping/rss.php": 6,
    "daily-living/all.rss": 8,
    "fairway-letter/index.rdf": 4,
    "gadget-lane/firehose.xml": 27,
    "ledge-notes/feed.json": 3,
    "northern-broadcasting/canada.xml": 7,
    "northern-broadcasting/sports.xml": 7,
    "prairie-ledger/news.rss": 6,
    "sportsline-wire/latest.atom": 9,
}


def fetch(url: str, **headers: str) -> tuple[int, bytes, Mapping[str, str]]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=named)) as answer:  # noqa: S310
            return answer.status, answer.read(), dict(answer.headers.items())
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read(), dict(error.headers.items())


def read_items(url: str) -> tuple[Item, ...]:
    return parse.parse_feed(fetch(url)[1], parse.Source(feed=url, location=url), {}, NOW).items
