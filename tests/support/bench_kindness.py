"""A visitor's page while posts with pictures arrive, beside one on a site that is left alone."""

from __future__ import annotations

import io
import itertools
import json
import statistics
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import requests
from bench_site import EMPTY, Bench, judge, open_desk, say, write_stories
from PIL import Image
from press import rss

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Iterator

KIND = 1.3
PICTURED, SLICES = 200, 4
VISIT_EVERY = 0.1  # seconds
IDLE_VISITS = 100  # a slice


def paint(number: int) -> bytes:
    """Paint a photograph of its own, as large as those of news sites."""
    noise = Image.effect_noise((300, 200), 60 + number % 40).convert("RGB")
    out = io.BytesIO()
    noise.resize((1200, 800)).save(out, "JPEG", quality=80)
    return out.getvalue()


def bench_kindness(bench: Bench, slices: int = SLICES) -> bool:
    """Visit the site in turn while it is left alone and while posts with pictures arrive."""
    bench.site.run_php(EMPTY)
    made = "['post_title' => 'A page', 'post_content' => 'Text', 'post_status' => 'publish']"
    page = bench.site.run_php(f"echo get_permalink(wp_insert_post({made}));").strip()
    each = PICTURED // slices
    idle: list[float] = []
    busy: list[float] = []
    for number in range(each * slices):
        bench.kiosk.put(f"/{number}.jpg", paint(number), "image/jpeg")
    with tempfile.TemporaryDirectory() as place:
        for part in range(slices):
            stories = write_stories(each, bench.kiosk.url, part * each)
            bench.kiosk.put("/pictured", rss(*stories))
            desk = open_desk(bench, Path(place), "/pictured")
            idle += list(visit(page, lambda count: count < IDLE_VISITS))
            begun = time.perf_counter()
            with desk.start("sync", "--json", "--allow", "all", own_session=True) as process:
                # As if it had a machine of its own: the site's load counts, and not ours. Linux
                # weighs sessions against each other (sched(7)).
                Path(f"/proc/{process.pid}/autogroup").write_text("19", "ascii")
                busy += list(visit(page, is_running(process)))
                out, err = process.communicate()
            totals = json.loads(out.splitlines()[0])["data"]["totals"]
            say(f"{totals} with pictures in {time.perf_counter() - begun:.1f} s{err[:300]}")
    slow_idle, slow_busy = (statistics.quantiles(times, n=20)[-1] for times in (idle, busy))
    for name, times, slow in (("idle", idle, slow_idle), ("busy", busy, slow_busy)):
        median = statistics.median(times) * 1000
        say(f"a visitor's page, {name}: {median:.0f} ms, p95 {slow * 1000:.0f} ms ({len(times)})")
    return judge("a visitor's p95, of idle", slow_busy / slow_idle, KIND, at_least=False)


def visit(page: str, goes_on: Callable[[int], bool]) -> Iterator[float]:
    """Open a page now and then; `goes_on` is asked with the number of visits."""
    for count in itertools.count():
        if not goes_on(count):
            return
        begun = time.perf_counter()
        requests.get(page, timeout=60).raise_for_status()
        seconds = time.perf_counter() - begun
        yield seconds
        time.sleep(max(0.0, VISIT_EVERY - seconds))


def is_running(process: subprocess.Popen[str]) -> Callable[[int], bool]:
    return lambda _: process.poll() is None
