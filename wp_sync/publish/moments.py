"""Moments as WordPress writes them: naive UTC, exact to the second."""

from __future__ import annotations

from datetime import UTC, datetime


def naive_utc(value: datetime | str) -> str:
    """Write a moment as date_gmt takes it; one that is written so already stays."""
    if isinstance(value, datetime):
        value = value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds")
    return value


def moment_of(text: str) -> datetime:
    """Read what `naive_utc` or WordPress wrote."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
