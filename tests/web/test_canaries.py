"""No address inside is connected to, however it is written, and by whatever way it is asked for."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

PROGRAM = Path(__file__).parents[1] / "support/canaries.py"


def test_nothing_inside_is_connected_to() -> None:
    """In a network of its own, where all addresses are there; without a guard they are reached."""
    apart = ("unshare", "--net", "--map-root-user")
    done = subprocess.run(  # noqa: S603 (our own program)
        [*apart, sys.executable, PROGRAM], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, f"needs a network namespace of its own: {done.stderr[-500:]}"
    told = json.loads(done.stdout)

    control = told.pop("without a guard")
    assert told.pop("hits") == []
    assert {"127.0.0.1", "169.254.169.254", "10.0.0.5", "fd00::5"} <= {*control}
    assert len(control) >= 12
    assert min(told.values()) >= 120
    assert len(told) == 6
