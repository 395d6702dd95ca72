"""What doctor asks of a site that is reached over XML-RPC."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wp_sync.publish.neighbours import look_at_posts
from wp_sync.publish.xmlrpc import find_endpoint
from wp_sync.publish.xmlrpc_api import XmlRpcApi
from wp_sync.publish.xmlrpc_probe import probe_writing
from wp_sync.publish.xmlrpc_target import XmlRpcTarget

if TYPE_CHECKING:
    from collections.abc import Collection

    from wp_sync.publish.diagnosis import Diagnosis
    from wp_sync.publish.neighbours import Surroundings
    from wp_sync.publish.rest_api import Patience

    from .checkup import Patient


class XmlRpcSite:
    """The site as XML-RPC shows it."""

    def __init__(self, patient: Patient, patience: Patience) -> None:
        site = patient.config.site
        url, page = find_endpoint(site.url, patience)
        self.clock_ahead = page.clock_ahead
        self.api = XmlRpcApi(url, site.username, patient.password.reveal, patience=patience)
        self.target = XmlRpcTarget(self.api)

    def describe(self) -> str:
        home = self.target.identify().home
        return f"a WordPress at {home}, asked over XML-RPC ({self.api.url})"

    def look_around(self, ours: Collection[int]) -> Surroundings:
        return look_at_posts(self.api.url, self.api, ours)

    def probe_writing(self) -> tuple[Diagnosis, ...]:
        return probe_writing(self.api, self.target)
