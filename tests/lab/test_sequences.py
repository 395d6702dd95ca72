"""Some generated sequences of admins, sources and runs on a real site; `make faults` plays 300."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from network import Ground
from programme import SEED, load_classes
from sequence_deeds import DEEDS
from sequences import Step, draw_steps, play, shrink, try_resurrection, try_sequence

if TYPE_CHECKING:
    from pathlib import Path

    from stage import FakeStage, RealStage

    from wp_sync.confine import Confinement

SAMPLE = 8


@pytest.mark.parametrize("number", range(SAMPLE))
def test_what_people_do_is_there_at_the_end(
    number: int, real: RealStage, confinement: Confinement, tmp_path: Path
) -> None:
    """Every value that an admin set stays, nothing that he deleted returns, nothing is doubled."""
    ground = Ground(stage=real, confinement=confinement, folder=tmp_path)

    assert try_sequence(number, ground, SEED + number) == []


@pytest.mark.parametrize("number", [0, 6])
def test_deleted_post_does_not_return(
    number: int, real: RealStage, confinement: Confinement, tmp_path: Path
) -> None:
    """By whatever guid or link the source has it again."""
    ground = Ground(stage=real, confinement=confinement, folder=tmp_path)

    assert try_resurrection(number, ground, SEED + number) == []


def test_sequences_see_what_is_overwritten(
    fake: FakeStage,
    confinement: Confinement,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Without the merge of fields the laboratory has to find an editor's title gone."""
    for module in ("plan", "updating"):
        name = f"wp_sync.publish.{module}.edited_fields"
        monkeypatch.setattr(name, lambda *_: frozenset(), raising=False)
    ground = Ground(stage=fake, confinement=confinement, folder=tmp_path)
    steps = (Step("run"), Step("edit_title", 0, 1), Step("update_source", 0, 3), Step("run"))

    (found,) = play(steps, ground, "seen")

    assert found.kind == "overwritten"
    assert found.what.endswith("after run, edit_title(0, 1), update_source(0, 3), run")


def test_shrinking_keeps_what_goes_wrong() -> None:
    """What is told is the shortest sequence that still does."""
    steps = tuple(Step("run", number) for number in range(9))

    shortest = shrink(steps, lambda some: Step("run", 4) in some)

    assert shortest == (steps[0], steps[4], steps[8])


def test_sequences_are_drawn_alike_and_use_every_deed() -> None:
    """A seed says what was played; three hundred leave no deed out."""
    drawn = [draw_steps(seed) for seed in range(300)]

    assert draw_steps(7) == drawn[7]
    assert {step.deed for steps in drawn for step in steps} == set(DEEDS)
    assert load_classes()["A1*"].n == 300
    assert load_classes()["A3*"].n == 20
