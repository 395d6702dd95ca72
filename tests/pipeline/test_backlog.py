"""What waits for its turn: its pages are asked for when it goes, in order, and nothing is lost."""

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

MANY, A_RUN = 12, 3
FULL = 'rights = "full"\nlicence = "ours"\n'


@pytest.fixture
def room(confinement: Confinement, tmp_path: Path) -> Pressroom:
    return memory_room(tmp_path, confinement)


def story(kiosk: Kiosk, name: str, number: int, minutes: int = 0) -> Story:
    """Write an article of so many hours ago, whose text stands on its page alone."""
    text = Writer(number + 100 * len(name)).article().text
    page = f"<html><body><article><p>{text}</p><p>{text[::-1]}</p></article></body></html>"
    link = kiosk.put(f"/{name}/{number}", page, "text/html; charset=utf-8")
    date = format_datetime(utc_now() - timedelta(hours=number, minutes=minutes), usegmt=True)
    body = f"<p>{text[:60]}</p>"
    return Story(number=number, title=f"{name} {number}", body=body, link=link, date=date)


def source(kiosk: Kiosk, name: str, *stories: Story) -> str:
    feed = kiosk.put(f"/{name}", rss(*stories, title=name))
    return (
        f'[[sources]]\nname = "{name}"\nto = ["news"]\nfeeds = ["{feed}"]\n{FULL}'
        f'allow_private = ["{kiosk.place}"]\n'
    )


def write(
    room: Pressroom, sources: str, pacing: str = f"per_run = {A_RUN}", more: str = ""
) -> None:
    room.desk.write(sources, news=f'[post]\nstatus = "publish"\n{more}[pacing]\n{pacing}\n')


def pages(kiosk: Kiosk) -> list[str]:
    """Return which articles' pages were asked for since the last time."""
    asked = [path for path in kiosk.asked if path.count("/") == 2]
    kiosk.asked.clear()
    return asked


def created(run: Run) -> list[str]:
    return [one.title for one in outcomes(run, "created")]


def test_a_run_asks_for_the_pages_of_those_that_it_makes(room: Pressroom, kiosk: Kiosk) -> None:
    """The first one judges all; each after that reads as many as may go, the newest first."""
    kiosk.has_etags = True
    write(room, source(kiosk, "Wire", *(story(kiosk, "wire", n) for n in range(1, MANY + 1))))

    first, asked = room.run(), pages(kiosk)
    later = [(room.run(), pages(kiosk)) for _ in range(MANY // A_RUN - 1)]
    last, at_last = room.run(), pages(kiosk)

    assert (first.totals, len(asked)) == ({"created": A_RUN, "held": MANY - A_RUN}, MANY)
    assert [len(seen) for _, seen in later] == [A_RUN] * len(later)
    assert [run.totals.get("held", 0) for run, _ in later] == [*range(MANY - 2 * A_RUN, -1, -A_RUN)]
    order = [title for run in (first, *(run for run, _ in later)) for title in created(run)]
    assert order == [f"wire {n}" for n in range(1, MANY + 1)]
    assert (last.totals, at_last) == ({}, [])


def test_what_is_fresh_goes_first_and_costs_the_others_no_page(
    room: Pressroom, kiosk: Kiosk
) -> None:
    """Sources take turns, each with its newest; what waits on is told, and asked for by nobody."""
    wire = [story(kiosk, "wire", n) for n in range(2, 8)]
    herald = source(kiosk, "Herald", *(story(kiosk, "herald", n, 30) for n in range(2, 5)))
    write(room, source(kiosk, "Wire", *wire) + herald)
    first, _ = room.run(), pages(kiosk)
    fresh = story(kiosk, "wire", 1)
    write(room, source(kiosk, "Wire", fresh, *wire) + herald)

    run, asked = room.run(), pages(kiosk)

    assert sorted(created(first)) == ["herald 2", "wire 2", "wire 3"]
    assert sorted(created(run)) == ["herald 3", "herald 4", "wire 1"], "Herald had fewer posts"
    assert sorted(asked) == ["/herald/3", "/herald/4", "/wire/1"]
    assert {one.title for one in outcomes(run, "held")} == {f"wire {n}" for n in range(4, 8)}
    assert {one.stage for one in outcomes(run, "held")} == {"pacing"}


def test_the_place_of_what_falls_away_is_taken_in_the_same_run(
    room: Pressroom, kiosk: Kiosk
) -> None:
    """Its server is out of order by now: it is tried again, and the next one goes."""
    stories = [story(kiosk, "wire", n) for n in range(1, 9)]
    write(room, source(kiosk, "Wire", *stories))
    room.run()
    pages(kiosk)
    kiosk.put("/wire/5", "out of order", "text/plain", 503)

    run, asked = room.run(), pages(kiosk)

    assert created(run) == ["wire 4", "wire 6", "wire 7"]
    assert [one.title for one in outcomes(run, "failed")] == ["wire 5"]
    assert [one.title for one in outcomes(run, "held")] == ["wire 8"]
    assert set(asked) == {f"/wire/{n}" for n in range(4, 8)}


def test_what_waits_is_screened_all_the_same(room: Pressroom, kiosk: Kiosk) -> None:
    """Too old by now, it is dropped by the next run, and not when its turn would have come."""
    stories = [story(kiosk, "wire", n) for n in range(1, 8)]
    write(room, source(kiosk, "Wire", *stories), more='[keep]\nmax_age = "8h"\n')
    room.run()
    pages(kiosk)
    room.later = timedelta(hours=1)

    run, asked = room.run(), pages(kiosk)

    assert created(run) == ["wire 4", "wire 5", "wire 6"]
    assert [one.title for one in outcomes(run, "dropped")] == ["wire 7"]
    assert len(asked) == A_RUN


@pytest.mark.parametrize("dry_run", [True, False], ids=["plan", "sync"])
def test_other_rules_judge_all_of_it_again(room: Pressroom, kiosk: Kiosk, *, dry_run: bool) -> None:
    """What they drop goes at once; so does, with no limits, all the rest."""
    stories = [story(kiosk, "wire", n) for n in range(1, 7)]
    write(room, source(kiosk, "Wire", *stories))
    room.run()
    unread = '[drop]\nwords = ["wire 5"]\n'
    write(room, source(kiosk, "Wire", *stories), pacing="", more=unread)

    run = room.run(dry_run=dry_run)

    assert created(run) == ["wire 4", "wire 6"]
    assert [one.title for one in outcomes(run, "dropped")] == ["wire 5"]


def test_the_number_of_new_posts_of_a_feed_holds_over_all_rounds(
    room: Pressroom, kiosk: Kiosk
) -> None:
    """What is let in later is counted with what went before."""
    stories = [story(kiosk, "wire", n) for n in range(1, 11)]
    write(room, source(kiosk, "Wire", *stories), pacing="per_run = 4")
    room.run()
    with room.ledger() as ledger:
        before = ledger.items.counts()
    flood = "[safety]\nnew_per_feed = 2\n"
    rules = '[post]\nstatus = "publish"\n[pacing]\nper_run = 4\n'
    room.desk.write(source(kiosk, "Wire", *stories), flood, news=rules)
    room.allowed = frozenset({"first-run"})

    run = room.run()

    assert before == {"published": 4, "deferred": 6}
    assert len(created(run)) == 2
