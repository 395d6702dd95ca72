"""Titles as a headline stands: without the site's name behind it, and not shouted."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterable

_SEPARATOR = re.compile(r"\s+(?:[|\u2013\u2014\u00b7\u2022»-]|::)\s+")
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


def clean_title(title: str, names: Iterable[str], url: str, text: str) -> str:
    """Make a headline of a plain title; `text` shows how its words are written."""
    return _REPEATED.sub(r"\1", _calm(_without_site(title, names, url), text))


def _without_site(title: str, names: Iterable[str], url: str) -> str:
    """Leave out what stands behind the last sign, where it is the source's name or its host's."""
    known = {name for one in names if (name := _fold(one))} | _hosts(url)
    while known:
        ends = list(_SEPARATOR.finditer(title))
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
    usual = _usual_forms(text)
    calm = _WORD.sub(lambda match: _usual_form(match[0], usual), title)
    return _capitalise(calm)


def _usual_forms(text: str) -> dict[str, str]:
    """Learn how words are written where no sentence begins with them."""
    forms: dict[str, str] = {}
    shown = text[:_AHEAD]
    for match in _WORD.finditer(shown):
        before = shown[max(match.start() - 3, 0) : match.start()]
        begins = (
            match.start() == 0
            or before.strip()[-1:] in {".", "!", "?", "“", '"', ":"}
            or "\n" in before
        )
        word = match[0].rstrip(".-'’")  # noqa: RUF001
        if not begins:
            forms.setdefault(word.casefold(), word)
    return forms


def _usual_form(word: str, usual: dict[str, str]) -> str:
    bare = word.rstrip(".-'’")  # noqa: RUF001
    if known := usual.get(bare.casefold()):
        return known + word[len(bare) :]
    short = len(bare) <= _SHORT and bare.isascii()
    if "." in bare or "&" in bare or (short and not _VOWELS.search(bare)):
        return word  # "U.S.", "R&B", "NHL"
    return word.lower()


def _capitalise(title: str) -> str:
    """Begin with a capital, and behind what ends a sentence for certain."""
    return _BEGINNING.sub(lambda match: match[0].upper(), title)
