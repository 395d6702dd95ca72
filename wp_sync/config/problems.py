"""What is wrong in a TOML file, in plain words, and on which line."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, get_args

from pydantic import BaseModel

from wp_sync.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from pydantic.fields import FieldInfo
    from pydantic_core import ErrorDetails

KeyPath = tuple[str | int, ...]

_MESSAGES = {
    "bool_type": "must be true or false, not {got}",
    "date_type": "must be a date without quotes, such as 2010-01-31, not {got}",
    "float_type": "must be a number, not {got}",
    "greater_than_equal": "must be at least {ge}, not {got}",
    "int_type": "must be a whole number, not {got}",
    "less_than_equal": "must be at most {le}, not {got}",
    "literal_error": "must be {expected}, not {got}",
    "missing": "is missing",
    "model_type": "must be a table with keys of its own, not {got}",
    "string_too_long": "is too long: at most {max_length} characters",
    "string_too_short": "is too short: at least {min_length} characters",
    "string_type": "must be text in quotes, not {got}",
    "tuple_type": 'must be a list, such as ["one", "two"], not {got}',
    "value_error": "{error}",
}
# What may stand after the first lines of a statement to end it there.
_CLOSERS = ("", "]", "]]", ']"""', '"""', "'''", '"""]', "''']", "]}", "]}]")


@dataclass(frozen=True, slots=True, kw_only=True)
class TomlFile:
    """A parsed file; the name as the person gave it."""

    name: str
    text: str
    data: Mapping[str, Any]

    def problem(self, path: KeyPath, message: str) -> Problem:
        """Make the problem of one key."""
        line = find_line(self.text, path)
        return Problem(file=self.name, line=line, key=dotted(path), message=message)


def dotted(path: KeyPath) -> str:
    """Write a path as TOML does; entries of lists are counted from 0."""
    bare = re.compile(r"[A-Za-z0-9_-]+")
    return ".".join(str(p) if bare.fullmatch(str(p)) else f'"{p}"' for p in path)


def did_you_mean(word: str, choices: Iterable[str], *, wrap: str = "'%s'") -> str:
    """Name the choice that was probably meant; "" when none is near."""
    from difflib import get_close_matches

    near = get_close_matches(word.casefold(), list(choices), n=1, cutoff=0.6)
    return f", did you mean {wrap % near[0]}?" if near else ""


def explain(error: ErrorDetails, root: type[BaseModel], others: Sequence[str] = ()) -> str:
    """Say in plain words what pydantic found; `others` are more keys of the root."""
    loc, given = error["loc"], error["input"]
    if error["type"] == "extra_forbidden":
        return _explain_unknown(loc, root, others)
    bounds = error.get("ctx", {})
    context = {"got": _describe(given)} | {
        name: f"{bound:g}" if isinstance(bound, float | int) else bound  # of a time span, in words
        for name, bound in bounds.items()
    }
    message = _MESSAGES.get(error["type"], error["msg"]).format(**context)
    if error["type"] == "literal_error":
        message += did_you_mean(str(given), re.findall(r"'([^']+)'", context["expected"]))
    return message


def unknown_key(name: str, choices: Sequence[str]) -> str:
    """Say that a key is not known, and which one may have been meant."""
    near = did_you_mean(name, choices)
    return f"there is no such key{near or ': valid here are ' + ', '.join(choices)}"


def keys_of(model: type[BaseModel]) -> dict[str, FieldInfo]:
    """List a table's keys as they are written: `not` can be no name in Python."""
    return {field.alias or name: field for name, field in model.model_fields.items()}


def find_line(text: str, path: KeyPath) -> int:
    """Return the line, from 1, on which a key or an entry of a list begins; 0 when in doubt.

    tomllib itself is asked: what the first lines do not hold and one more line holds, begins there.
    """
    lines = text.split("\n")
    if not path or not _holds(_parse(lines), path):
        return 0
    # The first `low` lines are whole and lack it; none from `top` to `high` end a statement.
    low, top, high = 0, len(lines), len(lines)
    while top - low > 1:
        middle = (low + top) // 2
        end = next((n for n in range(middle, top) if _parse(lines[:n]) is not None), None)
        if end is None:
            top = middle
        elif _holds(_parse(lines[:end]), path):
            top, high = middle, end
        else:
            low = end
    for end in range(low + 1, high + 1):
        ended = [_parse([*lines[:end], closer]) for closer in _CLOSERS]
        if any(_holds(data, path) for data in ended):
            return end
        if all(data is None for data in ended):
            return 0
    return 0


def _parse(lines: Sequence[str]) -> dict[str, Any] | None:
    try:
        return tomllib.loads("\n".join(lines))
    except tomllib.TOMLDecodeError:
        return None


def _holds(data: object, path: KeyPath) -> bool:
    for part in path:
        entries = dict(enumerate(data)) if isinstance(data, list) else data
        if not isinstance(entries, dict) or part not in entries:
            return False
        data = entries[part]
    return data is not None


def _explain_unknown(loc: KeyPath, root: type[BaseModel], others: Sequence[str]) -> str:
    name, model = str(loc[-1]), _model_at(root, loc[:-1])
    choices = [*keys_of(model), *(others if model is root else ())]
    if did_you_mean(name, choices):
        return unknown_key(name, choices)
    homes = [f"[{section}]" for section, home in _sections(root) if name in keys_of(home)]
    if homes:
        return f"there is no such key here: it belongs under {' or '.join(homes)}"
    if name in {*keys_of(root), *others}:
        return "there is no such key here: it belongs at the top, before the first [table]"
    return unknown_key(name, choices)


def _sections(root: type[BaseModel]) -> Iterator[tuple[str, type[BaseModel]]]:
    for name, field in root.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield name, field.annotation


def _model_at(root: type[BaseModel], path: KeyPath) -> type[BaseModel]:
    model = root
    for part in path:
        if isinstance(part, int):  # an entry of a list of tables
            continue
        model.model_rebuild()  # of a rule that holds rules, the annotations are names until then
        annotation = keys_of(model)[part].annotation
        inner = (annotation, *get_args(annotation))
        model = next(one for one in inner if isinstance(one, type) and issubclass(one, BaseModel))
    return model


def _describe(value: object) -> str:
    kinds = {dict: "a table", list: "a list", tuple: "a list", bool: str(value).lower()}
    if isinstance(value, timedelta):  # read already
        return str(value).removesuffix(", 0:00:00")
    return kinds.get(type(value), repr(value))
