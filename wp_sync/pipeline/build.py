"""Open what a run needs, from a configuration; close it again."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING

from wp_sync.confine import Confinement
from wp_sync.ledger import Ledger, open_ledger
from wp_sync.web import Politeness, WebSession, make_user_agent

from .ending import ending

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from wp_sync.config.schema import Config
    from wp_sync.config.secrets import Secret
    from wp_sync.curate.consult import Consultant
    from wp_sync.model import Learned
    from wp_sync.publish.lock import SiteLock
    from wp_sync.publish.target import SiteIdentity, Target
    from wp_sync.publish.upkeep import Upkeep
    from wp_sync.publish.wire import Patience

    from .stop import Stop


@dataclass(frozen=True, kw_only=True)
class Workshop:
    """What a run works with. The site is reached through `target`, sources through `web`.

    The site is opened when it is asked for the first time.
    """

    config: Config
    ledger: Ledger
    web: WebSession
    confinement: Confinement
    clock: Callable[[], datetime]
    stop: Stop
    open_site: Callable[[], Target]
    assistant: Consultant | None = None  # the language model, where one is configured

    @cached_property
    def target(self) -> Target:
        """The site. Raises SiteError or UnreachableError."""
        return self.open_site()

    @cached_property
    def identity(self) -> SiteIdentity:
        """Who we are there; the login is proven by it."""
        return self.target.identify()

    @cached_property
    def learned(self) -> Learned:
        """What topics have learned from persons by now; read when the first article is judged."""
        from .teaching import learn_topics

        return learn_topics(self.ledger, self.config.channels)

    @cached_property
    def lock(self) -> SiteLock:
        """The right to write to the site; given back when the workshop closes."""
        from .alone import make_lock

        site = self.identity.address  # the user's rights decide what marks the lock
        return make_lock(self.config, self.ledger, self.target, site, self.clock, self.stop)

    def close(self) -> None:
        """Give back what the site keeps for us."""
        if "lock" in vars(self):
            from .alone import give_back

            give_back(self.lock, self.ledger, self.identity.address, self.config, self.clock)


def utc_now() -> datetime:
    """Read the clock; the only place in a run where time comes from."""
    return datetime.now(UTC)


def open_target(
    config: Config, password: Secret, types: Collection[str], stop: Stop | None = None
) -> Target:
    """Open the site for posts, as `open_site` does."""
    target, _ = open_site(config, password, types, stop)
    return target


def open_site(
    config: Config, password: Secret, types: Collection[str], stop: Stop | None = None
) -> tuple[Target, Upkeep | None]:
    """Open the site for posts, and for terms and uploads, over the API that it is to be asked by.

    `types` are those of posts that are there already, whatever the configuration makes now. Raises
    SiteError or UnreachableError.
    """
    from wp_sync.publish.wire import Patience

    patience = Patience(sleep=stop.wait, answered=stop.step) if stop else Patience()
    types = config.types.union(config.site.former_types, types)
    if config.site.api == "xmlrpc":
        return _open_xmlrpc(config, password, patience, types), None
    return _open_rest(config, password, patience, types)


def _open_xmlrpc(
    config: Config, password: Secret, patience: Patience, types: Collection[str]
) -> Target:
    from wp_sync.publish.xmlrpc import find_endpoint
    from wp_sync.publish.xmlrpc_api import XmlRpcApi
    from wp_sync.publish.xmlrpc_target import XmlRpcTarget

    url, _ = find_endpoint(config.site.url, patience)
    api = XmlRpcApi(url, config.site.username, password.reveal, patience=patience)
    return XmlRpcTarget(api, fields=config.field_names, types=types)


def _open_rest(
    config: Config, password: Secret, patience: Patience, types: Collection[str]
) -> tuple[Target, Upkeep]:
    from wp_sync.publish.discovery import discover
    from wp_sync.publish.pace import Pace
    from wp_sync.publish.rest import RestTarget
    from wp_sync.publish.rest_api import RestApi
    from wp_sync.publish.rest_upkeep import RestUpkeep

    username = config.site.username
    root = discover(config.site.url, username, password.reveal, patience=patience)
    pace = Pace(config.site.connections)
    api = RestApi(root.root, username, password.reveal, patience=patience, pace=pace)
    lock, fields = config.site.lock == "auto", config.field_names
    target = RestTarget(api, root, lock=lock, fields=fields, types=types)
    return target, RestUpkeep(api)


def open_web(config: Config, agent: str) -> WebSession:
    """Open the way to sources, polite as the configuration says."""
    return WebSession(user_agent=agent, polite=Politeness(), feeds_too=config.fetch.robots)


@contextmanager
def open_workshop(config: Config, environ: Mapping[str, str], stop: Stop) -> Iterator[Workshop]:
    """Open the ledger and the confinement; the site is opened when something needs it."""
    from wp_sync.config.secrets import find_password

    from .second_opinion import open_consultant

    password = find_password(config, environ)
    feeds = sum(len(source.feeds) for source in config.sources)
    with ExitStack() as stack:
        directory = config.path.parent
        ledger = stack.enter_context(open_ledger(config.ledger.url, directory, clock=utc_now))
        # Early: its children's libraries load while the site is asked.
        confinement = stack.enter_context(Confinement())
        agent = make_user_agent(config.fetch.contact, feeds)
        web = stack.enter_context(open_web(config, agent))
        stop.then(web.abort)
        if assistant := open_consultant(config, environ, ledger, utc_now, stop):
            stack.callback(assistant.close)
        shop = Workshop(
            config=config,
            ledger=ledger,
            web=web,
            confinement=confinement,
            clock=utc_now,
            stop=stop,
            open_site=lambda: open_target(config, password, ledger.posts.types(), stop),
            assistant=assistant,
        )
        with ending(shop.close):
            yield shop
