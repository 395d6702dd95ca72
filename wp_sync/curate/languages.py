"""Which language an article is in: as its feed or its page says, else as its text tells."""

from __future__ import annotations

import re
from functools import lru_cache
from importlib.util import find_spec
from typing import TYPE_CHECKING

from wp_sync.text import plain_text
from wp_sync.tongues import find_tongue

if TYPE_CHECKING:
    from collections.abc import Iterable

    from py3langid.langid import LanguageIdentifier

EXTRA = "lang"  # of this package: it recognises more languages
# Two names of one language, and those that are written alike.
_SAME = {"in": "id", "iw": "he", "nb": "no", "nn": "no"}
# What the core recognises by small words, or by a script that one language alone is written in.
_CODES = {
    "Chinese": "zh",
    "Dutch": "nl",
    "English": "en",
    "French": "fr",
    "German": "de",
    "Greek": "el",
    "Hebrew": "he",
    "Indonesian": "id",
    "Italian": "it",
    "Japanese": "ja",
    "Korean": "ko",
    "Polish": "pl",
    "Portuguese": "pt",
    "Spanish": "es",
    "Swedish": "sv",
    "Thai": "th",
    "Turkish": "tr",
    "Vietnamese": "vi",
}
_ENOUGH = 20  # words: of fewer the extra guesses
_LONGEST = 1_000  # characters that are looked at
_SURE = 0.9


def language_code(declared: str) -> str:
    """Read the language of a declaration such as "en-CA"; "" when it is none."""
    code = re.split("[-_]", declared.strip().lower(), maxsplit=1)[0]
    return _SAME.get(code, code) if re.fullmatch(r"[a-z]{2,3}", code) else ""


def recognise_language(title: str, text: str) -> str:
    """Name the language of an article that declares none, as a code; "" when it does not tell."""
    told = plain_text(f"{title} {text[:_LONGEST]}")
    if has_extra() and len(told.split()) >= _ENOUGH:
        code, _ = _identifier().classify(told)
        return "" if code in {"und", "zxx"} else language_code(code)
    return _CODES.get(find_tongue(told), "")


def has_extra() -> bool:
    """Tell whether the extra is installed."""
    return find_spec("py3langid") is not None


def beyond_the_core(codes: Iterable[str]) -> tuple[str, ...]:
    """Name the languages that only the extra recognises; none where it is installed."""
    known = set(_CODES.values())
    return () if has_extra() else tuple(sorted({_SAME.get(c, c) for c in codes} - known))


@lru_cache(maxsize=1)
def _identifier() -> LanguageIdentifier:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # a fifth of a second

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True, min_confidence=_SURE)
