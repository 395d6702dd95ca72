"""Process death: kills at every boundary, while recovering, at random; late landings; lost ledgers.

Each case begins with an empty site and no ledger, and ends with the checker.
"""

from __future__ import annotations

import random
import shutil
import time
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from queue import SimpleQueue
from tempfile import mkdtemp
from typing import TYPE_CHECKING

from bench import Bench, open_bench
from checker import Violation, check_quiet
from programme import SIDE_BY_SIDE, Order, Result, fault_class, side_by_side
from strace import Boundary, count_boundaries, kill_at, list_boundaries

from wp_sync.sandbox.wordpress import start_wordpress

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from programme import Where

    Attempt = Callable[[Bench, int], tuple[str, list[Violation]]]

ALL = 100_000  # more than there are
EVERY = 7  # boundary, on the real WordPress
# The first kill of the cases that kill the recovery too, as a share of all calls of its name: amid
# terms and uploads, amid creates, between an answer and its receipt.
FIRST_KILLS = (
    ("sendto", 0.4),
    ("sendto", 0.6),
    ("recvfrom", 0.6),
    ("recvfrom", 0.8),
    ("fsync", 0.8),
)
LATE = (0.1, 3.0, 30.0)  # seconds after the client is gone
WRITES = "^POST /wp/v2/(posts|media|tags|categories)$"


@contextmanager
def open_benches(folder: Path, on: Where, count: int = SIDE_BY_SIDE) -> Iterator[list[Bench]]:
    """Set up workplaces side by side, each before a site of its own."""
    with ExitStack() as undo:
        benches = []
        for number in range(count):
            place = folder / f"bench-{number}"
            place.mkdir(parents=True, exist_ok=True)
            site = undo.enter_context(start_wordpress(empty=True)) if on == "real" else None
            benches.append(undo.enter_context(open_bench(place, site)))
        yield benches


def attempts(
    order: Order, on: Where, attempt: Attempt, most: int | None = None
) -> Iterator[Result]:
    """Try the cases of an order on benches side by side."""
    with open_benches(Path(mkdtemp(dir=order.scratch)), on) as benches:
        free: SimpleQueue[Bench] = SimpleQueue()
        for bench in benches:
            free.put(bench)

        def try_case(number: int) -> Result:
            bench = free.get()
            try:
                bench.clear()
                what, violations = attempt(bench, number)
            except Exception as error:  # noqa: BLE001 (told as a result, beside the others)
                what, violations = "", [Violation(kind="other", what=f"no result: {error!r}")]
            finally:
                free.put(bench)
            return order.result(number, violations, what=what)

        numbers = list(order.numbers(most))
        random.Random(order.seed).shuffle(numbers)  # noqa: S311 (a cut run is a fair sample too)
        yield from side_by_side(numbers, try_case)


@cache
def boundaries() -> tuple[Boundary, ...]:
    """List the boundaries of the usual run, counted once on a fake."""
    with open_benches(Path(mkdtemp(prefix="lab-count-")), "fake", 1) as (bench,):
        return tuple(list_boundaries(count_boundaries(bench.desk)))


@cache
def count_stages() -> int:
    """Count how many stages of its requests a run comes to, in whatever thread."""
    with open_benches(Path(mkdtemp(prefix="lab-count-")), "fake", 1) as (bench,):
        bench.clear()
        bench.sync()
        assert bench.fake
        return bench.fake.stages


@cache
def first_kills() -> tuple[Boundary, ...]:
    """Choose the boundaries of the first kills: fsync is any of the two calls of that kind."""
    chosen = []
    for name, share in FIRST_KILLS:
        found = [one for one in boundaries() if name in one.call.replace("fdatasync", "fsync")]
        chosen.append(found[int(len(found) * share)])
    return tuple(chosen)


@cache
def recovery_boundaries(first: Boundary) -> tuple[Boundary, ...]:
    """List the boundaries of the run after this kill."""
    with open_benches(Path(mkdtemp(prefix="lab-count-")), "fake", 1) as (bench,):
        assert kill_at(bench.desk, first), first
        time.sleep(bench.settle)
        return tuple(list_boundaries(count_boundaries(bench.desk)))


def kill_and_recover(bench: Bench, *killed_at: Boundary) -> tuple[str, list[Violation]]:
    """Kill a run, and the runs after it, each at its boundary; then recover."""
    told = []
    for place, boundary in enumerate(killed_at):
        if place:  # a recovery has nothing to do before its doubts have settled
            time.sleep(bench.settle)
        killed = kill_at(bench.desk, boundary)
        told.append(f"killed before {boundary}" if killed else f"{boundary} was not reached")
    # Half of them start again at once, the others after a while.
    return ", then ".join(told), bench.recover(at_once=killed_at[-1].number % 2 == 0)


@fault_class(id="K1", on="fake", n=ALL, what="kill at every boundary of a run")
def kills(order: Order) -> Iterator[Result]:
    found = boundaries()
    attempt = lambda bench, case: kill_and_recover(bench, found[case])  # noqa: E731
    yield from attempts(order, "fake", attempt, len(found))


@fault_class(id="K1*", on="real", n=400, what="kill at every 7th boundary of a run")
def kills_on_wordpress(order: Order) -> Iterator[Result]:
    found = boundaries()[::EVERY]
    attempt = lambda bench, case: kill_and_recover(bench, found[case])  # noqa: E731
    yield from attempts(order, "real", attempt, len(found))


@fault_class(id="K1w", on="fake", n=300, what="kill at every stage of every request to WordPress")
def kills_at_stages(order: Order) -> Iterator[Result]:
    yield from attempts(order, "fake", kill_at_stage, count_stages())


@fault_class(id="K8", on="fake", n=300, what="kill a run, then kill its recovery at a boundary")
def kills_of_recoveries(order: Order) -> Iterator[Result]:
    def attempt(bench: Bench, case: int) -> tuple[str, list[Violation]]:
        first = first_kills()[case % len(FIRST_KILLS)]
        found = recovery_boundaries(first)
        return kill_and_recover(bench, first, found[case // len(FIRST_KILLS) % len(found)])

    most = len(FIRST_KILLS) * len(recovery_boundaries(first_kills()[0]))
    yield from attempts(order, "fake", attempt, most)


@fault_class(id="K9", on="fake", n=30, what="a write lands 0.1, 3 or 30 s after the kill")
def late_after_kill(order: Order) -> Iterator[Result]:
    yield from attempts(order, "fake", land_late)


@fault_class(id="K9*", on="real", n=15, what="a write lands 0.1, 3 or 30 s after the kill")
def late_on_wordpress(order: Order) -> Iterator[Result]:
    yield from attempts(order, "real", land_late)


@fault_class(id="K9b", on="fake", n=30, what="a write lands 0.1, 3 or 30 s after the line was cut")
def late_after_cut(order: Order) -> Iterator[Result]:
    yield from attempts(order, "fake", land_after_cut)


@fault_class(id="D5", on="fake", n=20, what="the ledger is deleted")
def ledger_deleted(order: Order) -> Iterator[Result]:
    yield from attempts(order, "fake", lose_ledger)


@fault_class(id="D5*", on="real", n=5, what="the ledger is deleted")
def ledger_deleted_on_wordpress(order: Order) -> Iterator[Result]:
    yield from attempts(order, "real", lose_ledger)


@fault_class(id="D4", on="fake", n=20, what="the ledger is restored from before the last run")
def ledger_restored(order: Order) -> Iterator[Result]:
    yield from attempts(order, "fake", restore_ledger)


@fault_class(id="D4*", on="real", n=5, what="the ledger is restored from before the last run")
def ledger_restored_on_wordpress(order: Order) -> Iterator[Result]:
    yield from attempts(order, "real", restore_ledger)


@fault_class(id="D10", on="fake", n=20, what="two machines at once")
def two_machines(order: Order) -> Iterator[Result]:
    yield from attempts(order, "fake", run_two_machines)


@fault_class(id="D10*", on="real", n=10, what="two machines at once")
def two_machines_on_wordpress(order: Order) -> Iterator[Result]:
    yield from attempts(order, "real", run_two_machines)


@fault_class(id="K4*", on="real", n=200, what="random kill of a 100-item run")
def random_kills(order: Order) -> Iterator[Result]:
    whole: list[float] = []  # how long a run takes that nobody kills

    def attempt(bench: Bench, case: int) -> tuple[str, list[Violation]]:
        bench.stock(items=100, pictures=5)
        if not whole:
            begun = time.monotonic()
            bench.sync()
            whole.append(time.monotonic() - begun)
            bench.clear()
        return kill_at_random(bench, random.Random(order.seed + case), whole[0])  # noqa: S311

    yield from attempts(order, "real", attempt)


def kill_at_stage(bench: Bench, case: int) -> tuple[str, list[Violation]]:
    """Kill the run while WordPress is at this stage; it then goes on with the request."""
    assert bench.fake
    process = bench.desk.start("sync", "--allow", "all", "--json")
    bench.fake.kill_at_stage(process.pid, case + 1)
    process.communicate()
    told = f"killed at stage {case + 1}" if process.returncode < 0 else f"stage {case} not reached"
    return told, bench.recover(at_once=case % 2 == 0)


def land_late(bench: Bench, case: int) -> tuple[str, list[Violation]]:
    """Kill the run while WordPress is still at a write, which it then makes."""
    seconds, skip = LATE[case % len(LATE)], case % 9
    settle = _settle_for(bench, seconds)
    bench.be_late(WRITES, seconds, skip=skip)
    process = bench.desk.start("sync", "--allow", "all", "--json")
    while not bench.is_late and process.poll() is None:
        time.sleep(0.02)
    process.kill()
    process.communicate()
    told = f"write {skip + 1} lands {seconds} s after the kill" if bench.is_late else "not reached"
    return _after_late(bench, told, settle)


def land_after_cut(bench: Bench, case: int) -> tuple[str, list[Violation]]:
    """Cut the line while WordPress is still at a write; the run goes on, or gives up."""
    seconds, skip = LATE[case % len(LATE)], case % 9
    settle = _settle_for(bench, seconds)
    assert bench.fake
    script = {"match": WRITES, "do": "hang up", "seconds": seconds, "skip": skip}
    bench.fake.set_faults(script)
    bench.desk.run("sync", "--allow", "all", "--json")
    return _after_late(bench, f"write {skip + 1} lands {seconds} s after the cut", settle)


def _settle_for(bench: Bench, seconds: float) -> float:
    """Configure a settle window that is longer than the site is late."""
    settle = int(seconds) + 2
    file = bench.desk.directory / "config.toml"
    bench.write()
    text = file.read_text("utf-8")
    file.write_text(text.replace(f'settle = "{bench.desk.settle}"', f'settle = "{settle}s"'))
    return settle


def _after_late(bench: Bench, what: str, settle: float) -> tuple[str, list[Violation]]:
    bench.sync()  # at once: what is in doubt has to rest
    time.sleep(settle + 0.1)
    violations = bench.inspect()
    bench.write()  # with the usual window again
    return what, violations


def lose_ledger(bench: Bench, case: int) -> tuple[str, list[Violation]]:
    """Run a part or all, delete the ledger, run."""
    items = 12 if case % 2 else 6
    bench.stock(items)
    bench.sync()
    bench.stock()
    (bench.desk.directory / "wp-sync.db").unlink()
    return f"after {items} items", bench.inspect()


def restore_ledger(bench: Bench, case: int) -> tuple[str, list[Violation]]:
    """Run, keep the ledger, run with more items, put the old ledger back, run."""
    items = 1 + case % 11
    ledger = bench.desk.directory / "wp-sync.db"
    bench.stock(items)
    bench.sync()
    shutil.copy(ledger, ledger.with_suffix(".kept"))
    bench.stock()
    bench.sync()
    ledger.with_suffix(".kept").replace(ledger)
    return f"from when {items} items were known", bench.inspect()


def run_two_machines(bench: Bench, case: int) -> tuple[str, list[Violation]]:
    """Run two machines with a ledger each at once; then let each run until it is quiet."""
    other = bench.second_desk()
    apart = (case % 5) * 0.2  # seconds
    first = bench.desk.start("sync", "--allow", "all", "--json")
    time.sleep(apart)
    second = other.start("sync", "--allow", "all", "--json")
    for process in (first, second):
        process.communicate()
    time.sleep(bench.settle + 0.1)
    runs = [bench.sync(desk) for desk in (bench.desk, other, bench.desk, other)]
    found = [*check_quiet(runs[:3]), *check_quiet(runs[3:])]
    found += [*bench.check(), *bench.check(other)]
    return f"the second starts {apart} s after the first", list(dict.fromkeys(found))


def kill_at_random(bench: Bench, draw: random.Random, whole: float) -> tuple[str, list[Violation]]:
    """Kill up to three runs in a row at any moment, then recover."""
    moments = [draw.uniform(0.2, whole) for _ in range(draw.choice((1, 1, 2, 3)))]
    for moment in moments:
        process = bench.desk.start("sync", "--allow", "all", "--json")
        time.sleep(moment)
        process.kill()
        process.communicate()
    return f"killed after {', '.join(f'{one:.2f} s' for one in moments)}", bench.recover()
