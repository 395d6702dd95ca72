"""The site that doctor examines, over the API that the configuration names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wp_sync.publish.blockers import find_cache
from wp_sync.publish.diagnosis import Diagnosis, printed_before
from wp_sync.publish.discovery import discover
from wp_sync.publish.neighbours import look_around, look_at_posts
from wp_sync.publish.rest import RestTarget
from wp_sync.publish.rest_api import RestApi
from wp_sync.publish.routes import USERS
from wp_sync.publish.wire import Patience

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from wp_sync.config.schema import Config
    from wp_sync.config.secrets import Secret
    from wp_sync.publish.neighbours import Surroundings
    from wp_sync.publish.probe import Probe

# A person waits: what does not answer at once is told, and not waited for.
_PATIENCE = Patience(connect=5, read=20, total=60, attempts=2, longest_wait=1)


class RestSite:
    """The site as REST shows it."""

    def __init__(self, config: Config, password: Secret) -> None:
        username, secret = config.site.username, password.reveal()
        self._root = root = discover(config.site.url, username, secret, patience=_PATIENCE)
        self._api = RestApi(root.root, username, secret, patience=_PATIENCE)
        names = config.field_names
        types = config.types.union(config.site.former_types)
        self.target = RestTarget(self._api, root, fields=names, types=types)
        self.notes, self.clock_ahead = root.notes, root.clock_ahead

    def describe(self) -> str:
        root = self._root
        closed = "; its API is closed to visitors, and open to the login" if root.closed else ""
        return f"{root.name or 'a WordPress'} at {root.home}{closed}"

    def look_at_answers(self) -> Iterator[Diagnosis]:
        """Look at what comes with the answers to the login: printed warnings, and caches."""
        known = " ".join(one.cause for one in self.notes)
        printed = map(printed_before, self._api.warnings)
        yield from (one for one in printed if one.cause not in known)
        _, headers = self._api.get(f"{USERS}/me", {"context": "edit", "_fields": "id"})
        if cache := find_cache(headers):
            cause = f"{cache} answers logged-in requests out of its store: what we read may be old"
            cure = f"let {cache} pass every request with an Authorization header, or to /wp-json/"
            yield Diagnosis(cause=cause, cure=cure)

    def look_around(self, ours: Collection[int]) -> Surroundings:
        return look_around(self._api, self._root, ours)

    def probe_writing(self) -> Probe:
        from wp_sync.publish.probe import probe_writing

        return probe_writing(self._api, self._root)

    def ask_version(self) -> str:
        """Ask for WordPress's version where its page does not tell it; "" where nobody does."""
        from wp_sync.publish.xmlrpc import read_version

        return read_version(self._api, self._root.xmlrpc)


class XmlRpcSite:
    """The site as XML-RPC shows it."""

    def __init__(self, config: Config, password: Secret) -> None:
        from wp_sync.publish.xmlrpc import find_endpoint
        from wp_sync.publish.xmlrpc_api import XmlRpcApi
        from wp_sync.publish.xmlrpc_target import XmlRpcTarget

        url, page = find_endpoint(config.site.url, _PATIENCE)
        self._api = XmlRpcApi(url, config.site.username, password.reveal, patience=_PATIENCE)
        self.target = XmlRpcTarget(self._api, types=config.types)
        self.notes: tuple[Diagnosis, ...] = ()
        self.clock_ahead = page.clock_ahead

    def describe(self) -> str:
        home = self.target.identify().home
        return f"a WordPress at {home}, asked over XML-RPC ({self._api.url})"

    def look_at_answers(self) -> Iterator[Diagnosis]:
        yield from ()

    def look_around(self, ours: Collection[int]) -> Surroundings:
        return look_at_posts(self._api, ours)

    def probe_writing(self) -> Probe:
        from wp_sync.publish.xmlrpc_probe import probe_writing

        return probe_writing(self._api, self.target)

    def ask_version(self) -> str:
        return ""  # the login tells it, where anything does


Site = RestSite | XmlRpcSite


def open_site(config: Config, password: Secret) -> Site:
    """Find the site. Raises SiteError or UnreachableError."""
    make = XmlRpcSite if config.site.api == "xmlrpc" else RestSite
    return make(config, password)
