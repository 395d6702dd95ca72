"""doctor: is the language model there, and does it take the key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from oracle import Oracle, answers, echoes_key, open_oracle, says

if TYPE_CHECKING:
    from collections.abc import Iterator

    from desk import Answer, Desk

KEY = "sk-canary-7Q2wNvX4pLz9"


@pytest.fixture
def oracle() -> Iterator[Oracle]:
    """Open a model that answers."""
    with open_oracle(says({"tags": []})) as opened:
        yield opened


def examine(desk: Desk, oracle: Oracle, more: str = "") -> tuple[Answer, dict[str, Any]]:
    section = f'[assistant]\nurl = "{oracle.url}"\nmodel = "m1"\ntimeout = "60s"\n{more}'
    desk.write("", section)
    answer = desk.run("doctor", "--json")
    checks = {one["check"]: one for one in answer.envelope["data"]["checks"]}
    return answer, checks["assistant"]


def test_a_model_that_answers_is_well(guest: Desk, oracle: Oracle) -> None:
    """One short question, with the key, and nothing in the ledger."""
    guest.environ["WP_SYNC_ASSISTANT_KEY"] = KEY

    answer, check = examine(guest, oracle)

    assert answer.code == 0
    assert (check["state"], check["message"]) == ("ok", "m1 answers")
    assert len(oracle.asked) == 1
    assert oracle.headers[0]["Authorization"] == f"Bearer {KEY}"


@pytest.mark.parametrize(
    ("behave", "message", "cure"),
    [
        pytest.param(echoes_key, "401", "key_file", id="key refused"),
        pytest.param(answers(404), "404", "url", id="elsewhere"),
        pytest.param(answers(200, b"<html>"), "no chat completion", "", id="a web page"),
    ],
)
def test_what_is_wrong_is_told_with_its_cure(
    behave: Any,  # noqa: ANN401
    message: str,
    cure: str,
    guest: Desk,
    oracle: Oracle,
) -> None:
    """In our words: the server's may show the key."""
    guest.environ["WP_SYNC_ASSISTANT_KEY"] = KEY
    oracle.behave = behave

    answer, check = examine(guest, oracle)

    assert answer.code == 1
    assert check["state"] == "failed"
    assert message in check["message"]
    assert cure in check["cure"]
    assert KEY not in answer.out + answer.err


def test_a_key_that_others_may_read_is_refused(guest: Desk, oracle: Oracle) -> None:
    """Nothing is asked with it."""
    (guest.directory / "key").write_text(KEY)
    (guest.directory / "key").chmod(0o644)

    answer, check = examine(guest, oracle, 'key_file = "key"\n')

    assert answer.code == 2
    assert "others may read it" in check["message"]
    assert oracle.asked == []


def test_a_key_of_two_words_is_none(guest: Desk, oracle: Oracle) -> None:
    """A header could not hold it, and an error would show it."""
    guest.environ["WP_SYNC_ASSISTANT_KEY"] = f"{KEY} {KEY}"

    answer, check = examine(guest, oracle)

    assert "one word" in check["message"]
    assert KEY not in answer.out + answer.err
