"""Templates of custom fields: Jinja2 in a sandbox of which little is left, checked when loaded.

Templates come from the mapping alone. What feeds say is only ever a value: it is put in as text,
and never read as a template.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from .problems import did_you_mean

if TYPE_CHECKING:
    from jinja2 import Template, nodes
    from jinja2.sandbox import ImmutableSandboxedEnvironment

SOURCE_NAMES = ("name", "rights")
NAMES = (
    "byline",
    "category",
    "channel",
    "excerpt",
    "key",
    "labels",
    "language",
    "published",
    "source",
    "title",
    "url",
)
LONGEST_VALUE = 5_000  # characters of a custom field, and of what stands in one
_LONGEST_TEMPLATE = 2_000
_MOST_LABELS = 50
# Without loops, sets, calls, products and loaded templates, what comes out is as long as what is
# in the template and the values that it names: it can neither run on nor grow.
_ALLOWED = frozenset(
    {
        "And",
        "CondExpr",
        "Compare",
        "Concat",
        "Const",
        "Filter",
        "Getattr",
        "If",
        "Keyword",
        "List",
        "Name",
        "Not",
        "Operand",
        "Or",
        "Output",
        "Template",
        "TemplateData",
        "Test",
        "Tuple",
    }
)
_WORDS = {
    "For": "loops",
    "Call": "calls",
    "Getitem": "indexes",
    "Mul": "products",
    "Pow": "powers",
    "Assign": "{% set %}",
    "Macro": "macros",
    "Include": "{% include %}",
    "Import": "{% import %}",
    "FromImport": "{% import %}",
    "Extends": "{% extends %}",
}
_MARKS = re.compile(r"\{\{|\{%|\{#")


def is_template(text: str) -> bool:
    """Tell a Jinja2 template from a plain one, whose placeholders have one brace."""
    return _MARKS.search(text) is not None


def check_jinja(text: str) -> None:
    """Refuse what can't be compiled, or could do more than choose and join values."""
    from jinja2 import TemplateSyntaxError

    if len(text) > _LONGEST_TEMPLATE:
        raise ValueError(f"is longer than {_LONGEST_TEMPLATE} characters")
    try:
        tree = _environment().parse(text)
        _check_nodes(tree)
        compile_jinja(text)
    except TemplateSyntaxError as error:
        raise ValueError(f"line {error.lineno} of the template: {error.message}") from None
    except RecursionError:
        raise ValueError("nests too deeply") from None


@lru_cache(maxsize=256)
def compile_jinja(text: str) -> Template:
    return _environment().from_string(text)


def render_jinja(text: str, values: Mapping[str, object]) -> str:
    """Fill a checked template; what comes out is one line of at most 5,000 characters."""
    given = {name: _limit(values.get(name, "")) for name in NAMES}
    return _cut(" ".join(compile_jinja(text).render(given).split()))


def _cut(text: str) -> str:
    return text[:LONGEST_VALUE].rstrip() if len(text) > LONGEST_VALUE else text


def _limit(value: object) -> object:
    if isinstance(value, Mapping):
        return {name: str(one)[:LONGEST_VALUE] for name, one in value.items()}
    if isinstance(value, (tuple, list)):
        return tuple(str(one)[:LONGEST_VALUE] for one in value[:_MOST_LABELS])
    return str(value)[:LONGEST_VALUE]


def _check_nodes(tree: nodes.Template) -> None:
    from jinja2 import nodes

    for node in tree.find_all(nodes.Node):
        kind = type(node).__name__
        if kind not in _ALLOWED:
            word = _WORDS.get(kind, kind.lower())
            raise ValueError(f"uses {word}, which templates of fields do not have")
        if isinstance(node, nodes.Name) and node.name not in NAMES:
            known = ", ".join(NAMES)
            near = did_you_mean(node.name, NAMES)
            raise ValueError(f"does not know {node.name!r}{near or f': it knows {known}'}")
        if isinstance(node, nodes.Getattr):
            _check_part(node)
        if isinstance(node, nodes.Filter) and node.name not in FILTERS:
            near = did_you_mean(node.name, FILTERS)
            known = ", ".join(FILTERS)
            raise ValueError(f"has no filter {node.name!r}{near or f': it has {known}'}")
        if isinstance(node, nodes.Test) and node.name not in {"defined", "in"}:
            raise ValueError(f"has no test {node.name!r}")


def _check_part(node: nodes.Getattr) -> None:
    from jinja2 import nodes

    is_source = isinstance(node.node, nodes.Name) and node.node.name == "source"
    if not is_source or node.attr not in SOURCE_NAMES:
        known = ", ".join(f"source.{name}" for name in SOURCE_NAMES)
        raise ValueError(f"does not know .{node.attr}: it knows {known}")


def _join(value: object, between: str = ", ") -> str:
    if not isinstance(value, Sequence) or isinstance(value, str):
        return _cut(str(value))
    return _cut(str(between)[:100].join(str(one) for one in value))


def _shorten(value: object, length: int = 255) -> str:
    text, most = str(value), max(1, min(int(length), LONGEST_VALUE))
    if len(text) <= most:
        return text
    return (text[: most - 1].rpartition(" ")[0] or text[: most - 1]).rstrip() + "…"


FILTERS: dict[str, Callable[..., str]] = {
    "default": lambda value, other="": _cut(str(value or other)),
    "first": lambda value: _cut(str(value[0])) if value else "",
    "join": _join,
    "lower": lambda value: _cut(str(value).lower()),
    "tojson": lambda value: _cut(json.dumps(value, ensure_ascii=False)),
    "trim": lambda value: str(value).strip(),
    "truncate": _shorten,
    "upper": lambda value: _cut(str(value).upper()),
    "urlencode": lambda value: _cut(quote(str(value)[:LONGEST_VALUE], safe="")),
}


@lru_cache(maxsize=1)
def _environment() -> ImmutableSandboxedEnvironment:
    # Here: it takes longer to load than all the rest of a configuration.
    from jinja2 import StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    made: Any = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False)
    tests = {name: made.tests[name] for name in ("defined", "in")}
    made.globals, made.filters, made.tests = {}, dict(FILTERS), tests
    return made  # type: ignore[no-any-return]
