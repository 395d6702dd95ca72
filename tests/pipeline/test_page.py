"""The page of what waits is a write like every other: under the site's lock, when it changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from office import Office, make_post

from wp_sync.config import load_config
from wp_sync.pipeline.orders import Office as Bench
from wp_sync.pipeline.page import keep_page
from wp_sync.pipeline.stop import Stop
from wp_sync.publish.lock import SiteLock

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CONFIG = """
[site]
url = "https://memory.example"
username = "a"
[fetch]
contact = "a@b.example"
[review]
page = true
"""


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    office = Office(tmp_path)
    yield office
    office.ledger.close()


@pytest.fixture
def bench(office: Office, tmp_path: Path) -> Bench:
    (tmp_path / "config.toml").write_text(CONFIG)
    lock = SiteLock(
        office.site.markers,
        "aa",
        "wp-sync: a run is at work on aa",
        remember=lambda _: (),
        sleep=lambda _: None,
    )
    return Bench(
        config=load_config(tmp_path / "config.toml"),
        ledger=office.ledger,
        target=office.site,
        upkeep=None,
        identity=office.site.identify(),
        clock=lambda: office.now,
        stop=Stop(),
        lock=lock,
    )


def pages(office: Office) -> list[str]:
    return [str(page.values["body"]) for page in office.site.pages.values()]


def test_nothing_is_written_while_another_machine_writes(office: Office, bench: Bench) -> None:
    """The page waits for the next run; nothing else of this one is lost for it."""
    rival = office.site.markers.make("bb", "wp-sync: a run is at work on bb")

    told = keep_page(bench, bench.identity)

    assert "the review page was not written: a run is at work on bb" in told
    assert pages(office) == []
    office.site.markers.drop(rival.wp_id)
    assert keep_page(bench, bench.identity) == ""
    assert ["Nothing waits" in body for body in pages(office)] == [True]
    assert [one.token for one in office.site.markers.list_all()] == ["aa"]


def test_the_list_is_read_again_once_the_lock_is_ours(
    office: Office, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another machine may have made drafts between our look and our turn."""
    make = office.site.markers.make

    def make_late(*given: Any) -> object:  # noqa: ANN401
        office.run(make_post(1, status="draft"))
        return make(*given)

    monkeypatch.setattr(office.site.markers, "make", make_late)

    keep_page(bench, bench.identity)

    assert ["1 article waits" in body for body in pages(office)] == [True]


def test_an_unchanged_list_needs_no_lock(office: Office, bench: Bench) -> None:
    """An idle night makes no draft on the site."""
    keep_page(bench, bench.identity)
    bench.lock.drop()
    asked = len(office.site.asked)

    assert keep_page(bench, bench.identity) == ""
    assert office.site.markers.list_all() == ()
    assert len(office.site.asked) == asked
