"""A rehearsal tells what repeats an article that never comes, as the sync that follows does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pressroom import Pressroom, memory_room
from rewording import Writer
from stories import source, story

if TYPE_CHECKING:
    from pathlib import Path

    from press import Kiosk

    from wp_sync.confine import Confinement
    from wp_sync.model import Run

WRITER = Writer(78)
FIRST = WRITER.article(subject="council")
FILLER = WRITER.article()
AGAIN = WRITER.reworded(FIRST, 0.2)
LIVE = '[post]\nstatus = "publish"\n'
SHORT_LIVED = f'{LIVE}[keep]\nmax_age = "2d"\n[pacing]\nper_day = 1\n'


@pytest.fixture
def room(confinement: Confinement, tmp_path: Path) -> Pressroom:
    return memory_room(tmp_path, confinement)


def told(run: Run) -> list[tuple[str, str, str]]:
    return [(one.url, one.status, one.stage) for one in run.outcomes]


@pytest.mark.parametrize("same", ["hold", "drop", "list"])
@pytest.mark.parametrize("by_address", [True, False], ids=["address", "text"])
def test_what_a_lead_frees_at_its_end_is_rehearsed(
    room: Pressroom, kiosk: Kiosk, same: str, *, by_address: bool
) -> None:
    """The lead would be too old at its turn: its repeat goes elsewhere in the same run."""
    late = story(FIRST, "Wire", hours=47)
    wire = source(kiosk, "Wire", story(FILLER, "Wire"), late)
    again = story(AGAIN, "Herald", link=late.address if by_address else "")
    both = wire + source(kiosk, "Herald", again, to="open")
    more = f'[duplicates]\nsame = "{same}"\n'
    room.desk.write(both, more, news=SHORT_LIVED, open=LIVE)
    room.run(source="Wire", dry_run=True)  # it is known, and goes before what is asked

    planned = room.sync(dry_run=True, is_due=lambda row: row.source != "Wire")
    done = room.run(is_due=lambda row: row.source != "Wire")

    assert sorted(told(planned.run)) == sorted(told(done))
    assert (again.address, "created", "publish") in told(done)
