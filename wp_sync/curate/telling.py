"""Words that tell two short texts apart: names, numbers, days, opposites, and what denies.

Of a few words nearly all are the same in two reports of one kind: who, how many and when is all
that makes them two. Words are kept as codes: their kind, and a hash. Values in, values out.
"""

from __future__ import annotations

import re
from hashlib import blake2b
from typing import TYPE_CHECKING

from .lexicon import CALENDAR, DATES, OPENERS, TENS, UNITS
from .opposites import DENIALS, OPPOSITES, RELATIVE_DAYS
from .phrases import fold_words, singular
from .stop_words import STOP

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

_NAME_IN_TEXT = re.compile(r"(?<![^\W_])[^\W\d_]{2,}")
_BEGINS = re.compile(r"(?:^|[.!?:;\u2026\u3002\n\"'\u00ab\u201c\u201e\u2018\u2019(\[-]\s*)\Z")
_TOKEN = re.compile(r"\d+(?:[.,:/\u2013-]\d+)*|[^\W\d_]+(?:['\u2019][^\W\d_]+)*")
_OWNERS = re.compile(r"['\u2019]s?\Z")
_CREDIT = re.compile(r"\([^()\d]{1,40}\)")  # such as an agency's, or a place's abbreviation
_GROUPED = re.compile(r",(?=\d{3}(?!\d))")
_WHOLE_HOUR = re.compile(r":00\Z")

CODES = 1 << 31  # from here on a hash is a code: others have 31 bits
_KIND, _WORD = 28, (1 << 28) - 1  # where the kind begins; the word's own bits
_PLAIN, _NUMBER, _NAME, _DAY, _OPPOSITE, _DENIAL = range(6)
_TELLING = (_NUMBER, _NAME, _DAY)
_DAYS = {one.casefold() for one in CALENDAR}
_SMALL_DAYS = DATES - RELATIVE_DAYS  # of languages that write them small
_SIDES = {
    word: (number, side)
    for number, pair in enumerate(OPPOSITES)
    for side, words in enumerate(pair)
    for word in words.split()
}
_FUNCTION = STOP | OPENERS
# A denial counts where there is no room for more than it, as in "approved", "did not approve": in
# what is longer it may belong to what the shorter one leaves out.
_ROOM = 2  # words


def hash_word(text: str) -> int:
    """Hash a few words: 31 bits, what an SQL integer holds."""
    raw = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=4).digest()
    return int.from_bytes(raw, "big") >> 1


def find_names(text: str) -> Iterator[str]:
    """Find the words with a capital that begin no sentence."""
    for match in _NAME_IN_TEXT.finditer(text):
        word, at = match[0], match.start()
        if word[0].isupper() and not _BEGINS.search(text[max(at - 4, 0) : at]):
            yield word.casefold()


def code_words(text: str) -> tuple[int, ...]:
    """Make the codes of all words of a short text; credits in brackets say nothing."""
    return tuple(sorted({_code(word) for word in _TOKEN.findall(_CREDIT.sub(" ", text))}))


def are_apart(ours: Collection[int], theirs: Collection[int], between: int) -> bool:
    """Tell whether each text has what the other lacks, of one kind: then they are two stories.

    One that only tells more is the same. `between` is by how many words one of them is longer.
    """
    own, other = _own(ours, theirs), _own(theirs, ours)
    if any(_has(own, kind) and _has(other, kind) for kind in _TELLING):
        return True
    opposite = {code ^ 1 for code in own if _kind(code) == _OPPOSITE}
    if opposite.intersection(other):
        return True
    return between <= _ROOM and _has(ours, _DENIAL) != _has(theirs, _DENIAL)


def _own(ours: Collection[int], theirs: Collection[int]) -> list[int]:
    """Choose what the other text has in no way: a name there may begin a sentence here."""
    there = {code & _WORD for code in theirs}
    return [code for code in ours if code & _WORD not in there]


def _has(codes: Collection[int], kind: int) -> bool:
    return any(_kind(code) == kind for code in codes)


def _kind(code: int) -> int:
    return (code >> _KIND) & 7


def _code(word: str) -> int:
    kind, told = _read(word)
    if kind == _OPPOSITE:
        number, side = _SIDES[told]
        bits = hash_word(f"pair {number}") << 1 | side
    else:
        bits = hash_word(told)
    return CODES | kind << _KIND | bits & _WORD


def _read(word: str) -> tuple[int, str]:
    """Tell of which kind a word is, and write it as it is compared."""
    small = word.casefold().replace("\u2019", "'")
    if small[0].isdigit():
        plain = small.replace("\u2013", "-")
        return _NUMBER, _WHOLE_HOUR.sub("", _GROUPED.sub("", plain))
    if small in DENIALS or small.endswith("n't"):
        return _DENIAL, "not"
    value = UNITS.get(small) or TENS.get(small)
    if value is not None:
        return _NUMBER, str(value)
    has_capital = word[0].isupper()
    if small in _SMALL_DAYS or (has_capital and small in _DAYS):
        return _DAY, small
    folded = fold_words(_OWNERS.sub("", word)).replace(" ", "")
    if folded in _SIDES:
        return _OPPOSITE, folded
    is_name = has_capital and len(folded) > 1 and (word.isupper() or folded not in _FUNCTION)
    return (_NAME if is_name else _PLAIN), singular(folded)
