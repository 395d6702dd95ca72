"""A saved plan as text: JSON that a person can read through, and nobody can change unseen."""

from __future__ import annotations

import hashlib
import json
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, fields, is_dataclass
from datetime import datetime
from types import NoneType, UnionType
from typing import Any, Literal, get_args, get_origin, get_type_hints

from wp_sync import model
from wp_sync.errors import PlanFileError
from wp_sync.model import Adopt, Create, ItemKey, SavedPlan, Skip, Update

VERSION = 1
NOTE = (
    "what `wp-sync sync --plan` will do with this file; a file that was changed by hand is refused"
)
_CHANGES: dict[str, type] = {
    "create": Create,
    "update": Update,
    "adopt": Adopt,
    "skip": Skip,
}
_NAMES = {change: name for name, change in _CHANGES.items()}
# What the model's annotations name and its modules import for type checkers alone.
_TYPES = {"Mapping": Mapping, "Sequence": Sequence, "datetime": datetime}
_SURROGATES = re.compile("[\ud800-\udfff]")  # have no UTF-8, and come in some feeds
_MADE_ANEW = "make it anew with `wp-sync plan --out FILE`"


def write_plan(saved: SavedPlan) -> str:
    """Write a plan as JSON; what is empty is left out."""
    body = {"wp_sync_plan": VERSION, "note": NOTE, **_encode(saved)}
    text = json.dumps({**body, "digest": _digest(body)}, ensure_ascii=False, indent=1)
    return _SURROGATES.sub(lambda match: f"\\u{ord(match[0]):04x}", text) + "\n"


def read_plan(text: str) -> SavedPlan:
    """Read what `write_plan` wrote, and nothing else. Raises PlanFileError."""
    try:
        body = json.loads(text)
    except (ValueError, RecursionError):
        body = None
    version = body.pop("wp_sync_plan", None) if isinstance(body, dict) else None
    if version is None:
        raise PlanFileError("this is no plan of wp-sync, or what is left of one", cure=_MADE_ANEW)
    if version != VERSION:
        message = f"this plan is of version {version}, and this wp-sync reads version {VERSION}"
        raise PlanFileError(message, cure=_MADE_ANEW)
    digest = body.pop("digest", None)
    if digest != _digest({"wp_sync_plan": version, **body}):
        message = "this plan is damaged, or was changed by hand: its digest does not fit"
        raise PlanFileError(message, cure=_MADE_ANEW)
    body.pop("note", None)
    try:
        saved: SavedPlan = _decode(SavedPlan, body)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        message = f"this plan holds what no wp-sync writes ({type(error).__name__})"
        raise PlanFileError(message, cure=_MADE_ANEW) from error
    return saved


def _digest(body: Mapping[str, Any]) -> str:
    text = json.dumps(body, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _encode(value: Any) -> Any:  # noqa: ANN401
    if isinstance(value, ItemKey):
        return value._asdict()
    if is_dataclass(value) and not isinstance(value, type):
        kind = {"action": _NAMES[type(value)]} if type(value) in _NAMES else {}
        given = ((one, getattr(value, one.name)) for one in fields(value))
        return kind | {one.name: _encode(it) for one, it in given if it != _default(one)}
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(name): _encode(one) for name, one in value.items()}
    return [_encode(one) for one in value] if isinstance(value, (list, tuple)) else value


def _default(one: Any) -> Any:  # noqa: ANN401 (a field of any dataclass)
    return one.default_factory() if one.default_factory is not MISSING else one.default


def _decode(hint: Any, value: Any) -> Any:  # noqa: ANN401
    """Read a value of a type; what is not of it raises TypeError or ValueError."""
    if hint is Any:
        return _thaw(value)
    if hint is ItemKey or is_dataclass(hint):
        return _decode_record(hint, value)
    if hint is datetime:
        return _checked(datetime.fromisoformat(value), lambda moment: moment.tzinfo is not None)
    if read := _GENERIC.get(get_origin(hint)):
        return read(get_args(hint), value)
    return _checked(value, lambda one: type(one) is hint)


def _decode_choice(kinds: Sequence[Any], value: Any) -> Any:  # noqa: ANN401
    if NoneType in kinds:
        return None if value is None else _decode(kinds[0], value)
    return _decode_record(_CHANGES[value["action"]], value)


def _decode_literal(words: Sequence[Any], value: Any) -> Any:  # noqa: ANN401
    return _checked(value, lambda word: word in words)


def _decode_list(kinds: Sequence[Any], value: Any) -> Any:  # noqa: ANN401
    return tuple(_decode(kinds[0], one) for one in _checked(value, _is_list))


def _decode_mapping(kinds: Sequence[Any], value: Any) -> Any:  # noqa: ANN401
    return {name: _decode(kinds[1], one) for name, one in value.items()}


_GENERIC: dict[Any, Callable[[Sequence[Any], Any], Any]] = {
    Literal: _decode_literal,
    Mapping: _decode_mapping,
    Sequence: _decode_list,
    UnionType: _decode_choice,
    tuple: _decode_list,
}


def _decode_record(kind: Any, value: Mapping[str, Any]) -> Any:  # noqa: ANN401
    hints = get_type_hints(kind, {**vars(sys.modules[kind.__module__]), **_TYPES, **_models()})
    rest = {name: one for name, one in value.items() if name != "action" or kind not in _NAMES}
    return kind(**{name: _decode(hints[name], one) for name, one in rest.items()})


def _models() -> dict[str, Any]:
    return {name: getattr(model, name) for name in model.__all__}


def _thaw(value: Any) -> Any:  # noqa: ANN401
    """Make of JSON what the values of a post are: JSON has no tuples."""
    if isinstance(value, list):
        return tuple(map(_thaw, value))
    return {name: _thaw(one) for name, one in value.items()} if isinstance(value, dict) else value


def _checked(value: Any, fits: Any) -> Any:  # noqa: ANN401
    if not fits(value):
        message = f"{value!r} does not fit"
        raise ValueError(message)
    return value


def _is_list(value: object) -> bool:
    return isinstance(value, list)
