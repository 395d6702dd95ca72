"""Break a sandbox for a while, and what doctor says of it."""

from __future__ import annotations

import json
import os
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pytest

from wp_sync.cli.checkup import examine
from wp_sync.cli.options import Face
from wp_sync.cli.output import Screen, envelope

if TYPE_CHECKING:
    from collections.abc import Iterator

    from desk import Desk

    from wp_sync.sandbox.wordpress import WordPress

# A password of the right form that nobody has.
WRONG = "abcd EFGH 1234 ijkl MNOP 5678"


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What doctor came to."""

    code: int
    checks: dict[str, dict[str, Any]] = field(repr=False)

    def state(self, check: str) -> str:
        return str(self.checks[check]["state"])

    def cause(self, check: str) -> str:
        return str(self.checks[check]["message"])

    def cure(self, check: str) -> str:
        return str(self.checks[check]["cure"])


def ask_doctor(desk: Desk, *flags: str, url: str = "", user: str = "", password: str = "") -> Said:
    """Run doctor with another address or login than the desk's, where one is given.

    In this process: the command itself has tests of its own, and a start costs a second.
    """
    secret = password or desk.password
    replace(desk, site=url or desk.site, username=user or desk.username).write("")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WP_SYNC_PASSWORD", secret)
        screen = Screen(face=Face(json=True))
        result = examine(desk.directory / "config.toml", screen, write="--write" in flags)
    assert secret not in json.dumps(envelope(result))
    checks = {one["check"]: one for one in result.data["checks"]}
    return Said(code=result.exit_code, checks=checks)


def expect(said: Said, check: str, state: str, cause: str, cure: str) -> None:
    """Assert how a check ended, with words of the cause and of the cure, and the exit code."""
    shown = f"{said.state(check)}: {said.cause(check)} => {said.cure(check)}"
    assert said.state(check) == state, shown
    assert cause in said.cause(check), shown
    assert cure in said.cure(check), shown
    assert said.code == (3 if state == "failed" else 0), shown


@contextmanager
def plugin(site: WordPress, *codes: str) -> Iterator[None]:
    """Let a must-use plugin run for a while."""
    file = site.add_mu_plugin("odd", "\n".join(codes))
    try:
        yield
    finally:
        file.unlink()


@contextmanager
def rewritten(site: WordPress, before: str, after: str) -> Iterator[None]:
    """Change a word of wp-config.php, whose file other sandboxes may share."""
    config = site.directory / "www/wp-config.php"
    kept = config.with_name("wp-config.kept")
    os.replace(config, kept)  # noqa: PTH105 (a link to a shared file is moved, not followed)
    try:
        text = kept.read_text("utf-8")
        assert before in text
        config.write_text(text.replace(before, after), "utf-8")
        yield
    finally:
        os.replace(kept, config)  # noqa: PTH105
