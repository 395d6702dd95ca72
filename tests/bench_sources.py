"""A thousand feeds beside what bare libraries need for the good ones: `make bench`.

A tenth of the feeds is broken, slow or hostile. Each round is a process of its own, with a ledger
on disk; `--feeds 200` for fewer, `--rounds 3` for medians, `--only speed|memory` for a part.
"""

from __future__ import annotations

import argparse
import io
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

sys.path.insert(0, str(Path(__file__).parent / "support"))

from bench_farm import ITEMS, address_of, kind_of
from bench_site import judge, say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wp_sync.pipeline.build import Workshop

FIRST, SECOND, GROWTH = 1.5, 10.0, 1.3  # the limits
DEADLINE = 3.0  # seconds a feed
FEW = 100
PER_SOURCE = 20
CONFIG = '[site]\nurl = "http://127.0.0.1:9"\nusername = "editor"\n'
CONFIG += '[fetch]\ncontact = "editor@example.test"\n'


@contextmanager
def open_farm(count: int) -> Iterator[int]:
    """Start the farm; yield its port."""
    script = Path(__file__).parent / "support" / "bench_farm.py"
    command = [sys.executable, str(script), str(count)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as farm:  # noqa: S603
        try:
            yield int(cast("Any", farm.stdout).readline())
        finally:
            farm.kill()


def write_config(directory: Path, count: int, port: int) -> Path:
    """Write a configuration of so many feeds, twenty a source."""
    text = CONFIG
    for start in range(0, count, PER_SOURCE):
        feeds = [address_of(one, port) for one in range(start, min(start + PER_SOURCE, count))]
        places = [one.split("/")[2] for one in feeds]
        text += f'[[sources]]\nname = "Source {start}"\nto = ["news"]\n'
        text += f"feeds = {json.dumps(feeds)}\nallow_private = {json.dumps(places)}\n"
    (directory / "mappings").mkdir()
    (directory / "mappings" / "news.toml").write_text('[post]\nstatus = "draft"\n')
    path = directory / "config.toml"
    path.write_text(text)
    return path


def pull_bare(count: int, port: int) -> dict[str, float]:
    """Fetch and parse the good feeds with nothing but the two libraries."""
    import feedparser
    import requests

    from wp_sync.pipeline.pulling import PULLS_AT_ONCE

    def one(number: int) -> int:
        answer = requests.get(address_of(number, port), timeout=DEADLINE)
        return len(feedparser.parse(io.BytesIO(answer.content)).entries)

    good = [number for number in range(count) if not kind_of(number)]
    begun = time.perf_counter()
    with ThreadPoolExecutor(PULLS_AT_ONCE) as pool:
        found = sum(pool.map(one, good))
    if found != ITEMS * len(good):
        raise SystemExit(f"bare: {found} items of {len(good)} feeds")
    return {"seconds": time.perf_counter() - begun}


def pull_ours(count: int, port: int) -> dict[str, float]:
    """Pull all feeds twice, as a run does before it goes to the site."""
    from wp_sync.config.load import load_config
    from wp_sync.pipeline.build import open_workshop
    from wp_sync.pipeline.stop import Stop
    from wp_sync.sources import pull
    from wp_sync.web import Limits

    pull._LIMITS = Limits(max_bytes=10_000_000, seconds=DEADLINE)  # noqa: SLF001
    with tempfile.TemporaryDirectory() as place:
        config = load_config(write_config(Path(place), count, port))
        told: dict[str, float] = {}
        for name, asks_failing in (("first", True), ("second", False), ("third", True)):
            with open_workshop(config, {"WP_SYNC_PASSWORD": "none"}, Stop()) as shop:
                told[name] = pull_once(shop, count, name, asks_failing=asks_failing)
            if name == "second":
                used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
                told["megabytes"] = used / 1024
            children = resource.getrusage(resource.RUSAGE_CHILDREN)
            say(f"  children so far: {children.ru_utime + children.ru_stime:.2f} s of CPU")
    told["child"] = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return told


def pull_once(shop: Workshop, count: int, name: str, *, asks_failing: bool) -> float:
    """Pull once; feeds that failed last time rest in a second pull, as in an unattended run."""
    from wp_sync.pipeline.options import SyncOptions
    from wp_sync.pipeline.pulling import pull_all
    from wp_sync.pipeline.work import Work

    visit = SimpleNamespace(address="")
    options = SyncOptions(is_due=lambda row: asks_failing or not row.failures)
    begun, used = time.perf_counter(), time.process_time()
    delivery = cast("Any", SimpleNamespace(visit=visit, run=""))
    work = Work(shop, options, delivery, lambda _: None)
    for some in pull_all(work.jobs(), shop, options):
        work.remember(some)
    seconds = time.perf_counter() - begun
    used = time.process_time() - used
    say(f"  {name}: {seconds:.2f} s, {used:.2f} s of CPU beside the children's")
    check(work, count, name)
    return seconds


def check(work: Any, count: int, name: str) -> None:  # noqa: ANN401
    """See that the good feeds are complete, and that each of the others says why it is not."""
    good = sum(not kind_of(number) for number in range(count))
    failed = [one for one in work.tally.feeds if one.status == "failed"]
    whole = len(work.tally.feeds) - len(failed)
    silent = [one.feed for one in failed if not one.reason]
    counts = work._shop.ledger.items.counts()  # noqa: SLF001
    if whole != good or silent or counts != {"new": good * ITEMS}:
        raise SystemExit(f"{name}: {whole} of {good} feeds, {counts}; without a word: {silent}")
    if name == "first":
        for number in range(9, 109, 10):
            told = [one.reason for one in failed if one.feed.endswith(f"/{number}.xml")]
            say(f"  {kind_of(number):12} {' '.join(told)[:150]}")


def run(what: str, count: int, port: int) -> dict[str, float]:
    """Run one part in a process of its own."""
    command = [sys.executable, __file__, "--part", what, "--feeds", str(count), "--port", str(port)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    *lines, last = done.stdout.splitlines() or [""]
    if done.returncode:
        raise SystemExit(f"{done.stdout}{done.stderr}")
    for line in lines:
        say(line)
    told: dict[str, float] = json.loads(last)
    return told


def bench_speed(count: int, rounds: int) -> bool:
    bare, ours = [], []
    with open_farm(count) as port:
        for _ in range(rounds):
            bare.append(run("bare", count, port)["seconds"])
            ours.append(run("ours", count, port))
            say(f"bare {bare[-1]:.2f} s, ours {json.dumps(ours[-1])}")
    first, second, third = (
        statistics.median(one[name] for one in ours) for name in ("first", "second", "third")
    )
    say(f"with the failing ones asked again, the third pull is {first / third:.1f} times faster")
    ratio = first / statistics.median(bare)
    return all(
        (
            judge("first pull, beside bare libraries", ratio, FIRST, at_least=False),
            judge("second pull, beside the first", first / second, SECOND, at_least=True),
        )
    )


def bench_memory(count: int) -> bool:
    with open_farm(count) as port:
        few, many = (run("ours", number, port) for number in (FEW, count))
    say(f"{FEW} feeds: {few['megabytes']:.0f} MB, {count}: {many['megabytes']:.0f} MB")
    growth = many["megabytes"] / few["megabytes"]
    return judge("peak memory, beside that of 100 feeds", growth, GROWTH, at_least=False)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--feeds", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--only", choices=("speed", "memory"))
    parser.add_argument("--part", choices=("bare", "ours"), help=argparse.SUPPRESS)
    parser.add_argument("--port", type=int, help=argparse.SUPPRESS)
    told = parser.parse_args()
    if told.part:
        part = pull_bare if told.part == "bare" else pull_ours
        say(json.dumps(part(told.feeds, told.port)))
        return
    parts = {
        "speed": lambda: bench_speed(told.feeds, told.rounds),
        "memory": lambda: bench_memory(told.feeds),
    }
    chosen = [told.only] if told.only else list(parts)
    held = [parts[name]() for name in chosen]
    if not all(held):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
