"""Runs: what each invocation did, and what is remembered beside."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wp_sync.model import ItemKey, Outcome

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from wp_sync.ledger import Ledger


def test_a_run_is_named_by_its_time(ledger: Ledger) -> None:
    """Sorting by id is sorting by time; two runs in a second differ."""
    first, second = ledger.runs.start("sync"), ledger.runs.start("sync")

    assert re.fullmatch(r"20261123T120000-[0-9a-f]{4}", first)
    assert first != second


def test_the_last_runs_come_newest_first(ledger: Ledger, clock: Callable[..., datetime]) -> None:
    """A run without an end was killed, or is under way."""
    for command in ("sync", "plan", "undo"):
        run = ledger.runs.start(command)
        clock.go_on(hours=1)  # type: ignore[attr-defined]
        if command == "plan":
            ledger.runs.finish(run, "done", {"created": 2}, ("all well",))
    undo, plan = ledger.runs.last(2)

    assert (undo.command, undo.status, undo.finished) == ("undo", "", None)
    assert (plan.status, plan.totals, plan.messages) == ("done", {"created": 2}, ("all well",))
    assert plan.finished
    assert (plan.finished - plan.started).total_seconds() == 3600


def test_outcomes_come_back_as_they_landed(ledger: Ledger) -> None:
    """Also those of items that the ledger has forgotten."""
    outcomes = (
        Outcome(
            key=ItemKey("f", "b"),
            status="created",
            stage="publish",
            reason="not seen before",
            url="https://source.example/b",
            title="Rain",
            channel="local",
            wp_id=7,
            link="https://news.example/rain/",
        ),
        Outcome(key=ItemKey("f", "a"), status="failed", stage="extract", reason="time-out"),
    )
    run = ledger.runs.start("sync")
    ledger.items.settle(outcomes, run)
    ledger.items.settle((), run)

    assert ledger.runs.outcomes(run) == outcomes
    assert ledger.runs.outcomes("another") == ()


def test_notes_are_kept_and_replaced(ledger: Ledger) -> None:
    """One value a key; a default where there is none."""
    before = ledger.meta.get("rules"), ledger.meta.get("rules", "none")
    ledger.meta.set("rules", "1")
    ledger.meta.set("rules", "2")

    assert before == ("", "none")
    assert ledger.meta.get("rules") == "2"
