"""remap: propose, show, ask, carry out."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

from wp_sync.pipeline.remap import open_remap, propose_remap

from .ordering import order

if TYPE_CHECKING:
    from pathlib import Path

    from wp_sync.pipeline.orders import Office, Proposal
    from wp_sync.pipeline.remap import Remapping

    from .output import Result, Screen


def run_remap(path: Path, asked: Remapping, screen: Screen, *, yes: bool, dry_run: bool) -> Result:
    """Bring changed mappings to posts that are there, once a person said yes."""
    with ExitStack() as stack:  # pictures are made ready while the plan is carried out

        def make(office: Office) -> Proposal:
            return propose_remap(office, stack.enter_context(open_remap(office)), asked)

        return order(path, screen, make, command="remap", yes=yes, dry_run=dry_run)
