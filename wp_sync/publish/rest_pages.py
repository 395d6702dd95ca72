"""A private page of ours over REST, known by its id or its slug."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .rest_lists import read_pages
from .rest_values import LISTED_FIELDS, listed_of, shaped, written
from .routes import PAGES
from .target import CLOSED, check_page, with_trashed

if TYPE_CHECKING:
    from wp_sync.model import SitePost

    from .rest_api import Params, RestApi

PRIVATE = {"status": "private", **CLOSED}


def write_page(api: RestApi, page: tuple[int, str, str], body: str) -> SitePost:
    """Write a page, given as its id, slug and title, as `target.write_page` says."""
    wp_id, slug, title = page
    named: Params = {"include": wp_id} if wp_id else {"slug": ",".join(with_trashed([slug]))}
    asked: Params = {"status": "any,trash", "context": "edit", "_fields": LISTED_FIELDS, **named}
    rows = read_pages(api, PAGES, asked)
    found = (shaped(listed_of, row) for row in rows)
    there = min(found, key=lambda one: one.wp_id, default=None)
    check_page(there, page)
    if there and there.status == "trash":
        return there
    sent: dict[str, Any] = {"content": body}
    if there is None:
        sent |= {"title": title, "slug": slug, **PRIVATE}
    route = f"{PAGES}/{there.wp_id}" if there else PAGES
    return written(listed_of, api.write("POST", route, {"_fields": LISTED_FIELDS}, json=sent))
