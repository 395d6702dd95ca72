"""Words that commands take and print: limits to let pass, envelopes, commands to copy."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

import pytest
from desk import Desk

from wp_sync.cli.planning import _keep
from wp_sync.cli.running import run_data
from wp_sync.ledger import open_ledger
from wp_sync.model import ItemKey, Outcome, Run
from wp_sync.pipeline.build import utc_now

if TYPE_CHECKING:
    from pathlib import Path

SOURCE = '[[sources]]\nname = "Daily News"\nfeeds = ["feed.xml"]\nto = ["news"]\n'


@pytest.fixture
def owner(tmp_path: Path) -> Desk:
    """Sit down in a directory with a blank in its name, where no site is."""
    folder = tmp_path / "my site"
    folder.mkdir()
    desk = Desk(directory=folder, site="http://127.0.0.1:9", environ={"WP_SYNC_PASSWORD": "none"})
    desk.write(SOURCE)
    return desk


@pytest.mark.parametrize("word", ["flod:Daily News", "flood:Daily", "first_run"])
@pytest.mark.parametrize("command", [("plan",), ("sync",), ("sync", "--unattended")])
def test_a_limit_that_is_none_is_refused(owner: Desk, word: str, command: tuple[str, ...]) -> None:
    """A mistyped word would let nothing pass, and nobody would know why."""
    answer = owner.run(*command, "--allow", "changes", "--allow", word)

    assert answer.code == 2
    assert f"there is no limit {word!r} to let pass" in answer.err
    assert "first-run, changes, all, new-site, 'flood:Daily News', 'rekey:Daily News'" in answer.err


@pytest.mark.parametrize("word", ["flood:Daily News", "rekey:Daily News", "new-site", "all"])
def test_a_limit_that_there_is_passes(owner: Desk, word: str) -> None:
    """The site is away: that is told, and no wrong word."""
    assert owner.run("sync", "--allow", word).code == 3


def test_an_outcome_tells_its_warning_and_whether_it_comes_again() -> None:
    """Who reads envelopes sees the exit code 1, and must find why."""
    one = Outcome(
        key=ItemKey("feed", "1"),
        status="updated",
        stage="publish",
        reason="",
        warning="an editor saved",
        again=True,
    )

    data = run_data(Run(id="run", started=utc_now(), outcomes=(one,)))["outcomes"][0]

    assert (data["warning"], data["again"]) == ("an editor saved", True)


def test_the_command_that_puts_a_copy_back_can_be_pasted(owner: Desk) -> None:
    """Also in a directory whose name a shell would take apart."""
    open_ledger("sqlite:///wp-sync.db", owner.directory, clock=utc_now).close()

    data = owner.run("ledger", "backup", "--json", "-c", str(owner.directory / "config.toml"))

    restore = shlex.split(data.envelope["data"]["restore"])
    copy = data.envelope["data"]["file"]
    assert restore == ["cp", copy, str(owner.directory / "wp-sync.db")]


def test_a_plan_replaces_a_link_and_never_what_it_points_to(tmp_path: Path) -> None:
    """Somebody may have put the link there, in a directory that is everybody's."""
    theirs, link = tmp_path / "theirs", tmp_path / "plan.json"
    theirs.write_text("keep me")
    link.symlink_to(theirs)

    _keep(link, "a plan")

    assert theirs.read_text() == "keep me"
    assert link.read_text() == "a plan"
