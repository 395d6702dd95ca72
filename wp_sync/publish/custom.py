"""Custom fields and own taxonomies among a post's values: each is a field of its own.

They are called "fields.subtitle" and "taxonomies.genre": an editor's change to one of them leaves
the others to the source. "key[part]" is a part of a custom field that holds an array.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from wp_sync.model import Post, SitePost

GROUP, TERMS = "fields", "taxonomies"
_PREFIX, _TAXONOMY = f"{GROUP}.", f"{TERMS}."


def value_name(key: str) -> str:
    """Return the name under which a custom field stands among a post's values."""
    return f"{_PREFIX}{key}"


def taxonomy_name(slug: str) -> str:
    """Return the name under which a taxonomy of the site's own stands among a post's values."""
    return f"{_TAXONOMY}{slug}"


def custom_names(post: Post) -> tuple[str, ...]:
    """Name the values of a post that not every post has: custom fields, and own taxonomies."""
    return (*map(value_name, post.fields), *map(taxonomy_name, post.terms))


def is_custom(name: str) -> bool:
    """Tell a custom field, or a taxonomy of the site's own, from what every post has."""
    return name.startswith((_PREFIX, _TAXONOMY))


def is_taxonomy(name: str) -> bool:
    """Tell a taxonomy of the site's own."""
    return name.startswith(_TAXONOMY)


def slug_of(name: str) -> str:
    """Return a taxonomy's own name."""
    return name.removeprefix(_TAXONOMY)


def group_of(name: str) -> str:
    """Return what a person asks for to have this value: all custom fields are "fields"."""
    return name.partition(".")[0]


def taxonomies_among(values: Mapping[str, Any]) -> dict[str, tuple[int, ...]]:
    """Take the terms of own taxonomies out of a post's values, by the taxonomies' own names."""
    return {slug_of(name): tuple(ids) for name, ids in values.items() if is_taxonomy(name)}


def as_values(fields: Mapping[str, str]) -> dict[str, str]:
    """Name custom fields as they stand among a post's values."""
    return {value_name(key): value for key, value in fields.items()}


def fields_among(values: Mapping[str, Any]) -> dict[str, str]:
    """Take the custom fields out of a post's values, by their own names."""
    names = (name for name in values if name.startswith(_PREFIX))
    return {name.removeprefix(_PREFIX): str(values[name]) for name in names}


def base_of(key: str) -> str:
    """Return the meta key of a custom field: of "key[part]" the first."""
    return key.partition("[")[0]


def part_of(key: str) -> str:
    """Return the part that "key[part]" names; "" for a whole field."""
    return key.partition("[")[2].removesuffix("]")


def category_values(post: Post, categories: Iterable[int]) -> dict[str, str]:
    """Write the first category's id into the fields that hold it; none where it is unknown."""
    first = next(iter(categories), 0)
    return {value_name(key): str(first) for key in post.primary} if first else {}


def lost_values(values: Mapping[str, Any], stored: SitePost) -> tuple[str, ...]:
    """Name the custom values that did not arrive, as far as that can be seen."""
    return tuple(
        name
        for name, wanted in values.items()
        if is_custom(name)
        and (name in stored.refused or _is_missing(wanted, stored.values.get(name, wanted)))
    )


def _is_missing(wanted: Any, there: Any) -> bool:  # noqa: ANN401
    """Tell whether a text, or any of these terms, is not there."""
    if isinstance(there, tuple):
        return bool(set(wanted) - set(there))
    return bool(wanted) and there == ""
