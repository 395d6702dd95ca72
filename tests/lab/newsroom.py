"""A newsroom under fire: two feeds, a WordPress, a ledger, and a chaos proxy on either side.

Runs are made in this process, by pipeline.sync itself, with deadlines as short as a case wants.
"""

from __future__ import annotations

import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from zlib import crc32

from chaos_proxy import ChaosProxy, open_proxy
from desk import Desk
from press import Kiosk, Story, open_kiosk, picture, rss

from wp_sync.config import load_config
from wp_sync.errors import WpSyncError
from wp_sync.ledger import Ledger, open_ledger
from wp_sync.pipeline.build import Workshop, utc_now
from wp_sync.pipeline.options import SyncOptions
from wp_sync.pipeline.stop import Stop
from wp_sync.pipeline.sync import sync
from wp_sync.publish.discovery import discover
from wp_sync.publish.rest import RestTarget
from wp_sync.publish.rest_api import RestApi
from wp_sync.publish.wire import Patience
from wp_sync.web import Limits, Response, WebSession

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from stage import Stage

    from wp_sync.confine import Confinement
    from wp_sync.model import Outcome, Run
    from wp_sync.publish.target import Target

SETTLED = timedelta(minutes=10)  # by which the clock goes on between two runs
LICENCE = 'rights = "feed"\nlicence = "ours"\n'
CHANNEL = '[post]\nstatus = "publish"\ncategory = "News"\nauthor = "tom-becker"\n'
NAME = "news.localhost"  # is this machine, by its name: for faults of DNS


@dataclass(frozen=True, slots=True, kw_only=True)
class Haste:
    """The deadlines of one run, in seconds."""

    connect: float = 1.0
    read: float = 1.0
    total: float = 1.5  # of one exchange, with either side
    attempts: int = 2

    def patience(self) -> Patience:
        """Wait for WordPress so long, and hardly at all between two tries."""
        return Patience(
            connect=self.connect,
            read=self.read,
            total=self.total,
            attempts=self.attempts,
            sleep=lambda seconds: time.sleep(min(seconds, 0.01)),
        )


HURRIED = Haste()
CALM = Haste(connect=20, read=60, total=60, attempts=4)


class HurriedSession(WebSession):
    """Asks sources within the deadlines of a case, and notes how long each exchange took.

    What the kiosk gives out itself, without a fault, may take its time.
    """

    def __init__(self, haste: Haste, kiosk: Kiosk) -> None:
        super().__init__(user_agent="wp-sync/lab (+editor@example.test)")
        self._haste, self._kiosk = haste, kiosk
        self.took: list[float] = []

    def get(self, url: str, *, limit: Limits = Limits(), **how: Any) -> Response:  # noqa: ANN401, B008
        started = time.monotonic()
        try:
            haste = CALM if url.startswith(f"{self._kiosk.url}/") else self._haste
            seconds = min(limit.seconds, haste.total)
            return super().get(url, limit=replace(limit, seconds=seconds), **how)
        finally:
            self.took.append(time.monotonic() - started)


class TimedApi(RestApi):
    """Notes how long each exchange with WordPress took."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 (as RestApi takes them)
        super().__init__(*args, **kwargs)
        self.took: list[float] = []

    def exchange(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 (as RestApi takes them)
        started = time.monotonic()
        try:
            return super().exchange(*args, **kwargs)
        finally:
            self.took.append(time.monotonic() - started)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """How a run ended."""

    run: Run | None
    error: WpSyncError | None
    longest: float  # seconds, of one exchange
    writes: int  # that reached WordPress

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        return self.run.outcomes if self.run else ()

    @property
    def words(self) -> str:
        """Tell it in a line, for what went wrong."""
        bad = [f"{one.key.guid}: {one.status}: {one.reason}" for one in self.outcomes]
        feeds = [f"{one.feed}: {one.reason}" for one in self.run.feeds] if self.run else []
        return f"error: {self.error}; {'; '.join([*feeds, *bad])}"

    def ended(self, feed: str) -> dict[str, str]:
        """Tell by guid how the items of one feed ended."""
        return {one.key.guid: one.status for one in self.outcomes if feed in one.key.feed}


@dataclass(slots=True)
class Newsroom:
    """What a case works with; `a` comes through the proxy, `b` past it."""

    directory: Path
    stage: Stage
    confinement: Confinement
    kiosk: Kiosk
    sources: ChaosProxy  # before feed a and its pictures
    site: ChaosProxy  # before WordPress
    source_base: str  # the address by which wp-sync knows them
    site_base: str
    later: timedelta = timedelta()
    feeds: dict[str, list[Story]] = field(default_factory=dict)
    channel: str = CHANNEL

    @property
    def ledger_file(self) -> Path:
        return self.directory / "wp-sync.db"

    def front(self, path: str) -> str:
        """Name what the kiosk has at a path, as it is seen through the proxy."""
        return f"{self.source_base}{path}"

    def print(self, feed: str, *stories: Story) -> None:
        """Let a feed have these entries."""
        self.feeds[feed] = list(stories)
        self.kiosk.put(f"/{feed}.xml", rss(*stories, title=f"Feed {feed.upper()}"))

    def print_pictures(self, mark: str, count: int) -> None:
        """Let the kiosk have some pictures."""
        for number in range(count):
            shade = crc32(mark.encode()) + number
            self.kiosk.put(f"/{mark}-{number}.jpg", picture(shade), "image/jpeg")

    def print_usual(self, mark: str, a: int = 3, b: int = 1) -> None:
        """Let both feeds have some articles; the first in a has a picture."""
        self.kiosk.put(f"/{mark}.jpg", picture(crc32(mark.encode())), "image/jpeg")
        image = self.front(f"/{mark}.jpg")
        self.print("a", *(story(f"{mark}-a{n}", n, "" if n else image) for n in range(a)))
        self.print("b", *(story(f"{mark}-b{n}", n) for n in range(b)))

    def configure(self, more: str = "") -> None:
        """Write config.toml and the mapping."""
        place = urlsplit(self.source_base).netloc
        sources = [
            f'[[sources]]\nname = "Source {name.upper()}"\nfeeds = ["{address}"]\nto = ["news"]\n'
            f'{LICENCE}allow_private = ["{place}", "{self.kiosk.place}"]\n'
            for name, address in (
                ("a", self.front("/a.xml")),
                ("b", f"{self.kiosk.url}/b.xml"),
            )
        ]
        desk = Desk(directory=self.directory, site=self.site_base, settle="120s")
        more += '\n[duplicates]\nsame = "publish"\n'  # stories of few words, alike but for a name
        desk.write("\n".join(sources), more, news=self.channel)

    def run(self, sources: Haste = CALM, site: Haste = CALM, **options: Any) -> Told:  # noqa: ANN401
        """Sync once within these deadlines, and let the clock go on."""
        before = len(self.site.writes_seen)
        run, error, took = None, None, [0.0]
        with ExitStack() as stack:
            try:
                shop = self._open(sources, site, stack, took)
                wanted = SyncOptions(allowed=frozenset({"all"}), **options)
                result = sync(shop, wanted)
                run, error = result.run, result.error
            except WpSyncError as failure:
                error = failure
        self.later += SETTLED
        writes = len(self.site.writes_seen) - before
        return Told(run=run, error=error, longest=max(took), writes=writes)

    @contextmanager
    def ledger(self) -> Iterator[Ledger]:
        """Look into the ledger."""
        with open_ledger("sqlite:///wp-sync.db", self.directory, clock=utc_now) as ledger:
            yield ledger

    def _open(self, sources: Haste, site: Haste, stack: ExitStack, took: list[float]) -> Workshop:
        config = load_config(self.directory / "config.toml")
        clock = self._clock
        ledger = stack.enter_context(open_ledger(config.ledger.url, self.directory, clock=clock))
        web = stack.enter_context(HurriedSession(sources, self.kiosk))
        stack.callback(lambda: took.extend(web.took))
        patience, user = site.patience(), self.stage.username
        password = self.stage.password

        def open_site() -> Target:
            root = discover(config.site.url, user, password, patience=patience)
            api = TimedApi(root.root, user, password, patience=patience)
            stack.callback(lambda: took.extend(api.took))
            return RestTarget(api, root)

        return Workshop(
            config=config,
            ledger=ledger,
            web=web,
            confinement=self.confinement,
            clock=clock,
            stop=Stop(),
            open_site=open_site,
        )

    def _clock(self) -> Any:  # noqa: ANN401 (datetime)
        return utc_now() + self.later


def story(guid: str, number: int, image: str = "") -> Story:
    """Write an article that no other case has."""
    words = f"<p>What {guid} says about the weather of day {number}, in some words.</p>"
    link = f"https://news.example/{guid}"
    return Story(
        number=number, title=f"Story {guid}", body=words, link=link, picture=image, guid=guid
    )


@contextmanager
def open_newsroom(
    directory: Path, stage: Stage, confinement: Confinement, *, seed: int = 0
) -> Iterator[Newsroom]:
    """Open a newsroom before a stage that has nothing on it yet."""
    with ExitStack() as stack:
        kiosk = stack.enter_context(open_kiosk())
        kiosk.has_etags = True
        log = directory / "exchanges.jsonl"
        sources = stack.enter_context(open_proxy(kiosk.url, log=log, seed=seed))
        site = stack.enter_context(open_proxy(stage.url, log=log, seed=seed + 1))
        stack.enter_context(stage.named(site.url))
        yield Newsroom(directory, stage, confinement, kiosk, sources, site, sources.url, site.url)
