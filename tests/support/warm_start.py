"""A process that has imported the command already, and forks for each start of it.

Two thirds of a short command's time are its imports. A fork has its own memory, environment,
directory, files and end, as a start has; what it has not are imports and a hash seed of its own.
Run as a script, with the number of a socket that brings one message and four files a start.
"""

from __future__ import annotations

import gc
import json
import os
import runpy
import selectors
import socket
import sys
from importlib import import_module

# What most commands load; each imports the rest itself.
WARM = (
    "alembic.command",  # what a new ledger needs
    "alembic.config",
    "alembic.ext",
    "sqlalchemy.dialects.sqlite",
    "sqlite3",
    "wp_sync.cli.app",
    "wp_sync.cli.deciding",
    "wp_sync.cli.looking",
    "wp_sync.cli.reviewing",
    "wp_sync.cli.running",
    "wp_sync.cli.taking_back",
    "wp_sync.publish.discovery",
    "wp_sync.publish.rest",
)
LONGEST = 1 << 17  # bytes of a message: arguments and environment
FILES = 4  # standard input, output and error, and where to tell number and end of the fork


def main() -> None:
    """Fork until the other end of the socket closes; go on as the command in each fork."""
    del sys.path[0]  # of this script
    os.environ["PYDANTIC_DISABLE_PLUGINS"] = "__all__"  # as wp_sync.__main__ says, before imports
    for name in WARM:
        import_module(name)
    del os.environ["PYDANTIC_DISABLE_PLUGINS"]
    gc.freeze()
    control = socket.socket(fileno=int(sys.argv[1]))
    message = _await_start(control)
    control.detach()
    if message:
        os.closerange(3, 4096)
        _become(**json.loads(message))


def _await_start(control: socket.socket) -> bytes:
    """Fork at each message; return it in the fork, and nothing at the end."""
    running: dict[int, tuple[int, int]] = {}  # pidfd -> pid, where to tell its end
    with selectors.DefaultSelector() as selector:
        selector.register(control, selectors.EVENT_READ)
        while True:
            for key, _ in selector.select():
                if key.fd in running:
                    selector.unregister(key.fd)
                    _tell_end(key.fd, *running.pop(key.fd))
                    continue
                message, files, *_ = socket.recv_fds(control, LONGEST, FILES)
                pid = os.fork() if message else 0
                if not pid:
                    for number, file in enumerate(files[:3]):
                        os.dup2(file, number)
                    return message
                for file in files[:3]:
                    os.close(file)
                os.write(files[3], f"{pid}\n".encode())
                pidfd = os.pidfd_open(pid)
                running[pidfd] = (pid, files[3])
                selector.register(pidfd, selectors.EVENT_READ)


def _tell_end(pidfd: int, pid: int, told: int) -> None:
    _, status = os.waitpid(pid, 0)
    os.close(pidfd)
    os.write(told, f"{os.waitstatus_to_exitcode(status)}\n".encode())
    os.close(told)


def _become(arguments: list[str], directory: str, environ: dict[str, str]) -> None:
    """Go on as `python -m wp_sync` does in this directory."""
    os.environ.clear()
    os.environ.update(environ)
    os.chdir(directory)
    sys.path.insert(0, directory)
    sys.argv[1:] = arguments
    gc.enable()
    runpy.run_module("wp_sync", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
