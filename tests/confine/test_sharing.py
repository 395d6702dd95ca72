"""Small jobs share a child; what one of them does to it costs the others a repeat."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
import shared_jobs

from wp_sync.confine import Confinement
from wp_sync.confine.sharing import Sharing
from wp_sync.errors import ConfinedError, ParseError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MANY = 24


@pytest.fixture
def share() -> Iterator[Callable[..., list[object]]]:
    """Run jobs from as many threads; give results and errors in the order of the jobs."""
    with Confinement() as confinement, ThreadPoolExecutor(MANY) as pool:

        def share(*jobs: tuple[Callable[..., object], object]) -> list[object]:
            waiting = [
                pool.submit(confinement.share, function, argument, cpu_seconds=1)
                for function, argument in jobs
            ]
            return [one.exception() or one.result() for one in waiting]

        yield share


def test_jobs_that_come_together_share_children(
    share: Callable[..., list[object]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fork costs more than reading a small feed."""
    work, together = Sharing._work, threading.Event()  # noqa: SLF001 (begun when all have come)

    def wait_for_all(sharing: Sharing) -> None:
        while len(sharing._waiting) < MANY and not together.wait(0.005):  # noqa: SLF001
            pass
        together.set()
        work(sharing)

    monkeypatch.setattr(Sharing, "_work", wait_for_all)

    children = share(*[(shared_jobs.name_process, None)] * MANY)

    assert len(set(children)) < MANY


@pytest.mark.parametrize(
    ("job", "words"),
    [
        pytest.param(shared_jobs.die, "was killed", id="dies"),
        pytest.param(shared_jobs.fill_memory, "needed more than 512 MB", id="fills the memory"),
        pytest.param(shared_jobs.spin, "took more than 1 s of CPU", id="never ends"),
        pytest.param(shared_jobs.fail, "crashed: RuntimeError", id="crashes"),
    ],
)
def test_a_bomb_takes_no_other_down(
    share: Callable[..., list[object]],
    monkeypatch: pytest.MonkeyPatch,
    job: Callable[..., object],
    words: str,
) -> None:
    """It fails as it would alone, and the others have their results."""
    # Beside others that are at work the second of CPU takes many: it is not to end by the clock.
    monkeypatch.setattr("wp_sync.confine.confinement._BUSY_MACHINE", 100)
    jobs: list[tuple[Callable[..., object], object]]
    jobs = [(shared_jobs.double, number) for number in range(12)]

    *others, failed = share(*jobs, (job, None))

    assert others == [2 * number for number in range(12)]
    assert isinstance(failed, ConfinedError)
    assert words in str(failed)


def test_errors_come_back_as_they_were_raised(share: Callable[..., list[object]]) -> None:
    """Each job has its own, with all that it says."""
    errors = share(*((shared_jobs.refuse, f"feed {number}") for number in range(8)))

    assert {type(one) for one in errors} == {ParseError}
    assert [one.feed for one in errors if isinstance(one, ParseError)] == [
        f"feed {number}" for number in range(8)
    ]
