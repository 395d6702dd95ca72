"""remap fetches pictures anew: it tells their servers what every other run tells them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wp_sync.config import load_config
from wp_sync.ledger import open_ledger
from wp_sync.pipeline.alone import make_lock
from wp_sync.pipeline.build import utc_now
from wp_sync.pipeline.orders import Office
from wp_sync.pipeline.remap import open_remap
from wp_sync.pipeline.stop import Stop
from wp_sync.publish.memory import MemoryTarget

if TYPE_CHECKING:
    from pathlib import Path

CONFIG = """
[site]
url = "https://site.example"
username = "editor"
[fetch]
contact = "editor@example.test"
[[sources]]
name = "Paper"
feeds = ["https://paper.example/1", "https://paper.example/2", "https://paper.example/3"]
to = ["news"]
"""


def test_user_agent_counts_feeds(tmp_path: Path) -> None:
    """A source may have several."""
    (tmp_path / "mappings").mkdir()
    (tmp_path / "mappings" / "news.toml").write_text("")
    (tmp_path / "config.toml").write_text(CONFIG)
    config, target, stop = load_config(tmp_path / "config.toml"), MemoryTarget(), Stop()
    with open_ledger(config.ledger.url, tmp_path, clock=utc_now) as ledger:
        office = Office(
            config=config,
            ledger=ledger,
            target=target,
            upkeep=None,
            identity=target.identify(),
            clock=utc_now,
            stop=stop,
            lock=make_lock(config, ledger, target, "memory.example", utc_now, stop),
        )
        with open_remap(office) as shop:
            agent = shop.web._user_agent  # noqa: SLF001 (nothing is fetched here)

    assert agent.endswith("; feeds=3)")
