"""What is taken of a language model's answer: little, and only what its article bears out. Pure.

An article may have told the model what to say. So nothing here depends on the model's good will.
"""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, ValidationError

from wp_sync.text import clean_text

from .faithfulness import find_inventions
from .phrases import find_phrases, fold_words
from .question import LEAST_EXCERPT, MOST_EXCERPT, MOST_TAGS, NO_CHANNEL

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from wp_sync.config.assistant import Use
    from wp_sync.model import Article

    from .question import Question

_LONGEST_ANSWER = 20_000  # characters
_MOST_WORDS = 70
_TAG = re.compile(r"[^\W_](?:[^\W_]|[ '\u2019-](?=[^\W_])){1,39}")
_TAG_WORDS = 3
# What could become markup, a shortcode, a link or a template in any reader's hands.
_SIGNS = re.compile(r"[<>\[\]{}`|\\^~*#=_]|://|&#?\w{1,30};|@|www\.|%[0-9a-f]{2}", re.IGNORECASE)
_HOST = re.compile(r"[^\W_]{2,}\.[^\W\d_]{2,}", re.IGNORECASE)
_ENDS = (".", "!", "?", "\u2026", "\u3002", "\uff01", "\uff1f", "\u061f", "\u0964", "\u06d4")
_CLOSING = "\"'\u201d\u2019\u00bb\u300d)"


class _Answer(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    channel: str | None = None
    excerpt: str | None = None
    tags: list[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """What was asked and may be used: use -> the text that is remembered; "" for nothing."""

    parts: dict[str, str] = field(default_factory=dict)
    discarded: tuple[str, ...] = ()  # why something was left out


def read_json(text: str | bytes) -> Any:  # noqa: ANN401
    """Read JSON strictly: no key twice, no NaN. Raises ValueError, also for what is too deep."""
    try:
        return json.loads(text, object_pairs_hook=_once, parse_constant=_refuse)
    except RecursionError:
        raise ValueError("it is nested too deep") from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found


def _refuse(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def read_opinion(
    content: str, question: Question, uses: Sequence[Use], article: Article
) -> Opinion:
    """Take what is usable of an answer; each part by itself, but nothing of a malformed one."""
    try:
        # What is too long is cut, and so no JSON any more.
        answer = _Answer.model_validate(read_json(content[:_LONGEST_ANSWER]))
    except (ValidationError, ValueError):
        return Opinion(parts=dict.fromkeys(uses, ""), discarded=("the answer is not as asked",))
    if answer.model_fields_set != set(uses):
        why = "the answer has other parts than asked"
        return Opinion(parts=dict.fromkeys(uses, ""), discarded=(why,))
    parts: dict[str, str] = {}
    discarded: list[str] = []
    for use in uses:
        try:
            parts[use] = READERS[use](getattr(answer, use), question, article)
        except ValueError as error:
            parts[use] = ""
            discarded.append(f"the {use}: {error}")
    return Opinion(parts=parts, discarded=tuple(discarded))


def _read_channel(told: Any, question: Question, _: Article) -> str:  # noqa: ANN401 (one of three)
    if told not in {*question.choices, NO_CHANNEL}:
        raise ValueError("it is none that the source may reach")
    return str(told)


def _read_excerpt(told: Any, _: Question, article: Article) -> str:  # noqa: ANN401
    text = check_plain(told)
    if not text:
        return ""  # it has none to offer
    if not LEAST_EXCERPT <= len(text) <= MOST_EXCERPT or len(text.split()) > _MOST_WORDS:
        raise ValueError(f"it has not {LEAST_EXCERPT} to {MOST_EXCERPT} characters")
    if not text.rstrip(_CLOSING).endswith(_ENDS):
        raise ValueError("it breaks off")
    source = f"{article.title}\n{article.text}"
    if inventions := find_inventions(text, source, article.language):
        raise ValueError("; ".join(inventions[:2]))
    return text


def check_plain(told: object) -> str:
    """Make one line of plain text. Raises ValueError for what could mean anything else."""
    if not isinstance(told, str):
        raise ValueError("it is no text")  # noqa: TRY004 (of an answer, not of a call)
    text = " ".join(clean_text(told).split())
    # Cf: bidirectional controls, joiners and marks that nobody sees; Co and Cn: no characters.
    if any(unicodedata.category(one) in {"Cc", "Cf", "Cn", "Co", "Cs"} for one in told.strip()):
        raise ValueError("it has characters that nobody sees")
    if _SIGNS.search(text) or _HOST.search(text):
        raise ValueError("it has markup or a link")
    return text


def _read_tags(told: Any, question: Question, article: Article) -> str:  # noqa: ANN401
    tags: dict[str, str] = {}
    for one in told or ():
        tag = " ".join(one.split())
        if _is_tag(tag, question, article):
            tags.setdefault(tag.casefold(), tag)
    if told and not tags:
        raise ValueError("none is a short phrase of the article")
    return json.dumps(list(tags.values())[:MOST_TAGS], ensure_ascii=False)


def _is_tag(tag: str, question: Question, article: Article) -> bool:
    if not _TAG.fullmatch(tag) or len(tag.split()) > _TAG_WORDS or tag.isdigit():
        return False
    if fold_words(tag) in map(fold_words, question.vocabulary):
        return True
    return bool(find_phrases((tag,), (article.title, article.text)))


READERS: dict[str, Callable[[Any, Question, Article], str]] = {
    "channel": _read_channel,
    "excerpt": _read_excerpt,
    "tags": _read_tags,
}
