"""All pages of a plan: which there are, how they are called, what each holds."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .cards import Card
from .frame import Frame, Place
from .lists import channel_page, index_page
from .post import post_page

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from wp_sync.model import Exhibit, NewTerm, Outcome

INDEX = "index.html"
POSTS = "posts"  # the directory of the posts' pages
_LONGEST_NAME = 80  # characters


@dataclass(frozen=True, slots=True, kw_only=True)
class Show:
    """What is shown of a plan."""

    site: str  # SiteIdentity.address
    made: datetime
    channels: Mapping[str, str]  # name -> label, in the order of the pages
    exhibits: Sequence[Exhibit]
    outcomes: Sequence[Outcome] = ()
    new_terms: Sequence[NewTerm] = ()
    pictures: Mapping[str, str] = field(default_factory=dict)  # address -> a file beside the index


def make_pages(show: Show) -> dict[str, str]:
    """Write all pages: file, from the index, and its text."""
    places = _places(show)
    frame = Frame(site=show.site, made=show.made, places=tuple(places.values()))
    cards = _cards(show, places)
    of_place = {name: [card for card in cards if card.place == one] for name, one in places.items()}
    pages = {INDEX: index_page(frame, cards, show.outcomes, show.new_terms)}
    for name, place in places.items():
        pages[place.file] = channel_page(frame, place, of_place[name])
    for card in cards:
        pages[card.file] = post_page(frame, card, of_place[card.post.channel])
    return pages


def _places(show: Show) -> dict[str, Place]:
    """Give each channel its page, also one that a post of the plan names and nothing else does."""
    named = {one.change.post.channel: one.change.post.channel for one in show.exhibits}
    labels = {**show.channels, **{name: name for name in named if name not in show.channels}}
    used: set[str] = set()
    return {
        name: Place(
            name=name,
            label=label or name,
            file=f"channel-{_free(name, used)}.html",
            number=number,
            count=sum(one.change.post.channel == name for one in show.exhibits),
        )
        for number, (name, label) in enumerate(labels.items())
    }


def _cards(show: Show, places: Mapping[str, Place]) -> list[Card]:
    """Line up the posts, each channel's newest first; what gets its date later comes first."""
    used: set[str] = set()
    dated = sorted(
        show.exhibits,
        key=lambda one: (one.change.post.date is None, one.change.post.date or show.made),
        reverse=True,
    )
    return [
        Card(
            exhibit=one,
            file=f"{POSTS}/{_free(one.change.post.slug, used)}.html",
            place=places[one.change.post.channel],
            pictures=show.pictures,
        )
        for one in dated
    ]


def _free(name: str, used: set[str]) -> str:
    """Make a file's name that no other has, of letters that mean nothing to any system."""
    plain = re.sub(r"[^a-z0-9]+", "-", name.lower())[:_LONGEST_NAME].strip("-") or "page"
    number, free = 1, plain
    while free in used:
        number += 1
        free = f"{plain}-{number}"
    used.add(free)
    return free
