"""The sample sources, served on this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sampling import NOW

from wp_sync.sandbox.samples import SampleSources, serve_samples

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def served() -> Iterator[SampleSources]:
    """Serve the sources on this machine."""
    with serve_samples(NOW) as sources:
        yield sources
