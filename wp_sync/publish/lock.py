"""One writer at a time on a site, whatever machine it runs on: a draft on the site itself says so.

REST has no lock, but a row that WordPress has stored is seen by every list that is asked for after
it. So each writer first makes a marker and then lists all markers, and writes only when its list
showed no other. Of two writers at once the later list always shows both: never do two write. Which
of them gives way is decided by the ids: the higher one at once, the lower one only when the other
does not go, because it may have made its list before the lower one's marker was stored.
"""

from __future__ import annotations

import time
from contextlib import suppress
from datetime import datetime, timedelta
from threading import RLock
from typing import TYPE_CHECKING

from wp_sync.errors import AlreadyRunningError, InDoubtError, SiteError, WpSyncError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from .target import Marker, Markers

EXPIRY = timedelta(minutes=15)  # after the last renewal, by the site's clock
TITLE = "wp-sync: a run is at work on {host} since {since:%Y-%m-%d %H:%M} UTC"
_RENEWAL = 240.0  # seconds after which a marker is renewed
# Seconds after which it is not: another machine may soon take it for left over. A third of EXPIRY
# is left to the requests that are on their way.
_LONGEST = 600.0
_WAITS = (0.0, 1.0, 2.0, 4.0)  # seconds for a rival with a higher id to give way


def _ticks() -> float:
    """Count seconds, those in which the machine slept too."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


class SiteLock:
    """The right to write to a site: taken before the first write, given back at the end.

    The token is of this lock alone. `remember` commits it before a marker is made, and returns all
    that the same ledger had committed: a marker with one of them is left over from a killed run.
    """

    def __init__(
        self,
        markers: Markers,
        token: str,
        title: str,
        *,
        remember: Callable[[str], Collection[str]],
        ticks: Callable[[], float] = _ticks,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self._markers, self._token, self._title = markers, token, title
        self._remember, self._ours = remember, frozenset({token})
        self._ticks, self._sleep = ticks, sleep
        self._mine: Marker | None = None
        self._renewed = 0.0
        self._is_lost = False
        self._guard = RLock()  # several threads ask whether they may still write

    def take(self) -> bool:
        """Take the lock, or keep it; True: what was read of the site before may be old.

        Raises AlreadyRunningError when another machine has it.
        """
        if self._mine and self._ticks() - self._renewed < _LONGEST:
            self.keep()
            return False
        self.drop()
        self._is_lost = False
        self._ours |= frozenset(self._remember(self._token))
        self._renewed = self._ticks()
        self._mine = self._markers.make(self._token, self._title)
        try:
            self._await_turn(self._mine)
        except BaseException:
            self.drop()
            raise
        return True

    def keep(self) -> None:
        """Renew the lock when it is time. Raises SiteError when it was lost since it was taken."""
        with self._guard:
            self._keep()

    def _keep(self) -> None:
        if self._is_lost:
            raise _lost()
        if self._mine is None or self._ticks() - self._renewed < _RENEWAL:
            return
        begun = self._ticks()
        is_ours = begun - self._renewed < _LONGEST
        try:
            is_ours = is_ours and self._markers.renew(self._mine.wp_id, self._title)
        except InDoubtError:
            return  # asked again before the next write
        if not is_ours or self._ticks() - self._renewed > EXPIRY.total_seconds():
            self._is_lost = True
            self.drop()
            raise _lost()
        self._renewed = begun

    def drop(self) -> None:
        """Give the lock back, as well as the site lets us; one that stays expires."""
        mine, self._mine = self._mine, None
        if mine:
            with suppress(WpSyncError):
                self._markers.drop(mine.wp_id)

    def _await_turn(self, mine: Marker) -> None:
        for wait in _WAITS:
            if wait:
                self._sleep(wait)
            rivals = list(self._find_rivals(mine))
            if not rivals:
                return
            first = min(rivals, key=lambda one: one.wp_id)
            if first.wp_id < mine.wp_id:
                break
        told = first.title.removeprefix("wp-sync: ")
        raise AlreadyRunningError(
            f"{told} (draft {first.wp_id} on the site)",
            cure="wait until it has ended; what was killed there counts for 15 minutes",
        )

    def _find_rivals(self, mine: Marker) -> Iterator[Marker]:
        """List the markers of others that count; remove those that nobody renews."""
        there = {one.wp_id: one for one in self._markers.list_all()}
        if mine.wp_id not in there:
            raise SiteError(
                "the site does not list the draft that was just made on it",
                cure="let its cache pass every request with an Authorization header",
            )
        # Our own marker was made at a known moment: it tells the time by the site's clock.
        now = _moment(mine) + timedelta(seconds=self._ticks() - self._renewed)
        for one in there.values():
            is_left = one.token in self._ours or now - _moment(one) > EXPIRY
            if one.wp_id != mine.wp_id and is_left:
                # Two runs of one ledger are never at work.
                with suppress(WpSyncError):
                    self._markers.drop(one.wp_id)
            elif one.wp_id != mine.wp_id:
                yield one


def _lost() -> SiteError:
    message = "this run stood still too long, or somebody deleted its draft on the site"
    return SiteError(f"{message}: another machine may be writing", cure="run it again")


def _moment(marker: Marker) -> datetime:
    return datetime.fromisoformat(marker.modified)
