"""Run functions on untrusted input in children that can neither harm nor outlast us."""

from __future__ import annotations

import io
import json
import os
import pickle
import signal
import socket
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import is_dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any, NoReturn, Self, TypeVar

from wp_sync import errors
from wp_sync.errors import ConfinedError, WpSyncError

from .server import STATUS
from .sharing import Sharing

if TYPE_CHECKING:
    from collections.abc import Callable

_T = TypeVar("_T")

_CHUNK = 1 << 20
_LONGEST_REPLY = 256_000_000  # bytes: our own memory is limited too
# Jobs step back for others: beside two busy processes, on two cores, one took eight times its CPU.
# What a job costs is bounded by its CPU; the wall limit ends one that is stuck.
_BUSY_MACHINE = 12
_SPARE_SECONDS = 30.0  # beyond the child's own limit, before the server counts as lost
_START = "import sys; sys.path[:] = {path!r}; from wp_sync.confine.server import serve; serve({fd})"
_DEATHS = {
    signal.SIGXCPU: "took more than {cpu} s of CPU",
    signal.SIGKILL: "was killed: the machine may be short of memory",
    signal.SIGALRM: "took more than {wall} s",
}
# What a result may be made of, beside plain data and the project's own values.
_PLAIN = {("datetime", name) for name in ("date", "datetime", "timedelta", "timezone")}
# What reading a reply that somebody forged may raise (pickle's documentation names some of them).
_BAD_PICKLES = (
    *(pickle.UnpicklingError, ArithmeticError, AttributeError, EOFError, ImportError),
    *(LookupError, MemoryError, TypeError, ValueError),
)


class Confinement:
    """Children with limits on memory, CPU, time and files. Safe to use from several threads.

    `start` may be called early: the children's libraries then load beside our own work.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._control: socket.socket | None = None
        self._server: subprocess.Popen[bytes] | None = None
        self._used = False
        self._sharing = Sharing(self)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def start(self) -> None:
        """Start the process that forks the children; does not wait for it."""
        with self._lock:
            self._open_control()

    def close(self) -> None:
        """End the children and the process that forks them."""
        self._sharing.stop()
        with self._lock:
            if self._control is not None and self._server is not None:
                self._control.close()
                self._control = None
                if not self._used:
                    self._server.kill()  # it may still be loading libraries, and has no child
                self._server.wait()
        self._sharing.join()

    def run(
        self,
        function: Callable[..., _T],
        *args: object,
        memory_mb: int = 512,
        cpu_seconds: int = 10,
    ) -> _T:
        """Call a module's function in a child of its own and hand back what it returns.

        A WpSyncError comes back as it was raised; whatever else ends the child is a ConfinedError
        that says which limit it met.
        """
        limits = {"memory_mb": memory_mb, "cpu_seconds": cpu_seconds}
        wall = _BUSY_MACHINE * cpu_seconds + 5
        header = {"module": function.__module__, "wall_seconds": wall, **limits}
        ours, theirs = socket.socketpair()
        with ours:
            with theirs, self._lock:
                self._used = True
                socket.send_fds(
                    self._open_control(), [json.dumps(header).encode()], [theirs.fileno()]
                )
            ours.settimeout(wall + _SPARE_SECONDS)
            reply, code = _exchange(ours, pickle.dumps((function, args)))
        if code < 0:
            cause = _DEATHS.get(signal.Signals(-code), "crashed ({name})")
            name = signal.Signals(-code).name
            raise ConfinedError(cause.format(cpu=cpu_seconds, wall=wall, name=name))
        kind, value = _read(reply, code)
        if kind != "result":
            _raise(kind, value, memory_mb)
        result: _T = value
        return result

    def share(self, function: Callable[..., _T], *args: object, cpu_seconds: int = 10) -> _T:
        """Do as `run`, in a child with other small jobs that come at the same time.

        What one of them does to the child costs the others a repeat, and no more.
        """
        result: _T = self._sharing.run(function, *args, cpu_seconds=cpu_seconds)
        return result

    def _open_control(self) -> socket.socket:
        if self._control and self._server and self._server.poll() is not None:
            self._control.close()  # it was killed: somebody was short of memory
            self._control = None
        if self._control is None:
            self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            with theirs:
                start = _START.format(path=sys.path, fd=theirs.fileno())
                self._server = subprocess.Popen(  # noqa: S603 (our own module)
                    (sys.executable, "-I", "-c", start),
                    pass_fds=(theirs.fileno(),),
                    env={"PATH": os.defpath, "LANG": "C.UTF-8"},  # no secret of ours
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    start_new_session=True,  # a Ctrl-C is for us, who then end the children
                )
        return self._control


def _exchange(ours: socket.socket, job: bytes) -> tuple[bytes, int]:
    """Send a job; return what the child wrote, and its exit code."""
    with suppress(ConnectionError):  # it died before it had read all: the code tells how
        ours.sendall(job)
    reply = bytearray()
    try:
        while part := ours.recv(_CHUNK):
            reply += part
            if len(reply) > _LONGEST_REPLY:
                raise ConfinedError("answered too much")
    except OSError as error:
        raise ConfinedError("gave no answer") from error
    if len(reply) < STATUS:
        raise ConfinedError("the process that runs the confined jobs is gone")
    return bytes(reply[:-STATUS]), int.from_bytes(reply[-STATUS:], "big", signed=True)


class _Reader(pickle.Unpickler):
    """Read a child's reply as plain data: the child may be in the hands of what it parsed."""

    def find_class(self, module: str, name: str) -> Any:  # noqa: ANN401 (as in pickle)
        """Return a value type; refuse everything else that a pickle could name."""
        if (module, name) in _PLAIN or module.startswith("wp_sync."):
            found = getattr(import_module(module), name, None)
            is_value = is_dataclass(found) or (isinstance(found, type) and issubclass(found, tuple))
            if isinstance(found, type) and (is_value or (module, name) in _PLAIN):
                return found
        raise ConfinedError(f"answered with {module}.{name}, which is no plain value")


def _read(reply: bytes, code: int) -> tuple[str, Any]:
    if code:
        return "crash", "no result"
    try:
        kind, value = _Reader(io.BytesIO(reply)).load()
    except _BAD_PICKLES as error:
        raise ConfinedError("answered with garbage") from error
    return str(kind), value


def _raise(kind: str, value: Any, memory_mb: int) -> NoReturn:  # noqa: ANN401
    if kind == "memory":
        raise ConfinedError(f"needed more than {memory_mb} MB")
    if kind == "crash":
        raise ConfinedError(f"crashed: {value}")
    name, arguments, attributes = value
    found = getattr(errors, str(name), None)
    if not (isinstance(found, type) and issubclass(found, WpSyncError)):
        raise ConfinedError("answered with garbage")
    # Without __init__, which differs from class to class.
    error = found.__new__(found)
    error.args = tuple(arguments)
    error.__dict__.update(attributes)
    raise error
