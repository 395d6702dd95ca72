"""One run in the laboratory's time: the real one, but for names, parsing and the site."""

from __future__ import annotations

import socket
import time
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, Self

from office import MoodySite
from publishers import ADDRESSES, LabClock, address_of

from wp_sync.errors import WebError
from wp_sync.pipeline import build, pulling
from wp_sync.pipeline.build import open_workshop
from wp_sync.pipeline.stop import Stop
from wp_sync.pipeline.sync import sync
from wp_sync.unattended import service
from wp_sync.web import Politeness
from wp_sync.web.guard import Gate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wp_sync.config.schema import Config
    from wp_sync.pipeline.options import SyncOptions

ENVIRON = {"WP_SYNC_PASSWORD": "abcd efgh ijkl mnop qrst uvwx"}
_PAGES = 2  # that a run reads at a host


class InThisProcess:
    """Parses what the laboratory's own publishers wrote, without a child."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def run(self, function: Any, *given: Any, **_: Any) -> Any:  # noqa: ANN401
        return function(*given)

    share = run


def move_in(clock: LabClock, ports: dict[str, int], hosts: int) -> None:
    """Put this process into the laboratory: its time, its names."""

    def resolve(_gate: Gate, host: str, _port: int) -> list[Any]:
        address = address_of(host, hosts)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, ports[address]))]

    def look_up(polite: Politeness, host: str) -> None:
        address = address_of(host, hosts)  # all but the shared one are machines of their own
        polite.learn(host, address if address == ADDRESSES[1] else f"203.0.113.{host}")

    def nap(seconds: float) -> None:
        time.sleep(seconds / clock.factor)

    changes: tuple[tuple[object, str, object], ...] = (
        (Gate, "_resolve", resolve),
        (Politeness, "resolve", look_up),
        (build, "Politeness", partial(Politeness, clock=clock.now, now=clock.read, wait=nap)),
        (build, "Confinement", InThisProcess),
        (build, "utc_now", clock.read),
        (build, "open_target", lambda *_: MoodySite()),
        (service, "utc_now", clock.read),
        (pulling, "_POLL", 0.01),
    )
    for place, name, value in changes:
        setattr(place, name, value)


def run_once(config: Config, options: SyncOptions, *, by_hand: bool) -> None:
    """Run as the timer does, or as a person does; then read some pages, and what is forbidden."""
    stop = Stop()
    if by_hand:
        with open_workshop(config, ENVIRON, stop) as shop:
            sync(shop, options)
        return
    with _reading():
        service._run(config, options, stop, ENVIRON, lambda _: None)  # noqa: SLF001


@contextmanager
def _reading() -> Iterator[None]:
    """Let each run read pages and a picture with its own session, before it is closed."""
    before = service.sync  # type: ignore[attr-defined]

    def then_read(shop: build.Workshop, options: SyncOptions, **more: Any) -> Any:  # noqa: ANN401
        result = before(shop, options, **more)
        pulled = [one.feed for one in result.run.feeds if one.items]
        for feed in pulled[:_PAGES]:
            host = feed.split("/")[2]
            for purpose, path in (
                ("page", "page/1"),
                ("picture", "picture/1"),
                ("page", "private/1"),
            ):
                try:
                    shop.web.get(f"http://{host}/{path}", purpose=purpose)  # type: ignore[arg-type]
                except WebError:
                    continue
        return result

    service.sync = then_read  # type: ignore[attr-defined]
    try:
        yield
    finally:
        service.sync = before  # type: ignore[attr-defined]
