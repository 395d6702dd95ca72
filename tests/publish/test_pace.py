"""Pace: how many connections, and when none."""

from __future__ import annotations

from threading import Event, Thread

import pytest

from wp_sync.publish.pace import UPLOAD, WINDOW, Pace


def test_trouble_halves_the_connections() -> None:
    """Readers come first."""
    for status in (429, 500, 503, 504):
        pace = Pace(4)
        pace.tell("POST", status, 0.1)

        assert pace.allowed == 2


def test_one_connection_is_always_left() -> None:
    """Else the run would wait for ever."""
    pace = Pace(2)

    for _ in range(5):
        pace.tell("POST", 503, 0.1)

    assert pace.allowed == 1


def test_connections_come_back_slowly() -> None:
    """One after many good answers, and never more than was configured."""
    pace = Pace(2)
    pace.tell("POST", 503, 0.1)

    for _ in range(WINDOW - 1):
        pace.tell("POST", 201, 0.1)
    before = pace.allowed
    for _ in range(3 * WINDOW):
        pace.tell("POST", 201, 0.1)

    assert (before, pace.allowed) == (1, 2)


@pytest.mark.parametrize(("items", "allowed"), [(1, 1), (25, 2)])
def test_slower_answers_halve_the_connections(items: int, allowed: int) -> None:
    """Slower by the item: a batch may take its time. Uploads are compared with uploads."""
    pace = Pace(2)
    for _ in range(WINDOW):
        pace.tell("POST posts", 201, 0.1)
        pace.tell("POST media", 201, 2.0)

    for _ in range(3):
        pace.tell("POST posts", 201, 0.5, items)

    assert pace.allowed == allowed


def test_pause_is_for_all_connections() -> None:
    """Retry-After holds for whoever asks next, until it is slept through."""
    now = [100.0]
    pace, slept = Pace(2, clock=lambda: now[0]), list[float]()

    until = pace.hold(30)
    now[0] += 10
    with pace.turn(slept.append):
        pass
    pace.release(until)
    with pace.turn(slept.append):
        pass

    assert slept == [20]


def test_longer_pause_outlasts_a_shorter_one() -> None:
    """Two answers may ask for two pauses."""
    pace, slept = Pace(2, clock=lambda: 100.0), list[float]()

    short = pace.hold(5)
    pace.hold(30)
    pace.release(short)
    with pace.turn(slept.append):
        pass

    assert slept == [30]


@pytest.mark.parametrize(("first", "second"), [(1, UPLOAD), (UPLOAD, 1), (UPLOAD, UPLOAD)])
def test_upload_has_the_site_for_itself(first: int, second: int) -> None:
    """Resizing takes a whole processor, and a visitor needs the other one."""
    pace, entered = Pace(2), Event()

    def ask() -> None:
        with pace.turn(lambda _: None, second):
            entered.set()

    with pace.turn(lambda _: None, first):
        waiting = Thread(target=ask)
        waiting.start()
        came_early = entered.wait(0.1)
    waiting.join()

    assert not came_early
    assert entered.is_set()


def test_two_batches_go_side_by_side() -> None:
    """That is what two connections are for; a third one waits until one is free."""
    pace, second, third = Pace(2), Event(), Event()

    def ask(entered: Event, leave: Event) -> None:
        with pace.turn(lambda _: None):
            entered.set()
            leave.wait(30)

    with pace.turn(lambda _: None):
        beside = Thread(target=ask, args=(second, third))
        beside.start()
        came = second.wait(30)
        waiting = Thread(target=ask, args=(third, second))
        waiting.start()
        came_early = third.wait(0.1)
    for thread in (beside, waiting):
        thread.join()

    assert (came, came_early) == (True, False)
    assert third.is_set()
