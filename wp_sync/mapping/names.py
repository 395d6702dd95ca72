"""Names of terms compared: which are the same to a reader, and which are so nearly.

WordPress holds two names of tags equal when they differ in the case of A to Z alone
(wp_insert_term, taxonomy.php), on MariaDB and on SQLite: "Québec" beside "Quebec", "Running."
beside "Running", and one with a mark that nobody sees are terms of their own to it.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections import Counter, defaultdict
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

# Close enough to ask: "Canadian News" and "Canada News" are at 0.92, "New York" and "New York City"
# at 0.76, "Canucks" and "Canadiens" at 0.5.
_NEAR = 0.85
_SHORTEST = 5  # letters below which one more or less makes another word: NHL, NFL, AHL
_SHARED = 0.4  # of a name's pairs of letters, at least, has every one that is so near
_MARKED = re.compile(r"([A-Za-z])[\u0300-\u036f]+")  # a Latin letter with its accents
_ALIKE = str.maketrans(
    {
        **dict.fromkeys("\u2018\u2019\u02bc`\u00b4", "'"),
        **dict.fromkeys("\u2010\u2011\u2013\u2014\u2212", "-"),
    }
)
# Letters that NFKD leaves whole.
_LETTERS = str.maketrans({"æ": "ae", "đ": "d", "ł": "l", "œ": "oe", "ø": "o"})
_EDGE = re.compile(r"\A[^\w]+|[^\w+#]+\Z")
_WORD = re.compile(r"[^\W_]+[+#]*")
_DIGITS = re.compile(r"\d+")


@lru_cache(65536)
def fold_name(name: str) -> str:
    """Make what a name is known by: without case, accents, unseen marks and outer punctuation."""
    # Other importers' terms may hold "&amp;" as their text.
    text = unicodedata.normalize("NFKC", html.unescape(html.unescape(name))).translate(_ALIKE)
    seen = "".join(one for one in text if unicodedata.category(one) not in {"Cc", "Cf"})
    bare = _MARKED.sub(r"\1", unicodedata.normalize("NFKD", seen.casefold())).translate(_LETTERS)
    return _EDGE.sub("", " ".join(unicodedata.normalize("NFC", bare).split()))


def squash_name(name: str) -> str:
    """Leave of a name its letters and digits, each word in the singular: "Half-Marathons"."""
    return "".join(map(_singular, _WORD.findall(fold_name(name).replace("'", ""))))


def _singular(word: str) -> str:
    if len(word) > 4 and word.endswith("ies"):  # noqa: PLR2004
        return f"{word[:-3]}y"
    if len(word) > 4 and word.endswith(("ches", "shes", "sses", "xes")):  # noqa: PLR2004
        return word[:-2]
    whole = len(word) < 3 or word.endswith(("is", "ss", "us"))  # noqa: PLR2004
    return word[:-1] if word.endswith("s") and not whole else word


class Names:
    """Names that are there: finds the same one, and the nearest one."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._spelled: dict[str, str] = {}  # folded -> the first one's spelling
        self._exact: dict[str, str] = {}  # without case alone: "Québec" before "Quebec"
        self._squashed: dict[str, str] = {}
        self._pairs: dict[str, list[str]] = defaultdict(list)  # two letters -> folded names
        self._found: dict[
            str, str
        ] = {}  # nearest ones, of names asked for since the last was added
        for name in names:
            self.add(name)

    def add(self, name: str) -> None:
        """Take one more name on; the first of the same ones stands for all."""
        folded = fold_name(name)
        self._exact.setdefault(_as_wordpress(name), name)
        if not folded or folded in self._spelled:
            return
        self._found.clear()
        self._spelled[folded] = name
        self._squashed.setdefault(squash_name(name), folded)
        for pair in _pairs_of(folded):
            self._pairs[pair].append(folded)

    def same(self, name: str) -> str:
        """Return the name that is the same to a reader, as it is spelled there; else ""."""
        return self._exact.get(_as_wordpress(name)) or self._spelled.get(fold_name(name), "")

    def near(self, name: str) -> str:
        """Return the name that is nearly the same, and may have been meant; else ""."""
        folded = fold_name(name)
        if folded not in self._found:
            self._found[folded] = self._find_near(folded)
        return self._found[folded]

    def _find_near(self, folded: str) -> str:
        squashed = squash_name(folded)
        if squashed and squashed in self._squashed:
            return self._spelled[self._squashed[squashed]]
        if len(folded) < _SHORTEST:
            return ""
        matcher = SequenceMatcher(autojunk=False)
        matcher.set_seq2(folded)
        best, found = _NEAR, ""
        for other in self._candidates(folded):
            matcher.set_seq1(other)
            if matcher.real_quick_ratio() >= best and matcher.quick_ratio() >= best:
                ratio = matcher.ratio()
                if ratio >= best and (ratio > best or not found):
                    best, found = ratio, other
        return self._spelled.get(found, "")

    def _candidates(self, folded: str) -> list[str]:
        """List, in their order, the names with enough of the same pairs and the same numbers."""
        pairs = _pairs_of(folded)
        shared = Counter(other for pair in pairs for other in self._pairs.get(pair, ()))
        digits = _DIGITS.findall(folded)
        longest = 2 * (1 / _NEAR - 1) * len(folded)  # by which the other one may be longer
        return [
            other
            for other, count in shared.items()
            if count >= _SHARED * len(pairs)
            and len(other) >= _SHORTEST
            and abs(len(other) - len(folded)) <= longest
            and _DIGITS.findall(other) == digits  # "Top 10" is not "Top 40"
        ]


def _as_wordpress(name: str) -> str:
    return " ".join(name.split()).casefold()


def _pairs_of(folded: str) -> frozenset[str]:
    return frozenset(map("".join, pairwise(folded)))
