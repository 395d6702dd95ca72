"""A private page of ours over XML-RPC, known by its id or its slug."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wordpress_xmlrpc.methods.posts import EditPost, GetPost, NewPost

from wp_sync.errors import RejectedError

from .rest_values import read_back, shaped
from .target import CLOSED, check_page, with_trashed
from .xmlrpc_values import LISTED_FIELDS, exact, listed_of

if TYPE_CHECKING:
    from wp_sync.model import SitePost

    from .xmlrpc_api import XmlRpcApi
    from .xmlrpc_listing import Listing

PRIVATE = {"post_type": "page", "post_status": "private", **CLOSED}


def write_page(api: XmlRpcApi, listing: Listing, page: tuple[int, str, str], body: str) -> SitePost:
    """Write a page, given as its id, slug and title, as `target.write_page` says."""
    wp_id, slug, title = page
    there = _read_page(api, wp_id) if wp_id else _find_page(listing, slug)
    check_page(there, page)
    if there and there.status == "trash":
        return there
    content = {"post_content": exact(body)}
    if there:
        made = there.wp_id
        api.write(EditPost(made, content))
    else:
        named = {"post_name": slug, "post_title": title}
        made = int(api.write(NewPost({**PRIVATE, **named, **content})))
    return read_back(lambda page: _read_page(api, page), made)


def _read_page(api: XmlRpcApi, wp_id: int) -> SitePost | None:
    ask = GetPost(wp_id, [*LISTED_FIELDS, "post_type"], results_class=None)
    (row,) = api.read_many([ask])
    gone = isinstance(row, RejectedError) or row["post_type"] != "page"
    return None if gone else shaped(listed_of, row)


def _find_page(listing: Listing, slug: str) -> SitePost | None:
    both = with_trashed([slug])
    pages = (shaped(listed_of, row) for row in listing.rows(LISTED_FIELDS, {"post_type": "page"}))
    found = (one for one in pages if one.slug in both)
    return min(found, key=lambda page: page.wp_id, default=None)
