"""The custom fields of a post: what its mapping and its presets make of an article."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wp_sync.config.presets import CATEGORY, entries_of
from wp_sync.config.templating import LONGEST_VALUE, is_template, render_jinja
from wp_sync.markup import escape_address

from .templates import fill_whole

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wp_sync.config.channels import PostRules, Source
    from wp_sync.model import Article, TermPath

_COPIES = frozenset({"feed", "full"})  # rights under which a post holds more than an excerpt


def make_fields(
    rules: PostRules,
    values: Mapping[str, str],
    article: Article,
    source: Source,
    categories: tuple[TermPath, ...],
) -> tuple[dict[str, str], tuple[str, ...]]:
    """Fill the custom fields; name those that hold the first category, and are sent as its id."""
    path = " > ".join(categories[0]) if categories else ""
    more = {"excerpt": article.excerpt, "category": path}
    known = {name: _defuse(name, value) for name, value in {**values, **more}.items()}
    fields: dict[str, str] = {}
    named: list[str] = []
    for preset in rules.presets:
        for one in entries_of(preset, rules.copies):
            if one.value == CATEGORY:
                fields |= {one.name: path} if path else {}
                named += [one.name] if path else []
            elif one.copies and source.rights not in _COPIES:
                fields[one.name] = ""  # and out it goes, should the rights be fewer than they were
            else:
                fields[one.name] = fill_whole(one.value, known)[:LONGEST_VALUE]
    for name, text in rules.fields.items():
        fields[name] = _fill(text, known, article, source)
    return fields, tuple(name for name in named if name not in rules.fields)


def _fill(text: str, known: Mapping[str, str], article: Article, source: Source) -> str:
    if not is_template(text):
        return fill_whole(text, known)[:LONGEST_VALUE]
    given: dict[str, object] = {name: value for name, value in known.items() if "." not in name}
    given |= {
        "labels": tuple(_defuse("", label) for label in article.labels),
        "language": article.language,
        "published": article.published.isoformat() if article.published else "",
        "source": {"name": _defuse("", source.name), "rights": source.rights},
    }
    return render_jinja(text, given)


def _defuse(name: str, value: str) -> str:
    """Keep what a feed says from being a tag: themes print their fields without escaping them.

    esc_html and esc_attr leave these entities as they are, so it is shown as it was meant
    (_wp_specialchars, double_encode).
    """
    if name == "url":
        if not value.startswith(("http://", "https://")):
            return ""
        return escape_address(value).replace("'", "%27").replace('"', "%22")
    return value.replace("<", "&lt;").replace(">", "&gt;")
