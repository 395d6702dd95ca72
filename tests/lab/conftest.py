"""Stages of the laboratory, shared by the tests of a file: each case empties its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from stage import FakeStage, RealStage, open_fake

from wp_sync.sandbox.wordpress import start_wordpress

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def fake(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FakeStage]:
    """Start the fake WordPress."""
    with open_fake(tmp_path_factory.mktemp("fake")) as stage:
        yield stage


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealStage]:
    """Start a real WordPress."""
    with start_wordpress() as site:
        yield RealStage(site, tmp_path_factory.mktemp("real"))
