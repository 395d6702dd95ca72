"""Start-up beside an empty programme of the same libraries, in one run: `make bench`."""

from __future__ import annotations

import compileall
import os
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import wp_sync
from wp_sync.ledger import open_ledger

ROUNDS = 15
LIMIT = 1.3
EMPTY = """
import typer
app = typer.Typer()
@app.command()
def one() -> None:
    pass
@app.command()
def two() -> None:
    pass
app()
"""
ENGINE = """
import typer
app = typer.Typer()
@app.command()
def one() -> None:
    from sqlalchemy import create_engine, text
    with create_engine("sqlite:///wp-sync.db").connect() as connection:
        connection.execute(text("SELECT 1"))
@app.command()
def two() -> None:
    pass
app()
"""
CONFIG = """
[site]
url = "https://example.news"
username = "editor"
[fetch]
contact = "editor@example.news"
"""


def seconds(command: list[str], directory: Path) -> float:
    """Time one start, wall clock."""
    begun = time.perf_counter()
    environ = {**os.environ, "PYTHONDONTWRITEBYTECODE": ""}
    subprocess.run(command, cwd=directory, env=environ, capture_output=True, check=True)  # noqa: S603
    return time.perf_counter() - begun


def compare(name: str, ours: list[str], empty: list[str], directory: Path) -> bool:
    """Time both in turn, print the ratio of the medians, tell whether it is within the limit."""
    pairs = [(seconds(ours, directory), seconds(empty, directory)) for _ in range(ROUNDS)]
    us, them = (statistics.median(column) for column in zip(*pairs[1:], strict=True))
    ratio = us / them
    verdict = "ok" if ratio <= LIMIT else "TOO SLOW"
    times = f"{us * 1000:5.0f} ms, empty {them * 1000:5.0f} ms"
    sys.stdout.write(f"{name:8}{times}, ratio {ratio:.2f} (limit {LIMIT}) {verdict}\n")
    return bool(ratio <= LIMIT)


def main() -> int:
    """Compile the bytecode, run both comparisons."""
    compileall.compile_dir(Path(wp_sync.__file__).parent, quiet=2)
    command = str(Path(sys.executable).parent / "wp-sync")
    with tempfile.TemporaryDirectory() as place:
        directory = Path(place)
        (directory / "empty.py").write_text(EMPTY)
        (directory / "engine.py").write_text(ENGINE)
        (directory / "config.toml").write_text(CONFIG)
        # A ledger as a run leaves it; without one, status would make the tables in memory.
        open_ledger("sqlite:///wp-sync.db", directory, clock=lambda: datetime.now(UTC)).close()
        python = sys.executable
        results = (
            compare("--help", [command, "--help"], [python, "empty.py", "--help"], directory),
            compare("status", [command, "status"], [python, "engine.py", "one"], directory),
        )
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
