"""A sample of the network's faults, on either side; `make faults` tries every kind of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from network import SIDES, Ground, Side, try_network
from network_faults import EXCHANGES
from programme import SEED, load_classes

if TYPE_CHECKING:
    from pathlib import Path

    from stage import FakeStage

    from wp_sync.confine import Confinement

# Which kind of each class: those that once went wrong, or are the nastiest of theirs.
KIND = {"N4": 2, "N6": 5, "N8": 2, "N14": 1, "N15": 6, "N16": 1, "N19": 4}
NAMES = [f"N{number}" for number in range(1, 21)]


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("name", NAMES)
def test_network_fault_loses_and_doubles_nothing(
    name: str, side: Side, fake: FakeStage, confinement: Confinement, tmp_path: Path
) -> None:
    """The run under it ends in time, the next converges, the one after that writes nothing."""
    ground = Ground(stage=fake, confinement=confinement, folder=tmp_path)
    number = KIND.get(name, 0)

    assert try_network(name, side, number, ground, SEED + number) == []


def test_every_class_is_in_the_programme() -> None:
    """`make faults` tries them all, at least five times on the fake."""
    known = load_classes()

    for name in NAMES:
        for side in SIDES:
            assert known[f"{name}-{side}"].n >= max(5, len(EXCHANGES.get(name, ("", ()))[1]))
