"""Twins.sift: the posts of one feed, what the ledger knows -> who leads, who waits, and why."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest
from rewording import Writer, Written
from sqlalchemy import insert

from wp_sync.config.channels import Source
from wp_sync.config.schema import DuplicatesSection
from wp_sync.ledger import Ledger, open_ledger, schema
from wp_sync.model import ItemKey, Outcome, Post
from wp_sync.pipeline.twins import Sure, Twins, preferred

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from wp_sync.pipeline.build import Workshop

SITE = "example.news"
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
WRITER = Writer(5)
FIRST = WRITER.article()
AGAIN = WRITER.reworded(FIRST, 0.2)
CORRECTED = WRITER.reworded(FIRST, 0.04, title=False)
FULLER = replace(CORRECTED, text=f"{CORRECTED.text} And there is more to tell.")


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with open_ledger("sqlite:///wp-sync.db", tmp_path, clock=lambda: NOW) as opened:
        opened.meta.set(f"texts read:{SITE}", "2026-11-23")
        yield opened


def source(name: str, priority: int = 0) -> Source:
    feeds = (f"https://{name.lower()}.example/rss",)
    return Source(name=name, feeds=feeds, to=("news",), priority=priority)


def post(written: Written, guid: str, name: str = "Wire", days_old: float = 0) -> Post:
    place = f"https://{name.lower()}.example/"
    return Post(
        key=ItemKey(f"{place}rss", guid),
        source_url=f"{place}{guid}",
        channel="news",
        title=written.title,
        body=f"<p>{written.text}</p>",
        excerpt="",
        slug=f"a-{guid}",
        mark=f"{name}{guid}",
        status="publish",
        date=None,
        published=NOW - timedelta(days=days_old),
    )


def run_of(ledger: Ledger, *, rehearsal: bool = False, **rules: Any) -> Twins:  # noqa: ANN401
    """Begin a run with these rules in [duplicates]."""
    config = SimpleNamespace(duplicates=DuplicatesSection(**rules))
    shop = SimpleNamespace(config=config, ledger=ledger, clock=lambda: NOW)
    return Twins(cast("Workshop", shop), SITE, rehearsal=rehearsal)


def sift(
    twins: Twins, *posts: Post, receipts: set[ItemKey] | None = None, approved: bool = False
) -> list[str]:
    """Sift the posts of one source; say of each "post", or how it ended."""
    name = posts[0].key.feed.partition("//")[2].partition(".")[0].title()
    keys = {one.key for one in posts} if approved else set()
    made = twins.sift(posts, {}, Sure(source(name), receipts or set(), keys))
    twins.keep()
    return [one.status if isinstance(one, Outcome) else "post" for one in made]


def publish(ledger: Ledger, *posts: Post) -> None:
    rows = [
        {"site": SITE, **one.key._asdict(), "wp_id": at, "created_at": NOW, "updated_at": NOW}
        for at, one in enumerate(posts, 7)
    ]
    with ledger.meta.database.write() as connection:
        connection.execute(insert(schema.receipts), rows)


def test_of_two_in_one_feed_the_fullest_leads(ledger: Ledger) -> None:
    """Whichever the feed has first: none of them is on the site yet."""
    short, full = post(FIRST, "1"), post(FULLER, "2")

    assert sift(run_of(ledger), short, full) == ["held", "post"]
    assert sift(run_of(ledger, rehearsal=True), full, short) == ["post", "held"]


def test_what_is_on_the_site_leads_whatever_comes(ledger: Ledger) -> None:
    """Fuller, or corrected at its source, the post there stays; the other one waits."""
    live, fuller = post(FIRST, "1"), post(FULLER, "2")
    sift(run_of(ledger), live)
    publish(ledger, live)

    assert sift(run_of(ledger), fuller, live, receipts={live.key}) == ["held", "post"]
    assert sift(run_of(ledger), replace(live, body=fuller.body), receipts={live.key}) == ["post"]


@pytest.mark.parametrize(
    ("rules", "ends"),
    [
        ({"same": "hold"}, "held"),
        ({"same": "drop"}, "dropped"),
        ({"same": "list"}, "dropped"),
        ({"same": "publish"}, "post"),
        ({"window": "1d"}, "post"),
        ({"window": "3d"}, "held"),
    ],
    ids=["hold", "drop", "list", "publish", "too long ago", "long ago"],
)
def test_the_configuration_says_what_becomes_of_a_repeat(
    ledger: Ledger, rules: dict[str, Any], ends: str
) -> None:
    """Two days after, in another source."""
    lead, repeat = post(FIRST, "1", days_old=2), post(AGAIN, "1", "Herald")
    twins = run_of(ledger, **rules)

    assert sift(twins, lead) == ["post"]
    assert sift(twins, repeat) == [ends]


def test_a_source_is_not_named_in_its_own_post(ledger: Ledger) -> None:
    """What it published twice waits for a person, also where others are listed."""
    assert sift(run_of(ledger, same="list"), post(FIRST, "1"), post(CORRECTED, "2")) == [
        "post",
        "held",
    ]


def test_a_killed_run_is_repeated_alike(ledger: Ledger) -> None:
    """The lead's create got no answer: it may be there, so it leads yet."""
    lead, repeat = post(FIRST, "1"), post(AGAIN, "1", "Herald")
    sift(run_of(ledger), lead)
    with ledger.meta.database.write() as connection:
        begun = {"site": SITE, **lead.key._asdict(), "slug": lead.slug, "begun": NOW, "run": "r"}
        connection.execute(insert(schema.intents), [begun])

    assert sift(run_of(ledger), repeat) == ["held"]


def test_the_same_address_is_the_same_article(ledger: Ledger) -> None:
    """Another feed's item of it takes over a post whose answer was lost: it is no repeat."""
    lead, same = post(FIRST, "1"), post(FIRST, "1", "Herald")

    assert sift(run_of(ledger), lead) == ["post"]
    publish(ledger, lead)
    assert sift(run_of(ledger), replace(same, source_url=f"{lead.source_url}/")) == ["post"]
    assert sift(run_of(ledger), same) == ["held"]


def test_a_lead_that_failed_leads_nobody(ledger: Ledger) -> None:
    """In the same run, and in later ones: nothing is lost with it."""
    lead, repeat = post(FIRST, "1"), post(AGAIN, "1", "Herald")
    twins = run_of(ledger)
    sift(twins, lead)
    twins.forget(lead.key)

    assert sift(twins, repeat) == ["post"]
    assert sift(run_of(ledger), repeat) == ["post"]


def test_a_rehearsal_keeps_nothing(ledger: Ledger) -> None:
    """It finds the same as the run that follows."""
    lead, repeat = post(FIRST, "1"), post(AGAIN, "1", "Herald")
    rehearsed = run_of(ledger, rehearsal=True)
    assert [*sift(rehearsed, lead), *sift(rehearsed, repeat)] == ["post", "held"]

    assert not ledger.sketches.has_any(SITE)
    assert ledger.twins.leads_of(SITE, [repeat.key]) == {}


def test_a_persons_word_is_remembered_for_the_pair(ledger: Ledger) -> None:
    """Approved once, it is never held for that lead again; for another one it may be."""
    lead, repeat = post(FIRST, "1"), post(AGAIN, "1", "Herald")
    sift(run_of(ledger), lead)
    publish(ledger, lead)
    held = sift(run_of(ledger), repeat)
    approved = sift(run_of(ledger), repeat, approved=True)

    again = sift(run_of(ledger), repeat)

    assert (held, approved, again) == (["held"], ["post"], ["post"])


def test_what_a_saved_plan_made_leads_too(ledger: Ledger) -> None:
    """Its articles are not cleaned again: their texts are taken from the posts."""
    lead, repeat = post(FIRST, "1"), post(AGAIN, "1", "Herald")
    twins = run_of(ledger)
    twins.learn([lead], source("Wire"))
    twins.keep()
    publish(ledger, lead)

    assert sift(run_of(ledger), repeat) == ["held"]


def test_of_feeds_that_answer_together_the_preferred_source_goes_first() -> None:
    """Sources alike stay in the order in which they came."""
    jobs = [
        SimpleNamespace(source=source(name, priority))
        for name, priority in (("Wire", 0), ("Herald", 2), ("Times", 0))
    ]

    ordered = sorted(cast("Any", [(job, None) for job in jobs]), key=preferred)

    assert [job.source.name for job, _ in ordered] == ["Herald", "Wire", "Times"]
