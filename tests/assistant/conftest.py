"""An article on a desk, a ledger, and a model that behaves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from advised import GOOD, NOW, Desk
from oracle import Oracle, open_oracle, says

from wp_sync.ledger import Ledger, open_ledger

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """Open a ledger."""
    with open_ledger("sqlite:///wp-sync.db", tmp_path, clock=lambda: NOW) as opened:
        yield opened


@pytest.fixture
def oracle() -> Iterator[Oracle]:
    """Open a model that behaves."""
    with open_oracle(says(GOOD)) as opened:
        yield opened


@pytest.fixture
def desk(ledger: Ledger, oracle: Oracle) -> Desk:
    """Sit down before one article."""
    return Desk(ledger=ledger, url=oracle.url)
