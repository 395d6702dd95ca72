"""Open what a run needs, from a configuration; close it again."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
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
    from wp_sync.publish.target import Target

    from .stop import Stop


@dataclass(frozen=True, slots=True, kw_only=True)
class Workshop:
    """What a run works with. The site is reached through `target`, sources through `web`."""

    config: Config
    ledger: Ledger
    web: WebSession
    confinement: Confinement
    target: Target
    clock: Callable[[], datetime]
    stop: Stop


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
    """Open the ledger, the confinement and the site, in the order in which they may refuse."""
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
            target=open_target(config, password, stop),
            clock=utc_now,
            stop=stop,
        )
