"""Words and patterns in texts of any script: found, counted, quoted."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING

from wp_sync.config.patterns import PIECE, compile_pattern
from wp_sync.text import limit_text

from .phrases import find_phrases

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

LONGEST_TEXT = 20_000  # characters of one text in which a pattern is looked for
_OVERLAP = 100  # characters that two pieces share: so long a match is found wherever it stands
_SHORTEST = 300  # characters of a piece that is cut between words
_LONGEST_QUOTE = 60
_MOST_QUOTED = 5

# Written without blanks between words, or, as Korean, with endings that no blank divides: there
# each sign counts as a word, and a phrase is found wherever its signs follow each other.
_UNSPACED = (
    "\u0e00-\u0eff"  # Thai, Lao
    "\u1000-\u109f\u1780-\u17ff"  # Myanmar, Khmer
    "\u3005-\u3007\u3041-\u30ff\u31f0-\u31ff"  # Japanese
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"  # Chinese
    "\uac00-\ud7a3"  # Korean
)
_STROKES = {"\u3099": "\u02ee", "\u309a": "\u02d1"}  # to letters that nobody writes there
_SIGN = re.compile(f"([{_UNSPACED}])([{''.join(_STROKES.values())}]?)")
_SPACED_WORD = re.compile(rf"[^\W_{_UNSPACED}]+(?:['\u2019.-][^\W_{_UNSPACED}]+)*")
_SIGNS_A_WORD = 2
# Folding takes accents away; in Japanese the small strokes make another syllable.
_VOICED = {
    chr(code): base[0] + _STROKES[base[1]]
    for code in range(0x3041, 0x3100)
    if len(base := unicodedata.normalize("NFD", chr(code))) > 1
}


def find_words(phrases: Sequence[str], texts: Iterable[str]) -> tuple[str, ...]:
    """Name the phrases that stand in the texts as whole words, whatever their script."""
    if not phrases:
        return ()
    spaced = {phrase: _space_phrase(phrase) for phrase in phrases}
    found = set(find_phrases(spaced.values(), map(_space_text, texts)))
    return tuple(phrase for phrase, written in spaced.items() if written in found)


def space_out(text: str) -> str:
    """Put blanks around the signs of scripts that have none between words."""
    if text.isascii():
        return text
    text = unicodedata.normalize("NFKC", text)  # letters of any make, such as bold ones in titles
    return _SIGN.sub(_apart, text)


# An article is asked about for each channel, and for several rules; a phrase for each article.
_space_text = lru_cache(maxsize=32)(space_out)
_space_phrase = lru_cache(maxsize=4096)(space_out)


def count_words(text: str) -> int:
    """Count words; where no blanks divide them, two signs are one."""
    signs = 0 if text.isascii() else len(_SIGN.findall(text))
    if not signs:
        return len(text.split())
    return len(_SPACED_WORD.findall(text)) + -(-signs // _SIGNS_A_WORD)


def find_pattern(pattern: str, texts: Iterable[str]) -> str | None:
    """Return what a pattern matches first, line by line; None for nothing."""
    compiled = compile_pattern(pattern)
    for text in texts:
        for line in text[:LONGEST_TEXT].splitlines():
            for start, end in _pieces(line):
                found = compiled.search(line, start, end)
                # "$" holds at the end of a piece, too, and means the end of the line.
                if found and not (found.end() == end < len(line) and "$" in pattern):
                    return found[0]
    return None


def quote(phrases: Iterable[str]) -> str:
    """Write words for a reason: each short and in quotation marks, and not too many."""
    quoted = [f'"{limit_text(" ".join(one.split()), _LONGEST_QUOTE)}"' for one in phrases]
    more = len(quoted) - _MOST_QUOTED
    rest = f" and {more} more" if more > 0 else ""
    return ", ".join(quoted[:_MOST_QUOTED]) + rest


def _apart(match: re.Match[str]) -> str:
    return f" {_VOICED.get(match[1], match[1])}{match[2]} "


def _pieces(line: str) -> Iterator[tuple[int, int]]:
    """Cut a line between words where it can be; the pieces overlap."""
    start = 0
    while len(line) - start > PIECE:
        blank = line.rfind(" ", start + _SHORTEST, start + PIECE)
        end = blank if blank > 0 else start + PIECE
        yield start, end
        blank = line.rfind(" ", end - 2 * _OVERLAP, end - _OVERLAP)
        start = blank + 1 if blank > 0 else end - _OVERLAP
    yield start, len(line)
