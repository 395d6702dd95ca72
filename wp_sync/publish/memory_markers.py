"""The markers on a site in memory."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from .target import Marker

if TYPE_CHECKING:
    from collections.abc import Callable


class MemoryMarkers:
    """Markers that take their ids and their moments from the site's counter and clock."""

    def __init__(self, next_id: Callable[[], int], now: Callable[[], str]) -> None:
        self.there: dict[int, Marker] = {}
        self._next_id, self._now = next_id, now

    def make(self, token: str, title: str) -> Marker:
        made = Marker(wp_id=self._next_id(), token=token, title=title, modified=self._now())
        self.there[made.wp_id] = made
        return made

    def list_all(self) -> tuple[Marker, ...]:
        return tuple(self.there.values())

    def renew(self, wp_id: int, title: str) -> bool:
        if wp_id in self.there:
            self.there[wp_id] = replace(self.there[wp_id], title=title, modified=self._now())
        return wp_id in self.there

    def drop(self, wp_id: int) -> None:
        self.there.pop(wp_id, None)
