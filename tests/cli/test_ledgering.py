"""ledger check and backup, as a person sees them; no site is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from desk import Desk

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def owner(tmp_path: Path) -> Desk:
    """Sit down where a site is configured, and none is there."""
    desk = Desk(directory=tmp_path, site="http://127.0.0.1:9", environ={"WP_SYNC_PASSWORD": "none"})
    desk.write("")
    return desk


def make_ledger(desk: Desk) -> Path:
    """Make an empty ledger, as a run does whose site is away."""
    from wp_sync.ledger import open_ledger
    from wp_sync.pipeline.build import utc_now

    open_ledger("sqlite:///wp-sync.db", desk.directory, clock=utc_now).close()
    return desk.directory / "wp-sync.db"


def test_a_ledger_is_checked_and_copied(owner: Desk) -> None:
    """The copy never takes the place of a file that is there, unless it is told to."""
    ledger = make_ledger(owner)
    checked = owner.run("ledger", "check")
    made = owner.run("ledger", "backup", "--json").envelope["data"]
    named = [owner.run("ledger", "backup", "safe.db").code for _ in range(2)]
    refused = owner.run("ledger", "backup", "safe.db")
    forced = owner.run("ledger", "backup", "safe.db", "--force")
    itself = owner.run("ledger", "backup", "wp-sync.db", "--force")

    assert (checked.code, checked.out) == (0, "The ledger is sound: 0 items.\n")
    assert made["file"].endswith(".backup.db")
    assert made["restore"].startswith("cp ")
    assert named == [0, 2]
    assert "safe.db is there already" in refused.err
    assert (forced.code, itself.code) == (0, 2)
    assert ledger.stat().st_size == (owner.directory / "safe.db").stat().st_size


def test_a_damaged_ledger_names_the_ways_out(owner: Desk) -> None:
    """Every command says so, in one message, before it asks any site; check ends with 3."""
    ledger = make_ledger(owner)
    ledger.write_bytes(ledger.read_bytes()[:9_000])
    for command in (("ledger", "check"), ("ledger", "backup"), ("status",), ("sync",)):
        answer = owner.run(*command)

        assert answer.code == 3
        assert answer.err.count("\n") == 1
        assert "wp-sync ledger rebuild" in answer.err
        assert "wp-sync ledger backup" in answer.err


def test_no_ledger_is_no_fault(owner: Desk) -> None:
    """There is nothing to copy yet; rebuild asks somebody."""
    assert owner.run("ledger", "check").out == "There is no ledger yet.\n"
    assert "there is no ledger yet" in owner.run("ledger", "backup").err
    refused = owner.run("ledger", "rebuild")
    assert (refused.code, "give --yes" in refused.err) == (2, True)
