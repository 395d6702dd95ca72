"""Confinement: what a child may cost, what comes back, and that nothing outlives us."""

from __future__ import annotations

import json
import math
import operator
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from wp_sync.confine import Confinement
from wp_sync.errors import ConfigError, ConfinedError, ParseError
from wp_sync.model import Item, ItemKey
from wp_sync.sources.parse import Source, parse_feed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture(scope="module")
def confinement() -> Iterator[Confinement]:
    """Share one confinement: its start is the slow part."""
    with Confinement() as shared:
        yield shared


def test_result_comes_back(confinement: Confinement) -> None:
    """Plain data travels both ways, also when it is large."""
    assert confinement.run(math.sqrt, 9.0) == 3.0
    assert confinement.run(bytes, 30_000_000) == bytes(30_000_000)
    assert confinement.run(len, bytes(30_000_000)) == 30_000_000


def test_own_values_come_back(confinement: Confinement) -> None:
    """The project's frozen values are plain data."""
    item = Item(key=ItemKey("feed", "1"), title="Rain")

    assert confinement.run(operator.itemgetter(0), [item]) == item


def test_own_error_comes_back_as_it_was_raised(confinement: Confinement) -> None:
    """A WpSyncError keeps its type, its message and what it carries."""
    source = Source(feed="the feed", location="http://a.example/feed")

    with pytest.raises(ParseError, match=r"a.example/feed is empty") as caught:
        confinement.run(parse_feed, b"", source, {}, None)
    assert (caught.value.feed, caught.value.transient) == ("the feed", False)
    assert caught.value.cure


@pytest.mark.parametrize(
    ("function", "arguments", "cause"),
    [
        pytest.param(bytearray, (10**9,), "needed more than 256 MB", id="memory"),
        pytest.param(operator.pow, (7, 10**8), "took more than 1 s of CPU", id="CPU in C code"),
        pytest.param(time.sleep, (600,), "took more than 3 s", id="wall"),
        pytest.param(os.abort, (), r"crashed \(SIGABRT\)", id="abort"),
        pytest.param(os._exit, (3,), "crashed: no result", id="exit"),
        pytest.param(json.loads, ("[" * 100_000,), "crashed: RecursionError", id="recursion"),
        pytest.param(operator.truediv, (1, 0), "crashed: ZeroDivisionError", id="bug"),
        pytest.param(sys.exit, (0,), "crashed: SystemExit", id="system exit"),
        pytest.param(ConfigError, ([],), "is no plain value", id="not a plain value"),
        pytest.param(open, ("/dev/null",), "crashed: TypeError", id="unpicklable"),
    ],
)
def test_death_is_told_in_words(
    confinement: Confinement,
    monkeypatch: pytest.MonkeyPatch,
    function: Callable[..., object],
    arguments: tuple[object, ...],
    cause: str,
) -> None:
    """Whatever ends a child is a ConfinedError that names the limit or the crash."""
    # Beside others that are at work the second of CPU takes many: only who sleeps meets this end.
    seconds = -2 if function is time.sleep else 240
    monkeypatch.setattr("wp_sync.confine.confinement._BUSY_MACHINE", seconds)
    with pytest.raises(ConfinedError, match=cause):
        confinement.run(function, *arguments, memory_mb=256, cpu_seconds=1)


def test_reply_may_not_name_functions(confinement: Confinement) -> None:
    """A child in the hands of its input can't make us call anything."""
    with pytest.raises(ConfinedError, match="system, which is no plain value"):
        confinement.run(eval, "__import__('os').system")


def test_child_has_no_secrets_and_no_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The environment is scrubbed, nothing is shared, and nothing can be written."""
    monkeypatch.setenv("WP_SYNC_PASSWORD", "canary")
    with Confinement() as fresh:
        assert fresh.run(eval, "sorted(__import__('os').environ)") == ["LANG", "PATH"]
        assert fresh.run(os.listdir, "/proc/self/fd") == ["0", "1", "2", "3", "4"]
        assert fresh.run(os.readlink, "/proc/self/fd/1") == "/dev/null"
        with pytest.raises(ConfinedError, match="File too large"):
            fresh.run(Path.write_bytes, tmp_path / "x", bytes(10))


def test_jobs_of_several_threads_run_side_by_side(confinement: Confinement) -> None:
    """Each thread gets its own answer, and a slow child keeps no other waiting."""
    with ThreadPoolExecutor(8) as pool:
        slow = pool.submit(confinement.run, time.sleep, 600, cpu_seconds=60)
        (child,) = wait_for_children(confinement.run(os.getppid))
        roots = list(
            pool.map(lambda number: confinement.run(math.isqrt, number * number), range(40))
        )

        assert not slow.done()
        os.kill(child, signal.SIGKILL)
        assert isinstance(slow.exception(), ConfinedError)
    assert roots == list(range(40))


def test_server_that_was_killed_is_started_anew(confinement: Confinement) -> None:
    """The system's killer may pick it: one job fails at most."""
    server = confinement.run(os.getppid)
    os.kill(server, signal.SIGKILL)
    assert wait_until_gone(server)

    assert confinement.run(math.sqrt, 4.0) == 2.0


def test_a_job_costs_a_fork_and_no_import(confinement: Confinement) -> None:
    """Each child is a new one of the same server, and finds the parsers loaded."""
    children = {confinement.run(os.getpid) for _ in range(5)}
    servers = {confinement.run(os.getppid) for _ in range(5)}

    assert (len(children), len(servers)) == (5, 1)
    assert confinement.run(eval, "'feedparser' in __import__('sys').modules") is True


def test_close_ends_server_and_children() -> None:
    """After close nothing of it runs, not even a child in the middle of its work."""
    confinement = Confinement()
    server = confinement.run(os.getppid)
    with ThreadPoolExecutor(1) as pool:
        job = pool.submit(confinement.run, time.sleep, 60)
        (child,) = wait_for_children(server)
        confinement.close()

        assert isinstance(job.exception(), ConfinedError)
    assert all(wait_until_gone(pid) for pid in (server, child))


def test_nothing_outlives_a_killed_parent(tmp_path: Path) -> None:
    """SIGKILL leaves us no time to clean up, so the server watches for it."""
    script = tmp_path / "parent.py"
    script.write_text(
        "import os, threading, time\n"
        "from wp_sync.confine import Confinement\n"
        "confinement = Confinement()\n"
        "print(confinement.run(os.getppid), flush=True)\n"
        "confinement.run(time.sleep, 60, cpu_seconds=60)\n"
    )
    with subprocess.Popen((sys.executable, script), stdout=subprocess.PIPE) as parent:  # noqa: S603
        assert parent.stdout is not None
        server = int(parent.stdout.readline())
        (child,) = wait_for_children(server)
        parent.kill()

    assert all(wait_until_gone(pid) for pid in (server, child))


def wait_for_children(pid: int) -> list[int]:
    for _ in range(3_000):
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        if children:
            return [int(one) for one in children]
        time.sleep(0.02)
    return []


def wait_until_gone(pid: int) -> bool:
    for _ in range(3_000):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return True
        if state == "Z":  # dead; its new parent has not looked yet
            return True
        time.sleep(0.02)
    return False


def test_pictures_and_parsing_step_back_for_a_site_on_the_same_machine(
    confinement: Confinement,
) -> None:
    """Without it each job was weighed like a whole web server, and visitors waited for it."""
    assert confinement.run(os.nice, 0) == min(19, os.nice(0) + 10)
    group = Path("/proc/self/autogroup")
    if group.exists():  # Linux may be built without it
        own = confinement.run(Path.read_text, group)
        assert own.endswith("nice 10\n")
        assert own == confinement.run(Path.read_text, group)  # one for all jobs
        assert own.split()[:1] != group.read_text("ascii").split()[:1]  # which may have none
