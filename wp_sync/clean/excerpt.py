"""The first real sentences of a text, whole ones where that is possible."""

from __future__ import annotations

import re

from wp_sync.markup import text_lines
from wp_sync.text import shorten

from .sentences import ends_whole, split_sentences

MOST_WORDS = 55  # as many as WordPress's own excerpts have (excerpt_length)
FEWEST_WORDS = 10  # fewer say too little: then the next sentence is cut instead
MOST_CHARACTERS = 110  # of a script without spaces, where WordPress counts characters: two a word
_LEAST = 40  # characters of a first line that is no sentence, and is skipped where others follow
_NOT_PROSE = re.compile(r"<(h[2-6]|figure|figcaption|pre|table)\b.*?</\1>", re.DOTALL)
# Scripts that are written without spaces between words: Thai, Lao, Khmer, kana, Han.
_UNSPACED = re.compile("[\u0e00-\u0eff\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
_LONGEST = 1200  # characters of an excerpt that ends within them: 55 words have 300
_AHEAD = 2500  # characters of a text that are looked at first
_ENOUGH = 900  # of prose, for the excerpt and the sentence that is too long for it


def find_excerpt(markup: str, language: str = "", most: int = MOST_WORDS) -> str:
    """Read safe HTML as one line of at most 55, or `most`, words; "" when it has no text."""
    lines = _prose_of(_beginning(markup))
    if sum(map(len, lines)) < _ENOUGH:
        lines = _prose_of(markup)
    # Where no line is longer, as in a poem, none is a kicker in front of the text.
    first = next((at for at, line in enumerate(lines) if _is_sentence(line)), 0)
    prose = " ".join(lines[first:])
    kept = ""
    for sentence in split_sentences(prose[:_LONGEST], language):
        longer = _join(kept, sentence)
        if _limit(longer, most) != longer:
            break
        kept = longer
    return kept if _is_enough(kept, prose) else _limit(prose, most)


def _beginning(markup: str) -> str:
    """Cut a long text at a line's end: sanitising gives each block one."""
    return markup[: markup.rfind("\n", 0, _AHEAD) + 1] if len(markup) > _AHEAD else markup


def _prose_of(markup: str) -> list[str]:
    return [line for line in text_lines(_NOT_PROSE.sub(" ", markup)).split("\n") if line]


def _is_sentence(line: str) -> bool:
    return len(line) >= _LEAST or ends_whole(line)


def is_cut(excerpt: str) -> bool:
    """Tell that an excerpt breaks off within a sentence."""
    return excerpt.endswith(("…", "..."))


def choose_excerpt(summary: str, body: str) -> str:
    """Take the summary's, but the body's where the summary is only its beginning, cut off."""
    if not summary or (is_cut(summary) and _begins_alike(summary, body) and not is_cut(body)):
        return body or summary
    return summary


def _begins_alike(summary: str, body: str) -> bool:
    shown = summary.rstrip("….").rstrip()
    shorter = min(len(shown), len(body))
    return shorter > 0 and shown[:shorter].casefold() == body[:shorter].casefold()


def _join(one: str, other: str) -> str:
    return one + other if _UNSPACED.match(other) and one else f"{one} {other}".strip()


def _limit(text: str, most: int) -> str:
    if len(_UNSPACED.findall(text[:_AHEAD])) * 2 > len(text[:_AHEAD]):
        characters = most * MOST_CHARACTERS // MOST_WORDS
        return text if len(text) <= characters else f"{text[: characters - 1].rstrip()}…"
    return shorten(text, most)


def _is_enough(kept: str, prose: str) -> bool:
    unspaced = len(_UNSPACED.findall(kept)) >= FEWEST_WORDS
    return kept == prose or len(kept.split()) >= FEWEST_WORDS or unspaced
