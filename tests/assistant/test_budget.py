"""What the assistant may cost: requests, tokens, failures and waits, counted over all runs."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from advised import ARTICLE, EXCERPT, GOOD, KEY, NOW, Desk, with_text
from oracle import Oracle, answers, says

if TYPE_CHECKING:
    from wp_sync.ledger import Ledger


def test_a_day_has_so_many_requests(desk: Desk, oracle: Oracle, ledger: Ledger) -> None:
    """Counted over all runs; said; and there are new ones the next day."""
    desk.settings = {"requests_per_day": 2}
    told: list[str] = []
    for at in range(4):
        desk.open()
        desk.post(with_text(f"{ARTICLE.text} {at}."))
        told += desk.consultant.tell()
    assert len(oracle.asked) == 2
    assert ledger.assistant.spent(NOW.date()) == (2, 720)
    assert "requests_per_day = 2" in told[-1]

    desk.now += timedelta(days=1)
    desk.open()
    desk.post(with_text(f"{ARTICLE.text} 5."))

    assert len(oracle.asked) == 3


def test_a_run_has_so_many_requests(desk: Desk, oracle: Oracle) -> None:
    """The rest of its articles go without."""
    desk.settings = {"requests_per_run": 1}
    desk.open()

    posts = [desk.post(with_text(f"{ARTICLE.text} {at}.")) for at in range(3)]

    assert [one.excerpt == EXCERPT for one in posts] == [True, False, False]
    assert len(oracle.asked) == 1
    assert "requests_per_run = 1" in desk.consultant.tell()[-1]


def test_a_day_has_so_many_tokens(desk: Desk, oracle: Oracle) -> None:
    """What a request may cost must be left before it goes out."""
    desk.settings = {"tokens_per_day": 1000}
    desk.open()

    desk.post()

    assert oracle.asked == []
    assert "tokens_per_day = 1000" in desk.consultant.tell()[-1]


@pytest.mark.parametrize(
    "usage",
    [
        pytest.param(None, id="missing"),
        pytest.param("many", id="a word"),
        pytest.param([], id="a list"),
        pytest.param({}, id="without a total"),
        pytest.param({"total_tokens": "360"}, id="in quotes"),
        pytest.param({"total_tokens": True}, id="true"),
        pytest.param({"total_tokens": 1.5}, id="a fraction"),
        pytest.param({"total_tokens": 0}, id="nothing"),
        pytest.param({"total_tokens": 1}, id="too little"),
        pytest.param({"total_tokens": -50_000}, id="negative"),
        pytest.param({"total_tokens": 10**30}, id="absurd"),
    ],
)
def test_a_count_that_is_none_is_estimated(usage: object, desk: Desk, oracle: Oracle) -> None:
    """Rather too high; the answer counts all the same."""
    oracle.behave = says(GOOD, usage=usage)

    post = desk.post()

    requests, tokens = desk.ledger.assistant.spent(NOW.date())
    sent = len(json.dumps(oracle.asked[0], ensure_ascii=False).encode())
    assert post.excerpt == EXCERPT
    assert requests == 1
    assert sent // 4 < tokens < sent


def test_a_failed_request_counts(desk: Desk, oracle: Oracle) -> None:
    """It was asked, and nobody knows what it cost."""
    oracle.behave = answers(500)
    desk.post()

    requests, tokens = desk.ledger.assistant.spent(NOW.date())

    assert requests == 1
    assert tokens > 500


def test_after_three_failures_in_a_row_a_run_asks_no_more(desk: Desk, oracle: Oracle) -> None:
    """A success between starts the count anew; the next run tries again."""
    fails, works = answers(500), says(GOOD)
    behaviours = [fails, fails, works, fails, fails, fails, works, works]
    for at, behave in enumerate(behaviours):
        oracle.behave = behave
        desk.post(with_text(f"{ARTICLE.text} {at}."))
    told = desk.consultant.tell()
    assert len(oracle.asked) == 6
    assert "3 failures in a row" in told[-1]

    desk.open()
    desk.post(with_text(f"{ARTICLE.text} again."))

    assert len(oracle.asked) == 7


def test_a_key_that_is_not_taken_ends_it_at_once(desk: Desk, oracle: Oracle) -> None:
    """Each further try would be refused, too."""
    oracle.behave = answers(401, KEY.encode())
    for at in range(3):
        desk.post(with_text(f"{ARTICLE.text} {at}."))

    assert len(oracle.asked) == 1
    assert "does not accept the key (401)" in desk.consultant.tell()[-1]
    assert KEY not in str(desk.consultant.tell())


@pytest.mark.parametrize(
    ("behave", "minutes"),
    [
        pytest.param(answers(429, b"", Retry_After="3600"), 60, id="429"),
        pytest.param(answers(429), 15, id="429 without a time"),
        pytest.param(answers(503, b"", Retry_After="600"), 10, id="503"),
    ],
)
def test_told_to_wait_it_waits(behave: Any, minutes: int, desk: Desk, oracle: Oracle) -> None:  # noqa: ANN401
    """In this run and in further ones, until the time is over."""
    oracle.behave = behave
    desk.post()
    oracle.behave = says(GOOD)
    desk.post()
    desk.now += timedelta(minutes=minutes - 1)
    desk.open()
    desk.post()
    assert len(oracle.asked) == 1
    assert "to be left alone until" in desk.consultant.tell()[-1]

    desk.now += timedelta(minutes=2)
    desk.open()

    assert desk.post().excerpt == EXCERPT
