"""The lock of a site's directory, and what it says of who holds it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from wp_sync.errors import AlreadyRunningError
from wp_sync.unattended.lock import hold_lock

HOLDER = ".wp-sync.holder"


def test_the_holder_is_named_and_forgotten(tmp_path: Path) -> None:
    """By process; at the end nothing stays that would name it."""
    with (
        hold_lock(tmp_path),
        pytest.raises(AlreadyRunningError, match=f"process {os.getpid()} on "),
        hold_lock(tmp_path),
    ):
        pass

    assert [path.name for path in tmp_path.iterdir() if "holder" in path.name] == []


def test_a_holder_that_has_only_begun_is_another_process(tmp_path: Path) -> None:
    """It has the lock, and has not yet said who it is."""
    with hold_lock(tmp_path):
        (tmp_path / HOLDER).write_text("")

        with pytest.raises(AlreadyRunningError, match="another process"), hold_lock(tmp_path):
            pass


def test_a_holder_that_ends_meanwhile_is_another_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was there when we looked, and is gone when we read."""
    with hold_lock(tmp_path):
        (tmp_path / HOLDER).unlink()
        monkeypatch.setattr(Path, "exists", lambda _: True)

        with pytest.raises(AlreadyRunningError, match="another process"), hold_lock(tmp_path):
            pass


def test_a_holder_is_never_half_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever reads finds a whole line, at any moment."""
    seen: list[bool] = []
    write = Path.write_text

    def look(path: Path, *told: str) -> int:
        count = write(path, "")  # as the system does first
        seen.append((tmp_path / HOLDER).exists())
        return count + write(path, *told)

    monkeypatch.setattr(Path, "write_text", look)
    with hold_lock(tmp_path):
        pass

    assert seen == [False]
