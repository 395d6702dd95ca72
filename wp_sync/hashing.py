"""Stable hashes. They ignore empty fields, so that a new field does not touch every row."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import fields, is_dataclass
from datetime import datetime
from typing import Any

_LONGEST_ADDRESS = 200  # characters
_FEWEST_WORDS = 20  # "Morning briefing" alone is no article


def digest(value: object) -> str:
    """Hash any value made of dataclasses, mappings, sequences, texts, numbers and datetimes."""
    text = json.dumps(_plain(value), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def guid_at(guid: str, address: str) -> str:
    """Tell apart what one guid stands for: by the normalised address, shortened for an index."""
    return f"{guid}\n{address if len(address) <= _LONGEST_ADDRESS else digest(address)}"


def fingerprint(title: str, text: str) -> str:
    """Hash an article's plain title and text; "" for too little to know it again by."""
    words = telling_words(title, text)
    return digest(words) if words else ""


def telling_words(title: str, text: str) -> list[str]:
    """Return the words of an article in one case; none when they are too few to know it again."""
    words = f"{title} {text}".casefold().split()
    return words if len(words) >= _FEWEST_WORDS else []


def short_mark(text: str) -> str:
    """Make six characters a-z2-7 out of an identity: 30 bits, enough beside a title."""
    raw = hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
    return base64.b32encode(raw)[:6].decode("ascii").lower()


def _plain(value: object) -> Any:  # noqa: ANN401
    if isinstance(value, str):  # nearly all are
        return value
    if is_dataclass(value) and not isinstance(value, type):
        # Not asdict, which copies all that is inside first.
        value = {field.name: getattr(value, field.name) for field in fields(value)}
    if isinstance(value, dict):
        pairs = ((str(key), _plain(item)) for key, item in value.items())
        return {key: item for key, item in pairs if item not in ("", None, [], {})}
    if isinstance(value, (list, tuple, set, frozenset)):
        items = [_plain(item) for item in value]
        return sorted(items, key=str) if isinstance(value, (set, frozenset)) else items
    if isinstance(value, datetime):
        return value.isoformat()
    return value
