"""Words and phrases as plain text has them: folded, told apart, found."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

Thing = TypeVar("Thing")

_WORD = re.compile(r"[^\W_]+")
_ACCENTS = re.compile("[\u0300-\u036f]+")
# Where any other combining mark may be: one by one they take twenty times as long.
_OTHER_MARKS = re.compile("[\u0483-\u1fff\u20d0-\u20ff\u2ce0-\U0010ffff]")
_SIBILANTS = ("ch", "s", "sh", "x", "z")  # their plural ends in -es
_NOT_PLURAL = ("is", "news", "ss", "us")
_SHORTEST_PLURAL = 4
_LONGEST_AVERAGE = 12  # characters a word with what stands around it
_LONGEST_WORD = 40  # of folded letters: what is longer is a script without blanks, or noise
_MOST_MET = 100_000  # words of which a tree remembers what begins with them


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
    return " ".join(("", *_WORD.findall(_fold(text)), ""))


def split_words(text: str, most: int) -> list[str]:
    """List the first words of a text, folded; an overlong one is left out."""
    words = _WORD.findall(_fold(text[: most * _LONGEST_AVERAGE]))[:most]
    if words and len(max(words, key=len)) > _LONGEST_WORD:
        words = [word for word in words if len(word) <= _LONGEST_WORD]
    return words


def singulars(words: Iterable[str]) -> list[str]:
    """Write folded words in the singular."""
    return [singular(word) if word.endswith(("s", "ie")) else word for word in words]


@lru_cache(maxsize=65_536)
def singular(word: str) -> str:
    """Take a plural ending off a folded word: English ones, of which French has the usual one.

    "Goalies" and "cities" can't be told apart by their endings, so that -ie becomes -y, too.
    """
    if len(word) > _SHORTEST_PLURAL and word.endswith(("ie", "ies")):
        return f"{word.removesuffix('s')[:-2]}y"
    if len(word) < _SHORTEST_PLURAL or not word.endswith("s") or word.endswith(_NOT_PLURAL):
        return word
    if word.endswith("es") and word[:-2].endswith(("ch", "sh", "x", "ss")):
        return word[:-2]
    return word[:-1]


def _fold(text: str) -> str:
    bare = text.casefold()
    if bare.isascii():
        return bare
    plain = _ACCENTS.sub("", unicodedata.normalize("NFKD", bare))
    if not _OTHER_MARKS.search(plain):
        return plain
    return "".join(one for one in plain if not unicodedata.combining(one))


@lru_cache(maxsize=4096)
def _forms(phrase: str) -> tuple[str, ...]:
    """List the ways to write a phrase; only its last word has a number."""
    *first, last = fold_words(phrase).split() or [""]
    roots = {last}
    if last.endswith("s") and not last.endswith(_NOT_PLURAL) and len(last) >= _SHORTEST_PLURAL:
        roots.add(last[:-1])
        if last[:-2].endswith(_SIBILANTS) and last.endswith("es"):
            roots.add(last[:-2])
    words = {form for root in roots if root for form in (root, f"{root}s", f"{root}es")}
    return tuple(f" {' '.join((*first, word))} " for word in sorted(words))


class _Node(Generic[Thing]):
    """A place in a tree of phrases: what ends here, and how it goes on, by the next word."""

    __slots__ = ("longer", "things")

    def __init__(self) -> None:
        self.things: list[Thing] = []
        self.longer: dict[str, _Node[Thing]] = {}


class PhraseTree(Generic[Thing]):
    """Thousands of phrases, all found in one pass over the words of a text."""

    __slots__ = ("_begins", "_root")

    def __init__(self) -> None:
        self._root = _Node[Thing]()
        self._begins: dict[str, tuple[_Node[Thing], ...]] = {}

    def add(self, words: Sequence[str], thing: Thing) -> None:
        """Add what a phrase stands for; one without a word is never found."""
        node = self._root
        for word in words:
            node = node.longer.setdefault(word, _Node())
        if words:
            node.things.append(thing)
        self._begins.clear()

    def find(self, words: Sequence[str]) -> Iterator[tuple[int, list[Thing]]]:
        """Find phrases: where each begins, and its things; a longer one hides those in it."""
        begins, done = self._look_up(words), 0
        for at in [at for at, word in enumerate(words) if begins[word]]:
            for node in begins[words[at]] if at >= done else ():
                things, end = _go_on(words, at + 1, node)
                if things:
                    yield at, things
                    done = end
                    break

    def _look_up(self, words: Iterable[str]) -> Mapping[str, tuple[_Node[Thing], ...]]:
        """Tell what begins with each word: looked up once, however often it comes."""
        begins = self._begins
        if len(begins) > _MOST_MET:
            begins = self._begins = {}  # a new one: whoever looks at the old one keeps it
        for word in set(words).difference(begins):
            nodes = map(self._root.longer.get, dict.fromkeys((word, singular(word))))
            begins[word] = tuple(node for node in nodes if node)
        return begins


def _go_on(words: Sequence[str], at: int, node: _Node[Thing]) -> tuple[list[Thing], int]:
    """Find the longest phrase that goes on there."""
    things, end, count = node.things, at, len(words)
    while at < count and node.longer:
        word = words[at]
        following = node.longer.get(word)
        if following is None and word.endswith(("s", "ie")):
            following = node.longer.get(singular(word))
        if following is None:
            break
        node, at = following, at + 1
        if node.things:
            things, end = node.things, at
    return things, end
