"""The layering is a test, not a diagram; and what is slow to import stays out of the way."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
HEAVY = frozenset(
    {
        "PIL",
        "alembic",
        "bs4",
        "feedparser",
        "lxml",
        "nh3",
        "readability",
        "requests",
        "sqlalchemy",
        "tenacity",
        "w3lib",
        "wordpress_xmlrpc",
    }
)
STATUS_CONFIG = """
[site]
url = "https://example.news"
username = "editor"

[fetch]
contact = "editor@example.news"
"""


def run_layers() -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603


def loaded_by(arguments: list[str], directory: Path) -> frozenset[str]:
    """Run the command in a process of its own, and name the heavy packages it loaded."""
    code = (
        "import json, sys\n"
        f"sys.argv = {['wp-sync', *arguments]!r}\n"
        "from wp_sync.__main__ import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "print('\\n' + json.dumps(sorted({name.partition('.')[0] for name in sys.modules})))\n"
    )
    done = subprocess.run(  # noqa: S603 (our own code)
        [sys.executable, "-c", code], cwd=directory, capture_output=True, text=True, check=True
    )
    return HEAVY & set(json.loads(done.stdout.splitlines()[-1]))


def test_the_layers_hold() -> None:
    """A module in the wrong place, an import upwards or sideways, or an impure core fails here."""
    done = run_layers()

    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("arguments", "heavy"),
    [
        pytest.param(["--help"], set(), id="help"),
        pytest.param(["sync", "--help"], set(), id="help of a command"),
        pytest.param(["status"], {"sqlalchemy"}, id="status"),
        pytest.param(["why", "1"], {"sqlalchemy"}, id="why"),
    ],
)
def test_a_command_loads_no_more_than_it_needs(
    arguments: list[str], heavy: set[str], tmp_path: Path
) -> None:
    """Start-up stays quick: help loads nothing heavy, looking at the ledger loads SQL only."""
    (tmp_path / "config.toml").write_text(STATUS_CONFIG)

    assert loaded_by(arguments, tmp_path) == heavy
