"""Articles that never come: what repeats them is told in their place, once, and in the same run."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from pressroom import Pressroom, memory_room, outcomes
from rewording import Writer, Written
from stories import source, story

from wp_sync.errors import InDoubtError, PublishError, RejectedError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from press import Kiosk

    from wp_sync.confine import Confinement
    from wp_sync.model import Run, SitePost

WRITER = Writer(77)
LIVE = '[post]\nstatus = "publish"\n'
SHORT_LIVED = f'{LIVE}[keep]\nmax_age = "2d"\n[pacing]\nper_day = 1\n'


@pytest.fixture
def room(confinement: Confinement, tmp_path: Path) -> Pressroom:
    return memory_room(tmp_path, confinement)


def pair() -> tuple[Written, Written]:
    """Write an article, and the same story in other words."""
    first = WRITER.article(subject="council")
    return first, WRITER.reworded(first, 0.2)


def created(run: Run) -> list[str]:
    return [one.title for one in outcomes(run, "created")]


def titles(room: Pressroom) -> Counter[str]:
    """Count the posts on the site by title."""
    assert room.target is not None
    return Counter(str(one.values["title"]) for one in room.target.list_posts())


def refuse(
    room: Pressroom, monkeypatch: pytest.MonkeyPatch, title: str, error: PublishError
) -> None:
    """Have the site refuse each post of this title."""
    target: Any = room.target
    create = target.create_post

    def create_or_not(values: Mapping[str, Any]) -> SitePost:
        if values["title"] == title:
            if isinstance(error, InDoubtError):
                create(values)
            raise error
        made: SitePost = create(values)
        return made

    monkeypatch.setattr(target, "create_post", create_or_not)


def test_an_address_is_free_when_its_owner_would_come_too_late(
    room: Pressroom, kiosk: Kiosk
) -> None:
    """Another source's item of the same article goes where no limit keeps it, in the same run."""
    article, filler = WRITER.article(), WRITER.article()
    late = story(article, "Wire", hours=47)
    wire = source(kiosk, "Wire", story(filler, "Wire"), late)
    again = story(replace(article, title="Its other title"), "Herald", link=late.address)
    room.desk.write(wire + source(kiosk, "Herald", again, to="open"), news=SHORT_LIVED, open=LIVE)

    room.run(source="Wire", dry_run=True)  # it is known, and goes before what is asked
    run = room.run(is_due=lambda row: row.source != "Wire")

    reasons = [one.reason for one in outcomes(run, "dropped")]
    assert reasons[0].startswith("repeat of ")
    assert "older than the 2 days" in reasons[1]
    assert sorted(created(run)) == sorted([filler.title, "Its other title"])
    assert (room.run().totals, sum(titles(room).values())) == ({}, 2)


def run_wire_first(room: Pressroom) -> Run:
    """Have Wire's articles fail alone, and then before any other's: it is not asked again."""
    alone = room.run(source="Wire")
    assert alone.totals == {"failed": 1}
    return room.run(is_due=lambda row: row.source != "Wire")


def test_an_address_is_free_when_its_owner_is_refused(
    room: Pressroom, kiosk: Kiosk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is tried again, and is the repeat by then: the two don't free each other for ever."""
    article = WRITER.article()
    first = story(article, "Wire")
    again = story(replace(article, title="Its other title"), "Herald", link=first.address)
    both = source(kiosk, "Wire", first) + source(kiosk, "Herald", again)
    # Paced, so that all feeds are known when the first post is made.
    room.desk.write(both, news=f"{LIVE}[pacing]\nper_run = 5\n")
    refuse(room, monkeypatch, article.title, RejectedError("no"))

    run = run_wire_first(room)
    later, last = room.run(), room.run()

    assert [one.status for one in run.outcomes] == ["dropped", "failed", "created"]
    assert (later.totals, last.totals) == ({"dropped": 1}, {})
    assert titles(room) == {"Its other title": 1}


@pytest.mark.parametrize("same", ["hold", "drop", "list"])
def test_a_story_is_free_when_its_lead_is_refused(
    room: Pressroom, kiosk: Kiosk, monkeypatch: pytest.MonkeyPatch, same: str
) -> None:
    """By the site, again and again, and whatever is done with repeats."""
    first, again = pair()
    both = source(kiosk, "Wire", story(first, "Wire")) + source(
        kiosk, "Herald", story(again, "Herald")
    )
    pacing = f"{LIVE}[pacing]\nper_run = 5\n"
    room.desk.write(both, f'[duplicates]\nsame = "{same}"\n', news=pacing)
    refuse(room, monkeypatch, first.title, RejectedError("no"))

    run = run_wire_first(room)
    room.run()

    repeat = "held" if same == "hold" else "dropped"
    assert [one.status for one in run.outcomes] == [repeat, "failed", "created"]
    assert titles(room) == {again.title: 1}
    assert room.run().totals.get("created", 0) == 0


@pytest.mark.parametrize("same", ["address", "story"])
def test_a_lead_whose_answer_was_lost_keeps_its_repeats(
    room: Pressroom, kiosk: Kiosk, monkeypatch: pytest.MonkeyPatch, same: str
) -> None:
    """It may be on the site: nothing is doubled for it."""
    first, again = pair()
    lead, repeat = story(first, "Wire"), story(again, "Herald")
    if same == "address":
        repeat = story(WRITER.article(), "Herald", link=lead.address)
    both = source(kiosk, "Wire", lead) + source(kiosk, "Herald", repeat)
    pacing = f"{LIVE}[pacing]\nper_run = 5\n"
    room.desk.write(both, '[duplicates]\nsame = "drop"\n', news=pacing)
    room.run(source="Wire", dry_run=True)  # it is known, and goes before what is asked
    refuse(room, monkeypatch, first.title, InDoubtError("no answer"))

    run = room.run(is_due=lambda row: row.source != "Wire")
    monkeypatch.undo()
    room.later = timedelta(hours=1)
    room.run()

    assert [one.status for one in run.outcomes] == ["dropped", "failed"]
    assert titles(room) == {first.title: 1}


def test_what_is_freed_takes_no_more_places_than_a_run_has(
    room: Pressroom, kiosk: Kiosk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A place that was tried for in vain is not given twice."""
    first, again = pair()
    both = source(kiosk, "Wire", story(first, "Wire")) + source(
        kiosk, "Herald", story(again, "Herald")
    )
    room.desk.write(both, '[duplicates]\nsame = "drop"\n', news=f"{LIVE}[pacing]\nper_run = 1\n")
    refuse(room, monkeypatch, first.title, RejectedError("no"))

    run = run_wire_first(room)

    assert [one.status for one in run.outcomes] == ["dropped", "failed", "held"]
    assert "takes 1 a run" in run.outcomes[-1].reason


def test_one_repeat_does_not_free_another(room: Pressroom, kiosk: Kiosk) -> None:
    """Of three with one address one is published, and each of the others is judged once."""
    article = WRITER.article()
    lead = story(article, "Wire")
    three = [source(kiosk, name, lead) for name in ("Wire", "Herald", "Gazette")]
    room.desk.write("".join(three), news=LIVE)

    run = room.run()

    assert sorted(one.status for one in run.outcomes) == ["created", "dropped", "dropped"]
