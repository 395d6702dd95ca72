"""What a world after faults must hold to. Pure: values in, violations out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

Kind = Literal["lost", "doubled", "half made", "overwritten", "not converged", "other"]
KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """One thing that must not be."""

    kind: Kind
    what: str  # the thing, and what is wrong with it
