"""The classes of the network and of WordPress (N and W), and the admin's rights (A1, A3)."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from functools import partial
from typing import TYPE_CHECKING

from network import BEGUN, SIDES, Ground, try_network
from network_faults import EXCHANGES
from play import play_scene
from programme import Order, Result, fault_class
from scenes import REAL, SCENES
from sequences import try_resurrection, try_sequence
from stage import RealStage, open_fake

from wp_sync.confine import Confinement
from wp_sync.sandbox.wordpress import start_wordpress

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from checker import Violation
    from network import Side
    from play import Scene
    from stage import Stage

EACH = 10  # cases of a class on the fake
EACH_REAL = 5  # on a real WordPress
SEQUENCES, RETURNS = 300, 20
BEGINNINGS = {
    "N1": "DNS: no name, no server, no time, 300 addresses, AAAA alone, loops",
    "N2": "connections refused",
    "N3": "SYN lost",
    "N14": "TLS: expired, wrong host, self-signed, a stranger's, old, broken",
}


@contextmanager
def fake_ground(scratch: Path) -> Iterator[tuple[Stage, Confinement]]:
    """Set up the fake WordPress."""
    with ExitStack() as stack:
        yield stack.enter_context(open_fake(scratch)), stack.enter_context(Confinement())


@contextmanager
def real_ground(scratch: Path) -> Iterator[tuple[Stage, Confinement]]:
    """Set up a real WordPress."""
    with ExitStack() as stack:
        site = stack.enter_context(start_wordpress())
        yield RealStage(site, scratch), stack.enter_context(Confinement())


def _tried(
    order: Order,
    attempt: Callable[[int, Ground, int], list[Violation]],
    *,
    real: bool = False,
) -> Iterator[Result]:
    """Try the cases of an order, one after the other, on one site."""
    order.scratch.mkdir(parents=True, exist_ok=True)
    with (real_ground if real else fake_ground)(order.scratch) as (stage, confinement):
        for number in order.numbers():
            ground = Ground(stage=stage, confinement=confinement, folder=order.folder(number))
            seed = order.seed + number
            yield order.result(number, attempt(number, ground, seed), seed=seed)


def _network(name: str, side: Side, order: Order) -> Iterable[Result]:
    return _tried(order, lambda number, ground, seed: try_network(name, side, number, ground, seed))


def _scene(name: str, scene: Scene, order: Order) -> Iterable[Result]:
    real = name.endswith("*")
    return _tried(
        order,
        lambda number, ground, seed: play_scene(name, scene, number, ground, seed),
        real=real,
    )


def _register() -> None:
    whats = BEGINNINGS | {name: what for name, (what, _) in EXCHANGES.items()}
    for name in sorted({*BEGUN, *EXCHANGES, "N14"}, key=lambda one: int(one[1:])):
        for side in SIDES:
            place = "sources" if side == "source" else "WordPress"
            what = f"{whats[name]} ({place})"
            count = max(EACH, len(EXCHANGES.get(name, ("", ()))[1]))
            register = fault_class(id=f"{name}-{side}", on="fake", n=count, what=what)
            register(partial(_network, name, side))
    for name, (what, scene) in SCENES.items():
        fault_class(id=name, on="fake", n=EACH, what=what)(partial(_scene, name, scene))
    for name, scene in REAL.items():
        what = SCENES[name.rstrip("*")][0]
        fault_class(id=name, on="real", n=EACH_REAL, what=what)(partial(_scene, name, scene))
    fault_class(
        id="A1*", on="real", n=SEQUENCES, what="generated sequences of admins, sources and runs"
    )(lambda order: _tried(order, try_sequence, real=True))
    fault_class(id="A3*", on="real", n=RETURNS, what="deleted, and published again by the source")(
        lambda order: _tried(order, try_resurrection, real=True)
    )


_register()
