"""The rights of a source, kept where its posts are made: whatever reached an article, no more goes.

`clean` cuts a text to what is allowed already. This is the second wall: it also holds where an
article was cleaned under other rights, or its time is over.
"""

from __future__ import annotations

import html
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from wp_sync.markup import neutralise, text_lines
from wp_sync.text import shorten

from .templates import fill_attribution

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wp_sync.config.channels import Source
    from wp_sync.model import Article

MOST_WORDS = 55  # of an excerpt, where a source says nothing else
_MOST_CHARACTERS = 1_000  # of one whose script has no spaces, and so no words to count
_TAG = r'(?:[^<>"]|"[^"]*")*>'
_FIGURE = re.compile(rf"<figure\b{_TAG}(?:(?!</?figure\b).)*</figure>\n*", re.DOTALL)
_IMAGE = re.compile(rf"<img\b{_TAG}")
_HOLLOW = (re.compile(rf"<a\b{_TAG}\s*</a>"), re.compile(rf"<p\b{_TAG}\s*</p>\n*"))


def as_allowed(article: Article, source: Source) -> Article:
    """Cut an article's texts to what its source's rights allow."""
    if source.pictures != "all":
        body = _without_pictures(article.body_html)
        article = article if body == article.body_html else replace(article, body_html=body)
    if source.rights == "title":
        return replace(article, body_html="", text="", excerpt="")
    if source.rights != "excerpt":
        return article
    excerpt = _cut(article.excerpt, source)
    if _is_excerpt(article, source):
        return article if excerpt == article.excerpt else replace(article, excerpt=excerpt)
    shown = f"<p>{html.escape(excerpt, quote=False)}</p>" if excerpt else ""
    return replace(article, body_html=neutralise(shown), text=excerpt, excerpt=excerpt)


def _is_excerpt(article: Article, source: Source) -> bool:
    """Tell whether a body is no more than one paragraph of as many words as are allowed."""
    body = article.body_html
    if body.count("<p>") > 1 or re.search(r"<(?!/?p>)", body):
        return False
    text = text_lines(body)
    return _cut(text, source) == text


def _cut(text: str, source: Source) -> str:
    short = shorten(text, source.words or MOST_WORDS)
    return short if len(short) <= _MOST_CHARACTERS else f"{short[:_MOST_CHARACTERS].rstrip()}…"


def _without_pictures(body: str) -> str:
    if "<img" not in body:
        return body
    bare = _FIGURE.sub(lambda match: "" if "<img" in match[0] else match[0], body)
    bare = _IMAGE.sub("", bare)
    for hollow in _HOLLOW:
        bare = hollow.sub("", bare)
    return bare


def credit_lines(attribution: str, source: Source, values: Mapping[str, str]) -> str:
    """Write the paragraphs that name the source; the credit that it asks for is always there."""
    told = fill_attribution(attribution, values)
    asked = fill_attribution(source.credit, values) if source.credit else ""
    inside = asked.removeprefix("<p>").removesuffix("</p>")
    parts = (told, "" if inside and inside in told else asked)
    return "\n".join(part for part in parts if part)
