"""Tries one fault of the network: a run under it, a run after it, and one with nothing to do."""

from __future__ import annotations

import socket
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, Any, Literal

import pytest
from chaos_rules import Fault, Rule
from checker import Violation
from holdings import Wanted, check, look
from network_faults import EXCHANGES, Maker
from newsroom import CALM, HURRIED, NAME, Newsroom, open_newsroom
from tls_entry import KINDS, TlsEntry, open_entry

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from chaos_proxy import ChaosProxy
    from chaos_rules import Exchange, Request
    from newsroom import Told
    from stage import Stage

    from wp_sync.confine import Confinement

Side = Literal["source", "site"]
SIDES: tuple[Side, ...] = ("source", "site")

SLACK = 5.0  # seconds beyond an exchange's deadline, on a busy machine; uncut ones take 8 and more
Strike = Callable[[Newsroom, Side, Random], "Iterator[str]"]  # a context that gives its name
REPEATED = (429, 503)  # after which the same request may be sent again


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """On what a case is tried."""

    stage: Stage
    confinement: Confinement
    folder: Path


def try_network(name: str, side: Side, number: int, ground: Ground, seed: int) -> list[Violation]:
    """Try one kind of fault on one side; tell what must not be so afterwards."""
    draw = Random(seed)  # noqa: S311 (faults, not secrets)
    ground.stage.clear()
    ground.folder.mkdir(parents=True, exist_ok=True)
    with (
        open_newsroom(ground.folder, ground.stage, ground.confinement, seed=seed) as room,
        reached(room, name, side) as entry,
    ):
        wanted = Wanted(others=frozenset(one.wp_id for one in look(ground.stage).posts))
        room.print_usual(f"{name}-{side}-{number}".lower())
        room.configure()
        with strike(name, number, entry)(room, side, draw) as told_name:
            told = under_fire(room, side)
        found = [*_judge(told, room, side), *recover(room, wanted)]
    return [Violation(kind=one.kind, what=f"{told_name}: {one.what}") for one in found]


def under_fire(room: Newsroom, side: Side) -> Told:
    """Make the run that meets the fault: hurried on the side where it is."""
    if side == "source":
        return room.run(HURRIED, CALM)
    return room.run(CALM, HURRIED)


def recover(room: Newsroom, wanted: Wanted) -> Iterator[Violation]:
    """Run again with all faults gone: all is there; and again: nothing is written."""
    room.sources.clear()
    room.site.clear()
    after = room.run()
    holds = look(room.stage)
    for one in check(holds, room.feeds, wanted):
        yield Violation(kind=one.kind, what=f"{one.what} (after: {after.words})")
    if after.error:
        yield Violation(kind="not converged", what=f"the run after it: {after.error}")
    idle = room.run()
    if idle.writes or idle.error:
        what = f"the run with nothing to do wrote {idle.writes} times: {idle.words}"
        yield Violation(kind="not converged", what=what)


def replayed(log: list[Exchange]) -> Iterator[Violation]:
    """Tell which writes reached the site twice, word for word, in one run."""
    answered = [one for one in log if one.write and one.reached and one.status not in REPEATED]
    for (path, content), count in Counter((one.path, one.content) for one in answered).items():
        if count > 1 and content:
            yield Violation(kind="doubled", what=f"sent {count} times: {path[:60]}")


def _judge(told: Told, room: Newsroom, side: Side) -> Iterator[Violation]:
    if told.longest > HURRIED.total + SLACK and side == "site":
        what = f"an exchange took {told.longest:.1f} s of {HURRIED.total} s"
        yield Violation(kind="other", what=what)
    yield from replayed(room.site.log)
    if side == "source":
        ended = told.ended("/b.xml")
        if set(ended.values()) != {"created"} or len(ended) != len(room.feeds["b"]):
            yield Violation(kind="other", what=f"the other feed suffered: {ended}; {told.words}")
    with room.ledger() as ledger:
        ids = {row.id for row in ledger.feeds.all()}
    places = {room.front("/a.xml"), f"{room.kiosk.url}/b.xml"}
    if not {one.address for one in _feeds(room)} <= places:
        yield Violation(kind="other", what=f"the ledger has other feeds: {ids}")


def _feeds(room: Newsroom) -> list[Any]:
    with room.ledger() as ledger:
        return list(ledger.feeds.all())


@contextmanager
def reached(room: Newsroom, name: str, side: Side) -> Iterator[TlsEntry | None]:
    """Let a side be reached by a name, or by TLS, where a class wants it."""
    base, entry = _proxy(room, side).url, None
    with ExitStack() as stack:
        if name == "N1":
            stack.enter_context(_resolving(_at("127.0.0.1"), NAME))
            base = base.replace("127.0.0.1", NAME)
        if name == "N14":
            entry = stack.enter_context(open_entry(_proxy(room, side), room.directory))
            base = entry.url
        if side == "source":
            room.source_base = base
        else:
            room.site_base = base
        yield entry


def strike(name: str, number: int, entry: TlsEntry | None) -> Callable[..., Any]:
    """Choose how a class comes about: its kinds by turns."""
    if entry:
        how = KINDS[number % len(KINDS)]
        return lambda *_: entry.broken(how)
    if name in EXCHANGES:
        makers = EXCHANGES[name][1]
        return lambda room, side, draw: _on_exchanges(
            room, side, draw, makers[number % len(makers)]
        )
    kinds = BEGUN[name]
    chosen: Callable[..., Any] = kinds[number % len(kinds)]
    return chosen


@contextmanager
def _on_exchanges(room: Newsroom, side: Side, draw: Random, maker: Maker) -> Iterator[str]:
    """Let a fault happen to some exchanges of one side."""
    fault = maker(draw)
    proxy, fits = _aim(room, side, draw)
    rule = Rule(fault, fits=fits)
    where = "all"
    if side == "site":
        rule.first = draw.randint(1, 5)
        rule.times = draw.choice((1, 1, None))
        where = f"request {rule.first} on" if rule.times is None else f"request {rule.first}"
    proxy.rules.append(rule)
    yield f"{fault.name} ({where})"


def _aim(room: Newsroom, side: Side, draw: Random) -> tuple[ChaosProxy, Callable[[Request], bool]]:
    if side == "source":
        ending = draw.choice((".xml", ".xml", ".jpg", ""))
        return room.sources, lambda request: request.path.endswith(ending)
    if draw.random() < 0.5:
        return room.site, lambda request: bool(request.write)
    start = draw.randint(0, 12)  # a run makes some twenty requests
    return room.site, lambda request: request.number > start


def _proxy(room: Newsroom, side: Side) -> ChaosProxy:
    return room.sources if side == "source" else room.site


@contextmanager
def refused(room: Newsroom, side: Side, draw: Random) -> Iterator[str]:
    """Be down: from the start, or from some write on."""
    proxy = _proxy(room, side)
    if side == "site" and draw.random() < 0.7:
        at = draw.randint(2, 14)
        done = threading.Event()

        def fall(_: Request) -> None:
            done.set()

        def watch() -> None:
            done.wait(60)
            proxy.down()

        proxy.rules.append(Rule(Fault(name="the last before it falls", then=fall), first=at))
        watcher = threading.Thread(target=watch, daemon=True)
        watcher.start()
        yield f"refused from request {at} on"
        done.set()
        watcher.join()
    else:
        proxy.down()
        yield "refused"
    proxy.down()
    proxy.up()


@contextmanager
def _resolving(answer: Callable[[str, int], list[Any]], name: str) -> Iterator[str]:
    """Answer in the resolver's place for one name; numbers and other names go on as before."""
    real = socket.getaddrinfo

    def look_up(host: Any, port: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
        if host == name:
            return answer(str(host), int(port))
        return real(host, port, *args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket, "getaddrinfo", look_up)
        yield name


def _failing(code: int, delay: float = 0) -> Callable[[str, int], list[Any]]:
    def fail(host: str, _: int) -> list[Any]:
        time.sleep(delay)
        raise socket.gaierror(code, f"no answer for {host}")

    return fail


def _at(*hosts: str, family: int = socket.AF_INET) -> Callable[[str, int], list[Any]]:
    def found(_: str, port: int) -> list[Any]:
        more = (0, 0) if family == socket.AF_INET6 else ()
        kind = socket.SOCK_STREAM
        return [(family, kind, 6, "", (host, port, *more)) for host in hosts]

    return found


def _dns(name: str, answer: Callable[[str, int], list[Any]]) -> Any:  # noqa: ANN401
    @contextmanager
    def begin(*_: object) -> Iterator[str]:
        with _resolving(answer, NAME):
            yield f"DNS: {name}"

    return begin


def _swallowing(room: Newsroom, side: Side, _: Random) -> Any:  # noqa: ANN401
    """Drop every SYN: a listener whose queue is full answers none."""
    return _blackhole(room, side)


@contextmanager
def _blackhole(room: Newsroom, side: Side) -> Iterator[str]:
    proxy = _proxy(room, side)
    with ExitStack() as stack:
        listener = stack.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        place = listener.getsockname()
        for _ in range(3):
            filler = stack.enter_context(socket.socket())
            filler.settimeout(0)
            filler.connect_ex(place)
        time.sleep(0.05)
        port = int(proxy.place.rpartition(":")[2])
        connect = socket.socket.connect

        def elsewhere(self: socket.socket, address: Any) -> Any:  # noqa: ANN401
            return connect(self, place if address[1:2] == (port,) else address)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(socket.socket, "connect", elsewhere)
            yield "SYN lost"


BEGUN: dict[str, tuple[Any, ...]] = {
    "N1": (
        _dns("NXDOMAIN", _failing(socket.EAI_NONAME)),
        _dns("SERVFAIL", _failing(socket.EAI_AGAIN)),
        _dns("time-out", _failing(socket.EAI_AGAIN, 0.5)),
        _dns("300 addresses", _at(*(f"127.9.{n // 250}.{n % 250 + 1}" for n in range(300)))),
        _dns("AAAA only", _at("::1", family=socket.AF_INET6)),
        _dns("CNAME loop", _failing(socket.EAI_FAIL)),
    ),
    "N2": (refused,),
    "N3": (_swallowing,),
}
