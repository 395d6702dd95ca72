"""What a pull of a feed needs to know of the last one: its items are read when they are needed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

from wp_sync.model import Traces, Validators

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import RowMapping

Kept: TypeAlias = tuple[dict[str, str], dict[str, str]]  # guid -> hash, and trace -> guid


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """A feed as the last pull left it."""

    feed: str  # its id
    validators: Validators
    known: Mapping[str, str]  # guid -> hash
    traces: Traces


def make_memory(feed: str, row: RowMapping | None, read_items: Callable[[str], Kept]) -> Memory:
    """Remember a feed by its row; None: it is new."""
    if row is None:
        return Memory(feed=feed, validators=Validators(), known={}, traces=Traces())
    etag, modified, url = row["etag"], row["last_modified"], row["validators_url"]
    # Not cached_property, whose lock one thread would hold while it waits for the database.
    kept = lru_cache(1)(lambda: read_items(feed))
    return Memory(
        feed=feed,
        validators=Validators(url=url, etag=etag, last_modified=modified),
        known=_Items(lambda: kept()[0]),
        traces=Traces(body=row["body_hash"], entries=_Items(lambda: kept()[1])),
    )


class _Items(Mapping[str, str]):
    """A mapping that is read when somebody looks into it."""

    def __init__(self, read: Callable[[], dict[str, str]]) -> None:
        self._read = read

    def __getitem__(self, name: str) -> str:
        return self._read()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._read())

    def __len__(self) -> int:
        return len(self._read())
