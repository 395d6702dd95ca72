"""The custom fields of themes and SEO plugins, by name: what they are called, and what they hold.

Looked up in what the themes' demos and the plugins themselves write into wp_postmeta.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BeforeValidator

if TYPE_CHECKING:
    from collections.abc import Collection

Preset = Literal["jnews", "newspaper", "rank-math", "seopress", "yoast"]
_TABLE = (
    "keeps its fields in a table of its own, which custom fields do not reach (from 4.9.8 on REST"
    " has them as aioseo_meta_data, which wp-sync does not write): let a plugin of your own set"
    " canonical and noindex from custom fields (filters aioseo_canonical_url and"
    " aioseo_robots_meta; the README has the lines), and write those with `fields`"
)


def _refuse_aioseo(name: object) -> object:
    if name == "aioseo":
        raise ValueError(_TABLE)
    return name


PresetName = Annotated[Preset, BeforeValidator(_refuse_aioseo)]
CopyMark = Literal["canonical", "noindex"]

CATEGORY = "{category}"  # the first category: written as its id


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One custom field. "key[part]" is a part of one that holds an array."""

    name: str
    value: str  # of a template's placeholders, or CATEGORY
    # Only in posts that hold more than an excerpt: rights = "feed" or "full".
    copies: bool = False
    mark: CopyMark | None = None  # only where [post] copies has it


PRESETS: dict[str, tuple[Entry, ...]] = {
    "jnews": (
        Entry(name="jnews_primary_category[id]", value=CATEGORY),
        Entry(name="jnews_single_post[source_name]", value="{source.name}"),
        Entry(name="jnews_single_post[source_url]", value="{url}"),
        Entry(name="post_subtitle", value="{excerpt}", copies=True),
    ),
    "newspaper": (
        Entry(name="td_post_theme_settings[td_primary_cat]", value=CATEGORY),
        Entry(name="td_post_theme_settings[td_source]", value="{source.name}"),
        Entry(name="td_post_theme_settings[td_source_url]", value="{url}"),
        Entry(name="td_post_theme_settings[td_subtitle]", value="{excerpt}", copies=True),
    ),
    "rank-math": (
        Entry(name="rank_math_primary_category", value=CATEGORY),
        Entry(name="rank_math_canonical_url", value="{url}", copies=True, mark="canonical"),
        # An array of words; the first of them says whether it is indexed.
        Entry(name="rank_math_robots[0]", value="noindex", copies=True, mark="noindex"),
    ),
    "seopress": (
        Entry(name="_seopress_robots_primary_cat", value=CATEGORY),
        Entry(name="_seopress_robots_canonical", value="{url}", copies=True, mark="canonical"),
        # Named otherwise than it acts: "yes" keeps the post out of the index.
        Entry(name="_seopress_robots_index", value="yes", copies=True, mark="noindex"),
    ),
    "yoast": (
        Entry(name="_yoast_wpseo_primary_category", value=CATEGORY),
        Entry(name="_yoast_wpseo_canonical", value="{url}", copies=True, mark="canonical"),
        Entry(name="_yoast_wpseo_meta-robots-noindex", value="1", copies=True, mark="noindex"),
    ),
}

# Written as ids of categories.
CATEGORY_FIELDS = frozenset(
    one.name for entries in PRESETS.values() for one in entries if one.value == CATEGORY
)


def entries_of(preset: str, marks: Collection[str]) -> tuple[Entry, ...]:
    """List a preset's fields, with the marks of copies that are asked for."""
    return tuple(one for one in PRESETS[preset] if one.mark is None or one.mark in marks)
