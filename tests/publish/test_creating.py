"""Posts made in batches: one commit before, one after, and an end of its own for each."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

import pytest
from office import make_post

from wp_sync.errors import InDoubtError, RejectedError, UnauthorizedError
from wp_sync.publish.apply import apply_plan

if TYPE_CHECKING:
    from office import Office

POST = make_post()
LOST = InDoubtError("the line was cut")
REFUSED = RejectedError("WordPress answered 400: no", code="rest_invalid_param", status=400)


def test_batch_is_begun_and_ended_in_one_commit_each(office: Office) -> None:
    """All intents are there before the first request, none after the last answer."""
    office.site.at_once = 25
    begun: list[int] = []
    office.site.watchers["create_post"] = lambda: begun.append(len(office.intents))
    posts = [make_post(number) for number in range(1, 6)]

    outcomes = office.run(*posts)

    assert begun == [5] * 5
    assert [one.key for one in outcomes] == [post.key for post in posts]
    assert office.intents == ()


def test_each_of_a_batch_has_its_own_end(office: Office) -> None:
    """One is refused, one in doubt, one made; only the doubtful one keeps its intent."""
    office.site.at_once = 25
    office.site.fail("create_post", REFUSED, LOST)
    posts = [make_post(number) for number in (1, 2, 3)]

    outcomes = office.run(*posts)

    assert [one.status for one in outcomes] == ["failed", "failed", "created"]
    assert [intent.key for intent in office.intents] == [posts[1].key]


def test_what_landed_beside_a_stop_is_recorded_and_told(office: Office) -> None:
    """The site refused the login in the middle of a batch."""
    office.site.at_once = 25
    office.site.fail("create_post", None, UnauthorizedError("no login"))
    posts = [make_post(number) for number in (1, 2, 3)]
    plan, state = office.plan(*posts)
    outcomes = apply_plan(plan, office.site, office.journal, office.files, state)

    landed = list(islice(outcomes, 2))
    with pytest.raises(UnauthorizedError):
        next(outcomes)

    assert [one.key for one in landed] == [posts[0].key, posts[2].key]
    assert office.receipt(posts[0])
    assert office.receipt(posts[2])
    assert office.intents == ()


def test_reader_that_leaves_loses_no_answer(office: Office) -> None:
    """Whoever stops listening to outcomes finds all that landed in the ledger."""
    office.site.at_once = 2
    posts = [make_post(number) for number in range(1, 6)]
    plan, state = office.plan(*posts)
    outcomes = apply_plan(plan, office.site, office.journal, office.files, state)

    first = next(outcomes)
    outcomes.close()  # type: ignore[attr-defined]

    assert first.key == posts[0].key
    assert office.intents == ()
    assert len(office.site.posts) == len([post for post in posts if office.receipt(post)])


def test_wish_to_stop_ends_between_batches(office: Office) -> None:
    """What is in hand is told, and nothing else begun."""
    office.site.at_once = 2
    posts = [make_post(number) for number in range(1, 6)]
    plan, state = office.plan(*posts)

    def stop() -> bool:
        return bool(office.site.writes("create_post"))

    outcomes = list(apply_plan(plan, office.site, office.journal, office.files, state, stop))

    assert [one.key for one in outcomes] == [post.key for post in posts[:2]]
    assert office.intents == ()


def test_lost_answer_rests_from_when_we_gave_up(office: Office) -> None:
    """A request that took long to be lost may land just as late as another."""
    office.site.watchers["create_post"] = office.settle
    office.site.fail("create_post", LOST, after=True)
    office.run(POST)
    office.site.watchers.clear()

    (resting,) = office.run(POST)

    assert resting.status == "held"
