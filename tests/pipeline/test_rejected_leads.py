"""What a person rejects is an article, not its story: what repeats it waits for a person's word."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest
from press import Kiosk, Story, rss
from pressroom import Pressroom, memory_room, outcomes
from rewording import Writer, Written

from wp_sync.model import Outcome
from wp_sync.pipeline.build import utc_now
from wp_sync.pipeline.review import bury
from wp_sync.pipeline.takedown import _withdraw_feeds as withdraw
from wp_sync.pipeline.waiting import list_waiting

if TYPE_CHECKING:
    from pathlib import Path

    from wp_sync.confine import Confinement
    from wp_sync.pipeline.orders import Office

WRITER = Writer(88)
FIRST = WRITER.article(subject="council")
AGAIN = WRITER.reworded(FIRST, 0.2)
FILLER = WRITER.article()
WAYS = pytest.mark.parametrize("same", ["hold", "drop", "list"])


@pytest.fixture
def room(confinement: Confinement, tmp_path: Path) -> Pressroom:
    return memory_room(tmp_path, confinement)


def story(told: Written, name: str, hours: float = 1) -> Story:
    date = f"{utc_now() - timedelta(hours=hours):%a, %d %b %Y %H:%M:%S} GMT"
    place = told.title.replace(" ", "-")
    link = f"https://{name.lower()}.example/{place}"
    body = f"<p>{told.text}</p>"
    return Story(number=1, guid=place, title=told.title, body=body, link=link, date=date)


def write(room: Pressroom, kiosk: Kiosk, same: str, news: str, *more: Story) -> None:
    """Let Wire have a story, and Herald in other words."""
    wire = kiosk.put("/Wire", rss(*more, story(FIRST, "Wire")))
    herald = kiosk.put("/Herald", rss(story(AGAIN, "Herald")))
    both = kiosk.source("Wire", wire) + kiosk.source("Herald", herald)
    room.desk.write(both, f'[duplicates]\nsame = "{same}"\n', news=news)


def set_up(room: Pressroom, kiosk: Kiosk, same: str, post: str) -> None:
    """Let Wire tell a story, and Herald after it."""
    write(room, kiosk, same, post)
    room.run(source="Wire")
    room.run()


def office_of(room: Pressroom, ledger: Any) -> Office:  # noqa: ANN401
    target = cast("Any", room.target)
    return cast("Office", SimpleNamespace(ledger=ledger, identity=target.identify()))


def reject(room: Pressroom, title: str) -> None:
    """Reject what waits, as `review reject` does before it writes."""
    target = cast("Any", room.target)
    with room.ledger() as ledger:
        there = list_waiting(ledger, target, target.identify())
        (chosen,) = (one for one in there if one.title == title)
        bury(office_of(room, ledger), [chosen], "no", "r")
        told = Outcome(key=chosen.key, status="dropped", stage="publish", reason="rejected")
        ledger.items.decide(told, "r", "rejected")


def state_of(room: Pressroom) -> tuple[str, str]:
    """Tell the state of the repeat, and the reason of it."""
    with room.ledger() as ledger:
        (row,) = ledger.decisions.find(story(AGAIN, "Herald").address)
        return row.state, row.reason


def titles(room: Pressroom) -> list[str]:
    posts = cast("Any", room.target).list_posts()
    return [str(one.values["title"]) for one in posts if one.status != "trash"]


@WAYS
def test_the_repeats_of_a_draft_that_went_into_the_trash_wait_for_a_person(
    room: Pressroom, kiosk: Kiosk, same: str
) -> None:
    """They are named in the run that sees it, stay so whatever is judged again, and can be had."""
    set_up(room, kiosk, same, '[post]\nstatus = "draft"\n')
    target = cast("Any", room.target)
    (wp_id,) = target.posts
    target.trash_post(wp_id)

    run = room.run()

    (held,) = outcomes(run, "held")
    assert held.title == AGAIN.title
    assert held.reason.startswith(f'near text of "{FIRST.title}" by Wire, which a person rejected')
    assert state_of(room) == ("held", held.reason)
    set_up(room, kiosk, same, '[post]\nstatus = "draft"\n[drop]\nwords = ["nothing of this"]\n')
    assert state_of(room)[0] == "held"
    assert titles(room) == []
    with room.ledger() as ledger:
        ledger.decisions.approve({held.key: "news"})
    room.run()
    assert titles(room) == [AGAIN.title]


@WAYS
def test_review_reject_leaves_the_repeats_in_review(
    room: Pressroom, kiosk: Kiosk, same: str
) -> None:
    """At once, and with the rejected article's name."""
    set_up(room, kiosk, same, '[post]\nstatus = "draft"\n')

    reject(room, FIRST.title)

    state, reason = state_of(room)
    assert state == "held"
    assert "which a person rejected: https://wire.example/" in reason


@WAYS
def test_the_repeats_of_a_lead_that_was_rejected_before_it_had_a_post_wait_too(
    room: Pressroom, kiosk: Kiosk, same: str
) -> None:
    """Nothing on the site tells of it: it is known by what was rejected."""
    paced = '[post]\nstatus = "publish"\n[pacing]\nper_run = 1\n'
    newer = story(FILLER, "Wire", hours=0.5)
    write(room, kiosk, same, paced, newer)
    room.run(source="Wire", dry_run=True)  # it is known, and goes before what is asked
    room.run(is_due=lambda row: row.source != "Wire")
    reject(room, FIRST.title)

    state, reason = state_of(room)
    write(room, kiosk, same, f'{paced}[drop]\nwords = ["nothing of this"]\n', newer)
    room.run()

    assert state == "held"
    assert "which a person rejected" in reason
    assert state_of(room) == (state, reason)
    assert titles(room) == [FILLER.title]


@WAYS
def test_the_repeats_of_a_withdrawn_source_wait_for_a_person(
    room: Pressroom, kiosk: Kiosk, same: str
) -> None:
    """Its post is a draft by then, in which nobody reads a name."""
    set_up(room, kiosk, same, '[post]\nstatus = "publish"\n')
    feed = f"{kiosk.url}/Wire"
    with room.ledger() as ledger:
        withdraw(office_of(room, ledger), [feed], "Wire", "a letter", "r")

    state, reason = state_of(room)
    set_up(room, kiosk, same, '[post]\nstatus = "publish"\n[drop]\nwords = ["nothing of this"]\n')

    assert state == "held"
    assert "by Wire, whose source was withdrawn" in reason
    assert state_of(room)[0] == "held"


@WAYS
def test_the_repeats_of_what_readers_saw_stay_as_they_are(
    room: Pressroom, kiosk: Kiosk, same: str
) -> None:
    """Who takes a live post away takes its story away."""
    set_up(room, kiosk, same, '[post]\nstatus = "publish"\n')
    before = state_of(room)
    target = cast("Any", room.target)
    (wp_id,) = target.posts
    target.trash_post(wp_id)

    run = room.run()

    assert [one.status for one in run.outcomes] == ["trashed"]
    assert state_of(room) == before
