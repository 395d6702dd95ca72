"""Many items cleaned in one call, by one set of rules: what the confined child is asked to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wp_sync.config.channels import CleanRules
from wp_sync.errors import CleanError

from .excerpt import MOST_WORDS
from .item import NO_TRAITS, clean_item

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wp_sync.model import Article, Item, Page, Rights

    from .draft import Traits


def clean_items(
    batch: Sequence[tuple[Item, Page | None]],
    rights: Rights,
    rules: CleanRules,
    traits: Traits = NO_TRAITS,
    words: int = MOST_WORDS,
) -> list[Article | str]:
    """Clean items in order; a refusal comes back as its message."""
    cleaned: list[Article | str] = []
    for item, page in batch:
        try:
            article = clean_item(item, page, rights=rights, rules=rules, traits=traits, words=words)
            cleaned.append(article)
        except CleanError as error:
            cleaned.append(str(error))
    return cleaned


def join_rules(rules: Sequence[CleanRules]) -> CleanRules:
    """Make one of several channels' rules: a source is cleaned before it is routed."""
    every = rules or (CleanRules(),)
    return CleanRules(
        remove=tuple(dict.fromkeys(name for one in every for name in one.remove)),
        spare=tuple(dict.fromkeys(name for one in every for name in one.spare)),
        rel=tuple(dict.fromkeys(name for one in every for name in one.rel)),
        headings=max(one.headings for one in every),
    )
