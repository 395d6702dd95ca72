"""How well an article fits a channel's `about`, by plain words."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_HEADLINE, _TEXT = 2, 1  # what a phrase weighs that stands in the title or a label; in the text
_WORD = re.compile(r"[^\W_]+")
_SIBILANTS = ("ch", "s", "sh", "x", "z")  # their plural ends in -es
_NOT_PLURAL = ("is", "news", "ss", "us")


def score_article(title: str, labels: Iterable[str], text: str, about: Sequence[str]) -> float:
    """Weigh the phrases that occur, each once: 0 for none, 0.75 for one in the title, below 1."""
    high = find_phrases(about, (title, *labels))
    low = set(find_phrases(about, (text,))).difference(high)
    return 1 - 0.5 ** (_HEADLINE * len(high) + _TEXT * len(low))


def find_phrases(phrases: Iterable[str], texts: Iterable[str]) -> tuple[str, ...]:
    """Name the phrases that stand in the texts as whole words, in the singular or the plural."""
    phrases = tuple(phrases)
    if not phrases:
        return ()
    folded = "".join(map(fold_words, texts))  # two blanks between them: no phrase reaches across
    return tuple(
        phrase
        for phrase in dict.fromkeys(phrases)
        if any(form in folded for form in _forms(phrase))
    )


@lru_cache(maxsize=32)  # an article is asked about for each channel, and for several rules
def fold_words(text: str) -> str:
    """Write words without case, accents and punctuation, a blank around each."""
    bare = text.casefold()
    if not bare.isascii():
        plain = unicodedata.normalize("NFKD", bare)
        bare = "".join(one for one in plain if not unicodedata.combining(one))
    return " ".join(("", *_WORD.findall(bare), ""))


@lru_cache(maxsize=4096)
def _forms(phrase: str) -> tuple[str, ...]:
    """List the ways to write a phrase; only its last word has a number."""
    *first, last = fold_words(phrase).split() or [""]
    roots = {last}
    if last.endswith("s") and not last.endswith(_NOT_PLURAL) and len(last) > 3:  # noqa: PLR2004
        roots.add(last[:-1])
        if last[:-2].endswith(_SIBILANTS) and last.endswith("es"):
            roots.add(last[:-2])
    words = {form for root in roots if root for form in (root, f"{root}s", f"{root}es")}
    return tuple(f" {' '.join((*first, word))} " for word in sorted(words))
