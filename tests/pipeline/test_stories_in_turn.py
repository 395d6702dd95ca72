"""Where stories, turns, rights and lessons meet: nothing is lost between them, nothing mistaken."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

import pytest
from desk import Desk, make_password
from press import Kiosk, Story, rss
from pressroom import Pressroom, outcomes
from rewording import Writer, Written

from wp_sync.errors import StoppedError
from wp_sync.pipeline.build import utc_now
from wp_sync.pipeline.expiring import take_back
from wp_sync.pipeline.teaching import teach_rejections
from wp_sync.review.waiting import Waiting

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from wp_sync.confine import Confinement
    from wp_sync.model import Outcome
    from wp_sync.sandbox.wordpress import WordPress

WRITER = Writer(41)
LIVE = '[post]\nstatus = "publish"\n'
LIST = '[duplicates]\nsame = "list"\n'


@pytest.fixture
def room(site: WordPress, confinement: Confinement, tmp_path: Path) -> Pressroom:
    desk = Desk(directory=tmp_path, site=site.url, password=make_password(site))
    return Pressroom(desk, confinement)


def story(written: Written, number: int, name: str, hours: float = 1) -> Story:
    date = format_datetime(utc_now() - timedelta(hours=hours), usegmt=True)
    link = f"https://{name.lower()}.example/{written.title.replace(' ', '-')}"
    body = f"<p>{written.text}</p>"
    return Story(number=number, title=written.title, body=body, link=link, date=date)


def source(kiosk: Kiosk, name: str, channel: str, *stories: Story, more: str = "") -> str:
    feed = kiosk.put(f"/{name}", rss(*stories))
    return kiosk.source(name, feed, to=channel, more=more)


def pair() -> tuple[Written, Written]:
    """Write an article, and the same story in other words."""
    first = WRITER.article(subject="council")
    return first, WRITER.reworded(first, 0.2)


def titles(site: WordPress, status: str) -> set[str]:
    rows = site.sql(
        "SELECT post_title FROM wp_posts WHERE post_type = 'post'"  # noqa: S608 (our own)
        f" AND post_status = '{status}'"
    )
    return {row["post_title"] for row in rows}


def change(site: WordPress, title: str, call: str) -> None:
    """Do something to a post, as somebody does in wp-admin."""
    site.run_php(
        f"[$post] = get_posts(['title' => '{title}', 'post_status' => 'any']); sleep(1); {call};"
    )


def test_a_story_whose_lead_never_comes_is_told_by_the_next(
    room: Pressroom, kiosk: Kiosk, site: WordPress
) -> None:
    """The lead would be too old at its turn: what was dropped for it takes its place."""
    first, filler = WRITER.article(), WRITER.article()
    again = replace(first, text=first.text.rsplit(maxsplit=4)[0])  # shorter, so that it comes last
    late, soon = story(first, 2, "Wire", hours=47), story(again, 3, "Later")
    wire = source(kiosk, "Wire", "news", story(filler, 1, "Wire"), late, soon)
    news = f'{LIVE}[keep]\nmax_age = "2d"\n[pacing]\nper_day = 1\n'
    room.desk.write(wire, '[duplicates]\nsame = "drop"\n', news=news)

    run = room.run()
    room.later = timedelta(hours=1)
    room.run()
    room.later = timedelta(hours=25)
    last = room.run()

    reasons = {one.url: one.reason for one in outcomes(run, "dropped")}
    assert "older than the 2 days" in reasons[late.address]
    assert "which Wire brings in this run" in reasons[soon.address]
    assert [one.url for one in outcomes(last, "created")] == [soon.address]
    assert {filler.title, again.title} <= titles(site, "publish")


def test_a_run_of_one_channel_drops_nothing_for_anothers_posts(
    room: Pressroom, kiosk: Kiosk, site: WordPress
) -> None:
    """What this run does not make leads nobody."""
    first, again = pair()
    sources = source(kiosk, "Herald", "news", story(again, 2, "Herald"))
    both = 'sport", "news'
    sources += source(kiosk, "Wire", both, story(first, 1, "Wire"), more='otherwise = "sport"\n')
    about = 'about = "tariffs"\n'
    room.desk.write(sources, LIST, sport=about + LIVE, news=about + LIVE)

    room.run(channel="news", source="Wire")
    # What waits of a feed that is not asked comes before what is asked.
    one = room.run(channel="news", is_due=lambda row: row.source != "Wire")
    room.run()

    assert [made.title for made in outcomes(one, "created")] == [again.title]
    there = titles(site, "publish") | titles(site, "draft")
    assert {first.title, again.title} & there == {again.title}


def test_nobody_is_named_in_the_trash(room: Pressroom, kiosk: Kiosk, site: WordPress) -> None:
    """A person decides about the repeat of what a person has trashed."""
    first, again = pair()
    wire = source(kiosk, "Wire", "news", story(first, 1, "Wire"))
    room.desk.write(wire, LIST, news=LIVE)
    room.run()
    change(site, first.title, "wp_trash_post($post->ID)")
    herald = source(kiosk, "Herald", "news", story(again, 2, "Herald"))
    room.desk.write(wire + herald, LIST, news=LIVE)

    run = room.run()

    (held,) = outcomes(run, "held")
    assert held.title == again.title
    assert "in the trash" in held.reason
    assert "it is named there" not in held.reason


@pytest.mark.parametrize("is_judged", [True, False], ids=["held-since", "not-judged-since"])
def test_a_saved_plan_tells_no_story_that_was_told_since(
    room: Pressroom, kiosk: Kiosk, site: WordPress, *, is_judged: bool
) -> None:
    """As a repeat, it waits for a person, or for the next run to see it."""
    first, again = pair()
    herald = source(kiosk, "Herald", "news", story(again, 2, "Herald"))
    wire = source(kiosk, "Wire", "news", story(first, 1, "Wire"))
    room.desk.write(herald, news=LIVE)
    planned = room.desk.run("plan", "--json", "--out", "plan.json", "--allow", "all")
    room.desk.write(wire, news=LIVE)
    room.run()
    room.desk.write(wire + herald, news=LIVE)
    room.run(**({} if is_judged else {"source": "Wire"}))

    late = room.desk.sync("--plan", "plan.json", "--allow", "all")

    assert planned.totals == {"created": 1}
    (refused,) = late.outcomes("failed")
    assert refused["reason"].startswith("refused: ")
    assert "near text of " in refused["reason"]
    assert again.title not in titles(site, "publish")


def test_a_rejected_repeat_says_nothing_of_its_channel(room: Pressroom, kiosk: Kiosk) -> None:
    """It goes for what another source has told, and fits as well as that."""
    first, again = pair()
    sources = source(kiosk, "Wire", "news", story(first, 1, "Wire"))
    sources += source(kiosk, "Herald", "news", story(again, 2, "Herald"))
    room.desk.write(sources, news=LIVE)
    run = room.run()
    (held,) = outcomes(run, "held")

    with room.ledger() as ledger:
        teach_rejections(ledger, [waiting(held, held.reason)])
        as_repeat = ledger.topics.lessons()
        teach_rejections(ledger, [waiting(held, "fits it badly")])
        otherwise = ledger.topics.lessons()

    assert as_repeat == ()
    assert [one.key for one in otherwise] == [held.key]


def waiting(held: Outcome, reason: str) -> Waiting:
    told: dict[str, Any] = {"key": held.key, "channel": held.channel, "url": held.url}
    told |= {"kind": "held", "handle": "h-aaaaaa", "source": "Herald", "title": held.title}
    return Waiting(**told, reason=reason, since=None)


def test_what_expires_teaches_nothing_when_it_goes(
    room: Pressroom, kiosk: Kiosk, site: WordPress
) -> None:
    """Who empties the drafts of what is over has no quarrel with its channel."""
    old, kept = WRITER.article(), WRITER.article()
    stories = (story(old, 1, "Paper"), story(kept, 2, "Paper"))
    room.desk.write(source(kiosk, "Paper", "news", *stories, more='expires = "90d"\n'), news=LIVE)
    room.run()
    change(site, kept.title, "wp_update_post(['ID' => $post->ID, 'post_content' => 'Mine.'])")
    room.later = timedelta(days=91)
    room.run()
    drafts = titles(site, "draft")
    room.desk.run("review", "approve", "--all", "--yes")
    still = titles(site, "draft")
    for one in (old, kept):
        change(site, one.title, "wp_trash_post($post->ID)")

    room.run()

    assert old.title in drafts & still, "who approves all brings nothing back whose time is over"
    assert {old.title, kept.title} <= titles(site, "trash")
    with room.ledger() as ledger:
        assert ledger.topics.lessons() == ()


def test_a_run_that_ends_before_it_cuts_leaves_that_to_the_next(
    room: Pressroom, kiosk: Kiosk, site: WordPress, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whose time is over, and was to be cut, is cut at last."""
    article = WRITER.article()
    more = 'expires = "90d"\non_expiry = "excerpt"\n'
    room.desk.write(source(kiosk, "Cut", "news", story(article, 1, "Cut"), more=more), news=LIVE)
    room.run()
    room.later = timedelta(days=91)

    def end(*given: Any) -> Iterator[Outcome]:  # noqa: ANN401
        yield from take_back(*given)
        raise StoppedError("stopped")

    with monkeypatch.context() as patch:
        patch.setattr("wp_sync.pipeline.work.take_back", end)
        ended = room.run()
    last = room.run()

    assert [*outcomes(ended, "updated")] == []
    assert [one.title for one in outcomes(last, "updated")] == [article.title]
    rows = site.sql(
        f"SELECT post_content FROM wp_posts WHERE post_title = '{article.title}'"  # noqa: S608
    )
    assert article.text[-60:] not in rows[0]["post_content"]
