"""What waits for a person: posts that are not live, and items that were held."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from wp_sync.text import normalise_address

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from wp_sync.model import ItemKey

Kind = Literal[
    "draft",
    "pending",
    "held",
    "deferred",
    "undone",
    "approved",
    "live",
    "rejected",
    "conflict",
]
EXPIRED = "its time is over"  # begins the reason of a draft that its source's rights ask for
CONFLICT = "conflict:"  # begins the reason of a conflict
_HANDLE = "h-"  # begins what names an item without a post
_CONFLICT_HANDLE = "c-"  # begins what names a conflict: one field of a post


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """One of them, and why it waits."""

    key: ItemKey
    kind: Kind
    handle: str  # by which a person names it
    source: str
    channel: str  # "" while none was found
    title: str
    url: str  # of the article
    reason: str
    since: datetime | None
    wp_id: int | None = None  # None: there is no post yet
    link: str = ""  # of the post
    edit: str = ""  # where wp-admin edits it
    field: str = ""  # of a conflict, and both values
    ours: str = ""
    theirs: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which of them a person means; "" is any."""

    channel: str = ""
    source: str = ""
    reason: str = ""  # words of it

    def fits(self, one: Waiting) -> bool:
        """Tell whether one is meant."""
        return (
            self.channel in {"", one.channel}
            and self.source.casefold() in {"", one.source.casefold()}
            and self.reason.casefold() in one.reason.casefold()
        )


def item_handle(mark: str) -> str:
    """Name an item that has no post."""
    return f"{_HANDLE}{mark}"


def conflict_handle(mark: str) -> str:
    """Name a conflict."""
    return f"{_CONFLICT_HANDLE}{mark}"


def spare_some(waiting: Iterable[Waiting], wanted: Filter) -> tuple[Waiting, ...]:
    """Leave out of "all" conflicts, and what waits for its turn alone, unless asked for.

    Nor is what was taken back as its time was over brought back among others.
    """
    kinds: tuple[Kind, ...] = ("conflict", "deferred")  # their reasons begin with it
    asked = wanted.reason.casefold()
    spared = {kind for kind in kinds if kind not in asked}
    is_over_asked = bool(asked) and asked in EXPIRED
    return tuple(
        one
        for one in waiting
        if one.kind not in spared and (is_over_asked or not one.reason.startswith(EXPIRED))
    )


def find_waiting(waiting: Iterable[Waiting], target: str) -> tuple[Waiting, ...]:
    """Find what a person named: by handle or post id, else by an address of post or article.

    An empty name, as of a variable that is not set, names nothing. A conflict has its handle alone:
    who names a post means the post.
    """
    known = tuple(waiting)
    name = target.strip().rstrip("/")
    if not name:
        return ()
    if name.startswith(_CONFLICT_HANDLE):
        return tuple(one for one in known if one.handle == name)
    known = tuple(one for one in known if one.kind != "conflict")
    if named := tuple(one for one in known if name in {one.handle, str(one.wp_id or one.handle)}):
        return named
    address = normalise_address(target) or None
    return tuple(
        one
        for one in known
        if name in {one.link.rstrip("/"), one.edit} or address == normalise_address(one.url)
    )
