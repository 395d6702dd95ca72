"""Run the command from processes that wait for it with their imports done (warm_start.py)."""

from __future__ import annotations

import atexit
import json
import os
import signal
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import cache
from itertools import cycle
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

SCRIPT = Path(__file__).with_name("warm_start.py")
SEEDS = 2  # processes in turn, each with other hashes, as two starts have
OURS = ("WP_SYNC_", "PYTEST_")  # variables that nothing looks at while it is imported
AT_FIRST = dict(os.environ)


def is_usual(environ: Mapping[str, str]) -> bool:
    """Tell whether imports would come out the same under this environment."""
    return _kept(environ) == _kept(AT_FIRST)


def run_warm(
    arguments: Sequence[str], directory: Path, environ: Mapping[str, str], piped: str
) -> tuple[int, str, str]:
    """Run the command to its end; return its exit code, output and complaints."""
    return next(_turns()).run(arguments, directory, environ, piped)


class Warm:
    """One process that forks; it ends with us."""

    def __init__(self) -> None:
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 (our own script)
                (sys.executable, str(SCRIPT), str(theirs.fileno())),
                pass_fds=(theirs.fileno(),),
                env=AT_FIRST,
                start_new_session=True,  # a Ctrl-C is for us
            )
        atexit.register(self._close)

    def run(
        self, arguments: Sequence[str], directory: Path, environ: Mapping[str, str], piped: str
    ) -> tuple[int, str, str]:
        """Fork, feed and hear the command."""
        (feed, into), (out, said), (err, moaned), (end, told) = (os.pipe() for _ in range(4))
        theirs = (feed, said, moaned, told)
        message = {"arguments": arguments, "directory": str(directory), "environ": dict(environ)}
        socket.send_fds(self._control, [json.dumps(message).encode()], theirs)
        for file in theirs:
            os.close(file)
        with ThreadPoolExecutor(2) as readers, os.fdopen(end) as ending:
            heard = [readers.submit(_read, file) for file in (out, err)]
            pid = int(ending.readline())
            try:
                with suppress(BrokenPipeError), os.fdopen(into, "w") as pipe:
                    pipe.write(piped)
                code = int(ending.readline())
            except BaseException:  # the test takes too long
                os.kill(pid, signal.SIGKILL)
                raise
            return code, heard[0].result(), heard[1].result()

    def _close(self) -> None:
        self._control.close()
        self._process.wait()


@cache
def _turns() -> Iterator[Warm]:
    return cycle([Warm() for _ in range(SEEDS)])


def _kept(environ: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in environ.items() if not name.startswith(OURS)}


def _read(file: int) -> str:
    with os.fdopen(file) as pipe:
        return pipe.read()
