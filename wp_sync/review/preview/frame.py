"""What every page of a plan has: its head, the way to the channels, its foot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .writing import GENERATOR, bare, policy, stylesheet, text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

_HUES = 6  # accents of the stylesheet


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A channel and its page."""

    name: str
    label: str
    file: str
    number: int
    count: int  # of its posts in the plan

    @property
    def hue(self) -> str:
        """Name the class of its accent."""
        return f"hue-{self.number % _HUES}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What is the same on all pages."""

    site: str  # the site's address, without scheme
    made: datetime
    places: Sequence[Place]

    def page(self, *, title: str, main: str, up: str = "", here: Place | None = None) -> str:
        """Write a whole page; `up` leads from it to the index."""
        hue = here.hue if here else ""
        return (
            f'<!DOCTYPE html>\n<html lang="en" dir="ltr" class="{hue}">\n<head>\n'
            '<meta charset="utf-8">\n'
            f'<meta name="generator" content="{GENERATOR}">\n'
            f'<meta http-equiv="Content-Security-Policy" content="{policy()}">\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            '<meta name="color-scheme" content="light dark">\n'
            '<meta name="referrer" content="no-referrer">\n'
            '<meta name="robots" content="noindex, nofollow, noarchive">\n'
            f"<title>{bare(title)} · {bare(self.site)}</title>\n"
            f"<style>{stylesheet()}</style>\n</head>\n<body>\n"
            '<a class="skip" href="#main">Skip to the content</a>\n'
            f"{self._header(up, here)}\n"
            f'<main id="main" tabindex="-1">\n{main}\n</main>\n{self._footer()}\n'
            "</body>\n</html>\n"
        )

    def _header(self, up: str, here: Place | None) -> str:
        links = "\n".join(self._link(place, up, here) for place in self.places)
        home = ' aria-current="page"' if here is None else ""
        return (
            '<header class="site">\n<div class="wide">\n'
            f'<p class="name"><a href="{up}index.html"{home}>{text(self.site)}</a>'
            '<span class="tag">plan</span></p>\n'
            f'<nav aria-label="Channels"><ul>\n{links}\n</ul></nav>\n</div>\n</header>'
        )

    def _link(self, place: Place, up: str, here: Place | None) -> str:
        current = ' aria-current="page"' if here == place else ""
        return (
            f'<li class="{place.hue}"><a href="{up}{place.file}"{current}>{text(place.label)}'
            f' <span class="count">{place.count}</span></a></li>'
        )

    def _footer(self) -> str:
        return (
            '<footer class="site"><div class="wide"><p>A plan of wp-sync, made on '
            f"{self.made:%Y-%m-%d} at {self.made:%H:%M} UTC. Nothing of it has been written to the"
            " site. Pictures are asked for at their own addresses; nothing else is.</p></div>"
            "</footer>"
        )
