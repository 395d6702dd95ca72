"""topics train: learn from the posts that the site has in the channels' categories."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from .observe import channel_of
from .teaching import teach_site

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .waiting import Desk

_EVER = datetime(1990, 1, 1, tzinfo=UTC)  # WordPress is younger


class Training(NamedTuple):
    """What a site had to teach."""

    posts: int  # that were looked at
    lessons: Mapping[str, int]  # channel -> how many posts


def train(desk: Desk, site: str, *, dry_run: bool = False) -> Training:
    """Make lessons of the site's posts; what was learned from them before is forgotten.

    A post in several channels' categories, or in none, teaches nothing, nor does one that we made.
    """
    terms = desk.target.read_terms("categories")
    posts = desk.target.changed_since(_EVER)
    placed = [
        (post, channel)
        for post in posts
        if (channel := channel_of(post, desk.config.channels, terms))
    ]
    lessons = teach_site(desk.ledger, site, placed, dry_run=dry_run)
    return Training(len(posts), Counter(one.channel for one in lessons))
