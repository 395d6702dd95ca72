"""A plan shows which leads a sync would have name others, and the sync does that and no more."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from pressroom import Pressroom, memory_room, outcomes
from rewording import Writer
from stories import source_of

from wp_sync.model import Update
from wp_sync.publish.memory import MemoryTarget

if TYPE_CHECKING:
    from pathlib import Path

    from press import Kiosk

    from wp_sync.confine import Confinement
    from wp_sync.model import Run

WRITER = Writer(77)
FIRST, OTHER = WRITER.article(), WRITER.article()
AGAIN = WRITER.reworded(FIRST, 0.2)
LIST = '[duplicates]\nsame = "list"\n'
LIVE = '[post]\nstatus = "publish"\n'
NAMED = 'class="wp-sync-also"'


@pytest.fixture
def room(tmp_path: Path, confinement: Confinement) -> Pressroom:
    return memory_room(tmp_path, confinement)


def publish_first(room: Pressroom, kiosk: Kiosk) -> None:
    """Publish a story, and let another source bring it, too, by the next run."""
    wire = source_of(kiosk, "Wire", FIRST, OTHER)
    room.desk.write(wire, LIST, news=LIVE)
    room.run()
    room.desk.write(wire + source_of(kiosk, "Herald", AGAIN), LIST, news=LIVE)


def told(run: Run) -> list[tuple[str, str]]:
    return sorted((one.url, one.status) for one in run.outcomes)


def bodies(room: Pressroom) -> list[str]:
    assert isinstance(room.target, MemoryTarget)
    posts = room.target.changed_since(room.clock() - timedelta(days=1))
    return [str(one.values["body"]) for one in posts]


def test_a_plan_has_the_lead_that_would_name_another(room: Pressroom, kiosk: Kiosk) -> None:
    """The plan changes nothing, the sync does the same, and the next plan has nothing to do."""
    publish_first(room, kiosk)

    planned = room.sync(dry_run=True, exhibits=True)
    untouched = bodies(room)
    done = room.run()
    after = room.sync(dry_run=True)

    (update,) = (one for one in planned.plan.changes if isinstance(one, Update))
    assert "herald.example" in update.post.body
    assert update.fields == ("body",)
    assert any(NAMED in str(one) for one in planned.exhibits)
    assert not any(NAMED in one for one in untouched)
    assert told(planned.run) == told(done)
    assert sum(NAMED in one for one in bodies(room)) == 1
    assert after.plan.changes == ()


def test_a_saved_plan_names_another_in_its_lead(room: Pressroom, kiosk: Kiosk) -> None:
    """Carried out as it was seen; the sync after it writes the post no second time."""
    publish_first(room, kiosk)

    saved = room.save()
    carried = room.run(saved=saved)
    named = bodies(room)
    after = room.run()

    assert len(list(outcomes(carried, "updated"))) == 1
    assert sum(NAMED in one for one in named) == 1
    assert not list(outcomes(after, "updated"))
    assert bodies(room) == named


def test_a_lead_that_the_plan_makes_is_told_of(room: Pressroom, kiosk: Kiosk) -> None:
    """It is made first, and names the other after that: the plan has one change of it."""
    sources = source_of(kiosk, "Wire", FIRST) + source_of(kiosk, "Herald", AGAIN)
    room.desk.write(sources, LIST, news=LIVE)

    planned = room.sync(dry_run=True)
    done = room.run()

    assert len(planned.plan.changes) == 1
    assert any("names in its post afterwards" in one for one in planned.run.messages)
    assert len(list(outcomes(done, "updated"))) == 1
    assert not any("afterwards" in one for one in done.messages)
