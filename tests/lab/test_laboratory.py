"""The laboratory's own instruments: scripted faults, the source log, the programme."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import urllib.error
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from bench import open_bench
from checker import Violation
from faults import parse, run, table
from laboratory import Fake, Farm, start_fake, start_farm
from press import Story, rss
from programme import FaultClass, Order, Result, side_by_side
from readers import read_requests, read_source_log, run_sql

from wp_sync.errors import InDoubtError
from wp_sync.publish.discovery import discover
from wp_sync.publish.rest import RestTarget
from wp_sync.publish.rest_api import RestApi
from wp_sync.publish.wire import Patience

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wp_sync.sandbox.wordpress import WordPress

CREATES = "^POST /wp/v2/posts$"


@pytest.fixture
def fake(tmp_path: Path) -> Iterator[Fake]:
    with start_fake(tmp_path / "site.sqlite") as fake:
        yield fake


def reach(fake: Fake, read: float = 60) -> RestTarget:
    """Reach the fake, with so much patience."""
    root = discover(fake.url)
    patience = Patience(read=read, attempts=1)
    return RestTarget(RestApi(root.root, "editor", fake.password, patience=patience), root)


@pytest.fixture
def target(fake: Fake) -> RestTarget:
    return reach(fake)


def titles(fake: Fake) -> list[str]:
    rows = run_sql(fake.database, "SELECT post_title FROM wp_posts WHERE post_type = 'post'")
    return [row["post_title"] for row in rows]


def wait_for_title(fake: Fake) -> None:
    """Wait until a late write lands; the test's time limit ends it when none does."""
    while not titles(fake):
        time.sleep(0.05)


def wait_for_requests(farm: Farm, count: int) -> list[dict[str, Any]]:
    """Wait for the log, whose lines are written when an answer has gone out."""
    while len(told := read_requests(farm.log)) < count:
        time.sleep(0.05)
    return told


@pytest.mark.parametrize("how", ["delay", "hang up"])
def test_late_write_lands_though_nobody_waits(fake: Fake, how: str) -> None:
    """PHP works on when its client is gone: found by nobody at once, there a little later."""
    hold = {"match": CREATES, "do": "hold"}
    fake.set_faults({"match": CREATES, "do": how, "seconds": 0.4}, hold)

    with pytest.raises(InDoubtError):
        reach(fake, read=0.3).create_post({"title": "Rain"})

    assert titles(fake) == []
    fake.set_faults()
    wait_for_title(fake)
    assert titles(fake) == ["Rain"]


def test_request_that_dies_leaves_a_post_without_its_terms(fake: Fake, target: RestTarget) -> None:
    """Row, picture and terms are written one after the other, and a crash comes in between."""
    tag = target.create_term("tags", "Weather", 0).wp_id
    fake.set_faults({"match": CREATES, "at": "after row", "do": "die"})

    with pytest.raises(InDoubtError):
        target.create_post({"title": "Rain", "slug": "rain", "tags": (tag,)})

    (half,) = target.find_posts(["rain"])
    assert (half.values["title"], half.values["tags"]) == ("Rain", ())


def test_fault_skips_and_answers_in_wordpress_place(fake: Fake, target: RestTarget) -> None:
    """The second create is written and answered with 500; the third is well again."""
    answer = {"do": "answer", "at": "answer", "status": 500, "body": "<p>critical error</p>"}
    fake.set_faults({"match": CREATES, "skip": 1, **answer})

    target.create_post({"title": "One"})
    with pytest.raises(InDoubtError):
        target.create_post({"title": "Two"})
    target.create_post({"title": "Three"})

    assert titles(fake) == ["One", "Two", "Three"]


def test_batch_answers_one_by_one(fake: Fake) -> None:
    """Each request of a batch has its own fate; more than 25 are refused whole."""
    api = RestApi(f"{fake.url}/wp-json", "editor", fake.password)
    post: dict[str, Any] = {"method": "POST", "path": "/wp/v2/posts?_fields=id,slug"}
    good, bad = {**post, "body": {"title": "Rain", "slug": "rain"}}, {**post, "body": {}}
    media = {"method": "POST", "path": "/wp/v2/media", "body": {}}

    answer = api.send("POST", "batch/v1", json={"requests": [good, bad, good, media]})
    refused = api.send("POST", "batch/v1", json={"requests": [good] * 26})

    assert answer.status == 207
    responses = json.loads(answer.text)["responses"]
    assert [one["status"] for one in responses] == [201, 400, 201, 400]
    assert [one["body"].get("slug") for one in responses[::2]] == ["rain", "rain-2"]
    assert refused.status == 400


def test_index_announces_batches(fake: Fake) -> None:
    """Nested fields are cut out as WordPress does, by names and by places in lists."""
    api = RestApi(f"{fake.url}/wp-json", "editor", fake.password)
    most = "routes./batch/v1.endpoints.0.args.requests.maxItems"
    second = "routes./wp/v2/posts.endpoints.1.allow_batch"

    index, _ = api.get("", {"_fields": f"{most},{second}"})

    assert index["routes"] == {
        "/batch/v1": {"endpoints": [{"args": {"requests": {"maxItems": 25}}}]},
        "/wp/v2/posts": {"endpoints": {"1": {"allow_batch": {"v1": True}}}},
    }


def test_wrong_password_is_an_anonymous_visitor(fake: Fake) -> None:
    """Reads go on, and nothing is written."""
    api = RestApi(f"{fake.url}/wp-json", "editor", "wrong")

    assert api.send("POST", "wp/v2/posts", json={"title": "Rain"}).code == "rest_cannot_create"
    assert api.read("wp/v2/users/me").code == "rest_not_logged_in"
    assert api.read("wp/v2/posts").status == 200


def test_source_log_holds_what_was_delivered_whole(tmp_path: Path) -> None:
    """An item of a cut answer was not delivered, and nobody has to publish it."""
    one, two = rss(Story(number=1)), rss(Story(number=2))
    replies = {"replies": [{"body": one, "cut": len(one) - 20}, {"body": two}]}
    with start_farm(tmp_path / "log") as farm:
        url = farm.put("/feed", json.dumps(replies), "application/json")

        for _ in range(2):
            subprocess.run(("curl", "-s", url), capture_output=True, check=False)  # noqa: S603, S607

        told = wait_for_requests(farm, 2)
        assert [one["whole"] for one in told] == [False, True]
        assert [one.guid for one in read_source_log(farm.log)] == ["2"]


def test_source_farm_answers_304(tmp_path: Path) -> None:
    """The log tells conditional requests from others."""
    with start_farm(tmp_path / "log") as farm:
        url = farm.put("/feed", rss(Story(number=1)))
        with urllib.request.urlopen(url) as answer:  # noqa: S310 (loopback)
            tag = answer.headers["ETag"]
        again = urllib.request.Request(url, headers={"If-None-Match": tag})  # noqa: S310

        with pytest.raises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(again)  # noqa: S310

        caught.value.close()
        assert caught.value.code == 304
        told = wait_for_requests(farm, 2)
        assert [one["conditional"] for one in told] == [False, True]


def test_bench_sees_what_a_real_site_is_asked_to_write(
    fresh_wordpress: WordPress, tmp_path: Path
) -> None:
    """Else "the run after writes nothing" would be said of a site that nobody watches."""
    with open_bench(tmp_path, fresh_wordpress) as bench:
        bench.stock(items=2, pictures=1)

        first, second = bench.sync(), bench.sync()

        assert any("/wp-json/" in write for write in first.writes)
        assert (first.code, second.code, second.writes) == (0, 0, ())
        assert bench.check() == []


def test_programme_counts_and_goes_on(tmp_path: Path) -> None:
    """A run that is cut keeps its figures, and the next one tries only what is left."""
    tried: list[int] = []

    def attempt(order: Order) -> Iterator[Result]:
        for number in order.numbers():
            tried.append(number)
            broken = [Violation(kind="doubled", what="two")] * (2 if number == 1 else 0)
            yield order.result(number, broken, what="a try")

    one = FaultClass(id="T1", on="fake", n=3, what="a test", run=attempt)
    out = str(tmp_path / "out.jsonl")

    *_, rows = run(parse(["--n", "2", "--out", out]), [one])
    *_, rows = run(parse(["--resume", "--out", out]), [one])

    assert tried == [0, 1, 2]
    counted = next(line.split() for line in table(rows) if line.startswith("T1"))
    assert counted[2:9] == ["3", "0", "1", "0", "0", "0", "0"]


def test_order_spreads_its_cases(tmp_path: Path) -> None:
    """A sample takes some of all boundaries, each under its own number."""
    order = Order(fault="K1", count=4, scratch=tmp_path, done=frozenset({5}))

    assert order.numbers(10) == (0, 2, 7)
    assert order.numbers(3) == (0, 1, 2)
    assert sorted(side_by_side(range(5), lambda number: number * 2)) == [0, 2, 4, 6, 8]


def test_programme_names_its_classes() -> None:
    """What --class takes is listed."""
    script = Path(__file__).with_name("faults.py")

    listed = subprocess.run(  # noqa: S603 (our own command)
        (sys.executable, str(script), "--list"), capture_output=True, text=True, check=True
    )

    assert {"K1", "K1*", "K1w", "K8", "K9", "D10"} <= {
        line.split()[0] for line in listed.stdout.splitlines()
    }
