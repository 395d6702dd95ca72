"""The classes of faults, by id: each a function that tries its cases and tells how they ended.

    @fault_class(id="N4", on="fake", n=20, what="reset before, amid and after the answer")
    def resets(order: Order) -> Iterator[Result]:
        for number in order.numbers():
            seed = order.seed + number
            yield order.result(number, try_reset(seed, order.folder(number)), seed=seed)

A module that registers classes is named in MODULES; importing it is enough. The function is called
once a run of the programme. It yields each result as it comes (a run that is cut keeps those), and
tries the cases of `order.numbers()` alone: those that a former run has tried are left out, and
`--case` gives one of them.
"""

from __future__ import annotations

import importlib
import importlib.util
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from checker import Violation

T = TypeVar("T")

Where = Literal["fake", "real"]

MODULES = ("kills", "chaos")  # whose import registers classes; one that is missing is left out
SEED = 20261125
SIDE_BY_SIDE = 2  # cases; as many as the machine has cores


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """How one case ended."""

    fault: str  # the id of its class
    case: int  # from 0: with the seed, what tries it again
    seed: int
    what: str = ""  # in words: where the fault struck
    violations: tuple[Violation, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What one run of the programme wants of a class."""

    fault: str
    count: int  # of cases; a class that enumerates may have fewer, and draws when it has more
    seed: int = SEED
    scratch: Path  # where cases make directories of their own
    done: frozenset[int] = frozenset()  # cases that a former run has tried
    only: int | None = None  # one case, to see it again

    def numbers(self, most: int | None = None) -> tuple[int, ...]:
        """List the cases to try; of `most` that there are, some spread evenly when it is more."""
        if self.only is not None:
            return (self.only,)
        count = self.count if most is None else min(self.count, most)
        step = 1 if most is None or not count else most / count
        chosen = (int(number * step) for number in range(count))
        return tuple(number for number in chosen if number not in self.done)

    def folder(self, case: int) -> Path:
        """Make a directory for one case."""
        folder = self.scratch / f"{self.fault.replace('*', '-real')}-{case}"
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def result(
        self, case: int, violations: Iterable[Violation], *, what: str = "", seed: int | None = None
    ) -> Result:
        """Tell how a case ended."""
        return Result(
            fault=self.fault,
            case=case,
            seed=self.seed if seed is None else seed,
            what=what,
            violations=tuple(violations),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultClass:
    """One kind of fault."""

    id: str  # as reliability lists name it: K1, N4, W2; "K1*" is the same on a real WordPress
    on: Where
    n: int  # cases in the whole programme
    what: str
    run: Callable[[Order], Iterable[Result]] = field(repr=False)


CLASSES: dict[str, FaultClass] = {}


def fault_class(
    *,
    id: str,  # noqa: A002 (the word of the lists)
    on: Where,
    n: int,
    what: str,
) -> Callable[[Callable[[Order], Iterable[Result]]], Callable[[Order], Iterable[Result]]]:
    """Register a function as a class of faults."""

    def register(run: Callable[[Order], Iterable[Result]]) -> Callable[[Order], Iterable[Result]]:
        if id in CLASSES and CLASSES[id].run.__module__ != run.__module__:
            raise ValueError(f"two classes have the id {id}")
        CLASSES[id] = FaultClass(id=id, on=on, n=n, what=what, run=run)
        return run

    return register


def load_classes() -> dict[str, FaultClass]:
    """Import what registers classes, and list them all."""
    for name in MODULES:
        if importlib.util.find_spec(name):
            importlib.import_module(name)
    return CLASSES


def side_by_side(
    numbers: Iterable[int], attempt: Callable[[int], T], at_once: int = SIDE_BY_SIDE
) -> Iterator[T]:
    """Try some cases at once, and yield each as it ends."""
    with ThreadPoolExecutor(at_once) as pool:
        futures = [pool.submit(attempt, number) for number in numbers]
        try:
            for future in as_completed(futures):
                yield future.result()
        finally:
            pool.shutdown(cancel_futures=True)
