"""How a run asks its feeds: none waits for another, and none is asked again in haste."""

from __future__ import annotations

import socket
import threading
from random import SystemRandom
from typing import TYPE_CHECKING, Any

import pytest
from press import Kiosk, Story, rss
from scripted import Server, answer
from town import hasty, lead_to

from wp_sync.config.channels import Source
from wp_sync.errors import WpSyncError
from wp_sync.ledger import open_ledger
from wp_sync.model import Pull, Validators
from wp_sync.pipeline import pulling
from wp_sync.pipeline.build import utc_now
from wp_sync.pipeline.collect import FeedJob
from wp_sync.pipeline.options import SyncOptions
from wp_sync.pipeline.pulling import PULLS_AT_ONCE, pull_all, tell_reserved, trouble_of
from wp_sync.pipeline.stop import Stop
from wp_sync.sandbox.processes import keep_port
from wp_sync.web import MOST_NAMES, Politeness, WebSession

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from desk import Desk

    from wp_sync.confine import Confinement
    from wp_sync.ledger import Ledger

NIGHT, HAND = SyncOptions(is_watched=False), SyncOptions()
FEED = rss(Story(number=1)).encode()


class Shop:
    """What asking feeds needs of a workshop."""

    def __init__(self, ledger: Ledger, web: WebSession, confinement: Confinement) -> None:
        self.ledger, self.web, self.confinement = ledger, web, confinement
        self.stop, self.clock = Stop(), utc_now

    def job(self, url: str, **more: Any) -> FeedJob:  # noqa: ANN401
        feed = self.ledger.feeds.identify(url, "Paper")
        source = Source(name="Paper", feeds=(url,))
        return FeedJob(
            feed=feed, address=url, location=url, source=source, last=Validators(), known={}, **more
        )

    def pull(
        self, *urls: str, options: SyncOptions = NIGHT
    ) -> dict[str, Pull | WpSyncError | None]:
        jobs = [self.job(url) for url in urls]
        return {
            job.location: pulled
            for some in pull_all(jobs, self, options)  # type: ignore[arg-type]
            for job, pulled in some
        }


@pytest.fixture
def shop(tmp_path: Path, confinement: Confinement) -> Iterator[Shop]:
    """Give a shop in a time that runs faster."""
    with (
        open_ledger("sqlite:///l.db", tmp_path, clock=utc_now) as ledger,
        WebSession(user_agent="wp-sync/1", polite=hasty()) as web,
    ):
        yield Shop(ledger, web, confinement)


@pytest.fixture
def start(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Server]]:
    """Start a server to which all names lead."""
    servers: list[Server] = []

    def begin(script: Callable[..., None]) -> Server:
        servers.append(Server(script))
        lead_to(servers[-1].port, monkeypatch)
        return servers[-1]

    yield begin
    for server in servers:
        server.close()


@pytest.fixture
def closed_port() -> Iterator[int]:
    """Keep a port at which nobody listens."""
    with keep_port() as kept:
        yield kept.getsockname()[1]


def test_a_slow_host_delays_no_other(
    shop: Shop, start: Callable[..., Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With more feeds at it than are asked at once: they wait in line, not in the workers' way."""
    monkeypatch.setattr(SystemRandom, "shuffle", lambda *_: None)  # the slow one comes first
    others = threading.Event()
    quick: list[bytes] = []
    came: list[bool] = []

    def script(connection: socket.socket, head: bytes) -> None:
        if b"Host: slow.test" in head:
            came.append(others.wait(60))
        else:
            quick.append(head)
            if len(quick) == 5:
                others.set()
        answer(FEED)(connection, head)

    start(script)
    slow = [f"http://slow.test/{number}" for number in range(2 * PULLS_AT_ONCE)]
    found = shop.pull(*slow, *(f"http://quick-{number}.test/" for number in range(5)))

    assert all(isinstance(pulled, Pull) for pulled in found.values())
    assert came == [True] * len(slow)


def test_a_host_that_was_not_reached_is_tried_once_more(
    shop: Shop, closed_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After half a minute, at night alone; nobody waits for that by hand (E14)."""
    tried: list[float] = []
    lead_to(closed_port, monkeypatch)
    connect = socket.socket.connect

    def watched(self: socket.socket, address: Any) -> None:  # noqa: ANN401
        if address[1] == closed_port:
            assert shop.web.polite
            tried.append(shop.web.polite.clock())
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", watched)
    shop.pull("http://down.test/feed")
    assert len(tried) == 2
    assert tried[1] - tried[0] >= pulling.RETRY

    shop.web.forget_unreachable()
    shop.pull("http://down.test/feed", options=HAND)
    assert len(tried) == 3


@pytest.mark.parametrize("status", ["400", "404", "410", "429", "500", "503"])
def test_an_answer_is_never_asked_for_again(
    shop: Shop, start: Callable[..., Server], status: str
) -> None:
    """Whatever it was (E14)."""
    server = start(answer(status=f"{status} x"))

    shop.pull("http://a.test/feed")

    assert len(server.heads) == 1


def test_a_host_that_wants_rest_is_left_alone_by_its_other_feeds(
    shop: Shop, start: Callable[..., Server]
) -> None:
    """In this run and in later ones; by hand, when the server named a time (E12, E13)."""
    server = start(answer(status="429 x", headers="Retry-After: 7200\r\n"))
    urls = [f"http://a.test/{number}" for number in range(5)]

    found = shop.pull(*urls)
    assert len(server.heads) == 1
    assert sum(pulled is None for pulled in found.values()) == 4

    later = Politeness()
    shop.web.polite = later
    by_hand = shop.pull(*urls, options=HAND)
    assert len(server.heads) == 1
    assert all("left alone" in str(pulled) for pulled in by_hand.values())


def test_a_rest_that_no_server_named_binds_no_person(
    shop: Shop, start: Callable[..., Server]
) -> None:
    """By hand the host is asked, and its next refusal counts on (E13)."""
    server = start(answer(status="429 x"))
    shop.pull("http://a.test/feed")
    shop.web.polite = hasty()
    shop.pull("http://a.test/feed", options=HAND)

    assert len(server.heads) == 2
    (rest,) = shop.ledger.hosts.all()
    assert rest.refusals == 2


def test_many_names_of_one_machine_are_asked_one_by_one(
    shop: Shop, start: Callable[..., Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are looked up before the first is asked (E24)."""
    open_now: list[int] = []
    lock = threading.Lock()

    def script(connection: socket.socket, head: bytes) -> None:
        with lock:
            open_now.append(1)
            assert sum(open_now) == 1
        threading.Event().wait(0.01)
        with lock:
            open_now.append(-1)
        answer(FEED)(connection, head)

    server = start(script)
    monkeypatch.setattr(pulling, "_NAMES_WITHIN", 60.0)  # a busy machine may need more than two
    looked_up: list[str] = []

    def look_up(polite: Politeness, host: str) -> None:
        looked_up.append(host)
        polite.learn(host, "203.0.113.1")

    monkeypatch.setattr(Politeness, "resolve", look_up)
    names = [f"n{number}.test" for number in range(MOST_NAMES + 2)]
    found = shop.pull(*(f"http://{name}/" for name in names))

    assert sorted(looked_up) == sorted(names)
    assert len(server.heads) == len(found) == len(names)
    assert all(isinstance(pulled, Pull) for pulled in found.values())


def test_hosts_are_asked_in_no_order(shop: Shop, start: Callable[..., Server]) -> None:
    """Else the first in the configuration is always the first (E24)."""
    server = start(answer(FEED))
    urls = [f"http://h{number}.test/" for number in range(12)]
    orders = set()
    for _ in range(3):
        server.heads.clear()
        shop.web.polite = hasty()
        shop.pull(*urls)
        orders.add(tuple(server.heads))

    assert len(orders) > 1


def test_a_person_may_ask_afresh(desk: Desk, kiosk: Kiosk) -> None:
    """By hand stays conditional; --refetch is the one way around it, and needs a name (E6)."""
    kiosk.has_etags = True
    kiosk.put("/feed", rss(Story(number=1)))
    desk.write(kiosk.source("Paper"))

    for arguments in ((), (), ("--refetch", "Paper"), ("--refetch", f"{kiosk.url}/feed"), ()):
        assert desk.sync(*arguments).code == 0
    assert kiosk.said == [200, 304, 200, 200, 304]

    wrong = desk.sync("--refetch", "Papre")
    assert wrong.code == 2
    assert "no source is called 'Papre'" in wrong.envelope["messages"][0]
    assert desk.run("sync", "--unattended", "--refetch", "Paper").code == 2


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        ("400", "refused"),
        ("401", "refused"),
        ("403", "refused"),
        ("404", "missing"),
        ("410", "gone"),
        ("451", "gone"),
        ("429", "busy"),
        ("500", "server"),
        ("502", "server"),
        ("503", "busy"),
    ],
)
def test_a_failure_has_its_kind(
    shop: Shop, start: Callable[..., Server], status: str, kind: str
) -> None:
    """By which the next request is put off (E15)."""
    start(answer(status=f"{status} x"))
    (error,) = shop.pull("http://a.test/feed").values()

    assert isinstance(error, WpSyncError)
    assert trouble_of(error).kind == kind


def test_what_is_no_feed_is_a_trouble_of_its_own(shop: Shop, start: Callable[..., Server]) -> None:
    """A page that says 200 (E15)."""
    start(answer(b"<html><body>We are moving</body></html>"))
    (error,) = shop.pull("http://a.test/feed").values()

    assert isinstance(error, WpSyncError)
    assert trouble_of(error).kind == "parse"


def test_pages_that_are_not_for_machines_are_told(shop: Shop, start: Callable[..., Server]) -> None:
    """A person decides what to do of it (E27)."""
    start(answer(b"page", headers="X-Robots-Tag: noai, noimageai\r\n"))
    shop.web.get("http://a.test/page")

    (told,) = tell_reserved(shop)  # type: ignore[arg-type]
    assert told.startswith("a.test says X-Robots-Tag: noai")


def test_a_feed_that_named_a_time_is_left_alone_by_hand_too(desk: Desk, kiosk: Kiosk) -> None:
    """And that is said (E12)."""
    kiosk.put("/feed", "busy", status=503)
    kiosk.headers["/feed"] = {"Retry-After": "7200"}
    desk.write(kiosk.source("Paper"))

    first, second = desk.sync(), desk.sync()

    assert (first.code, second.code) == (1, 0)
    assert kiosk.said == [503]
    assert "its server wants to be left alone until" in second.envelope["messages"][0]
