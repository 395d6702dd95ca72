"""What the outside may rely on: commands, words, envelopes, exit codes."""

import json
from pathlib import Path
from typing import get_args

import pytest
import typer
from typer.testing import CliRunner

from wp_sync import errors, model
from wp_sync.cli.app import app
from wp_sync.cli.options import Face
from wp_sync.cli.output import Result, Screen, Status, envelope, neutral

README = (Path(__file__).parents[2] / "README.md").read_text()
COMMANDS = (
    "adopt",
    "init",
    "login",
    "logout",
    "add",
    "doctor",
    "feeds list",
    "feeds check",
    "feeds recurring",
    "feeds remove",
    "feeds approve",
    "feeds import",
    "feeds export",
    "inspect feed",
    "inspect page",
    "media gc",
    "plan",
    "sync",
    "status",
    "remap",
    "undo",
    "takedown",
    "history",
    "why",
    "demo",
    "ledger check",
    "ledger backup",
    "ledger rebuild",
    "review list",
    "review show",
    "review open",
    "review approve",
    "review reject",
    "terms accept",
    "terms ignore",
    "terms list",
    "terms map",
    "topics list",
    "topics test",
    "topics train",
    "topics evaluate",
    "timer install",
    "timer remove",
    "timer status",
    "timer test-alert",
    "timer watch",
    "timer report-failure",
)
EXIT_CODES = {
    errors.ConfigError: 2,
    errors.PlanFileError: 2,
    errors.SandboxError: 2,
    errors.NetworkError: 1,
    errors.ParseError: 1,
    errors.RejectedError: 1,
    errors.InDoubtError: 1,
    errors.UnreachableError: 3,
    errors.SiteError: 3,
    errors.DriftError: 3,
    errors.UnauthorizedError: 3,
    errors.UnsafePlanError: 3,
    errors.LedgerError: 3,
    errors.AlreadyRunningError: 75,
}


def names_of(group: object, prefix: str = "") -> list[str]:
    commands: dict[str, object] = getattr(group, "commands", {})
    if not commands:
        return [prefix.strip()]
    return [name for key, one in commands.items() for name in names_of(one, f"{prefix} {key}")]


def test_every_command_is_there() -> None:
    """The list of commands is fixed."""
    assert sorted(names_of(typer.main.get_command(app))) == sorted(COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_documented(command: str) -> None:
    """The README names it, and its help holds an example and the shared options."""
    shown = CliRunner().invoke(app, [*command.split(), "--help"], env={"COLUMNS": "200"})

    assert f"`wp-sync {command}" in README
    assert shown.exit_code == 0
    assert f"Example: wp-sync {command}" in shown.output
    assert all(option in shown.output for option in ("--config", "--json", "--quiet", "--verbose"))


def test_the_words_of_json_are_fixed() -> None:
    """Programmes match on these: a new word is a change of the contract."""
    assert get_args(model.OutcomeStatus) == (
        "created",
        "updated",
        "unchanged",
        "held",
        "dropped",
        "trashed",
        "failed",
    )
    assert get_args(model.Stage) == (
        "sources",
        "curate",
        "extract",
        "clean",
        "mapping",
        "pacing",
        "publish",
    )
    assert get_args(model.FeedStatus) == ("pulled", "unchanged", "failed")
    assert get_args(model.Decision) == ("publish", "draft", "hold", "drop")
    assert get_args(Status) == ("success", "partial", "error")


def test_an_envelope_has_these_keys() -> None:
    """One form for every command, with its version."""
    assert envelope(Result(command="sync", data={"run": "r"}, messages=("m",))) == {
        "version": 1,
        "command": "sync",
        "status": "success",
        "data": {"run": "r"},
        "messages": ["m"],
    }


def test_json_prints_envelopes_only(capsys: pytest.CaptureFixture[str]) -> None:
    """Standard output holds an envelope a line; standard error stays empty."""
    second = Result(command="inspect feed", status="error", messages=("gone",), text=("text",))

    Screen(Face(json=True)).show(Result(command="inspect feed", text=("text",), more=(second,)))

    out, err = capsys.readouterr()
    assert [json.loads(line)["status"] for line in out.splitlines()] == ["success", "error"]
    assert err == ""


@pytest.mark.parametrize(
    ("kind", "code"), [pytest.param(*pair, id=pair[0].__name__) for pair in EXIT_CODES.items()]
)
def test_every_error_has_its_exit_code(kind: type[errors.WpSyncError], code: int) -> None:
    """Scripts and the timer read the code."""
    assert kind.exit_code == code


def test_a_title_cannot_steer_the_terminal() -> None:
    """Escape sequences and bidirectional controls are taken out of what people see."""
    assert neutral("a\x1b[31mb\x9bc\u202ed\n") == "a[31mbcd\n"


def test_wrong_usage_ends_with_two() -> None:
    """An unknown option is wrong usage."""
    assert CliRunner().invoke(app, ["sync", "--nonsense"]).exit_code == 2
