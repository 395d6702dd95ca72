"""Cut a sequence into parts of one size, as itertools.batched does from Python 3.12 on."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

T = TypeVar("T")


def batched(values: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """Yield slices in order; the last one may be shorter."""
    for start in range(0, len(values), size):
        yield values[start : start + size]
