"""What the limits hold: its pages are asked for when a run has room for it, and nothing is lost."""

from __future__ import annotations

from datetime import timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING

import pytest
from press import Kiosk, Story, rss
from pressroom import Pressroom, memory_room, outcomes
from rewording import Writer

from wp_sync.pipeline.build import utc_now

if TYPE_CHECKING:
    from pathlib import Path

    from wp_sync.confine import Confinement
    from wp_sync.model import Run

MANY, A_RUN = 7, 3


@pytest.fixture
def room(confinement: Confinement, tmp_path: Path) -> Pressroom:
    opened = memory_room(tmp_path, confinement)
    opened.allowed = frozenset()
    return opened


def story(kiosk: Kiosk, number: int) -> Story:
    """Write an article of so many hours ago, whose text stands on its page alone."""
    text = Writer(number).article().text
    page = f"<html><body><article><p>{text}</p><p>{text[::-1]}</p></article></body></html>"
    link = kiosk.put(f"/wire/{number}", page, "text/html; charset=utf-8")
    date = format_datetime(utc_now() - timedelta(hours=number), usegmt=True)
    return Story(number=number, title=f"wire {number}", body=text[:60], link=link, date=date)


def write(room: Pressroom, kiosk: Kiosk, limit: str, *, count: int = MANY) -> None:
    kiosk.has_etags = True
    feed = kiosk.put("/wire", rss(*(story(kiosk, n) for n in range(1, count + 1))))
    source = (
        f'[[sources]]\nname = "Wire"\nto = ["news"]\nfeeds = ["{feed}"]\nrights = "full"\n'
        f'licence = "ours"\nallow_private = ["{kiosk.place}"]\n'
    )
    room.desk.write(source, f"[safety]\n{limit}\n", news='[post]\nstatus = "publish"\n')


def pages(kiosk: Kiosk) -> list[str]:
    """Return which articles' pages were asked for since the last time."""
    asked = [path for path in kiosk.asked if path.count("/") == 2]
    kiosk.asked.clear()
    return asked


def created(run: Run) -> list[str]:
    return sorted(one.title for one in outcomes(run, "created"))


def test_of_a_flood_each_run_reads_what_it_makes(room: Pressroom, kiosk: Kiosk) -> None:
    """The newest first, and all of it in the end; what waits is told with its reason each time."""
    write(room, kiosk, f"new_per_feed = {A_RUN}")

    first, at_first = room.run(), pages(kiosk)
    second, asked = room.run(), pages(kiosk)
    third, at_last = room.run(), pages(kiosk)

    assert (created(first), len(at_first)) == (["wire 1", "wire 2", "wire 3"], MANY)
    assert created(second) == ["wire 4", "wire 5", "wire 6"]
    assert sorted(asked) == ["/wire/4", "/wire/5", "/wire/6"]
    (held,) = outcomes(second, "held")
    assert held.reason.startswith("more than 3 new posts from Wire in one run")
    assert (created(third), at_last) == (["wire 7"], ["/wire/7"])


def test_a_person_lets_the_rest_of_a_flood_pass(room: Pressroom, kiosk: Kiosk) -> None:
    """Of that source, at once."""
    write(room, kiosk, f"new_per_feed = {A_RUN}")
    room.run()

    room.allowed = frozenset({"flood:Wire"})

    assert created(room.run()) == [f"wire {n}" for n in range(A_RUN + 1, MANY + 1)]


def test_a_first_run_that_is_full_reads_no_page_again(room: Pressroom, kiosk: Kiosk) -> None:
    """Until a person lets it pass."""
    assert room.target is not None
    room.target.create_post({"slug": "theirs", "title": "Theirs", "body": "<p>Theirs.</p>"})
    write(room, kiosk, f"first_run = {A_RUN}")

    first, at_first = room.run(), pages(kiosk)
    second, asked = room.run(), pages(kiosk)
    room.allowed = frozenset({"first-run"})
    third = room.run()

    assert (first.totals, len(at_first)) == ({"created": A_RUN, "held": MANY - A_RUN}, MANY)
    assert (second.totals, asked) == ({"held": MANY - A_RUN}, [])
    assert third.totals == {"created": MANY - A_RUN}
