"""The cache is filled from packages, once, and says what it lacks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from wp_sync.errors import SandboxError
from wp_sync.sandbox.download import fetch_wordpress, find_cache, find_core

if TYPE_CHECKING:
    from pathlib import Path


def test_full_cache_is_left_alone() -> None:
    """A second fetch touches nothing and says where the WordPress is."""
    before = find_core().stat().st_mtime_ns
    lines: list[str] = []

    assert fetch_wordpress(find_cache(), lines.append) == find_core()
    assert lines == [f"WordPress 6.5.5 is in {find_core()}"]
    assert find_core().stat().st_mtime_ns == before


def test_missing_npm_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without npm the message names it, and no half-filled cache stays behind."""
    monkeypatch.setenv("PATH", "")

    with pytest.raises(SandboxError, match=r"npm is missing \(install npm"):
        fetch_wordpress(tmp_path, lambda _line: None)
    assert [path.name for path in tmp_path.iterdir()] in ([], ["wordpress.lock"])


def test_machine_without_apt_is_told_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The older and newer cores need Debian's packages, and the message says that."""
    monkeypatch.setenv("PATH", "")

    with pytest.raises(SandboxError, match=r"apt-get is missing \(.*Debian's packages"):
        fetch_wordpress(tmp_path, lambda _line: None, "6.1")
    assert [path.name for path in tmp_path.iterdir()] == ["wordpress.lock"]


def test_apt_without_a_mirror_is_told_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An apt whose sources name no Debian says what to put into them."""
    settings = tmp_path / "apt.conf"
    settings.write_text('Dir::Etc::sourcelist "/dev/null"; Dir::Etc::sourceparts "/dev/null";\n')
    monkeypatch.setenv("APT_CONFIG", str(settings))

    with pytest.raises(SandboxError, match=r"no Debian mirror \(name a Debian mirror"):
        fetch_wordpress(tmp_path / "cache", lambda _line: None, "6.8")
