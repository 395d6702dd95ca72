"""Publishing beside what PHP itself can do, and beside a visitor: `make bench`.

One WordPress (MariaDB, two PHP workers) and one machine for all; rounds alternate, medians count.
`--quick` for two rounds instead of five; `--only speed|nothing|kind` for a part.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).parent / "support"))

import requests
from bench_kindness import bench_kindness
from bench_site import COUNT, EMPTY, Bench, judge, open_bench, open_desk, say
from press import open_kiosk, rss
from watching_proxy import watch

from wp_sync.ledger import open_ledger
from wp_sync.model import Create, ItemKey, Plan, Post, SiteState
from wp_sync.publish.apply import apply_plan
from wp_sync.publish.media import no_files
from wp_sync.publish.rest import RestTarget
from wp_sync.publish.rest_api import RestApi
from wp_sync.sandbox.wordpress import start_wordpress

if TYPE_CHECKING:
    from collections.abc import Callable

WHOLE, ALONE, SINGLE, READS = 0.7, 1.0, 2.5, 6  # the limits
# What wp_insert_post needs no REST for; the seconds are those of the loop alone.
LOOP = """
$rows = json_decode(file_get_contents('%s'), true);
wp_set_current_user(1);
$begun = microtime(true);
foreach ($rows as $row) {
    wp_insert_post(wp_slash($row), true);
}
echo microtime(true) - $begun;
"""


def make_posts(bench: Bench) -> list[Post]:
    return [
        Post(
            key=ItemKey("bench", str(story.number)),
            source_url=story.address,
            channel="news",
            title=story.title,
            body=story.body,
            excerpt=story.title * 3,
            slug=f"story-{story.number}",
            mark="",
            status="publish",
            date=datetime(2026, 5, 4, 12, tzinfo=UTC),
            author="tom-becker",
            categories=(("News",),),
            tags=("Example News", "Weather"),
        )
        for story in bench.stories
    ]


def loop_in_php(bench: Bench) -> float:
    """Insert the posts as PHP does it: no HTTP, one process, opcache."""
    rows = [
        {
            "post_title": post.title,
            "post_content": post.body,
            "post_excerpt": post.excerpt,
            "post_name": post.slug,
            "post_status": "publish",
            "post_date_gmt": "2026-05-04 12:00:00",
            "post_author": bench.author,
            "post_category": [bench.category],
            "tags_input": list(bench.tags),
        }
        for post in make_posts(bench)
    ]
    file = bench.site.directory / "rows.json"
    file.write_text(json.dumps(rows))
    return float(bench.site.run_php(LOOP % file))


def sync_whole(bench: Bench) -> float:
    """Run the command on a feed, with everything that it does."""
    with tempfile.TemporaryDirectory() as place:
        desk = open_desk(bench, Path(place))
        begun = time.perf_counter()
        answer = desk.sync("--allow", "all")
        seconds = time.perf_counter() - begun
        if answer.totals != {"created": COUNT}:
            raise SystemExit(f"sync: {answer.totals} {answer.err}")
        return seconds


def apply_alone(bench: Bench) -> float:
    """Apply a plan that is made, with a ledger on disk."""
    posts = make_posts(bench)
    plan = Plan(changes=tuple(Create(post=post, reason="new") for post in posts))
    target = RestTarget(RestApi(bench.api.root, "editor", bench.api.password), bench.root)
    state = SiteState(
        terms={name: target.read_terms(name) for name in ("categories", "tags")},
        users=target.read_authors(),
    )
    with (
        tempfile.TemporaryDirectory() as place,
        open_ledger("sqlite:///l.db", Path(place), clock=lambda: datetime.now(UTC)) as ledger,
    ):
        journal = ledger.posts.journal("bench", "run")
        begun = time.perf_counter()
        outcomes = list(apply_plan(plan, target, journal, no_files, state))
        seconds = time.perf_counter() - begun
    if {outcome.status for outcome in outcomes} != {"created"}:
        raise SystemExit(f"apply_plan: {outcomes[-1]}")
    return seconds


def send_singly(bench: Bench) -> float:
    """Post one after the other, as a plain script does."""
    bodies = [
        {
            "title": post.title,
            "content": post.body,
            "excerpt": post.excerpt,
            "slug": post.slug,
            "status": "publish",
            "date_gmt": "2026-05-04T12:00:00",
            "author": bench.author,
            "categories": [bench.category],
            "tags": list(bench.tags),
        }
        for post in make_posts(bench)
    ]
    with requests.Session() as session:
        session.auth = ("editor", bench.api.password)
        begun = time.perf_counter()
        for body in bodies:
            session.post(f"{bench.site.url}/wp-json/wp/v2/posts", json=body).raise_for_status()
        return time.perf_counter() - begun


def bench_speed(bench: Bench, rounds: int) -> bool:
    """Compare four ways to make the same posts."""
    ways: dict[str, Callable[[Bench], float]] = {
        "wp_insert_post in PHP": loop_in_php,
        "wp-sync sync": sync_whole,
        "apply_plan": apply_alone,
        "single requests": send_singly,
    }
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            bench.site.run_php(EMPTY)
            seconds[name].append(way(bench))
            say(f"  {name}: {seconds[name][-1]:.1f} s")
    medians = {name: statistics.median(times) for name, times in seconds.items()}
    for name, median in medians.items():
        times = ", ".join(f"{one:.1f}" for one in seconds[name])
        say(f"{name:24}{COUNT / median:6.1f} posts/s ({times} s)")
    php, whole, alone, single = medians.values()
    return all(
        [
            judge("the whole command, of PHP's loop", php / whole, WHOLE, at_least=True),
            judge("apply_plan, of PHP's loop", php / alone, ALONE, at_least=True),
            judge("apply_plan, of single requests", single / alone, SINGLE, at_least=True),
        ]
    )


def bench_nothing_new(bench: Bench) -> bool:
    """Count what a run asks when the feed has nothing that is not known."""
    bench.site.run_php(EMPTY)
    with tempfile.TemporaryDirectory() as place, watch(bench.site) as traffic:
        desk = open_desk(bench, Path(place), site=traffic.url)
        desk.sync("--allow", "all")
        bench.kiosk.has_etags = True
        bench.kiosk.put("/feed", rss(*bench.stories) + "<!-- later -->")
        traffic.seen.clear()
        begun = time.perf_counter()
        answer = desk.sync()
        seconds = time.perf_counter() - begun
        say(f"{COUNT} known items, feed answers 200: {seconds:.2f} s, {answer.totals}")
        holds = [
            judge("writes", len(traffic.writes), 0, at_least=False),
            judge("reads", len(traffic.reads), READS, at_least=False),
        ]
        traffic.seen.clear()
        desk.sync()
        holds.append(
            judge("requests when the feed answers 304", len(traffic.seen), 0, at_least=False)
        )
    return all(holds)


def main() -> int:
    asked = argparse.ArgumentParser()
    asked.add_argument("--quick", action="store_true")
    asked.add_argument("--only", choices=("speed", "nothing", "kind"))
    options = asked.parse_args()
    rounds = 2 if options.quick else 5
    parts: dict[str, Callable[[Bench], bool]] = {
        "speed": lambda bench: bench_speed(bench, rounds),
        "nothing": bench_nothing_new,
        "kind": bench_kindness,
    }
    begun = time.monotonic()
    with start_wordpress(database="mariadb", empty=True) as site, open_kiosk() as kiosk:
        bench = open_bench(site, kiosk)
        chosen = [options.only] if options.only else list(parts)
        results = [parts[name](bench) for name in chosen]
    say(f"{time.monotonic() - begun:.0f} s")
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
