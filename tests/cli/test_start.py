"""What makes the start quick must leave nothing out: every command, every value."""

from __future__ import annotations

from importlib import import_module

import pytest
import typer

from wp_sync import model
from wp_sync.cli.app import app, keep_only

COMMANDS = sorted(typer.main.get_command(app).commands)  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_that_is_asked_for_is_there_alone_or_with_its_group(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its own options, help and subcommands; of the others next to none are made."""
    whole = typer.main.get_command(app).commands[name]  # type: ignore[attr-defined]
    monkeypatch.setattr(app, "registered_commands", app.registered_commands)
    monkeypatch.setattr(app, "registered_groups", app.registered_groups)

    keep_only(name)

    kept = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    assert len(kept) <= 4
    assert [one.name for one in kept[name].params] == [one.name for one in whole.params]
    assert sorted(getattr(kept[name], "commands", {})) == sorted(getattr(whole, "commands", {}))


@pytest.mark.parametrize("word", ["", "--help", "nonsense"])
def test_without_a_command_all_are_there(word: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Help lists all, and a mistyped name is answered with a near one."""
    monkeypatch.setattr(app, "registered_commands", app.registered_commands)
    monkeypatch.setattr(app, "registered_groups", app.registered_groups)

    keep_only(word)

    assert sorted(typer.main.get_command(app).commands) == COMMANDS  # type: ignore[attr-defined]


def test_every_value_of_the_model_is_found() -> None:
    """They are loaded by name: a name without a file would fail in the middle of a run."""
    for name in model.__all__:
        assert getattr(model, name) is not None
    for file, names in model._FILES.items():  # noqa: SLF001
        loaded = import_module(f"wp_sync.model.{file}")
        assert all(hasattr(loaded, name) for name in names.split())
        assert set(names.split()) <= set(model.__all__)
    with pytest.raises(AttributeError, match="no attribute 'Nonsense'"):
        getattr(model, "Nonsense")  # noqa: B009
