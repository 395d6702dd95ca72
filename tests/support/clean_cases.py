"""Bodies as pairs of files: what a case says of its article and rules, and what cleaning makes."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from wp_sync.clean.draft import Facts, Traits
from wp_sync.clean.item import Cleaned, clean_body
from wp_sync.clean.recurring import make_edge
from wp_sync.config.channels import CleanRules

if TYPE_CHECKING:
    from pathlib import Path

    from wp_sync.model import EdgePlace

BASE = "https://paper.example/2031/05/story/"
_TOLD = re.compile(r"^<!-- (\w+): (.*) -->\n", re.MULTILINE)


def clean_case(source: str, told_by: str = "") -> Cleaned:
    """Clean a body by the facts and rules that its first lines, or another's, tell."""
    told = dict(_TOLD.findall(told_by or source))
    day = told.get("published")
    rules = {name: tuple(told[name].split()) for name in ("rel",) if name in told}
    rules |= {name: (told[name],) for name in ("remove", "spare") if name in told}
    return clean_body(
        _TOLD.sub("", source),
        BASE,
        CleanRules.model_validate(rules | {"headings": int(told.get("headings", "2"))}),
        Facts(
            title=told.get("title", ""),
            byline=told.get("byline", ""),
            published=datetime.fromisoformat(day).replace(tzinfo=UTC) if day else None,
        ),
        Traits(recurring=_marks_of(told.get("recurring", ""))),
    )


def _marks_of(text: str) -> frozenset[str]:
    """Mark a paragraph that recurs, at either end."""
    places: tuple[EdgePlace, ...] = ("start", "end") if text else ()
    return frozenset(make_edge(text, place, has_link=False).mark for place in places)


def read_case(path: Path) -> Cleaned:
    """Clean the body in a file."""
    return clean_case(path.read_text(encoding="utf-8"))
