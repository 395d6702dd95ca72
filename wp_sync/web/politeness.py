"""When a host may be asked: one request at a time, a pause between two, and rest when it says so.

A host is a name; above twenty names, an address that they share. A host that a source opened as
private is the owner's, and is no matter of this file.
"""

from __future__ import annotations

import socket
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Literal, TypeAlias
from urllib.parse import urlsplit

from wp_sync.model import HostRest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

Purpose: TypeAlias = Literal["feed", "page", "picture", "robots"]

PAUSES: dict[Purpose, float] = {"feed": 1.0, "robots": 1.0, "page": 2.0, "picture": 2.0}  # seconds
_LONGEST_DELAY = 30.0  # seconds: a longer Crawl-delay is taken at that
MOST_NAMES = 20  # at one address, before they count as one host
_FIRST_REST = timedelta(hours=1)  # doubled by each further refusal in a row
_LONGEST_REST = timedelta(hours=24)
_DOUBLINGS = 5


@dataclass(slots=True)
class _Place:
    lock: threading.Lock = field(default_factory=threading.Lock)
    ended: float = float("-inf")  # when its last request was over
    delay: float = 0.0  # Crawl-delay


class Politeness:
    """Turns at hosts, for all threads of a session."""

    def __init__(
        self,
        *,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        wait: Callable[[float], object] | None = None,
    ) -> None:
        self.clock, self._now = clock, now
        self._over = threading.Event()
        self._wait = wait or self._over.wait
        self._lock = threading.Lock()
        self._places: dict[str, _Place] = {}
        self._addresses: dict[str, str] = {}
        self._names: dict[str, set[str]] = {}
        self._rests: dict[str, HostRest] = {}
        self._news: dict[str, HostRest] = {}
        self.reserved: dict[str, str] = {}  # host -> what it says against machines that read

    def abort(self) -> None:
        """End all waiting."""
        self._over.set()

    def resolve(self, host: str) -> None:
        """Look up at which address a host is, so that names that share one are known to."""
        name = urlsplit(f"//{host}").hostname or ""
        with suppress(OSError, UnicodeError):
            found = socket.getaddrinfo(name, 443, type=socket.SOCK_STREAM)
            self.learn(name, str(found[0][4][0]))

    def learn(self, name: str, address: str) -> None:
        """Keep at which address a name is."""
        with self._lock:
            self._addresses[name] = address
            self._names.setdefault(address, set()).add(name)

    def place(self, url: str) -> str:
        """Return what counts as the host of an address."""
        host = host_of(url)
        address = self._addresses.get(urlsplit(f"//{host}").hostname or "", "")
        return address if len(self._names.get(address, ())) > MOST_NAMES else host

    def free_in(self, url: str, purpose: Purpose) -> float:
        """Count the seconds until a host may be asked, requests under way apart."""
        place = self._find(url)
        pause = max(PAUSES[purpose], place.delay)
        return max(0.0, place.ended + pause - self.clock())

    @contextmanager
    def turn(self, url: str, purpose: Purpose) -> Iterator[None]:
        """Wait for the host, and have it alone."""
        place = self._find(url)
        with place.lock:
            while (left := self.free_in(url, purpose)) > 0 and not self._over.is_set():
                self._wait(left)
            try:
                yield
            finally:
                place.ended = self.clock()

    def slow_down(self, url: str, delay: float) -> None:
        """Take a host's Crawl-delay."""
        self._find(url).delay = min(delay, _LONGEST_DELAY)

    def _find(self, url: str) -> _Place:
        with self._lock:
            return self._places.setdefault(self.place(url), _Place())

    def load(self, rests: Iterable[HostRest]) -> None:
        """Remember the hosts that rest since earlier runs."""
        self._rests |= {rest.host: rest for rest in rests}

    def resting(self, url: str) -> HostRest | None:
        """Return why a host is not asked now; None: it may be."""
        rest = self._rests.get(host_of(url))
        return rest if rest and rest.until and rest.until > self._now() else None

    def refuse(self, url: str, retry_after: float | None) -> None:
        """Let a host rest: as long as it says, or longer each time that it says nothing."""
        host = host_of(url)
        before = self._rests.get(host) or HostRest(host=host)
        if retry_after is not None:
            until, asked = timedelta(seconds=retry_after), True
        else:
            before = replace(before, refusals=before.refusals + 1)
            doubled = _FIRST_REST * 2 ** min(before.refusals - 1, _DOUBLINGS)
            until, asked = min(doubled, _LONGEST_REST), False
        self._keep(replace(before, until=self._now() + until, asked=asked))

    def welcome(self, url: str) -> None:
        """End a host's rest: it answers."""
        host = host_of(url)
        if host in self._rests:
            self._keep(HostRest(host=host))

    def _keep(self, rest: HostRest) -> None:
        with self._lock:
            self._rests[rest.host] = self._news[rest.host] = rest

    def take_news(self) -> tuple[HostRest, ...]:
        """Return the rests that changed since this was asked last."""
        with self._lock:
            news, self._news = tuple(self._news.values()), {}
        return news


def host_of(url: str) -> str:
    """Return the host of an address, with its port where that is no usual one."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return ""
    name = f"[{host}]" if ":" in host else host.rstrip(".")
    return name if port in {None, 80, 443} else f"{name}:{port}"
