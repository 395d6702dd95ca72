"""Recognise another importer on the site, and tell whether it is still at work."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from wp_sync.errors import RejectedError

from .moments import moment_of
from .routes import NAMESPACE, TYPES

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from .answers import Json
    from .discovery import ApiRoot
    from .rest_api import Params, RestApi
    from .xmlrpc_api import XmlRpcApi

NEWEST = 30  # posts whose custom fields are read
AT_WORK = timedelta(days=7)  # since its last post; feeds of magazines may rest over a weekend


@dataclass(frozen=True, slots=True, kw_only=True)
class Importer:
    """A plugin that makes posts out of feeds, and what it leaves that others can read."""

    name: str
    namespaces: tuple[str, ...] = ()  # in the API's index
    types: tuple[str, ...] = ()  # post types of its campaigns and sources
    items: tuple[str, ...] = ()  # post types of what it imports
    keys: tuple[str, ...] = ()  # of custom fields, or their beginnings; "_" ones are hidden


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbour:
    """An importer that was seen on the site."""

    name: str
    installed: bool  # it answers now; else only its posts are there
    last: datetime | None  # when its newest post is dated

    def is_at_work(self, now: datetime) -> bool:
        """Tell whether it may still import; what cannot be seen may."""
        return self.installed if self.last is None else now - self.last < AT_WORK


# Read in their sources: register_post_type, register_rest_route and add_post_meta.
IMPORTERS = (
    Importer(
        name="WP RSS Aggregator",
        namespaces=("wpra/v1",),
        types=("wprss_feed", "wprss_blacklist"),
        items=("wprss_feed_item",),
        keys=("wprss_",),  # up to version 4; version 5 writes _wpra_guid, which is hidden
    ),
    Importer(
        name="Feedzy",
        namespaces=("feedzy/v1",),
        types=("feedzy_imports", "feedzy_categories"),
        keys=("feedzy_",),
    ),
    Importer(name="WPeMatico", types=("wpematico",), keys=("wpe_",)),
    Importer(name="FeedWordPress", keys=("syndication_",)),
    Importer(name="Echo RSS", keys=("echo_post_", "echo_feed_", "echo_parent_rule")),
    Importer(name="CyberSEO", keys=("cyberseo_",)),
    Importer(name="WP Automatic", keys=("wp_automatic_",)),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What else imports into the site."""

    neighbours: tuple[Neighbour, ...]
    keys_readable: bool  # by XML-RPC; else importers without types or routes are not seen


def look_around(api: RestApi, root: ApiRoot, ours: Collection[int]) -> Surroundings:
    """Look for importers in the API's index, the post types and the newest posts but our own."""
    from .xmlrpc_api import XmlRpcApi

    types = _read_types(api)
    seen = look_at_posts(XmlRpcApi.beside(api, root.xmlrpc, hasty=True), ours)
    last_by_name = {one.name: one.last for one in seen.neighbours}
    found = []
    for one in IMPORTERS:
        dates = [date for date in (last_by_name.get(one.name),) if date]
        dates += _newest_items(api, types, one)
        installed = not root.namespaces.isdisjoint(one.namespaces)
        installed |= not types.keys().isdisjoint((*one.types, *one.items))
        if installed or dates:
            last = max(dates, default=None)
            found.append(Neighbour(name=one.name, installed=installed, last=last))
    return Surroundings(neighbours=tuple(found), keys_readable=seen.keys_readable)


def look_at_posts(api: XmlRpcApi, ours: Collection[int]) -> Surroundings:
    """Look for importers by what XML-RPC shows of the newest posts but our own."""
    from .xmlrpc import newest_posts

    posts = newest_posts(api, NEWEST)
    strangers = [post for post in posts or () if post.wp_id not in ours]
    found = []
    for one in IMPORTERS:
        dates = [post.date for post in strangers if any(map(_begins(one), post.keys))]
        if dates:
            found.append(Neighbour(name=one.name, installed=False, last=max(dates)))
    return Surroundings(neighbours=tuple(found), keys_readable=posts is not None)


def _begins(one: Importer) -> Callable[[str], bool]:
    return lambda key: key.startswith(one.keys) if one.keys else False


def _read_types(api: RestApi) -> Mapping[str, Json]:
    with suppress(RejectedError):  # who may edit nothing does not see them
        types, _ = api.get(TYPES, {"context": "edit"})  # _fields would choose among names
        return types if isinstance(types, dict) else {}
    return {}


def _newest_items(api: RestApi, types: Mapping[str, Json], one: Importer) -> Iterator[datetime]:
    newest: Params = {"per_page": 1, "orderby": "date", "order": "desc", "_fields": "date_gmt"}
    for name in one.items:
        place = types.get(name)
        if not isinstance(place, dict):
            continue
        with suppress(RejectedError, KeyError, TypeError, ValueError):
            route = f"{place.get('rest_namespace') or NAMESPACE}/{place['rest_base']}"
            for row in api.get(route, newest)[0]:
                yield moment_of(row["date_gmt"])
