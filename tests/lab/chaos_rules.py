"""A chaos proxy's programme: what happens to which exchange, and what became of it."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Callable

    from toxics import Toxic

End = Literal["keep", "close", "reset"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request as the client sent it."""

    number: int  # of all requests, from 1
    write: int  # of all writes, from 1; 0 for a read
    method: str
    path: str
    headers: dict[str, str]
    body: bytes = field(repr=False)
    raw_head: bytes = field(repr=False)

    @property
    def json(self) -> Any:  # noqa: ANN401 (as json gives it)
        with suppress(ValueError):
            return json.loads(self.body)
        return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What happens to one exchange, in the order of the fields."""

    name: str
    end_first: End = "keep"  # before the request is looked at: nothing goes on
    wait: float = 0  # seconds before the request goes on
    hold: Callable[[Request], object] | None = None  # done before it goes on, in a thread
    forward: bool = True  # False: the server never hears of it
    share: float = 1.0  # of the request that reaches the server, before the line breaks
    without: tuple[str, ...] = ()  # headers that are lost on the way
    alter: Callable[[bytes], bytes] | None = None  # of the request's body
    then: Callable[[Request], object] | None = None  # done after the server has answered
    change: Callable[[bytes], bytes] | None = None  # of the whole answer, its head included
    reply: bytes | None = None  # instead of the server's answer, byte for byte
    toxics: tuple[Toxic, ...] = ()
    spare: Literal["", "head", "most of the head"] = ""  # what of the answer the toxics leave alone
    end: End = "keep"  # after the answer; what is no proper answer closes the line


@dataclass(slots=True)
class Rule:
    """Which requests a fault happens to: from the `first` that fits on, so many `times`."""

    fault: Fault | Callable[[Request], Fault | None]
    fits: Callable[[Request], bool] = lambda _: True
    first: int = 1
    times: int | None = None
    seen: int = 0

    def take(self, request: Request) -> Fault | None:
        """Count a request that fits, and tell what happens to it."""
        if not self.fits(request):
            return None
        self.seen += 1
        if self.seen < self.first or (self.times and self.seen >= self.first + self.times):
            return None
        return self.fault if isinstance(self.fault, Fault) else self.fault(request)


def to(method: str = "", path: str = "") -> Callable[[Request], bool]:
    """Fit requests of a method ("WRITE": any that writes), and of a pattern in the path."""

    def fits(request: Request) -> bool:
        kind = {"": True, "WRITE": bool(request.write)}.get(method, request.method == method)
        return kind and bool(re.search(path, request.path))

    return fits


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """What became of one request."""

    number: int
    method: str
    path: str
    write: bool
    content: int = 0  # a number for the body: equal bodies have equal ones
    fault: str = ""
    status: int = 0  # what the server answered; 0: it was not asked, or did not answer
    reached: bool = False  # whether the server has got the whole request
    sent: int = 0  # bytes to the client
    seconds: float = 0
