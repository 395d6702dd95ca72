"""Open what a run needs, from a configuration; close it again."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING

from wp_sync.confine import Confinement
from wp_sync.ledger import Ledger, open_ledger
from wp_sync.web import WebSession, make_user_agent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from wp_sync.config.schema import Config
    from wp_sync.config.secrets import Secret
    from wp_sync.publish.discovery import ApiRoot
    from wp_sync.publish.rest_api import RestApi
    from wp_sync.publish.target import SiteIdentity, Target

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

    @cached_property
    def target(self) -> Target:
        """The site. Raises SiteError or UnreachableError."""
        return self.open_site()

    @cached_property
    def identity(self) -> SiteIdentity:
        """Who we are there; the login is proven by it."""
        return self.target.identify()


def utc_now() -> datetime:
    """Read the clock; the only place in a run where time comes from."""
    return datetime.now(UTC)


def open_target(config: Config, password: Secret, stop: Stop | None = None) -> Target:
    """Open the site for posts. Raises SiteError or UnreachableError."""
    from wp_sync.publish.rest import RestTarget

    return RestTarget(*open_api(config, password, stop))


def open_api(config: Config, password: Secret, stop: Stop | None = None) -> tuple[RestApi, ApiRoot]:
    """Find the site's API from its address. Raises SiteError or UnreachableError."""
    from wp_sync.publish.discovery import discover
    from wp_sync.publish.rest_api import Patience, RestApi

    username = config.site.username
    patience = Patience(sleep=stop.wait, answered=stop.step) if stop else Patience()
    root = discover(config.site.url, username, password.reveal, patience=patience)
    return RestApi(root.root, username, password.reveal, patience=patience), root


@contextmanager
def open_workshop(config: Config, environ: Mapping[str, str], stop: Stop) -> Iterator[Workshop]:
    """Open the ledger and the confinement; the site is opened when something needs it."""
    from wp_sync.config.secrets import find_password

    password = find_password(config, environ)
    feeds = sum(len(source.feeds) for source in config.sources)
    with ExitStack() as stack:
        directory = config.path.parent
        ledger = stack.enter_context(open_ledger(config.ledger.url, directory, clock=utc_now))
        # Early: its children's libraries load while the site is asked.
        confinement = stack.enter_context(Confinement())
        agent = make_user_agent(config.fetch.contact, feeds)
        web = stack.enter_context(WebSession(user_agent=agent))
        stop.then(web.abort)
        yield Workshop(
            config=config,
            ledger=ledger,
            web=web,
            confinement=confinement,
            clock=utc_now,
            stop=stop,
            open_site=lambda: open_target(config, password, stop),
        )
