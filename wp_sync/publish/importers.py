"""The custom fields in which other importers keep the address of an article, and their reading."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wp_sync.errors import RejectedError, SiteError, UnreachableError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from .xmlrpc_api import XmlRpcApi

Fields = dict[str, str]  # custom field -> value

# Custom field -> whose it is. WP RSS Aggregator from version 5 on writes `_wpra_url` and
# `_wpra_guid`: protected, so neither REST nor XML-RPC shows them; its posts are recognised by the
# link in the body, else by title and date.
KEYS = {
    "crawlomatic_post_orig_url": "Crawlomatic",
    "echo_post_full_url": "Echo RSS",
    "echo_post_url": "Echo RSS",
    "feedzy_item_url": "Feedzy",
    "original_post_url": "Echo RSS or Crawlomatic",
    "syndication_permalink": "FeedWordPress",
    "wpe_sourcepermalink": "WPeMatico",
    "wprss_item_permalink": "WP RSS Aggregator",  # up to version 4
}
GUID = "guid"  # FeedWordPress writes the item's guid into the post's own column
PAGE = 500  # rows an answer: WordPress takes 0.34 s for them on a site of 10,000 posts
STATUSES = "publish,future,draft,pending,private,trash"


def read_keys(api: XmlRpcApi, after: int, types: Sequence[str] = ("post",)) -> dict[int, Fields]:
    """Read the importers' keys of all posts of these types above an id.

    Raises SiteError where XML-RPC does not give them, UnauthorizedError for a refused login.
    """
    found: dict[int, Fields] = {}
    try:
        for wp_id, row in (one for kind in types for one in _rows(api, after, kind)):
            fields = ((one["key"], str(one["value"])) for one in row.get("custom_fields") or ())
            found[wp_id] = {key: value for key, value in fields if key in KEYS}
    except (RejectedError, UnreachableError) as error:
        message = f"XML-RPC gives no usable answer: {error.message}"
        raise SiteError(message, cure=error.cure) from error
    return {wp_id: fields for wp_id, fields in found.items() if fields}


def _rows(api: XmlRpcApi, after: int, kind: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    for row in _pages(api, kind):
        wp_id = int(row["post_id"])
        if wp_id > after:
            yield wp_id, row
        if wp_id <= after + 1:
            return


def _pages(api: XmlRpcApi, kind: str) -> Iterator[Mapping[str, Any]]:
    """List the posts that we may edit, newest id first; a page without any is the end."""
    from wordpress_xmlrpc.methods.posts import GetPosts

    order = {"post_type": kind, "post_status": STATUSES, "orderby": "ID", "order": "DESC"}
    offset = 0
    while True:
        page = {**order, "number": PAGE, "offset": offset}
        # As they come: the library's own class fails on a draft without a date.
        rows = api.read(GetPosts(page, ["post_id", "custom_fields"], results_class=None))
        if not rows:
            return
        yield from rows
        offset += PAGE
