"""One writer at a time: of any number of machines, in whatever order their requests come in."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from lock_time import Time, make_lock

from wp_sync.errors import AlreadyRunningError, InDoubtError, SiteError
from wp_sync.publish.discovery import discover
from wp_sync.publish.lock import SiteLock
from wp_sync.publish.memory import MemoryTarget
from wp_sync.publish.rest import RestTarget
from wp_sync.publish.rest_api import RestApi

if TYPE_CHECKING:
    from wp_sync.publish.target import Marker, Target
    from wp_sync.sandbox.wordpress import WordPress


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def site(time: Time) -> MemoryTarget:
    return MemoryTarget(now=time.now)


@pytest.fixture(params=["memory", "editor", "author"])
def target(request: pytest.FixtureRequest) -> Target:
    """Give each test all kinds: an author may make no pages, and marks with a post."""
    if request.param == "memory":
        return MemoryTarget()
    wordpress: WordPress = request.getfixturevalue("wordpress")
    user, root = wordpress.users[request.param], discover(wordpress.url)
    target = RestTarget(RestApi(root.root, user.login, user.application_password), root)
    target.identify()
    return target


def test_a_marker_is_made_renewed_and_deleted(target: Target) -> None:
    """Its moment is the site's; the second one of a machine is told from the first by its id."""
    markers = target.markers
    first, second = (markers.make("abc123", "wp-sync: here") for _ in range(2))

    assert markers.list_all() == (first, second) or markers.list_all() == (second, first)
    assert first.wp_id < second.wp_id
    assert (second.token, second.title) == ("abc123", "wp-sync: here")
    assert markers.renew(second.wp_id, second.title)
    for one in (first, second, second):
        markers.drop(one.wp_id)
    assert not markers.renew(second.wp_id, second.title)
    assert markers.list_all() == ()


def test_a_marker_is_no_article(target: Target) -> None:
    """No list and no search takes it for a post of anybody."""
    before, since = target.list_posts(), datetime.now(UTC) - timedelta(minutes=5)
    waiting = target.waiting_ids()
    made = target.markers.make("abc123", "wp-sync: here")

    assert target.list_posts() == before
    assert target.waiting_ids() == waiting
    assert made.wp_id not in {one.wp_id for one in target.read_waiting()}
    assert made.wp_id not in {one.wp_id for one in target.changed_since(since)}
    assert made.wp_id not in {one.wp_id for one in target.search_posts(("wp-sync",))}
    target.markers.drop(made.wp_id)


def test_a_lone_writer_asks_twice_and_once_more_at_the_end(wordpress: WordPress) -> None:
    """Taking it again costs nothing."""
    user, root = wordpress.users["editor"], discover(wordpress.url)
    api, asked = RestApi(root.root, user.login, user.application_password), list[str]()
    api.patience = replace(api.patience, answered=lambda: asked.append(""))
    lock = SiteLock(RestTarget(api, root).markers, "abc", "wp-sync: here", remember=lambda _: ())

    taken = [lock.take(), lock.take(), lock.take()]
    lock.keep()

    assert taken == [True, False, False]
    assert len(asked) == 2
    lock.drop()
    lock.drop()
    assert len(asked) == 3


def test_who_comes_later_gives_way_and_names_the_other(site: MemoryTarget, time: Time) -> None:
    """Nothing of it stays; when the first has ended it may write."""
    first, second = (make_lock(site.markers, time, name) for name in ("aa", "bb"))
    first.take()

    with pytest.raises(AlreadyRunningError, match=r"a run is at work on aa \(draft 1 "):
        second.take()

    assert [one.token for one in site.markers.list_all()] == ["aa"]
    first.drop()
    assert second.take()


def test_the_first_waits_for_a_later_one_to_give_way(site: MemoryTarget, time: Time) -> None:
    """Both were there when it looked; the later one saw it, and goes."""
    lock, list_all = make_lock(site.markers, time, "aa"), site.markers.list_all

    def list_with_rival() -> tuple[Marker, ...]:
        site.markers.list_all = list_all  # type: ignore[method-assign]
        rival = site.markers.make("bb", "wp-sync: a run is at work on bb")
        time.while_waiting = lambda: site.markers.drop(rival.wp_id)
        return list_all()

    site.markers.list_all = list_with_rival  # type: ignore[method-assign]

    assert lock.take()
    assert time.waited == [1]


def test_a_later_one_that_stays_has_it(site: MemoryTarget, time: Time) -> None:
    """It may have looked before the first one's marker was stored."""
    lock, list_all = make_lock(site.markers, time, "aa"), site.markers.list_all

    def list_with_rival() -> tuple[Marker, ...]:
        site.markers.list_all = list_all  # type: ignore[method-assign]
        site.markers.make("bb", "wp-sync: a run is at work on bb")
        return list_all()

    site.markers.list_all = list_with_rival  # type: ignore[method-assign]

    with pytest.raises(AlreadyRunningError, match="at work on bb"):
        lock.take()
    assert [one.token for one in site.markers.list_all()] == ["bb"]


def test_a_left_over_marker_of_our_own_does_not_stop_us(site: MemoryTarget, time: Time) -> None:
    """A run that was killed is followed by the next at once, and by nobody else."""
    make_lock(site.markers, time, "aa").take()

    with pytest.raises(AlreadyRunningError):
        make_lock(site.markers, time, "bb").take()
    assert make_lock(site.markers, time, "aa").take()
    assert len(site.markers.list_all()) == 1


def test_a_marker_that_nobody_renews_expires(site: MemoryTarget, time: Time) -> None:
    """A machine that is gone for good stops the others for a quarter of an hour."""
    make_lock(site.markers, time, "aa").take()
    time.seconds += 15 * 60
    with pytest.raises(AlreadyRunningError):
        make_lock(site.markers, time, "bb").take()
    time.seconds += 1

    assert make_lock(site.markers, time, "bb").take()
    assert [one.token for one in site.markers.list_all()] == ["bb"]


def test_a_writer_renews_its_marker(site: MemoryTarget, time: Time) -> None:
    """A run of hours keeps it, in one request every few minutes."""
    lock = make_lock(site.markers, time, "aa")
    lock.take()
    moments = set()
    for _ in range(120):
        time.seconds += 60
        lock.keep()
        moments.add(site.markers.list_all()[0].modified)

    assert len(moments) == 1 + 30
    with pytest.raises(AlreadyRunningError):
        make_lock(site.markers, time, "bb").take()


def test_who_stood_still_takes_it_anew(site: MemoryTarget, time: Time) -> None:
    """A machine that slept may have lost it: what it read before is old."""
    lock = make_lock(site.markers, time, "aa")
    lock.take()
    time.seconds += 600

    assert lock.take()
    assert len(site.markers.list_all()) == 1


@pytest.mark.parametrize("how", ["slept", "deleted"])
def test_a_lost_lock_ends_the_run(site: MemoryTarget, time: Time, how: str) -> None:
    """In the midst of a plan there is no way to know what was written meanwhile."""
    lock = make_lock(site.markers, time, "aa")
    lock.take()
    time.seconds += 600 if how == "slept" else 240
    if how == "deleted":
        site.markers.there.clear()

    with pytest.raises(SiteError, match="another machine may be writing"):
        lock.keep()
    assert site.markers.list_all() == ()


def test_a_renewal_without_an_answer_is_asked_again(site: MemoryTarget, time: Time) -> None:
    """One cut line is no loss of the lock."""
    lock, renew = make_lock(site.markers, time, "aa"), site.markers.renew
    lock.take()
    time.seconds += 240

    def cut(_wp_id: int, _title: str) -> bool:
        site.markers.renew = renew  # type: ignore[method-assign]
        raise InDoubtError("no answer")

    site.markers.renew = cut  # type: ignore[method-assign, assignment]
    lock.keep()
    lock.keep()

    assert site.markers.list_all()[0].modified == "2026-05-04T12:04:00"


def test_a_site_that_hides_what_was_just_made_is_refused(site: MemoryTarget, time: Time) -> None:
    """Its list is old, so it may hide another machine's marker too."""
    site.markers.list_all = tuple  # type: ignore[method-assign]

    with pytest.raises(SiteError, match="does not list the draft"):
        make_lock(site.markers, time, "aa").take()
    assert site.markers.there == {}


def test_a_lost_lock_stays_lost_for_all_threads(site: MemoryTarget, time: Time) -> None:
    """The first that hears of it has given the marker back; no other may write after that."""
    lock = make_lock(site.markers, time, "here")
    lock.take()
    site.markers.drop(1)
    time.seconds += 300
    for _ in range(2):
        with pytest.raises(SiteError, match="another machine may be writing"):
            lock.keep()

    assert lock.take()
    lock.keep()
