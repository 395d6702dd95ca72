"""Whose marker is whose: what a ledger has recorded making, on the machine that recorded it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from wp_sync.config import load_config
from wp_sync.errors import AlreadyRunningError, LedgerError, SiteError
from wp_sync.ledger import Ledger, open_ledger
from wp_sync.pipeline.alone import keeping, make_lock
from wp_sync.pipeline.ending import ending
from wp_sync.pipeline.stop import Stop
from wp_sync.publish.memory import MemoryTarget

if TYPE_CHECKING:
    from pathlib import Path

    from wp_sync.publish.lock import SiteLock

CONFIG = """
[site]
url = "https://memory.example"
username = "a"
[fetch]
contact = "a@b.example"
"""
SITE = "memory.example"


@dataclass(slots=True)
class Yard:
    """One site, and machines whose id, host name and directory are one and the same."""

    folder: Path
    now: datetime = datetime(2026, 5, 4, 12, tzinfo=UTC)
    site: MemoryTarget = field(init=False)

    def __post_init__(self) -> None:
        self.site = MemoryTarget(now=lambda: self.now)

    def ledger(self, name: str) -> Ledger:
        return open_ledger(f"sqlite:///{name}.db", self.folder, clock=lambda: self.now)

    def lock(self, ledger: Ledger, place: str = ".") -> SiteLock:
        """Make the lock of a new process."""
        folder = self.folder / place
        folder.mkdir(exist_ok=True)
        (folder / "config.toml").write_text(CONFIG)
        config = load_config(folder / "config.toml")
        lock = make_lock(config, ledger, self.site, SITE, lambda: self.now, Stop())
        lock._sleep = lambda _: None  # noqa: SLF001
        return lock

    @property
    def markers(self) -> list[int]:
        return [one.wp_id for one in self.site.markers.list_all()]


@pytest.fixture
def yard(tmp_path: Path) -> Yard:
    return Yard(tmp_path)


def test_a_copied_machine_is_another_machine(yard: Yard) -> None:
    """A clone of a virtual machine has its id, its name and its paths, and must not write too."""
    with yard.ledger("one") as one, yard.ledger("clone") as clone:
        yard.lock(one).take()

        with pytest.raises(AlreadyRunningError, match="a run is at work on "):
            yard.lock(clone).take()
        assert yard.markers == [1]


def test_a_copied_ledger_elsewhere_is_another_ledger(yard: Yard) -> None:
    """It was copied while a run was at work: that run may be at work still."""
    with yard.ledger("one") as one:
        yard.lock(one).take()

        with pytest.raises(AlreadyRunningError):
            yard.lock(one, "elsewhere").take()


def test_what_a_killed_run_left_is_taken_over_at_once(yard: Yard) -> None:
    """Also by the run after the next: what could not be deleted is known for long."""
    with yard.ledger("one") as one:
        for _ in range(3):
            yard.lock(one).take()

        assert yard.markers == [3]


def test_the_marker_is_known_before_it_is_made(yard: Yard, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that dies in the request leaves a marker of which it had no answer."""
    make = yard.site.markers.make

    def make_and_die(token: str, title: str) -> None:
        make(token, title)
        raise KeyboardInterrupt

    with yard.ledger("one") as one:
        monkeypatch.setattr(yard.site.markers, "make", make_and_die)
        with pytest.raises(KeyboardInterrupt):
            yard.lock(one).take()
        monkeypatch.undo()

        assert yard.lock(one).take()
        assert yard.markers == [2]


def test_a_new_ledger_waits_as_a_stranger_does(yard: Yard) -> None:
    """It can't know whose the marker is: after a quarter of an hour nobody's."""
    with yard.ledger("one") as one:
        yard.lock(one).take()
    with yard.ledger("new") as new:
        with pytest.raises(AlreadyRunningError):
            yard.lock(new).take()
        yard.now += timedelta(minutes=15, seconds=1)

        assert yard.lock(new).take()


def test_who_asks_whether_to_end_keeps_the_lock(
    yard: Yard, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pictures and discards take longer than a marker counts; a lost lock ends them."""
    with yard.ledger("one") as one:
        lock, wishes = yard.lock(one), iter((False, True, True))
        heed = keeping(lock, lambda: next(wishes))
        lock.take()
        before = yard.site.markers.list_all()[0].modified
        ticks = lock._ticks()  # noqa: SLF001
        monkeypatch.setattr(lock, "_ticks", lambda: ticks + 300)
        yard.now += timedelta(minutes=5)

        assert (heed(), heed()) == (False, True)
        assert yard.site.markers.list_all()[0].modified > before
        yard.site.markers.there.clear()
        monkeypatch.setattr(lock, "_ticks", lambda: ticks + 600)
        with pytest.raises(SiteError, match="another machine may be writing"):
            heed()


def test_a_copy_at_the_same_path_is_another_place(yard: Yard) -> None:
    """The directory of a run that hangs was moved aside: the run may still be at work."""
    with yard.ledger("one") as one:
        yard.lock(one, "place").take()
        (yard.folder / "place").rename(yard.folder / "aside")

        with pytest.raises(AlreadyRunningError):
            yard.lock(one, "place").take()


@pytest.mark.parametrize("earlier", [True, False])
def test_earlier_error_wins_and_a_lone_one_is_told(*, earlier: bool) -> None:
    """A ledger that breaks when the lock is given back is told, unless something else is."""

    def give_back() -> None:
        raise LedgerError("broken")

    def work() -> None:
        with ending(give_back):
            if earlier:
                raise SiteError("first")

    with pytest.raises(SiteError if earlier else LedgerError):
        work()
