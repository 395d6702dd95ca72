"""Run the programme of faults, and print for each class how many cases there were and what broke.

    python tests/lab/faults.py [--class K1 …] [--only real|fake] [--n N] [--hours H]

Results go to a file as they come, a line of JSON each: a run that was cut still shows its figures
(--show), and goes on where it ended (--resume). Exit code 1 when anything broke; each violation is
printed with the command that tries its case again.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections import Counter, defaultdict
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "support")]

from checker import KINDS  # noqa: E402 (the laboratory is no package)
from programme import CLASSES, SEED, Order, load_classes  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from programme import FaultClass, Result

Rows = list[dict[str, Any]]


def run(told: argparse.Namespace, classes: Sequence[FaultClass]) -> Iterator[Rows]:
    """Try the cases of all classes until the time is over; yield each result as it is written."""
    rows = read(told.out) if told.resume else []
    end = time.monotonic() + told.hours * 3600
    with (
        tempfile.TemporaryDirectory(prefix="wp-sync-faults-") as scratch,
        told.out.open("a" if told.resume else "w", encoding="utf-8") as out,
    ):
        yield rows
        for one in classes:
            order = Order(
                fault=one.id,
                count=one.n if told.n is None else told.n,
                seed=told.seed,
                scratch=Path(scratch),
                done=frozenset(row["case"] for row in rows if row["fault"] == one.id),
                only=told.case,
            )
            results = one.run(order)
            for result in results:
                rows.append(asdict(result))
                out.write(json.dumps(rows[-1]) + "\n")
                out.flush()
                tell(result, rows)
                if time.monotonic() > end:
                    close(results)
                    return
        yield rows


def close(results: Iterable[Result]) -> None:
    """Let a class end what it has begun."""
    if hasattr(results, "close"):
        results.close()


def read(file: Path) -> Rows:
    return (
        [json.loads(line) for line in file.read_text("utf-8").splitlines()] if file.exists() else []
    )


def tell(result: Result, rows: Rows) -> None:
    """Print what broke, and how to see it again; else a sign of life now and then."""
    case = f"{result.fault} {result.case}"
    for violation in result.violations:
        say(f"{case} ({result.what}): {violation.kind}: {violation.what}")
    if result.violations:
        say(f"  again: python tests/lab/faults.py --class {result.fault!r} --case {result.case}")
    elif len(rows) % 25 == 0:
        say(f"{len(rows)} cases; {case} ({result.what}) is well")


def table(rows: Rows) -> list[str]:
    """Count for each class the cases in which each kind of violation was found."""
    cases: dict[str, int] = Counter(row["fault"] for row in rows)
    broken: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        broken[row["fault"]].update({one["kind"] for one in row["violations"]})
    wide, first = max(14, *map(len, KINDS)), max(6, *map(len, cases), 0) + 2
    heads = "".join(f"{kind:>{wide}}" for kind in KINDS)
    lines = [f"{'class':<{first}}{'on':<6}{'n':>6}{heads}  what"]
    for name, count in cases.items():
        one = CLASSES.get(name)
        on, what = (one.on, one.what) if one else ("?", "no longer there")
        counts = "".join(f"{broken[name][kind]:>{wide}}" for kind in KINDS)
        lines.append(f"{name:<{first}}{on:<6}{count:>6}{counts}  {what}")
    everything = sum((broken[name] for name in cases), Counter[str]())
    counts = "".join(f"{everything[kind]:>{wide}}" for kind in KINDS)
    return [*lines, f"{'all':<{first}}{'':<6}{sum(cases.values()):>6}{counts}"]


def say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 (a program of its own)


def parse(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--class", dest="classes", action="append", default=[], metavar="ID")
    parser.add_argument("--only", choices=("real", "fake"))
    parser.add_argument("--n", type=int, help="cases a class, instead of each class's own number")
    parser.add_argument("--case", type=int, help="one case of one class, to see it again")
    parser.add_argument("--hours", type=float, default=3)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--out", type=Path, default=Path("faults.jsonl"))
    parser.add_argument("--resume", action="store_true", help="leave out what --out has")
    parser.add_argument("--show", action="store_true", help="print the figures of --out alone")
    parser.add_argument("--list", action="store_true", help="name the classes")
    return parser.parse_args(arguments)


def main() -> int:
    told = parse()
    known = load_classes()
    unknown = [name for name in told.classes if name not in known]
    if unknown:
        say(f"no such class: {', '.join(unknown)}; there are {', '.join(known)}")
        return 2
    # Small ones first: what the time does not reach is a part of the largest class.
    classes = [
        one
        for one in sorted(known.values(), key=lambda one: one.n)
        if (not told.classes or one.id in told.classes) and told.only in {None, one.on}
    ]
    if told.list:
        for one in classes:
            say(f"{one.id:<8}{one.on:<6}{one.what}")
        return 0
    rows: Rows = []
    if told.show:
        rows = read(told.out)
    else:
        say(f"seed {told.seed}, {told.hours:g} hours at most, results in {told.out}")
        for so_far in run(told, classes):
            rows = so_far
    for line in table(rows):
        say(line)
    left = [one.id for one in classes if not any(row["fault"] == one.id for row in rows)]
    if left and not told.show:
        say(f"not tried: {', '.join(left)}")
    return 1 if any(row["violations"] for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
