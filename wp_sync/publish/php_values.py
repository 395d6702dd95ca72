"""Arrays as WordPress keeps them in a row of wp_postmeta: PHP's serialize, read without objects."""

from __future__ import annotations

from typing import Any, TypeAlias

PhpArray: TypeAlias = dict[str, Any]  # texts, numbers, truths and arrays, by key

_DEEPEST = 20
_LONGEST = 1_000_000  # bytes


def is_array(text: str) -> bool:
    """Tell what PHP wrote of an array from a text."""
    return text.startswith("a:") and text.endswith("}")


def read_array(text: str) -> PhpArray:
    """Read an array; "" is an empty one. Raises ValueError for anything else."""
    if not text:
        return {}
    raw = text.encode()
    if not is_array(text) or len(raw) > _LONGEST:
        raise ValueError("no array of PHP's")
    try:
        value, end = _read(raw, 0, 0)
    except (IndexError, ValueError) as error:  # also of numbers, ends and characters
        raise ValueError("a broken array of PHP's") from error
    if end != len(raw) or not isinstance(value, dict):
        raise ValueError("a broken array of PHP's")
    return value


def part_text(array: PhpArray, part: str) -> str:
    """Read one part as a text; "" where there is none, or an array."""
    value = array.get(part, "")
    if isinstance(value, bool):
        return "1" if value else ""
    return "" if isinstance(value, (dict, list)) or value is None else str(value)


def _read(raw: bytes, at: int, depth: int) -> tuple[Any, int]:
    """Read one value; return it and where the next one begins."""
    kind = raw[at : at + 2]
    if kind == b"N;":
        return None, at + 2
    if kind == b"s:":
        return _read_text(raw, at + 2)
    if kind == b"a:" and depth < _DEEPEST:
        return _read_pairs(raw, at + 2, depth)
    end = raw.index(b";", at)
    word = raw[at + 2 : end].decode("ascii")
    if kind == b"i:":
        return int(word), end + 1
    if kind == b"d:":
        return float(word), end + 1
    if kind == b"b:" and word in {"0", "1"}:
        return word == "1", end + 1
    raise ValueError("what is no plain value of PHP's")


def _read_text(raw: bytes, at: int) -> tuple[str, int]:
    colon = raw.index(b":", at)
    size = int(raw[at:colon])
    begin, end = colon + 2, colon + 2 + size
    if size < 0 or raw[colon + 1 : begin] != b'"' or raw[end : end + 2] != b'";':
        raise ValueError("a broken text of PHP's")
    return raw[begin:end].decode(), end + 2


def _read_pairs(raw: bytes, at: int, depth: int) -> tuple[PhpArray, int]:
    colon = raw.index(b":", at)
    count = int(raw[at:colon])
    at = colon + 2
    found: PhpArray = {}
    for _ in range(count):
        key, at = _read(raw, at, depth + 1)
        if not isinstance(key, (int, str)):
            raise ValueError("a broken array of PHP's")  # noqa: TRY004 (of the text, no argument)
        found[str(key)], at = _read(raw, at, depth + 1)
    if raw[at : at + 1] != b"}":
        raise ValueError("a broken array of PHP's")
    return found, at + 1
