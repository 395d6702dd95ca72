"""From the labels of feeds to tags: read, compared with what is known, and decided about.

The site's tags are a closed vocabulary: a label becomes a tag when the site has it, when a mapping
or a person says so, or, where the channel lets it, when enough articles have it and no other name
is near. All others wait for a person: `terms list`.
"""

from __future__ import annotations

import html
import re
import unicodedata
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Literal

from wp_sync.text import plain_text

from .names import fold_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from wp_sync.config.channels import Channel, TermRules
    from wp_sync.model import Label

    from .names import Names

LONGEST_NAME = 200  # characters: wp_terms.name (wp-admin/includes/schema.php)
_LONGEST_LABEL = 100  # characters of a label that can be a tag: longer ones are sentences
_LONGEST_RAW = 1_000  # characters that are looked at
_MOST_RAW = 200  # labels of an article that are looked at
_MOST_NAMES = 40  # in them
_DECODINGS = 3  # entities that were escaped again and again
_OCTET = re.compile(r"%[a-f0-9]{2}", re.IGNORECASE)  # WordPress drops them: sanitize_text_field
_JOINERS = {"\u200c", "\u200d"}  # without which Persian words and emoji fall apart
_BORDERS = re.compile(r"\s*[;,|>\u203a\u00bb]\s*")
_SLASH = re.compile(r"(?<=\w{3})\s*/\s*(?=\w{3})")  # "News/Hockey", not "AC/DC" or "9/11"
_OF_SOURCES = "{source.name}"

Fate = Literal["known", "mapped", "accepted", "ignored", "near", "unknown"]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What is known of names: the tags that there are, and the words of persons."""

    tags: Names  # the site's, then those that mappings name
    labels: Mapping[str, Label]  # by folded name


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What becomes of one label."""

    name: str  # folded
    spelling: str
    fate: Fate
    tag: str = ""  # "": none, or not yet
    near: str = ""


def read_labels(
    labels: Iterable[str], is_known: Callable[[str], bool], *, split: bool = True
) -> tuple[str, ...]:
    """Read the names in an article's labels; one that is known as a whole is not taken apart.

    Labels are hostile: there may be thousands, of any length.
    """
    found: dict[str, str] = {}
    for raw in islice(labels, _MOST_RAW):
        whole = _clean(raw)
        for part in (whole,) if not split or is_known(whole) else _split(whole):
            name = part.strip(" #\"'")
            if _is_usable(name):
                found.setdefault(fold_name(name), name)
    return tuple(found.values())[:_MOST_NAMES]


def _is_usable(name: str) -> bool:
    """Tell a name that a term can have: with a letter, and short enough for WordPress's column."""
    # The filters of pre_term_name end with _wp_specialchars (default-filters.php).
    fits = len(name) <= _LONGEST_LABEL and len(html.escape(name, quote=False)) <= LONGEST_NAME
    return fits and any(map(str.isalpha, fold_name(name)))


def _clean(raw: str) -> str:
    text = raw[:_LONGEST_RAW]
    for _ in range(_DECODINGS):
        before, text = text, plain_text(text)
        if text == before:
            break
    seen = (one for one in text if one in _JOINERS or unicodedata.category(one) not in {"Cc", "Cf"})
    return " ".join(_OCTET.sub("", "".join(seen)).split())


def _split(name: str) -> list[str]:
    return [part for one in _BORDERS.split(name) for part in _SLASH.split(one)]


class Rulebook:
    """One channel's rules, and what they are asked about."""

    def __init__(self, rules: TermRules, vocabulary: Vocabulary) -> None:
        self._rules, self._vocabulary = rules, vocabulary
        self._synonyms = {fold_name(name): tag for name, tag in rules.synonyms.items()}
        self._ignored = frozenset(map(fold_name, rules.ignore))

    def decide_all(self, labels: Iterable[str]) -> tuple[Decision, ...]:
        """Decide about the labels of an article."""
        return tuple(map(self.decide, self.read(labels)))

    def read(self, labels: Iterable[str]) -> tuple[str, ...]:
        """Read the names in the labels of an article."""
        return read_labels(labels, self._is_known, split=self._rules.split)

    def decide(self, spelling: str) -> Decision:
        """Decide about one label: a person's word first, then the mapping's, then what is there."""
        name, tags = fold_name(spelling), self._vocabulary.tags
        fate, wanted, near = self._spoken(name)
        if not fate and (wanted := tags.same(spelling)):
            fate = "known"
        if not fate:
            near = tags.near(spelling)
            fate = "near" if near else "unknown"
        tag = wanted and (tags.same(wanted) or wanted)
        return Decision(name=name, spelling=spelling, fate=fate, tag=tag, near=near)

    def _spoken(self, name: str) -> tuple[Fate | Literal[""], str, str]:
        label = self._vocabulary.labels.get(name)
        if label and label.word:
            own = label.spelling if label.word == "accepted" else ""
            return label.word, label.target or own, ""
        if name in self._synonyms:
            return "mapped", self._synonyms[name], ""
        return "ignored" if name in self._ignored else "", "", ""

    def _is_known(self, name: str) -> bool:
        return bool(self._spoken(fold_name(name))[0] or self._vocabulary.tags.same(name))


def tags_named(channels: Iterable[Channel], sources: Sequence[str]) -> Iterator[str]:
    """Name the tags that mappings name themselves: these are made when they are missing."""
    for channel in channels:
        for template in channel.post.tags:
            if template == _OF_SOURCES:
                yield from sources
            elif "{" not in template:
                yield template
        yield from channel.post.terms.synonyms.values()
