"""Look for processes that should have ended."""

from __future__ import annotations

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
