"""The first sentences of a text, whole ones where that is possible."""

from __future__ import annotations

import re

from wp_sync.markup import text_lines
from wp_sync.text import shorten

MOST_WORDS = 55  # as many as WordPress's own excerpts have (excerpt_length)
FEWEST_WORDS = 10  # fewer say too little: then the next sentence is cut instead

# Behind a full stop and before a capital, but not behind "U.S.", an initial or a title.
_SENTENCE_END = re.compile(
    r"(?<![ .][A-Z]\.)(?<!\bMr\.)(?<!\bDr\.)(?<!\bSt\.)(?<!\bvs\.)(?<!\bNo\.)(?<!\bMrs\.)"
    r"(?:(?<=[.!?…])|(?<=[.!?…][”\"’)]))\s+(?=[^\Wa-z_]|[“\"‘(¿¡])|(?<=[。！？])",  # noqa: RUF001
)
_NOT_PROSE = re.compile(r"<(h[2-6]|figure|figcaption|pre|table)\b.*?</\1>", re.DOTALL)


def find_excerpt(markup: str) -> str:
    """Read safe HTML as one line of at most 55 words; "" when it has no text."""
    prose = " ".join(text_lines(_NOT_PROSE.sub(" ", markup)).split("\n"))
    sentences = [sentence.strip() for sentence in _SENTENCE_END.split(prose) if sentence.strip()]
    kept = ""
    for sentence in sentences:
        longer = f"{kept} {sentence}".strip()
        if shorten(longer, MOST_WORDS) != longer:
            break
        kept = longer
    return kept if _is_enough(kept, prose) else shorten(prose, MOST_WORDS)


def _is_enough(kept: str, prose: str) -> bool:
    return kept == prose or len(kept.split()) >= FEWEST_WORDS
