"""The process that waits and forks: one limited child a job. Nothing untrusted is read in itself.

It is not multiprocessing's forkserver, which imports the main module again in every child, hands
the whole environment on and outlives a killed parent's children. Here a job is a socket that the
parent passes over; when the parent's own socket closes, everything ends.
"""

from __future__ import annotations

import gc
import json
import os
import pickle
import resource
import selectors
import signal
import socket
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any

from wp_sync.errors import WpSyncError

# Loaded once, beside the parent's own start, so that a child finds them in its memory.
WARM = (
    *("feedparser", "lxml.html", "bs4", "nh3", "PIL.ImageOps"),
    *("PIL.GifImagePlugin", "PIL.JpegImagePlugin", "PIL.PngImagePlugin", "PIL.WebPImagePlugin"),
)
_HEADER = 4096  # bytes, at most, of a job's announcement
STATUS = 4  # bytes that the server adds to what the child wrote: how the child ended
_MOST_FILES = 64
_NICE = 10  # a tenth of the weight of others: enough to end in its time beside them
_AUTOGROUP = Path("/proc/self/autogroup")


def serve(descriptor: int) -> None:
    """Fork a child for each job that comes over this socket, until the parent closes it."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # the parent decides, and may still need us
    _step_back()
    for name in WARM:
        _import(name)
    gc.freeze()  # a collection in a child would copy every page
    control = socket.socket(fileno=descriptor)
    children: dict[int, tuple[int, socket.socket]] = {}  # pidfd -> pid, the job's socket
    with selectors.DefaultSelector() as selector:
        selector.register(control, selectors.EVENT_READ)
        while True:
            for key, _ in selector.select():
                if key.fd in children:
                    selector.unregister(key.fd)
                    _report(key.fd, *children.pop(key.fd))
                    continue
                header, descriptors, *_ = socket.recv_fds(control, _HEADER, 1)
                if not header:
                    for pid, _ in children.values():
                        os.kill(pid, signal.SIGKILL)
                    return
                job = socket.socket(fileno=descriptors[0])
                pidfd, pid = _fork(json.loads(header), job)
                children[pidfd] = (pid, job)
                selector.register(pidfd, selectors.EVENT_READ)


def _step_back() -> None:
    """Let others on this machine go first: the site and its visitors may be among them.

    Linux may weigh whole sessions, not processes, against each other (sched(7), "The autogroup
    feature"): this process leads a session of its own, and its children stay in it.
    """
    with suppress(OSError):  # which a service's filter of system calls may not let us do
        os.nice(_NICE)
    with suppress(OSError):
        _AUTOGROUP.write_text(str(_NICE), "ascii")


def _import(name: str) -> None:
    with suppress(ImportError):  # an extra that is not installed
        import_module(name)


def _report(pidfd: int, pid: int, job: socket.socket) -> None:
    _, status = os.waitpid(pid, 0)
    os.close(pidfd)
    with job, suppress(OSError):
        job.sendall(os.waitstatus_to_exitcode(status).to_bytes(STATUS, "big", signed=True))


def _fork(header: dict[str, Any], job: socket.socket) -> tuple[int, int]:
    _import(header["module"])  # once here instead of in every child
    pid = os.fork()
    if pid:
        return os.pidfd_open(pid), pid
    try:
        _work(header, job)
    finally:
        os._exit(1)


def _work(header: dict[str, Any], job: socket.socket) -> None:
    """Do one job and end this process; never returns."""
    own = os.dup2(job.fileno(), 3)
    os.closerange(4, 4 * _MOST_FILES)  # the parent's and the other jobs' sockets
    _limit(header)
    with socket.socket(fileno=own).makefile("rwb") as stream:
        verdict = _Verdict()
        with verdict:
            function, arguments = pickle.load(stream)  # noqa: S301 (from the parent)
            verdict.reply = pickle.dumps(("result", function(*arguments)))
        stream.write(verdict.reply)
        stream.flush()
    os._exit(0)


def _limit(header: dict[str, Any]) -> None:
    seconds, memory = int(header["cpu_seconds"]), int(header["memory_mb"]) * 1_000_000
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    signal.alarm(int(header["wall_seconds"]))  # not caught: ends the process in C code as well
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (_MOST_FILES, _MOST_FILES))


class _Verdict:
    """Turn whatever a job raises into its reply: hostile input finds bugs of any kind."""

    reply = b""

    def __enter__(self) -> None:
        return

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> bool:
        if isinstance(error, WpSyncError):
            told = ("error", (type(error).__name__, error.args, error.__dict__))
            self.reply = pickle.dumps(told)
        elif isinstance(error, MemoryError):
            self.reply = pickle.dumps(("memory", ""))
        elif error is not None:
            self.reply = pickle.dumps(("crash", f"{type(error).__name__}: {error}"[:500]))
        return True
