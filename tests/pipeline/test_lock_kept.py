"""How long a run keeps the site's lock: through pictures and discards, and while creates rest."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

import pytest
from office import SETTLE, Office, make_post

from wp_sync.config import load_config
from wp_sync.errors import InDoubtError, SiteError
from wp_sync.model import Discard, Plan
from wp_sync.pipeline.alone import apply_locked, keeping
from wp_sync.pipeline.build import Workshop
from wp_sync.pipeline.orders import Office as Bench
from wp_sync.pipeline.orders import carry_out
from wp_sync.pipeline.stop import Stop
from wp_sync.publish.lock import SiteLock
from wp_sync.publish.memory_upkeep import MemoryUpkeep

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from wp_sync.model import ItemKey, Post
    from wp_sync.publish.media import Ready

CONFIG = f"""
[site]
url = "https://memory.example"
username = "a"
settle = "{SETTLE.seconds}s"
[fetch]
contact = "a@b.example"
"""


@dataclass(slots=True)
class Ticks:
    """Seconds that only slow work lets pass."""

    now: float = 0
    renewed: list[float] = field(default_factory=list)

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    (tmp_path / "config.toml").write_text(CONFIG)
    office = Office(tmp_path)
    yield office
    office.ledger.close()


def make_lock(office: Office, ticks: Ticks, monkeypatch: pytest.MonkeyPatch) -> SiteLock:
    """Make a lock, and note when its marker is renewed."""
    renew = office.site.markers.renew

    def note(wp_id: int, title: str) -> bool:
        ticks.renewed.append(ticks.now)
        return renew(wp_id, title)

    monkeypatch.setattr(office.site.markers, "renew", note)
    return SiteLock(office.site.markers, "aa", "wp-sync: aa", remember=lambda _: (), ticks=ticks)


def test_pictures_that_take_long_do_not_cost_the_lock(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ten slow picture servers after each other take longer than a marker counts."""
    ticks = Ticks()
    lock = make_lock(office, ticks, monkeypatch)
    plan, state = office.plan(*(make_post(number) for number in range(25)))
    office.site.at_once = 25

    def fetch(posts: Sequence[Post]) -> dict[ItemKey, Ready]:
        ticks.now += 300
        return office.files(posts)

    lock.take()
    landed = list(
        apply_locked(plan, office.site, office.journal, fetch, state, keeping(lock, Stop()))
    )

    assert [one.status for one in landed] == ["created"] * 25
    assert ticks.now == 900
    assert len(ticks.renewed) == 3


def test_discards_that_take_long_do_not_cost_the_lock(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An undo of hundreds of uploads asks the site for each."""
    ticks = Ticks()
    bench = make_bench(office, make_lock(office, ticks, monkeypatch))
    names = ("one", "two", "three")
    made = [office.make_term("tags", name) for name in names]
    look_slowly(ticks, 300, monkeypatch)
    discards = tuple(
        Discard(kind="tags", wp_id=wp_id, name=name, how="delete", order="undo", reason="why")
        for wp_id, name in zip(made, names, strict=True)
    )

    result = carry_out(bench, Plan(discards=discards), "undo")

    assert result.error is None
    assert len(result.run.messages) == 3
    assert len(ticks.renewed) == 2


def look_slowly(ticks: Ticks, seconds: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let each question after the users of a term take its time."""
    look = MemoryUpkeep.posts_with

    def wait(upkeep: MemoryUpkeep, *given: Any) -> frozenset[int]:  # noqa: ANN401
        ticks.now += seconds
        return look(upkeep, *given)

    monkeypatch.setattr(MemoryUpkeep, "posts_with", wait)


def make_bench(office: Office, lock: SiteLock) -> Bench:
    return Bench(
        config=load_config(office.folder / "config.toml"),
        ledger=office.ledger,
        target=office.site,
        upkeep=MemoryUpkeep(office.site),
        identity=office.site.identify(),
        clock=lambda: office.now,
        stop=Stop(),
        lock=lock,
    )


def make_shop(office: Office) -> Workshop:
    return Workshop(
        config=load_config(office.folder / "config.toml"),
        ledger=office.ledger,
        web=cast("Any", None),
        confinement=cast("Any", None),
        clock=lambda: office.now,
        stop=Stop(),
        open_site=lambda: office.site,
    )


def test_the_lock_stays_while_creates_are_in_doubt(office: Office) -> None:
    """Their posts are not to be found yet by another machine; settled, the lock goes."""
    shop = make_shop(office)
    shop.lock.take()
    office.site.fail("create_post", InDoubtError("lost"), after=True)
    office.run(make_post(1))

    shop.close()
    left = office.site.markers.list_all()
    office.settle()
    shop.close()

    assert len(left) == 1
    assert office.site.markers.list_all() == ()


def test_a_run_without_doubts_gives_the_lock_back(office: Office) -> None:
    """And one that never took it asks the site nothing."""
    idle = make_shop(office)
    idle.close()
    shop = make_shop(office)
    shop.lock.take()
    office.run(make_post(1))

    shop.close()

    assert "target" not in vars(idle)
    assert office.site.markers.list_all() == ()


def test_a_lost_lock_ends_an_order_between_two_discards(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is deleted for good is not deleted beside another writer."""
    ticks = Ticks()
    bench = make_bench(office, make_lock(office, ticks, monkeypatch))
    made = {name: office.make_term("tags", name) for name in ("one", "two")}
    look_slowly(ticks, 601, monkeypatch)
    discards = tuple(
        Discard(kind="tags", wp_id=wp_id, name=name, how="delete", order="undo", reason="why")
        for name, wp_id in made.items()
    )

    result = carry_out(bench, Plan(discards=discards), "undo")

    assert isinstance(result.error, SiteError)
    assert made["two"] in office.terms("tags").values()
