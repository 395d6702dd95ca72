"""What a source allows: how much of its text and pictures, with which credit, and for how long."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wp_sync.hashing import digest

if TYPE_CHECKING:
    from datetime import timedelta

    from .channels import Source

_TEXTS = {
    "title": "the title alone",
    "excerpt": "an excerpt",
    "feed": "the feed's text",
    "full": "the whole article",
}
_PICTURES = {"all": "all pictures", "featured": "the featured picture", "none": "no pictures"}
_ENDS = {"draft": "a draft", "excerpt": "cut to the excerpt", "trash": "trashed"}


def mark_of(source: Source) -> str:
    """Hash what may be shown of a source: posts that were made under other rights differ in it."""
    return digest((source.rights, source.words or 0, source.pictures, source.credit))


def as_expired(source: Source) -> Source:
    """Return a source as an article of its is shown that was cut when its time was over.

    Where there is no time any more, the rights were given anew.
    """
    if source.expires is None or source.rights not in {"feed", "full"}:
        return source
    return source.model_copy(update={"rights": "excerpt"})


def describe_rights(source: Source) -> str:
    """Say in words what a source allows."""
    text = _TEXTS[source.rights]
    if source.words:
        text += f" of {source.words} words"
    parts = [text, _PICTURES[source.pictures]]
    if source.credit:
        parts.append(source.credit.replace("{source.name}", source.name))
    if source.expires:
        parts.append(f"for {days_of(source.expires)}, then {_ENDS[source.on_expiry]}")
    return ", ".join(parts)


def days_of(span: timedelta) -> str:
    """Write a time span as people say it."""
    days, hours = span.days, span.seconds // 3600
    if days and not span.seconds:
        return f"{days} day{'s' if days > 1 else ''}"
    return f"{days * 24 + hours} hours" if span.total_seconds() >= 3600 else f"{span}"  # noqa: PLR2004
