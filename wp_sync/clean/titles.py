"""Titles as a headline stands: without the site's name behind it, and not shouted."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterable

_SEPARATOR = re.compile(r"\s+(?:[|\u2013\u2014\u00b7\u2022»-]|::)\s+")
_LONGEST = 1000  # characters of a title that is read: nobody's is longer
_ENDS = 5  # signs at a title's end behind which the site's name is looked for
_SECTION = 2  # words of the name of a section
_LETTERS = re.compile(r"[^\W\d_]+")
_WORD = re.compile(r"[^\W\d_][\w'’.&-]*")  # noqa: RUF001
_SHOUTED = 12  # letters: "NASA, ESA" is no shouting
_FEWEST_WORDS = 3
_REPEATED = re.compile(r"([!?])\1{2,}")
_SHORT = 4  # letters of a word without vowels, or that the text doesn't know: an abbreviation?
_VOWELS = re.compile(r"[AEIOUYÄÖÜÀÂÉÈÊÎÔÛÁÍÓÚ]")
_BEGINNING = re.compile(r"(?:\A[^\w]*|[!?]\s+)[^\W\d_]")
_AHEAD = 20_000  # characters of a text in which a word's usual form is looked for
_APOSTROPHE = re.compile("['\u2019]")
_ALWAYS = re.compile(r"I|[IVX]{2,}")  # "I", and the numbers of kings and wars
_IRISH = re.compile(r"O['\u2019](?!CLOCK)(?=[^\W\d_]{3})")
_BEHIND = frozenset({".", "!", "?", "\u201c", '"', ":"})  # these a word may have its capital
# Words that are no names: a capital at the beginning of a sentence says nothing about them.
_SMALL_WORDS = """
a after all also an and are as at be because been but by can for from had has have he her here
his how if in into is it its more most new no not now of off on one or our out over she so some
than that the their then there these they this to two up was we were what when where which while
who why will with you your
"""
_SMALL = frozenset(_SMALL_WORDS.split())
# Words of German that no English headline has, except "die" and what it quotes.
_GERMAN_WORDS = "auf das dem der die ein eine einen für ist nicht sich und von wird zu"
_GERMAN = frozenset(_GERMAN_WORDS.split())
_SHARE_GERMAN = 0.05  # of a text's words; in German it is three times as much
_SHARE_TURKISH = 0.01  # of a text's letters that are a dotless i; in Turkish five times as much
_TURKISH = str.maketrans({"I": "\u0131", "\u0130": "i"})


def clean_title(title: str, names: Iterable[str], url: str, text: str) -> str:
    """Make a headline of a plain title; `text` shows how its words are written."""
    return _REPEATED.sub(r"\1", _calm(_without_site(title[:_LONGEST], names, url), text))


def _without_site(title: str, names: Iterable[str], url: str) -> str:
    """Leave out what stands behind the last sign, where it is the source's name or its host's."""
    known = {name for one in names if (name := _fold(one))} | _hosts(url)
    while known:
        ends = list(_SEPARATOR.finditer(title))[-_ENDS:]
        cut = next((end for end in ends if _is_site(title[end.end() :], known)), None)
        if cut is None or not _LETTERS.search(title[: cut.start()]):
            break
        title = title[: cut.start()].rstrip()
    return title


def _is_site(ending: str, known: set[str]) -> bool:
    """Tell a site's name, alone or behind the name of one of its sections."""
    if _fold(ending) in known:
        return True
    parts = _SEPARATOR.split(ending)
    short = all(len(part.split()) <= _SECTION for part in parts[:-1])
    return len(parts) == 2 and short and _fold(parts[-1]) in known  # noqa: PLR2004


def _fold(name: str) -> str:
    return "".join(_LETTERS.findall(re.sub(r"\Athe\s+", "", name.casefold()))) + "".join(
        re.findall(r"\d+", name)
    )


def _hosts(url: str) -> set[str]:
    """Name the forms in which a site calls itself after its address: "paper" and "paperexample"."""
    try:
        labels = (urlsplit(url).hostname or "").removeprefix("www.").split(".")
    except ValueError:
        return set()
    if len(labels) < 2:  # noqa: PLR2004
        return set()
    short = len(labels) > 2 and len(labels[-2]) <= 3  # noqa: PLR2004  "co.uk"
    label = labels[-3] if short else labels[-2]
    names = {label, label.removeprefix("the"), "".join(labels[-3 if short else -2 :])}
    return {_fold(name) for name in names if len(name) > 2}  # noqa: PLR2004


def _calm(title: str, text: str) -> str:
    """Write a title that is all capitals as the text writes its words."""
    letters = "".join(_LETTERS.findall(title))
    words = _WORD.findall(title)
    if len(letters) < _SHOUTED or len(words) < _FEWEST_WORDS or letters != letters.upper():
        return title
    if letters == letters.lower():  # a script without capitals
        return title
    writing = _learn(title, text[:_AHEAD])
    if "\u0130" in title and not writing.is_turkish:
        return title  # which letter an I stands for can't be known
    return _capitalise(_WORD.sub(lambda match: _usual_form(match[0], writing), title))


class _Writing(NamedTuple):
    """How a text writes its words."""

    within: dict[str, str]  # by the folded word: its form where no sentence begins with it
    begins: dict[str, str]  # its form where one does
    is_german: bool  # where all nouns have a capital
    is_turkish: bool  # where I is the capital of the dotless i

    def fold(self, word: str) -> str:
        return (word.translate(_TURKISH) if self.is_turkish else word).casefold()

    def lower(self, word: str) -> str:
        return (word.translate(_TURKISH) if self.is_turkish else word).lower()

    def find(self, word: str) -> str:
        """Find the form of a word; "" when the text shows none."""
        folded = self.fold(word)
        if known := self.within.get(folded):
            return known
        return "" if folded in _SMALL | _GERMAN else self.begins.get(folded, "")


def _learn(title: str, text: str) -> _Writing:
    """Learn how words are written; the beginnings of sentences are doubtful witnesses."""
    words = [word.casefold() for word in _WORD.findall(text)]
    share = sum(word in _GERMAN for word in words) / max(len(words), 1)
    is_german = share > _SHARE_GERMAN or not _GERMAN.isdisjoint(title.casefold().split())
    is_turkish = text.count("\u0131") > len(text) * _SHARE_TURKISH
    writing = _Writing({}, {}, is_german, is_turkish)
    for match in _WORD.finditer(text):
        before = text[max(match.start() - 3, 0) : match.start()]
        begins = match.start() == 0 or before.strip()[-1:] in _BEHIND or "\n" in before
        word = match[0].rstrip(".-'’")  # noqa: RUF001
        forms = writing.begins if begins else writing.within
        forms.setdefault(writing.fold(word), word)
    return writing


def _usual_form(word: str, writing: _Writing) -> str:
    bare = word.rstrip(".-'’")  # noqa: RUF001
    if known := writing.find(bare):
        return known + word[len(bare) :]
    if _is_short(bare) or (_ALWAYS.fullmatch(bare) and not writing.is_turkish):
        return word
    if _IRISH.match(word):
        return word[:2] + word[2:].capitalize()
    stem = _APOSTROPHE.split(bare, maxsplit=1)[0]  # of "Halifax's", "I'm"
    if stem != bare and (writing.find(stem) or _ALWAYS.fullmatch(stem)):
        return _usual_form(stem, writing) + writing.lower(word[len(stem) :])
    has_capital = writing.is_turkish or (writing.is_german and word.casefold() not in _GERMAN)
    return word[0] + writing.lower(word[1:]) if has_capital else writing.lower(word)


def _is_short(word: str) -> bool:
    """Tell an abbreviation: "U.S.", "R&B", "NHL"."""
    short = len(word) <= _SHORT and word.isascii()
    return "." in word or "&" in word or (short and not _VOWELS.search(word))


def _capitalise(title: str) -> str:
    """Begin with a capital, and behind what ends a sentence for certain."""
    return _BEGINNING.sub(_with_capital, title)


def _with_capital(match: re.Match[str]) -> str:
    word = _LETTERS.match(match.string, match.end() - 1)
    # A name with its capital inside, "iPhone", has none at its beginning.
    is_name = word is not None and word[0][1:] != word[0][1:].lower()
    return match[0] if is_name else match[0].upper()
