"""What ends a run while posts are under way: the rest is not sent, and what landed is recorded."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from threading import Barrier, Event, current_thread
from typing import TYPE_CHECKING, Any

import pytest
from office import MoodySite, Office, make_post

from wp_sync.errors import LedgerError, SiteError, UnauthorizedError, UnreachableError
from wp_sync.publish.apply import apply_plan
from wp_sync.publish.attempts import about_to_send
from wp_sync.publish.media import Ready

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from wp_sync.model import ItemKey, Outcome, Post, SitePost

FIRST, SECOND, THIRD = (make_post(number, pictures=()) for number in range(1, 4))
NO_LOGIN = UnauthorizedError("no login")


class BusySite(MoodySite):
    """A site of several connections at which each post has a fate of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.connections_allowed = 2
        self.fates: dict[str, Callable[[], object]] = {}  # by title, before the post is made
        self.lates: dict[str, Callable[[], object]] = {}  # and after it

    @property
    def connections(self) -> int:
        return self.connections_allowed

    def create_post(self, values: Mapping[str, Any]) -> SitePost:
        self.fates.get(values["title"], int)()
        stored = super().create_post(values)
        self.lates.get(values["title"], int)()
        return stored


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    office = Office(tmp_path, site=BusySite())
    yield office
    office.ledger.close()


def fate(office: Office, post: object, what: Callable[[], object]) -> None:
    office.site.fates[post.title] = what  # type: ignore[attr-defined]


def refuse() -> None:
    raise NO_LOGIN


def wait_to_send() -> None:
    """Be about to send until that is refused."""
    for _ in range(10_000):
        about_to_send()
        Event().wait(0.005)


def apply(
    office: Office, *posts: Post, stop: Callable[[], bool] = lambda: False
) -> tuple[list[Outcome], BaseException | None]:
    """Apply the plan of these posts; return what it told, and how it ended."""
    plan, state = office.plan(*posts)
    told: list[Outcome] = []
    try:
        for outcome in apply_plan(plan, office.site, office.journal, office.files, state, stop):
            told.append(outcome)  # noqa: PERF402 (what came before the end counts)
    except (UnauthorizedError, LedgerError) as error:
        return told, error
    return told, None


@pytest.mark.parametrize("order", [(FIRST, SECOND), (SECOND, FIRST)], ids=["behind", "before"])
def test_what_waits_when_the_login_is_refused_is_not_sent(office: Office, order: Any) -> None:  # noqa: ANN401
    """The site has put it off, again and again: nothing of it was made, and nothing rests."""
    fate(office, FIRST, refuse)
    fate(office, SECOND, wait_to_send)

    told, ended = apply(office, *order, THIRD)

    assert ended is NO_LOGIN
    assert told == []
    assert office.intents == ()
    assert office.site.posts == {}


def test_what_is_under_way_when_the_login_is_refused_is_recorded(office: Office) -> None:
    """Its answer came after the other's, and after that was heard."""
    stored = Event()

    def refuse_then() -> None:
        assert stored.wait(60)
        refuse()

    def answer_late() -> None:
        stored.set()
        with pytest.raises(UnreachableError, match="not sent: no login"):
            wait_to_send()

    fate(office, FIRST, refuse_then)
    office.site.lates[SECOND.title] = answer_late  # type: ignore[attr-defined]

    told, ended = apply(office, FIRST, SECOND, THIRD)

    assert ended is NO_LOGIN
    assert [one.key for one in told] == [SECOND.key]
    assert office.receipt(SECOND)
    assert office.intents == ()


def test_what_fails_for_all_leaves_none_unrecorded(office: Office) -> None:
    """Two of three fail with an error of our own, the third has landed."""
    office.site.connections_allowed = 3  # type: ignore[attr-defined]
    landed = Event()
    office.site.watchers["create_post"] = landed.set

    def fail() -> None:
        assert landed.wait(60)
        raise LedgerError("busy")

    fate(office, FIRST, fail)
    fate(office, SECOND, fail)

    _, ended = apply(office, FIRST, SECOND, THIRD)

    assert isinstance(ended, LedgerError)
    assert office.receipt(THIRD)
    assert {intent.key for intent in office.intents} == {FIRST.key, SECOND.key}


def test_what_waits_in_line_is_begun_before_and_not_sent_after_a_wish_to_stop(
    office: Office,
) -> None:
    """A connection never waits for our records; and what was begun for that rests nowhere."""
    stopped, both_sent = Event(), Barrier(2, timeout=60)

    def wait_for_the_third() -> None:
        both_sent.wait()
        for _ in range(6_000):
            if stopped.is_set() or len(office.intents) == 3:
                stopped.set()
                return
            Event().wait(0.01)

    fate(office, FIRST, wait_for_the_third)
    fate(office, SECOND, wait_for_the_third)

    told, ended = apply(office, FIRST, SECOND, THIRD, stop=stopped.is_set)

    assert ended is None
    assert [one.key for one in told] == [FIRST.key, SECOND.key]
    assert len(office.site.posts) == 2
    assert office.intents == ()


def test_who_hears_in_a_thread_that_the_lock_is_lost_ends_the_run(office: Office) -> None:
    """What waits in line behind it is not sent either."""
    main, lost = current_thread(), SiteError("the lock is lost")

    def heed() -> bool:
        if current_thread() is not main and office.site.posts:
            raise lost
        return False

    plan, state = office.plan(*(make_post(number, pictures=()) for number in range(1, 9)))
    with pytest.raises(SiteError) as caught:
        list(apply_plan(plan, office.site, office.journal, office.files, state, heed))

    assert caught.value is lost
    assert len(office.site.posts) <= office.site.connections


def test_intents_stay_young_while_other_pictures_are_brought(office: Office) -> None:
    """A kill amid a long upload must not find them settled: their request is under way."""
    twelve = [make_post(number) for number in range(1, 13)]
    plan, state = office.plan(*twelve)
    slow, landing = twelve[9], Event()
    begun: list[datetime] = []

    def bring(posts: Sequence[Post]) -> dict[ItemKey, Ready]:
        if slow.key not in {post.key for post in posts}:
            office.now += timedelta(hours=1)
            for _ in range(6_000):
                begun[:] = [one.begun for one in office.intents if one.key == slow.key]
                if begun == [office.now]:
                    break
                Event().wait(0.01)
            landing.set()
        return {post.key: Ready(None) for post in posts}

    fate(office, slow, lambda: landing.wait(60))
    state = replace(state, settle=timedelta(seconds=0.4))

    list(apply_plan(plan, office.site, office.journal, bring, state))

    assert begun == [office.now]
