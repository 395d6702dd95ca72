"""Long lists over REST: page by page, and cut so that they fit into addresses."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from wp_sync.errors import SiteError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .answers import Json
    from .rest_api import Params, RestApi

PAGE = 100  # the most that WordPress gives
LIST_LENGTH = 4_000  # characters of one list in an address; servers refuse from 8,000 on


def read_pages(api: RestApi, route: str, params: Params) -> Iterator[Json]:
    """Go by the number of pages: rows that we may not see are cut out of a page."""
    page = pages = 1
    while page <= pages:
        rows, headers = api.get(route, {**params, "per_page": PAGE, "page": page})
        total = headers.get("X-WP-TotalPages", "")
        if not (isinstance(rows, list) and total.isdigit()):
            message = f"GET {route}: no list, or no header X-WP-TotalPages"
            cure = "let the proxy pass X-WP-TotalPages on; switch PHP's display_errors off"
            raise SiteError(message, cure=cure)
        yield from rows
        pages, page = int(total), page + 1


def chunks_of(texts: Iterable[str]) -> Iterator[list[str]]:
    """Cut lists so that each fits into an address, as it is written there."""
    chunk: list[str] = []
    length = 0
    for text in texts:
        more = len(quote(text)) + len("%20")
        if chunk and (len(chunk) == PAGE or length + more > LIST_LENGTH):
            yield chunk
            chunk, length = [], 0
        chunk.append(text)
        length += more
    if chunk:
        yield chunk
