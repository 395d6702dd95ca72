"""A sample of WordPress's faults; `make faults` plays every scene some more times."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from network import Ground
from play import play_scene
from programme import SEED, load_classes
from scenes import REAL, SCENES

if TYPE_CHECKING:
    from pathlib import Path

    from stage import FakeStage, RealStage

    from wp_sync.confine import Confinement


@pytest.mark.parametrize("name", SCENES)
def test_scene_ends_well(
    name: str, fake: FakeStage, confinement: Confinement, tmp_path: Path
) -> None:
    """Nothing lost, doubled or overwritten; the run after the next writes nothing."""
    ground = Ground(stage=fake, confinement=confinement, folder=tmp_path)

    assert play_scene(name, SCENES[name][1], 1, ground, SEED + 1) == []


@pytest.mark.parametrize("name", ["W2*", "W4*", "W12*", "W17*", "W18*", "W25*"])
def test_scene_ends_well_on_a_real_site(
    name: str, real: RealStage, confinement: Confinement, tmp_path: Path
) -> None:
    """What WordPress itself does there, the fake might do otherwise."""
    ground = Ground(stage=real, confinement=confinement, folder=tmp_path)

    assert play_scene(name, REAL[name], 1, ground, SEED + 1) == []


def test_every_number_is_in_the_programme() -> None:
    """W1 to W30 on the fake, at least five times each; the starred ones on a real site too."""
    known = load_classes()

    assert all(known[f"W{number}"].n >= 5 for number in range(1, 31))
    assert all(known[name].n >= 5 and known[name].on == "real" for name in REAL)
