"""The values of a post on a site in memory, and its slugs, as WordPress has them."""

from __future__ import annotations

import re
from itertools import count
from typing import TYPE_CHECKING, Any

from .moments import naive_utc

if TYPE_CHECKING:
    from collections.abc import Mapping

EMPTY: dict[str, Any] = {
    "title": "",
    "body": "",
    "excerpt": "",
    "slug": "",
    "date": None,
    "status": "draft",
    "author": 1,
    "categories": None,
    "tags": (),
    "featured": 0,
    "comments": "open",
}


def as_given(values: Mapping[str, Any]) -> dict[str, Any]:
    """Take what is set, in the forms in which WordPress returns it."""
    given = {name: value for name, value in values.items() if value is not None}
    if "date" in given:
        given["date"] = naive_utc(given["date"])
    return given


def slug_of(text: str) -> str:
    return re.sub(r"-+", "-", re.sub(r"[^a-z0-9_]+", "-", text.lower())).strip("-")


def unique_slug(slug: str, taken: set[str]) -> str:
    numbered = (slug if n == 1 else f"{slug}-{n}" for n in count(1))
    return next(name for name in numbered if name not in taken)
