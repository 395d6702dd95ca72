"""What servers and feeds say about when they want to be asked again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from datetime import datetime

# How a request to a feed failed. server: 5xx, no answer; missing: 404; gone: 410, 451; refused: any
# other 4xx; busy: 429, 503; parse: an answer that is no feed.
TroubleKind: TypeAlias = Literal["server", "missing", "gone", "refused", "busy", "parse"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    """What an answer, and the feed in it, said about the next request."""

    fresh_for: float | None = None  # seconds, by the cache headers; None: they say nothing
    moved_to: str = ""  # where permanent redirects led, and no other ones
    wait: float = 0  # seconds between two requests, as the feed itself wants it
    skip_hours: tuple[int, ...] = ()  # of the day, in UTC
    skip_days: tuple[int, ...] = ()  # Monday is 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Why a request to a feed failed, as far as the next one depends on it."""

    kind: TroubleKind = "server"
    retry_after: float | None = None  # seconds, as the server said


@dataclass(frozen=True, slots=True, kw_only=True)
class HostRest:
    """A host that wants to be left alone."""

    host: str
    refusals: int = 0  # in a row, without a word for how long
    until: datetime | None = None
    asked: bool = False  # the server named the time itself
