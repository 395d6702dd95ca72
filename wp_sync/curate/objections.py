"""What speaks against an article: the rules of its source, or of one channel. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .filters import age_text, article_texts, find_rules_against, find_unknowns
from .words import find_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wp_sync.config.channels import Channel, Source
    from wp_sync.config.filters import DropRules, KeepWhen

    from .filters import View


def object_early(rules: Source | Channel, view: View, texts: tuple[str, ...]) -> Iterator[str]:
    """Say what no page could mend, by what a feed alone says."""
    label = label_of(rules)
    yield from _find_drop_words(label, rules.drop, texts)
    yield from _find_old_age(label, rules.keep, view)
    yield from find_rules_against(label, rules.keep, rules.drop, view)


def object_at_last(rules: Source | Channel, view: View) -> Iterator[str]:
    """Say all that speaks against a cleaned article."""
    label, texts = label_of(rules), article_texts(view).texts
    yield from _find_old_age(label, rules.keep, view)
    if rules.keep.words and not find_words(rules.keep.words, texts):
        yield f"has none of the words that {label} keeps: {', '.join(rules.keep.words)}"
    yield from _find_drop_words(label, rules.drop, texts)
    yield from find_rules_against(label, rules.keep, rules.drop, view)


def find_youth(rules: Source | Channel, view: View) -> Iterator[str]:
    """Say that it is too young yet. What has no date passes."""
    youngest, published = rules.keep.min_age, view.published
    if youngest is not None and published is not None and view.now - published < youngest:
        when = f"{published + youngest:%Y-%m-%d %H:%M} UTC"
        yield f"{label_of(rules)} takes it from {when} on: its min_age is {age_text(youngest)}"


def find_passed(rules: Source | Channel, view: View) -> Iterator[str]:
    """Say which rules could not be asked of a cleaned article, and let it pass."""
    yield from find_unknowns(label_of(rules), rules.keep, rules.drop, view)


def label_of(rules: Source | Channel) -> str:
    """Name whose rules they are, as readers know it."""
    return str(getattr(rules, "label", rules.name))


def _find_drop_words(label: str, drop: DropRules, texts: tuple[str, ...]) -> Iterator[str]:
    if found := find_words(drop.words, texts):
        yield f"{label} drops the words {', '.join(found)}"


def _find_old_age(label: str, keep: KeepWhen, view: View) -> Iterator[str]:
    """Say that it is too old. What has no date passes."""
    oldest, published = keep.max_age, view.published
    if oldest is not None and published is not None and view.now - published > oldest:
        yield f"published {published:%Y-%m-%d}, older than the {age_text(oldest)} of {label}"
