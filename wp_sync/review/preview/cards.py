"""A post in a list, as a theme shows it: picture, headline, byline, date, teaser."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wp_sync.model import Adopt, Create, Update

from .writing import bare, day, is_web, text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wp_sync.model import Exhibit, Picture, Post

    from .frame import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A post of the plan, with all that links to it."""

    exhibit: Exhibit
    file: str  # from the index
    place: Place
    pictures: Mapping[str, str]  # address -> a local file, from the index

    @property
    def post(self) -> Post:
        return self.exhibit.change.post

    @property
    def author(self) -> str:
        """Name who wrote it, as the site says."""
        return self.exhibit.author or "the user who logs in"

    @property
    def deed(self) -> str:
        """Say in a word or two what would become of it."""
        match self.exhibit.change:
            case Create():
                return "new" if self.post.status == "publish" else f"new {self.post.status}"
            case Update():
                return "update"
            case Adopt():
                return "taken over"

    def facts(self) -> str:
        """Write byline and date."""
        when = day(self.post.date, live=self.post.status == "publish")
        return (
            f'<p class="byline">by <span class="author">{text(self.author)}</span>'
            f' <span class="dot">·</span> {when}</p>'
        )

    def picture(self, up: str, *, alt: bool = False) -> str:
        """Show the featured picture; its place is filled where it does not come."""
        first = next((one for one in self.post.pictures if is_web(one.url)), None)
        inside = self._image(first, up, alt=alt) if first else ""
        return (
            f'<div class="picture {self.place.hue}" data-letter="{bare(self.place.label[:1])}">'
            f"{inside}</div>"
        )

    def _image(self, picture: Picture, up: str, *, alt: bool) -> str:
        local = self.pictures.get(picture.url)
        source = f"{up}{local}" if local else picture.url
        told = (picture.alt or self.post.title) if alt else ""
        return f'<img src="{bare(source)}" alt="{bare(told)}" loading="lazy" decoding="async">'

    def write(self, up: str, level: int = 3, *, lead: bool = False) -> str:
        """Write it with a heading of this level."""
        kind = "card lead" if lead else "card"
        return (
            f'<article class="{kind} {self.place.hue}">\n{self.picture(up)}\n<div class="words">\n'
            f'<p class="deed">{bare(self.deed)}</p>\n'
            f'<h{level} dir="auto"><a href="{up}{self.file}">{bare(self.post.title)}</a></h{level}>'
            f'\n{self.facts()}\n<p class="teaser" dir="auto">{bare(self.post.excerpt)}</p>\n'
            "</div>\n</article>"
        )
