"""What rules may know of an article: at first what its feed says, at last all of it. Pure.

What cleaning may change, or a page may bring, is not known at first: no rule is judged by it then.
"""

from __future__ import annotations

import re
from functools import cache, partial
from typing import TYPE_CHECKING

from wp_sync.config.filters import TEXT_FIELDS
from wp_sync.text import plain_text

from .filters import Texts, View
from .languages import language_code, recognise_language
from .words import count_words

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from wp_sync.config.channels import Source
    from wp_sync.model import Article, Item, ItemKey

_UNKNOWN = Texts(is_whole=False)
# Behind one of these a title may name its site, which cleaning takes out.
_SEPARATOR = re.compile(r"\s+(?:[|\u2013\u2014\u00b7\u2022»-]|::)\s+")
# What cleaning may write in another way: text that was decoded wrongly, or has too many signs.
_MENDED = re.compile("&|\ufffd|[\xc2-\xf4][^\x00-\x7f]|(?:[\u0420\u0421][^\x00-\x7f]){4}|[!?]{3}")
_LONGEST = 400  # characters; a longer title is cut


def view_item(item: Item, source: Source, now: datetime) -> View:
    """See an item before its page was asked for."""
    known = {
        "title": _early_title(plain_text(item.title)),
        "labels": _early(map(plain_text, item.labels)),
        "url": Texts(texts=(item.url,)),
        **_origin(item.key, source),
    }
    return View(
        fields={name: known.get(name, _UNKNOWN) for name in TEXT_FIELDS},
        now=now,
        published=item.published,
        language=partial(language_code, item.language),
    )


def view_article(article: Article, source: Source, now: datetime) -> View:
    """See an article after cleaning: all is known that will be."""
    fields = {
        "title": article.title,
        "text": article.text,
        "byline": article.byline,
        "url": article.url,
        "excerpt": article.excerpt,
    }
    return View(
        fields={
            **{name: Texts(texts=(text,)) for name, text in fields.items()},
            "labels": Texts(texts=article.labels),
            **_origin(article.key, source),
        },
        now=now,
        published=article.published,
        language=cache(partial(_language_of, article)),
        words=count_words(article.text),
        has_image=bool(article.pictures),
    )


def _origin(key: ItemKey, source: Source) -> dict[str, Texts]:
    return {"source": Texts(texts=(source.name,)), "feed": Texts(texts=(key.feed,))}


def _early_title(title: str) -> Texts:
    if not title or len(title) > _LONGEST or _MENDED.search(title):
        return _UNKNOWN
    separator = _SEPARATOR.search(title)
    return Texts(
        texts=(title[: separator.start()] if separator else title,), is_whole=not separator
    )


def _early(texts: Iterable[str]) -> Texts:
    given = tuple(texts)
    sure = tuple(text for text in given if not _MENDED.search(text))
    return Texts(texts=sure, is_whole=sure == given)


def _language_of(article: Article) -> str:
    declared = language_code(article.language)
    return declared or recognise_language(article.title, article.text or article.excerpt)
