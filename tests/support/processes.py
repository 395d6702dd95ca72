"""Processes beside the test: run to their end, and looked for when they should have ended."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def find_processes(directory: Path) -> list[str]:
    """Find the processes whose command line names the directory."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes()
        except OSError:
            continue
        if str(directory).encode() in command:
            found.append(process.name)
    return found


def run_python(code: str, *arguments: str) -> str:
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
