"""A post as WordPress answers a write with it."""

from __future__ import annotations

from typing import Any


def stored_row(wp_id: int = 7, slug: str = "rain") -> dict[str, Any]:
    """Return the fields that the REST target asks for."""
    return {
        "id": wp_id,
        "slug": slug,
        "status": "publish",
        "link": "",
        "title": {"raw": "Rain"},
        "content": {"raw": ""},
        "excerpt": {"raw": ""},
        "date_gmt": "2026-05-04T12:00:00",
        "author": 1,
        "categories": [1],
        "tags": [],
        "featured_media": 0,
    }
