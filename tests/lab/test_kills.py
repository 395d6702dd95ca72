"""A sample of the kills, late landings and lost ledgers that `make faults` runs as a whole."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from bench import Bench, open_bench
from programme import Order, load_classes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SAMPLE = {
    "K1": 6,
    "K1*": 2,
    "K1w": 5,
    "K8": 2,
    "K9": 2,
    "K9b": 2,
    "D5": 1,
    "D4": 1,
    "D10": 2,
}
# What the command would be without its journal: no intent is written before a create.
WITHOUT_JOURNAL = """
from wp_sync.ledger import posts
posts.PostJournal.begin = lambda *_: None
"""


@pytest.mark.timeout(900)
@pytest.mark.parametrize("name", SAMPLE)
def test_nothing_is_lost_doubled_or_half_made(name: str, tmp_path: Path) -> None:
    """Whatever ends a run, the next one converges, and the one after that writes nothing."""
    one = load_classes()[name]

    results = list(one.run(Order(fault=name, count=SAMPLE[name], scratch=tmp_path)))

    assert len(results) == SAMPLE[name]
    found = [f"case {r.case} ({r.what}): {v.what}" for r in results for v in r.violations]
    assert found == []


@pytest.fixture
def careless(tmp_path: Path) -> Iterator[Bench]:
    """Set up a workplace whose command keeps no journal."""
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    (hooks / "sitecustomize.py").write_text(WITHOUT_JOURNAL, "utf-8")
    with open_bench(tmp_path, environ={"PYTHONPATH": str(hooks)}) as bench:
        yield bench


def test_laboratory_sees_what_the_journal_prevents(careless: Bench) -> None:
    """Without intents a write that lands late is made twice: the checker has to find it."""
    assert careless.fake
    careless.fake.set_faults({"match": "^POST /wp/v2/posts$", "do": "hold", "skip": 3})
    process = careless.desk.start("sync", "--allow", "all", "--json")
    while not careless.is_late and process.poll() is None:
        time.sleep(0.02)
    process.kill()
    process.communicate()
    careless.sync()
    careless.fake.set_faults()  # WordPress goes on
    time.sleep(careless.settle)

    violations = careless.inspect()

    assert "doubled" in {one.kind for one in violations}
