"""The limits of one run: what they hold, what they refuse, and which flag lets it pass."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from wp_sync.config.schema import SafetySection
from wp_sync.errors import UnsafePlanError
from wp_sync.model import Create, ItemKey, Plan, Post, Receipt, Skip, Update
from wp_sync.publish.safety import (
    Name,
    check_safety,
    find_rekey,
    hold_first_run,
    hold_flood,
    hold_rekeyed,
)

LIMITS = SafetySection(share=0.3, changes=20, new_per_feed=2, first_run=2)


def post(number: int, channel: str = "news") -> Post:
    return Post(
        key=ItemKey("feed", str(number)),
        source_url=f"https://news.example/{number}",
        channel=channel,
        title=f"Story {number}",
        body="<p>Text.</p>",
        excerpt="Text.",
        slug=f"story-{number}-abc234",
        mark="abc234",
        status="publish",
        date=datetime(2026, 5, 4, tzinfo=UTC),
    )


def creates(count: int, channel: str = "news") -> Plan:
    changes = tuple(Create(post=post(number, channel), reason="new") for number in range(count))
    return Plan(changes=changes)


def updates(count: int) -> Plan:
    return Plan(
        changes=tuple(
            Update(
                post=post(number),
                wp_id=number,
                fields=("title",),
                receipt=Receipt(key=post(number).key, wp_id=number),
                reason="changed",
            )
            for number in range(count)
        )
    )


@pytest.mark.parametrize(
    ("count", "ours", "touched"),
    [
        pytest.param(21, 1000, 0, id="too many"),
        pytest.param(1, 1000, 20, id="too many with those before"),
        pytest.param(12, 30, 0, id="too large a share"),
    ],
)
def test_a_plan_that_touches_too_much_is_refused(count: int, ours: int, touched: int) -> None:
    """Count and share stop a run, and the message names the flag."""
    with pytest.raises(UnsafePlanError, match="--allow changes"):
        check_safety(updates(count), LIMITS, (), ours=ours, touched=touched)


@pytest.mark.parametrize("allowed", ["changes", "all"])
def test_a_person_may_let_it_pass(allowed: str) -> None:
    """The flag that the message names works, and without it nothing passes."""
    plan = updates(21)

    check_safety(plan, LIMITS, (allowed,), ours=30, touched=0)
    with pytest.raises(UnsafePlanError):
        check_safety(plan, LIMITS, (), ours=30, touched=0)


def test_a_few_changes_on_a_small_site_are_no_danger() -> None:
    """Ten of twelve posts are nothing to stop for; one more is."""
    check_safety(updates(10), LIMITS, (), ours=12, touched=0)
    with pytest.raises(UnsafePlanError):
        check_safety(updates(11), LIMITS, (), ours=12, touched=0)


def test_a_flood_is_held_beyond_the_limit() -> None:
    """The first posts go, the others wait, with the flag that lets them pass."""
    plan = hold_flood(creates(5), 2, "Daily News", ())

    held = [change for change in plan.changes if isinstance(change, Skip)]
    assert plan.counts == {"Create": 2, "Skip": 3}
    assert {change.status for change in held} == {"held"}
    assert "--allow 'flood:Daily News'" in held[0].reason


def test_of_a_flood_the_newest_go() -> None:
    """Whatever order they came in; what has no date counts as new, and a person's word stands."""
    dates = [1, 4, 2, None, 5, 3]
    changes = [
        Create(
            post=replace(
                post(number), published=datetime(2026, 5, day, tzinfo=UTC) if day else None
            ),
            reason="new",
        )
        for number, day in enumerate(dates)
    ]
    changes[0] = replace(changes[0], post=replace(changes[0].post, approved=True))

    plan = hold_flood(Plan(changes=tuple(changes)), 3, "Daily News", ())

    kept = [int(one.post.key.guid) for one in plan.changes if isinstance(one, Create)]
    assert kept == [0, 1, 3, 4]
    assert [isinstance(one, Skip) for one in plan.changes] == [
        False,
        False,
        True,
        False,
        False,
        True,
    ]


def test_a_flood_passes_when_allowed_for_its_source_only() -> None:
    """A flag for one source opens no other."""
    assert hold_flood(creates(5), 2, "Daily News", ("flood:Daily News",)).counts == {"Create": 5}
    assert hold_flood(creates(5), 2, "Daily News", ("flood:Other",)).counts["Skip"] == 3


def test_a_first_run_makes_a_few_drafts_a_channel() -> None:
    """On a site with posts of others the first posts are drafts, and few."""
    both = Plan(changes=creates(3, "news").changes + creates(3, "golf").changes)

    plan = hold_first_run(both, 2, {"golf": 1})

    made = [change.post for change in plan.changes if isinstance(change, Create)]
    assert [(one.channel, one.status) for one in made] == [
        ("news", "draft"),
        ("news", "draft"),
        ("golf", "draft"),
    ]


def test_updates_do_not_count_as_a_flood() -> None:
    """What has a post already is no new post."""
    plan = replace(updates(5), new_terms=())

    assert hold_flood(plan, 2, "Daily News", ()) == plan


def articles(first: int, last: int, title: str = "Story {}", place: str = "old") -> list[Name]:
    return [
        (title.format(number), f"{place}.example/{number}") for number in range(first, last + 1)
    ]


@pytest.mark.parametrize(
    ("fresh", "entries"),
    [
        pytest.param(articles(1, 12, place="new"), 12, id="titles"),
        pytest.param(articles(1, 12, title="Tale {}"), 12, id="addresses"),
        pytest.param(articles(7, 18, place="new"), 13, id="half of them, with one that was known"),
        pytest.param(articles(1, 12, title="STORY &nbsp;{}", place="new"), 12, id="spelled anew"),
    ],
)
def test_known_articles_with_new_ids_are_noticed(fresh: list[Name], entries: int) -> None:
    """A move to another publishing system must not double a month of posts."""
    assert "new ids" in find_rekey(articles(1, 20), fresh, entries)


@pytest.mark.parametrize(
    ("known", "fresh", "entries"),
    [
        pytest.param(articles(1, 20), articles(21, 40), 20, id="all news after a weekend"),
        pytest.param(articles(1, 9), articles(1, 9, place="new"), 9, id="a feed hardly known"),
        pytest.param(articles(1, 20), articles(1, 8, place="new"), 10, id="a fifth was known"),
        pytest.param(articles(1, 20), articles(16, 27, place="new"), 12, id="less than half"),
        pytest.param(
            articles(1, 20, title="Weather today"),
            articles(21, 40, title="Weather today"),
            20,
            id="a title that comes every day",
        ),
        pytest.param(
            [(title, "news.example") for title, _ in articles(1, 20)],
            [(title, "news.example") for title, _ in articles(21, 40)],
            20,
            id="an address that all have",
        ),
        pytest.param(articles(1, 20), [], 0, id="an empty feed"),
    ],
)
def test_new_articles_are_taken_for_no_new_ids(
    known: list[Name], fresh: list[Name], entries: int
) -> None:
    """The guard must not hold back what a busy feed brings."""
    assert not find_rekey(known, fresh, entries)


def test_new_posts_of_a_feed_with_new_ids_are_held_until_they_are_allowed() -> None:
    """All of them: which are doubles, a person sees; the flag stands in the reason."""
    plan = Plan(changes=(*creates(2).changes, *updates(1).changes))

    held = hold_rekeyed(plan, "new ids", "Daily News", ("flood:Daily News",))

    assert held.counts == {"Skip": 2, "Update": 1}
    assert "--allow 'rekey:Daily News'" in held.changes[0].reason
    assert hold_rekeyed(plan, "new ids", "Daily News", ("rekey:Daily News",)) == plan
    assert hold_rekeyed(plan, "new ids", "Daily News", ("all",)) == plan
    assert hold_rekeyed(plan, "", "Daily News", ()) == plan


def test_what_a_person_approved_passes_a_feed_with_new_ids() -> None:
    """They have looked at it."""
    plan = Plan(changes=(Create(post=replace(post(1), approved=True), reason="new"),))

    assert hold_rekeyed(plan, "new ids", "Daily News", ()) == plan
